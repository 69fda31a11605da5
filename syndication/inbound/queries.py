"""What came back by mail: of a person, and of a launch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.inbound.reading import HARD, REPLY
from syndication.models import Bounce, Delivery, Recipient, Touch
from tcma.contacts.models import Contact
from tcma.core.db import session

MOST = 50
SHOWN = 8


@dataclass(frozen=True, slots=True)
class CameBack:
    """One thing that came back: what, when, of which launch, from whom, and whether the partner took it back."""

    kind: str
    at: datetime
    launch_id: str
    campaign: str
    contact_id: str | None
    person: str
    detail: str = ""
    undone_at: datetime | None = None
    note: str = ""

    @property
    def stands(self) -> bool:
        """Whether it is a bounce that keeps the person from being mailed."""
        return self.kind == HARD and self.undone_at is None


def came_back_of(contact_id: int) -> list[CameBack]:
    """Return what came back from a contact, the latest first."""
    return _newest(Delivery.contact_id == contact_id, Recipient.contact_id == contact_id, MOST)


def came_back_to(launch_id: int) -> list[CameBack]:
    """Return what came back last to a launch."""
    return _newest(Delivery.launch_id == launch_id, Touch.launch_id == launch_id, SHOWN)


def counts_of(launch_id: int) -> dict[str, int]:
    """Return to how many mails of a launch which kind of report came; those taken back count no more."""
    chosen = (
        sa.select(Bounce.kind, sa.func.count())
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Delivery.launch_id == launch_id, Bounce.undone_at.is_(None))
        .group_by(Bounce.kind)
    )
    return {row[0]: row[1] for row in session.execute(chosen)}


def _newest(of_bounce: sa.ColumnElement[bool], of_touch: sa.ColumnElement[bool], most: int) -> list[CameBack]:
    found = [*_bounces(of_bounce, most), *_replies(of_touch, most)]
    return sorted(found, key=attrgetter("at"), reverse=True)[:most]


_PERSON = (Launch.public_id, Launch.name, Contact.public_id, Contact.first_name, Contact.last_name, Contact.email)


def _bounces(chosen: sa.ColumnElement[bool], most: int) -> Sequence[CameBack]:
    rows = session.execute(
        sa.select(Bounce, *_PERSON)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .join(Launch, Launch.id == Delivery.launch_id)
        .outerjoin(Contact, Contact.id == Delivery.contact_id)
        .where(chosen)
        .order_by(Bounce.id.desc())
        .limit(most)
    )
    return [
        CameBack(
            bounce.kind, bounce.at, launch_id, campaign, contact_id, _named(*names),
            detail=bounce.detail, undone_at=bounce.undone_at, note=bounce.note,
        )
        for bounce, launch_id, campaign, contact_id, *names in rows
    ]  # fmt: skip


def _replies(chosen: sa.ColumnElement[bool], most: int) -> Sequence[CameBack]:
    rows = session.execute(
        sa.select(Touch.at, *_PERSON)
        .join(Recipient, Recipient.id == Touch.recipient_id)
        .join(Launch, Launch.id == Touch.launch_id)
        .outerjoin(Contact, Contact.id == Recipient.contact_id)
        .where(chosen, Touch.kind == REPLY)
        .order_by(Touch.at.desc(), Touch.id.desc())
        .limit(most)
    )
    return [
        CameBack(REPLY, at, launch_id, campaign, contact_id, _named(*names))
        for at, launch_id, campaign, contact_id, *names in rows
    ]


def _named(first_name: str | None, last_name: str | None, email: str | None) -> str:
    return f"{first_name or ''} {last_name or ''}".strip() or email or ""
