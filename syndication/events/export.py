"""The list of an event as a file, and what it proves: counts and a fingerprint, never a person."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from campaigns.models import Event, EventState, Registrant, RegistrantState
from syndication.events.queries import figures_of
from tcma.contacts.exporting import as_csv
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.calendar import zone_named
from tcma.core.db import session

HEADER = ("name", "company", "email", "language", "state", "code", "walk_in", "registered_at", "attended_at")


def attendance_file(*, event: Event, by: Actor, now: datetime) -> bytes:
    """Return everybody of an event as CSV, in which no cell is taken for a formula; taking it along is recorded."""
    audit.record(by=by, action="event.exported", object_type="event", object_id=event.id, now=now)
    return as_csv(HEADER, _rows(event))


def _rows(event: Event) -> Iterator[list[str]]:
    zone = zone_named(event.zone)
    chosen = sa.select(Registrant).where(Registrant.event_id == event.id).order_by(Registrant.at, Registrant.id)
    for one in session.scalars(chosen):
        came = one.attended_at.astimezone(zone).isoformat(timespec="minutes") if one.attended_at else ""
        yield [
            one.name, one.company, one.email or "", one.language, one.state.value, one.code,
            "yes" if one.walk_in else "no", one.at.astimezone(zone).isoformat(timespec="minutes"), came,
        ]  # fmt: skip


def attendance_facts(launch_id: int) -> list[dict[str, Any]]:
    """Return what the events of a launch prove: when they were, how many came, and the list's fingerprint."""
    chosen = sa.select(Event).where(Event.launch_id == launch_id, Event.state != EventState.DRAFT)
    return [_facts(event) for event in session.scalars(chosen.order_by(Event.starts_at, Event.id))]


def _facts(event: Event) -> dict[str, Any]:
    figures = figures_of(event)
    return {
        "title": event.title,
        "state": event.state.value,
        "starts_at": event.starts_at.isoformat(),
        "minutes": event.minutes,
        "place": event.place,
        "registered": figures.registered,
        "attended": figures.attended,
        "walk_ins": figures.walk_ins,
        "no_shows": figures.no_shows,
        "reported_at": event.reported_at.isoformat() if event.reported_at else None,
        "sha256": _fingerprint(event),
    }


def _fingerprint(event: Event) -> str:
    """Return the hash of who came and when: the partner can show the list, and nobody can change it unseen."""
    chosen = sa.select(Registrant.public_id, Registrant.attended_at).where(
        Registrant.event_id == event.id, Registrant.state == RegistrantState.ATTENDED
    )
    lines = (f"{key} {at.isoformat() if at else ''}\n" for key, at in session.execute(chosen.order_by(Registrant.id)))
    return sha256("".join(lines).encode()).hexdigest()
