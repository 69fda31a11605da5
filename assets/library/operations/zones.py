"""What partners write, choose and show in the zones that are open to them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from assets import design as co_brand
from assets.colour import Rgba
from assets.design.model import BRAND_TOKENS, Zone
from assets.guideline import Guideline, complaints_about_words
from assets.library.models import Design, ZoneChoice
from assets.library.rendering import Look, Piece, complaints_about, in_words
from assets.library.shapes import PICTURE_KINDS
from tcma.core import audit, intake, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _
from tcma.partners.queries import guideline_of

TEXT_KINDS = frozenset({"text", "rich_text"})
SAID_KINDS = TEXT_KINDS | {"choice", "colour"}
"""The zones that words go into; all others show a picture, the brand's data, or what the vendor has set."""

PICTURE_WIDTH = 2400  # pixels that an SVG is drawn at: sharp across a printed A4 page


class ZoneLocked(DomainError):
    """The zone is not the partner's to change."""

    def __init__(self, zone: str, axis: str = "content") -> None:
        words = {
            "style": _("The look of “%(zone)s” is set by the vendor and cannot be changed.", zone=zone),
            "position_size": _("The place of “%(zone)s” is set by the vendor and cannot be changed.", zone=zone),
        }.get(axis) or _("“%(zone)s” is set by the vendor and cannot be changed.", zone=zone)
        super().__init__(words, field=zone)


class ZoneRefused(DomainError):
    """What was written or chosen does not fit the zone."""


