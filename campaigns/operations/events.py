"""The event of a launch: its date, its place, and calling it off."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from campaigns.models import Event, EventState, Registrant
from campaigns.operations.seats import EXPECTS, OPEN, locked_event, move_up
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

STILL_MOVABLE = frozenset({EventState.DRAFT, EventState.PUBLISHED, EventState.REGISTRATION_OPEN, EventState.FULL})
Fact = Literal["event.planned", "event.cancelled"]


class EventInThePast(DomainError):
    """The date lies behind us."""

    def __init__(self) -> None:
        super().__init__(_("That date is in the past. Choose a later one."), field="start")


def set_event_date(*, event_id: int, start: datetime, join_url: str, place: str, by: Actor, now: datetime) -> Event:
    """Let an event take place at the wall time `start` in its zone, with registration open from now on.

    Whoever has registered is written to when the date, the place or the way in has changed, and calendars take the
    change over. Refused: `EventInThePast`, `Conflict`.
    """
    event = locked_event(event_id)
    if event.state not in STILL_MOVABLE:
        raise Conflict(_("This event is over or cancelled, so its date cannot be changed."))
    schedule = LocalSchedule.at(start, event.zone)
    if schedule.instant <= now:
        raise EventInThePast
    before, was_planned = _as_it_stands(event), event.state in OPEN
    event.starts_at, event.start_local = schedule.instant, schedule.wall.isoformat(timespec="minutes")
    event.join_url, event.place = join_url.strip(), place.strip()
    if not was_planned:
        event.state = EventState.REGISTRATION_OPEN
    after = _as_it_stands(event)
    audit.record(
        by=by, action="event.planned", object_type="event", object_id=event.id, before=before, after=after, now=now
    )
    _tell("event.planned", event, now)
    if was_planned and after != before:
        moved = before["starts_at"] != after["starts_at"]
        _tell_registrants(event, "moved" if moved else "changed", now=now)
    move_up(event, now=now)
    return event


def _as_it_stands(event: Event) -> dict[str, str]:
    return {
        "starts_at": event.starts_at.isoformat(),
        "join_url": event.join_url,
        "place": event.place,
        "state": event.state.value,
    }


def cancel_event(*, event_id: int, by: Actor, now: datetime) -> Event:
    """Call an event off: everybody who expects it is told, calendars take it out, and nothing around it goes out.

    Refused with `Conflict` once it is over; doing it twice changes nothing.
    """
    event = locked_event(event_id)
    if event.state is EventState.CANCELLED:
        return event
    if event.state not in STILL_MOVABLE or event.ends_at <= now:
        raise Conflict(_("This event is over, so it cannot be called off."))
    before, event.state = event.state, EventState.CANCELLED
    audit.record(
        by=by, action="event.cancelled", object_type="event", object_id=event.id,
        before={"state": before}, after={"state": event.state}, now=now,
    )  # fmt: skip
    _tell("event.cancelled", event, now)
    _tell_registrants(event, "event_cancelled", now=now)
    return event


def _tell_registrants(event: Event, what: str, *, now: datetime) -> None:
    """Raise the number that calendars go by, and have everybody who expects the event written to."""
    expected = sa.select(Registrant.id).where(Registrant.event_id == event.id, Registrant.state.in_(EXPECTS))
    event.sequence += 1
    if session.scalar(expected.limit(1)) is not None:
        outbox.tell(
            "event.changed", event_id=event.id, what=what, vendor_id=event.vendor_id, partner_id=event.partner_id,
            now=now,
        )  # fmt: skip


def _tell(fact: Fact, event: Event, now: datetime) -> None:
    outbox.tell(
        fact, event_id=event.id, launch_id=event.launch_id, vendor_id=event.vendor_id, partner_id=event.partner_id,
        now=now,
    )  # fmt: skip
