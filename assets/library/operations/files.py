"""Files of pieces: made once of each shape, handed out, thrown away and made again, and named for people by a code."""

from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from assets.complaints import Complaint
from assets.library.governance import publish_code
from assets.library.models import Design, DesignState, RenderRefusal, Rendition
from assets.library.rendering import Look, Piece, in_words, made_of, shape_of, stored
from assets.library.shapes import digest_of
from assets.library.terms import TERMS_WAIT, terms_to_accept
from assets.rendering import Rendered, Unfit
from tcma.core import audit, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError, ReasonsNot
from tcma.core.storage import BlobMissing
from tcma.core.words import lazy_gettext as _


class PieceWithdrawn(DomainError):
    """The vendor has withdrawn the piece; no more files of it are made."""

    def __init__(self) -> None:
        super().__init__(_("The vendor has withdrawn this piece. Use another one."))


class PieceExpired(PieceWithdrawn):
    """The piece was to be used until a day that has passed; no new file of it is made, and those there are stay."""

    def __init__(self) -> None:
        words = _("The time of this campaign is over, so no more files of it are made. Those that you have stay yours.")
        DomainError.__init__(self, words)


class PieceUnfit(ReasonsNot):
    """The piece cannot be made as it is; `reasons` say what to mend."""


class TermsNotAccepted(PieceUnfit):
    """Terms stand before the piece, and nobody of the partner has accepted them as they read now."""

    def __init__(self) -> None:
        super().__init__([TERMS_WAIT])


class FileDiffers(Conflict):
    """A file that was thrown away cannot be made again byte for byte; another file is never passed off as it."""

    def __init__(self) -> None:
        super().__init__(_("This file cannot be made again as it was. Open its piece and make a new one."))


_piece_of: list[Callable[[Rendition], Piece]] = []


def configure(piece_of: Callable[[Rendition], Piece]) -> None:
    """Take who finds the design and artwork that a file was made of, once, when the application is made."""
    _piece_of[:] = [piece_of]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file of one shape that was drawn before, or what stands against it."""

    shape: str
    look: Mapping[str, Any]
    file: Rendered | None
    against: tuple[Complaint, ...] = ()


def draw(piece: Piece, look: Look, what: str, *, partner_id: int, design_id: int) -> Drawn:
    """Draw a file while no transaction is open, so that nobody waits for it; `render_piece` then keeps it."""
    made_from = shape_of(piece, look)
    shape = digest_of(made_from, what)
    code = version_code(partner_id=partner_id, design_id=design_id, shape=shape)
    return _drawn(piece, made_from, shape, what, code)


def _drawn(piece: Piece, made_from: Mapping[str, Any], shape: str, what: str, code: str) -> Drawn:
    """Draw a file with its code in it, and the code's address, so that it says itself whether it is still valid."""
    marked = {**made_from, "code": code, "check_url": address_to_check(code)}
    try:
        return Drawn(shape, marked, made_of(piece, marked, what))
    except Unfit as reason:
        return Drawn(shape, marked, None, tuple(each for each in reason.complaints if each.refuses))


def render_piece(
    *,
    design_id: int,
    piece: Piece,
    look: Look,
    what: str,
    partner_id: int,
    launch_id: int | None,
    by: Actor,
    now: datetime,
    drawn: Drawn | None = None,
) -> Rendition:
    """Make one file of a piece for one partner, or return the one that was made of the very same shape before.

    What was `drawn` already is taken if its shape still holds.

    Refused: `PieceUnfit` with everything that is wrong, which its vendor is shown too; `TermsNotAccepted` while the
    partner has not accepted what stands before it; `PieceWithdrawn` after a recall, `PieceExpired` after its time.
    """
    design = require(session.get(Design, design_id))
    if design.state is DesignState.RECALLED:
        raise PieceWithdrawn
    if terms_to_accept(design, partner_id=partner_id, language=look.language):
        raise TermsNotAccepted
    made_from = shape_of(piece, look)
    shape = digest_of(made_from, what)
    if (found := _made_before(partner_id, design.id, shape)) is not None:
        _mend(design, partner_id, look.language, now=now)
        return found
    if design.state is DesignState.EXPIRED:
        raise PieceExpired
    code = version_code(partner_id=partner_id, design_id=design.id, shape=shape)
    if drawn is None or drawn.shape != shape:
        drawn = _drawn(piece, made_from, shape, what, code)
    if drawn.file is None:
        refusal = PieceUnfit([in_words(each) for each in drawn.against])
        refusal.noted = partial(_note_refusal, design_id, partner_id, look.language, what, drawn.against, now=now)
        refusal.noted()
        raise refusal
    file = drawn.file
    _mend(design, partner_id, look.language, now=now)
    blob = runtime.store().put(prefix_of(partner_id), file.data)
    rendition = Rendition(
        vendor_id=design.vendor_id,
        partner_id=partner_id,
        design_id=design.id,
        kit_version_id=design.kit_version_id,
        launch_id=launch_id,
        language=look.language,
        format=what,
        shape_hash=shape,
        look=dict(drawn.look),
        blob=blob.path,
        media_type=file.media_type,
        width=file.width,
        height=file.height,
        size=blob.size,
        complaints=[stored(each) for each in file.complaints],
        version_code=code,
        rendered_at=now,
    )
    try:
        with session.begin_nested():
            session.add(rendition)
    except sa.exc.IntegrityError:  # somebody has made the same file in this very moment
        return require(_made_before(partner_id, design.id, shape))
    publish_code(rendition, now=now)
    audit.record(
        by=by, action="piece.rendered", object_type="rendition", object_id=rendition.id,
        after={"format": what, "language": look.language, "sha256": blob.sha256}, now=now,
    )  # fmt: skip
    return rendition