def choose_words(
    *,
    design_id: int,
    layout: co_brand.Design,
    language: str,
    words: Mapping[str, str],
    launch_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Let the partner's zones of a design say `words`; an empty one says again what the vendor wrote.

    Refused: `ZoneLocked` for what is not open to the partner, `ZoneRefused` for what does not fit, or what the
    vendor's guideline does not allow.
    """
    design = require(session.get(Design, design_id))
    clean = checked_words(layout, words)
    _refuse_what_is_not_said(layout, clean, guideline_of(design.vendor_id), language)
    _keep(design, clean, language=language, launch_id=launch_id, by=by, now=now)
    audit.record(
        by=by,
        action="piece.words_chosen",
        object_type="design",
        object_id=design.id,
        after={"zones": sorted(clean), "language": language, "launch_id": launch_id},
        now=now,
    )


def set_picture(
    *,
    design_id: int,
    layout: co_brand.Design,
    zone: str,
    data: bytes,
    language: str,
    launch_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Show the partner's own picture or logo in a zone; it is decoded in a child process and written anew.

    Refused: `ZoneLocked` and `ZoneRefused` as with words, and by `tcma.core.intake` what cannot be used.
    """
    design, place = require(session.get(Design, design_id)), _open_zone(layout, zone)
    if place.kind not in PICTURE_KINDS:
        raise ZoneRefused(_("Words go into this place, not a picture."), field=zone)
    purpose = intake.Purpose.LOGO if place.kind == "logo" else intake.Purpose.PHOTO
    try:
        clean = intake.image(data, purpose=purpose, svg_width=PICTURE_WIDTH)
    except DomainError as refusal:
        refusal.field = zone
        raise
    _check_pixels(zone, place, clean)
    blob = runtime.uploads().keep(require(by.partner_id), clean.bytes)
    _keep(design, {zone: blob.path}, language=language, launch_id=launch_id, by=by, now=now)
    audit.record(
        by=by, action="piece.picture_set", object_type="design", object_id=design.id,
        after={"zone": zone, "language": language, "launch_id": launch_id, "sha256": blob.sha256}, now=now,
    )  # fmt: skip


def remove_picture(
    *,
    design_id: int,
    layout: co_brand.Design,
    zone: str,
    language: str,
    launch_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Show the vendor's picture, or the logo of the brand profile, in a zone again."""
    design, place = require(session.get(Design, design_id)), _open_zone(layout, zone)
    if place.kind not in PICTURE_KINDS:
        raise ZoneLocked(zone)
    _keep(design, {zone: ""}, language=language, launch_id=launch_id, by=by, now=now)
    audit.record(
        by=by, action="piece.picture_removed", object_type="design", object_id=design.id,
        after={"zone": zone, "language": language, "launch_id": launch_id}, now=now,
    )  # fmt: skip


def _keep(
    design: Design, values: Mapping[str, str], *, language: str, launch_id: int | None, by: Actor, now: datetime
) -> None:
    partner_id = require(by.partner_id)
    rows = {
        row.zone: row
        for row in session.scalars(
            sa.select(ZoneChoice).where(
                ZoneChoice.design_id == design.id,
                ZoneChoice.language == language,
                ZoneChoice.launch_id == launch_id,
                ZoneChoice.partner_id == partner_id,
            )
        )
    }
    for zone, value in values.items():
        if (row := rows.get(zone)) is not None:
            _rewrite(row, value, now)
        elif value:
            session.add(
                ZoneChoice(
                    vendor_id=design.vendor_id,
                    partner_id=partner_id,
                    design_id=design.id,
                    launch_id=launch_id,
                    language=language,
                    zone=zone,
                    value=value,
                    updated_at=now,
                )
            )


def _rewrite(row: ZoneChoice, value: str, now: datetime) -> None:
    if value:
        row.value, row.updated_at = value, now
    else:
        session.delete(row)


def _open_zone(layout: co_brand.Design, name: str) -> Zone:
    zone = layout.zones.get(name)
    if zone is None or not zone.editable:
        raise ZoneLocked(name)
    return zone


def checked_words(layout: co_brand.Design, words: Mapping[str, str]) -> dict[str, str]:
    """Return the words as they may be set, or refuse them with the zone's name."""
    clean: dict[str, str] = {}
    for name, given in words.items():
        zone, text = _open_zone(layout, name), given.replace("\r\n", "\n").strip()
        if zone.kind in PICTURE_KINDS:
            raise ZoneRefused(_("A picture goes here, not words. Upload one."), field=name)
        if zone.kind not in SAID_KINDS:
            raise ZoneLocked(name)
        _check_words(name, zone, text)
        clean[name] = text
    return clean


def _refuse_what_is_not_said(
    layout: co_brand.Design, words: Mapping[str, str], guideline: Guideline, language: str
) -> None:
    """Refuse a word that the vendor's guideline bans, where it stands and with what to say instead."""
    written = {name: text for name, text in words.items() if text and layout.zones[name].kind in TEXT_KINDS}
    for complaint in complaints_about_words(written, guideline, language=language):
        if complaint.refuses:
            raise ZoneRefused(in_words(complaint), field=complaint.zone)


def _check_words(name: str, zone: Zone, text: str) -> None:
    if zone.kind == "choice" and text and text not in zone.options:
        raise ZoneRefused(_("Choose one of the texts that are offered."), field=name)
    if zone.kind == "colour" and text:
        _check_colour(name, text, {each.token for each in zone.colours})
    if zone.kind in TEXT_KINDS and zone.max_characters and len(text) > zone.max_characters:
        over = len(text) - zone.max_characters
        raise ZoneRefused(
            _("%(most)s characters fit here. Shorten it by %(over)s.", most=zone.max_characters, over=over),
            field=name,
        )


def _check_colour(name: str, text: str, allowed: set[str]) -> None:
    if allowed and text not in allowed:
        raise ZoneRefused(_("Choose one of the colours that are offered."), field=name)
    if text.startswith("brand."):
        if text[6:] not in BRAND_TOKENS:
            raise ZoneRefused(_("Choose one of the colours of your brand."), field=name)
        return
    try:
        Rgba.parse(text)
    except ValueError:
        raise ZoneRefused(_("Write the colour as # and six figures, such as #1d4ed8."), field=name) from None


def _check_pixels(name: str, zone: Zone, picture: intake.CleanImage) -> None:
    width, height = zone.min_pixels or (1, 1)
    if picture.width < width or picture.height < height:
        raise ZoneRefused(
            _(
                "The picture has %(width)s × %(height)s pixels; %(least)s × %(high)s are needed to be sharp here. "
                "Choose a larger one.",
                width=picture.width,
                height=picture.height,
                least=width,
                high=height,
            ),
            field=name,
        )


def refuse_unfit(piece: Piece, look: Look, zones: Iterable[str]) -> None:
    """Refuse words that do not fit their place (`ZoneRefused`, with the place): by how much, and what to do."""
    written = {zone for zone in zones if look.zones.get(zone)}
    for complaint in complaints_about(piece, look):
        if complaint.refuses and complaint.zone in written:
            raise ZoneRefused(in_words(complaint), field=complaint.zone)
