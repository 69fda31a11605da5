"""An event as calendars take it (RFC 5545, RFC 5546). Pure: values in, text out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from tcma.core.calendar import zone_named


class Method(StrEnum):
    """What a calendar is to do with an entry."""

    PUBLISH = "PUBLISH"  # show it to anybody
    REQUEST = "REQUEST"  # enter it, or bring it up to date
    CANCEL = "CANCEL"  # take it out


@dataclass(frozen=True, slots=True)
class Attendee:
    """Whose calendar it is."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: the same `uid` for good, and a `sequence` that rises with every change."""

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    zone: str
    title: str
    place: str
    url: str
    organiser: Attendee
    description: str = ""


def calendar_text(entry: Entry, *, method: Method, attendee: Attendee | None = None, now: datetime) -> str:
    """Return the iCalendar object: wall time and zone, with the zone's own changes of the clock in it."""
    from icalendar import Calendar  # slow to import, and wanted by those who register

    calendar = Calendar()
    calendar.add("prodid", "-//TCMA//events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(_event(entry, method, attendee, now))
    year = entry.starts_at.year
    calendar.add_missing_timezones(first_date=date(year, 1, 1), last_date=date(year + 1, 12, 31))
    return bytes(calendar.to_ical()).decode()


def _event(entry: Entry, method: Method, attendee: Attendee | None, now: datetime) -> Any:
    from icalendar import Event

    zone = zone_named(entry.zone)
    found = Event()
    found.add("uid", entry.uid)
    found.add("sequence", entry.sequence)
    found.add("dtstamp", now)
    found.add("dtstart", entry.starts_at.astimezone(zone))
    # The end is an instant too: an event over a change of the clock lasts as long as it lasts.
    found.add("dtend", (entry.starts_at + timedelta(minutes=entry.minutes)).astimezone(zone))
    found.add("summary", entry.title)
    if entry.place:
        found.add("location", entry.place)
    if entry.description:
        found.add("description", entry.description)
    found.add("url", entry.url)
    found.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    found.add("organizer", _address(entry.organiser))
    if attendee is not None:
        person = _address(attendee)
        person.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
        found.add("attendee", person)
    return found


def _address(of: Attendee) -> Any:
    from icalendar import vCalAddress

    found = vCalAddress(f"mailto:{of.email}")
    if name := " ".join(of.name.replace('"', "'").split()):
        found.params["CN"] = name
    return found