def _made_before(partner_id: int, design_id: int, shape: str) -> Rendition | None:
    return session.scalar(
        sa.select(Rendition).where(
            Rendition.partner_id == partner_id, Rendition.design_id == design_id, Rendition.shape_hash == shape
        )
    )


def prefix_of(partner_id: int) -> str:
    """Return where the files of a partner are kept; all that stands there can be made again."""
    return f"org-{partner_id}/renditions"


def _refusal(design: Design, partner_id: int, language: str) -> RenderRefusal | None:
    return session.scalar(
        sa.select(RenderRefusal).where(
            RenderRefusal.partner_id == partner_id,
            RenderRefusal.design_id == design.id,
            RenderRefusal.language == language,
        )
    )


def _note_refusal(
    design_id: int, partner_id: int, language: str, what: str, against: Sequence[Complaint], *, now: datetime
) -> None:
    """Keep what a partner could not have made, for the vendor to see; once per piece and language."""
    design = session.get_one(Design, design_id)
    row = _refusal(design, partner_id, language)
    if row is None:
        row = RenderRefusal(
            vendor_id=design.vendor_id,
            partner_id=partner_id,
            design_id=design.id,
            kit_version_id=design.kit_version_id,
            language=language,
            times=0,
        )
        session.add(row)
    row.format, row.complaints = what, [stored(each) for each in against]
    row.times, row.at, row.mended_at = row.times + 1, now, None
    session.flush()


def _mend(design: Design, partner_id: int, language: str, *, now: datetime) -> None:
    row = _refusal(design, partner_id, language)
    if row is not None and row.mended_at is None:
        row.mended_at = now


def file_of(rendition: Rendition) -> bytes:
    """Return a finished file; one that was thrown away is made again of its kept shape.

    Raises `FileDiffers` when that gives other bytes, since a renderer or a typeface has changed meanwhile.
    """
    store = runtime.store()
    try:
        return store.get(rendition.blob)
    except BlobMissing:
        if not rendition.look or not _piece_of:
            raise
    data = _made_again(rendition).data
    if sha256(data).hexdigest() != rendition.blob.rpartition("/")[2]:
        raise FileDiffers
    store.put(rendition.blob.rsplit("/", 2)[0], data)
    return data


def _made_again(rendition: Rendition) -> Rendered:
    piece = _piece_of[0](rendition)
    kept = rendition.look["artwork"]
    there = {name: piece.artwork[name].digest for name in kept if name in piece.artwork}
    if piece.fingerprint != rendition.look["design"] or there != kept:
        raise FileDiffers
    return made_of(piece, rendition.look, rendition.format)


def version_code(*, partner_id: int, design_id: int, shape: str) -> str:
    """Return the code that names one file for people, such as `K7QX-2MZA-WD3P`."""
    digest = sha256(f"{partner_id}:{design_id}:{shape}".encode()).digest()
    letters = b32encode(digest).decode()
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


def address_to_check(code: str) -> str:
    """Return the address of the page that says whether a file is still valid; it stands on the file as a QR code."""
    return f"{runtime.settings().base_url.rstrip('/')}/check/{code}"
