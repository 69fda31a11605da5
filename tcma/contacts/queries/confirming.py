"""What the link in a mail that asks is worth now: it may be open, over, pressed before, or void."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from tcma.contacts.models import ConsentEvent, Contact
from tcma.contacts.queries.audience import EMAIL, MARKETING, LeftOut
from tcma.contacts.queries.people import reason_for
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.links import Purpose

CONFIRMED = "double_opt_in"
GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AskingLink:
    """What the link says: whom it asks, about which statement, at which address, and when it was made."""

    partner_id: int
    contact_id: int
    point_id: int
    made: datetime
    stamp: int

    def token(self) -> str:
        """Return it signed, as it stands in the mail."""
        minute = int(self.made.timestamp()) // 60
        ids = (self.partner_id, self.contact_id, self.point_id, minute, self.stamp)
        return runtime.links().sign(Purpose.CONFIRM, *ids)


class Standing(StrEnum):
    """What may become of a link."""

    OPEN = "open"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    LEFT = "left"  # confirmed by it, and opted out since
    VOID = "void"  # an opt-out came before any answer, or the address is another one or gone


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a link stands, and when it was confirmed and taken back, if so."""

    standing: Standing
    confirmed_at: datetime | None = None
    left_at: datetime | None = None


def stamp_of(email_hash: str) -> int:
    """Return by what a link knows the address again: a new one takes no old consent along."""
    return int(email_hash[:12], 16)


def read_link(token: str) -> AskingLink:
    """Return what a token says. Refused: `ForgedLink`."""
    partner_id, contact_id, point_id, minute, stamp = runtime.links().read(token, Purpose.CONFIRM)
    return AskingLink(partner_id, contact_id, point_id, datetime.fromtimestamp(minute * 60, UTC), stamp)


def answer_to(link: AskingLink, now: datetime) -> Answer:
    """Return where a link stands. What was said by it outlasts its thirty days."""
    email_hash = session.scalar(
        sa.select(Contact.email_hash).where(Contact.id == link.contact_id, Contact.partner_id == link.partner_id)
    )
    if not email_hash or stamp_of(email_hash) != link.stamp:
        return Answer(Standing.VOID)
    words = _words(link).order_by(ConsentEvent.id.desc()).limit(1)
    latest = session.scalar(words)
    confirmed = session.scalar(
        words.where(
            ConsentEvent.granted,
            ConsentEvent.method == CONFIRMED,
            ConsentEvent.collection_point_id == link.point_id,
            ConsentEvent.at >= link.made,
        )
    )
    if latest is not None and confirmed is not None:
        if latest.granted:
            return Answer(Standing.CONFIRMED, confirmed.at)
        return Answer(Standing.LEFT, confirmed.at, latest.at)
    if _has_left_since(link):
        return Answer(Standing.VOID)
    return Answer(Standing.EXPIRED if link.made + GOOD_FOR < now else Standing.OPEN)


def may_be_asked_again(contact_id: int) -> bool:
    """Tell whether nothing but an answer is missing: who opted out or is blocked is not mailed a question either."""
    return reason_for(contact_id) in {None, LeftOut.NO_CONSENT, LeftOut.UNPROVEN, LeftOut.WAITING}


def _words(link: AskingLink) -> sa.Select[tuple[ConsentEvent]]:
    return sa.select(ConsentEvent).where(
        ConsentEvent.contact_id == link.contact_id,
        ConsentEvent.partner_id == link.partner_id,
        ConsentEvent.channel == EMAIL,
        ConsentEvent.purpose == MARKETING,
    )


def _has_left_since(link: AskingLink) -> bool:
    left = _words(link).where(sa.not_(ConsentEvent.granted), ConsentEvent.at > link.made + timedelta(minutes=1))
    return session.scalar(left.limit(1)) is not None
