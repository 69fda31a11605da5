"""What a partner has to accept before files of a piece are made: asked once, and anew when the words change."""

from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from assets.library.models import Design, TermsAcceptance
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.words import lazy_gettext as _

TERMS_WAIT = _("Its terms have not been accepted yet. Open the piece, read them, and accept them once.")


class TermsChanged(Conflict):
    """The words have changed between reading and accepting."""

    def __init__(self) -> None:
        super().__init__(_("The terms have changed in the meantime. Read them once more."))


def digest_of_terms(text: str) -> str:
    """Return the fingerprint of terms: an acceptance holds for these very words."""
    return sha256(text.encode()).hexdigest()


def terms_to_accept(design: Design, *, partner_id: int, language: str) -> str:
    """Return the words that the partner has not accepted yet, in its language or the first there is; else nothing."""
    text = str(design.terms.get(language) or next(iter(design.terms.values()), ""))
    if not text:
        return ""
    every = [digest_of_terms(str(words)) for words in design.terms.values()]  # accepted in one language, in all
    accepted = sa.select(TermsAcceptance.id).where(
        TermsAcceptance.partner_id == partner_id,
        TermsAcceptance.design_id == design.id,
        TermsAcceptance.text_hash.in_(every),
    )
    return "" if session.scalar(accepted.limit(1)) else text


def accept_terms(*, design: Design, language: str, digest: str, by: Actor, now: datetime) -> None:
    """Note that the partner accepts the terms that a person has read. A second time changes nothing.

    Refused with `TermsChanged` when `digest` is not that of the words as they read now.
    """
    partner_id = require(by.partner_id)
    text = terms_to_accept(design, partner_id=partner_id, language=language)
    if not text:
        return
    if digest_of_terms(text) != digest:
        raise TermsChanged
    session.add(
        TermsAcceptance(
            vendor_id=design.vendor_id,
            partner_id=partner_id,
            design_id=design.id,
            text_hash=digest,
            accepted_by=by.membership_id,
            accepted_at=now,
        )
    )
    audit.record(
        by=by, action="piece.terms_accepted", object_type="design", object_id=design.id,
        after={"text_sha256": digest, "language": language}, now=now,
    )  # fmt: skip
