"""The conversation about a request or a claim: asked and answered in one place, read by both sides."""

from datetime import datetime

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _
from tcma.mdf.models import Claim, FundRequest, Note

LONGEST_NOTE = 2000


class NothingSaid(DomainError):
    """A question, an answer or a reason has words."""


def add_note(about: FundRequest | Claim, text: str, *, by: Actor, now: datetime) -> Note:
    """Add a line to the conversation. Refused: `NothingSaid`."""
    words = text.strip()
    if not words:
        raise NothingSaid(_("Write a sentence, so that the other side knows what you mean."), field="note")
    note = Note(
        vendor_id=about.vendor_id,
        partner_id=about.partner_id,
        request_id=about.id if isinstance(about, FundRequest) else None,
        claim_id=about.id if isinstance(about, Claim) else None,
        author_id=by.user_id,
        from_vendor=by.is_vendor,
        text=words[:LONGEST_NOTE],
        at=now,
    )
    session.add(note)
    return note
