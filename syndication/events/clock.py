"""What an event does at its hours: reminders before it, its own moves, and closing the list of who came."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Event, EventState, Launch, LaunchState, Registrant, RegistrantState
from campaigns.operations.seats import HAS_A_SEAT, OPEN, tactic_of_event, tell_registrant
from syndication.events.reporting import report_attendance
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.schedule import set_due

EVENT = "event"
OVER = frozenset({EventState.DRAFT, EventState.PUBLISHED, EventState.CANCELLED, EventState.REPORTED})
SPEAKS = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.COMPLETED})
# Hosts write down the last guests after the end; then who is not on the list did not come.
LIST_CLOSES_AFTER = timedelta(hours=3)
LOOK_AGAIN = timedelta(minutes=15)


def plan_looks(*, launch_id: int, now: datetime) -> None:
    """Have the events of a launch looked at from now on; what lies before has passed, and is not made up for."""
    chosen = sa.select(Event).where(Event.launch_id == launch_id, Event.state.in_(OPEN))
    for event in session.scalars(chosen.order_by(Event.id)):
        event.looked_at = now
        set_due(EVENT, event.id, next_look(event, now), vendor_id=event.vendor_id, partner_id=event.partner_id)


def look_at_event(*, event_id: int, by: Actor, now: datetime) -> datetime | None:
    """Do what an event's hour asks for, and return when to look again; None when nothing is left."""
    event = session.scalar(sa.select(Event).where(Event.id == event_id).with_for_update())
    if event is None or event.state in OVER:
        return None
    launch = require(session.get(Launch, event.launch_id))
    _move_on(event, by, now)
    if launch.state is LaunchState.PAUSED:
        return now + LOOK_AGAIN  # what becomes due meanwhile is looked at when it goes on
    if launch.state in SPEAKS:
        _remind(event, event.looked_at or now, now)
    event.looked_at = now
    if _list_closes(event, now):
        report_attendance(event_id=event.id, by=by, now=now)
    return next_look(event, now)


def reminders_of(event: Event) -> Iterator[tuple[str, datetime]]:
    """Yield the reminders that the kit asks for, by name, at their instants: days on the clocks of the event's zone."""
    start = LocalSchedule.of_instant(event.starts_at, event.zone)
    for reminder in tactic_of_event(event).reminders:
        day = start.moved(days=reminder.days)
        yield f"reminder{reminder.days}d{reminder.hours}h", day.instant + timedelta(hours=reminder.hours)


def next_look(event: Event, now: datetime) -> datetime | None:
    """Return the next instant at which an event has something to do."""
    if event.state in OVER:
        return None
    hours = [at for _name, at in reminders_of(event)]
    hours += [event.starts_at, event.ends_at, event.ends_at + LIST_CLOSES_AFTER]
    return min((at for at in hours if at > now), default=None)


def _remind(event: Event, since: datetime, now: datetime) -> None:
    """Remind those who have a place; of several that are due at once, after a halt, only of the latest."""
    due = [(at, name) for name, at in reminders_of(event) if since < at <= now]
    if not due or event.starts_at <= now:
        return
    at, name = max(due)
    coming = sa.select(Registrant).where(
        Registrant.event_id == event.id, Registrant.state.in_(HAS_A_SEAT), Registrant.at <= at
    )
    for registrant in session.scalars(coming.order_by(Registrant.id)):
        tell_registrant(registrant, event, name, now=now)


def _move_on(event: Event, by: Actor, now: datetime) -> None:
    to = EventState.ENDED if event.ends_at <= now else EventState.LIVE if event.starts_at <= now else event.state
    if to is not event.state:
        before, event.state = event.state, to
        audit.record(
            by=by, action=f"event.{to.value}", object_type="event", object_id=event.id,
            before={"state": before}, after={"state": to}, now=now,
        )  # fmt: skip


def _list_closes(event: Event, now: datetime) -> bool:
    """Whether a list that was kept at the door closes by itself; where nobody was checked in, a person says so."""
    if event.state is not EventState.ENDED or event.ends_at + LIST_CLOSES_AFTER > now:
        return False
    came = sa.select(Registrant.id).where(Registrant.event_id == event.id, Registrant.state == RegistrantState.ATTENDED)
    return session.scalar(came.limit(1)) is not None
