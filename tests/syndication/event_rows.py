"""Events with registration open, and people who register, for tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import sqlalchemy as sa

from campaigns.models import Event, EventState, Launch, Registrant, RegistrantState
from campaigns.operations.seats import Person, take_place
from syndication.events.seat_links import door_token
from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Message, Outbox, WorkState
from tcma.core.tenancy import acting
from tests.campaigns import rows as kit_rows
from tests.people import People


@dataclass(frozen=True)
class Planned:
    """An event of Alice's company, by id and address."""

    id: int
    public_id: str
    slug: str
    launch_id: int
    by: Actor

    @property
    def page(self) -> str:
        return f"/e/{self.slug}"

    @property
    def host(self) -> str:
        return f"/events/{self.public_id}"

    def row(self) -> Event:
        return session.get_one(Event, self.id)

    def states(self) -> dict[str, str]:
        """How everybody stands, by name."""
        session.expire_all()
        with acting(self.by):
            rows = session.execute(sa.select(Registrant.name, Registrant.state).order_by(Registrant.id))
            return {name: state.value for name, state in rows}

    def registrant(self, name: str) -> int:
        with acting(self.by):
            return session.scalars(sa.select(Registrant.id).where(Registrant.name == name)).one()

    def letters(self, kind: str = "registrant") -> list[Any]:
        """The mails to registrants, as (address, subject, calendar, text), the first one first."""
        with acting(self.by):
            chosen = sa.select(Message.to_address, Message.subject, Message.calendar, Message.text)
            return list(session.execute(chosen.where(Message.kind == kind).order_by(Message.id)))


def planned(
    people: People, *, capacity: int = 2, ahead: timedelta = timedelta(days=30), place: str = "", **more: Any
) -> Planned:
    """An event of the starter kit with registration open, so far ahead of now."""
    launch = kit_rows.running_launch(people)
    by, start = people.actor("alice"), clock.now() + ahead
    with acting(by):
        row = session.scalars(sa.select(Event).where(Event.launch_id == launch.id)).one()
        row.state, row.capacity, row.place, row.starts_at = EventState.REGISTRATION_OPEN, capacity, place, start
        row.start_local = start.replace(tzinfo=None).isoformat(timespec="minutes")
        row.join_url = "https://meet.example/1"
        for name, value in more.items():
            setattr(row, name, value)
        slug = session.scalars(sa.select(Launch.page_slug).where(Launch.id == row.launch_id)).one()
        found = Planned(row.id, row.public_id, f"{slug}-{row.tactic}", row.launch_id, by)
    session.commit()
    return found


def come(event: Planned, *names: str, at: datetime | None = None) -> None:
    """Let people register, one after another."""
    for name in names:
        with acting(event.by):
            person = Person(name=name, email=f"{name.lower()}@kunde.example", language="en")
            take_place(event_id=event.id, person=person, now=at or clock.now())
        session.commit()


def post(now: datetime | None = None) -> None:
    """Let the mails be written that were asked for."""
    now = now or clock.now()
    about_events = sa.or_(Outbox.fact.like("event.%"), Outbox.fact.like("registrant.%"))
    while ids := session.scalars(
        sa.select(Outbox.id)
        .where(about_events, Outbox.state == WorkState.READY, Outbox.due_at <= now)
        .order_by(Outbox.id)
    ).all():
        session.commit()
        assert all(outbox.run(key, now=now) for key in ids)
    session.expire_all()


def registrant(people: People, *, ahead: int = 300, came: bool = False) -> dict[str, Any]:
    """Somebody new on the list of Alice's event, so many hours before it, for the walk over routes."""
    event = planned(people, capacity=10_000, ahead=timedelta(hours=ahead))
    name = f"Walker{token_hex(6)}"
    come(event, name)
    with acting(event.by):
        row = session.scalars(sa.select(Registrant).where(Registrant.name == name)).one()
        if came:
            row.state, row.attended_at = RegistrantState.ATTENDED, clock.now()
        found = {"event_id": event.public_id, "registrant_id": row.public_id}
    session.commit()
    return found


def shown(people: People) -> str:
    """What somebody on the list of Alice's event shows at the door."""
    found = registrant(people, ahead=1)
    with acting(people.actor("alice")):
        return door_token(
            session.scalars(sa.select(Registrant).where(Registrant.public_id == found["registrant_id"])).one()
        )
