"""A calendar as other programs take it (RFC 5545), and the secret address that it is read at."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from tcma.core import runtime
from tcma.core.db import session
from tcma.core.links import ForgedLink, Purpose
from tcma.insights.models import CalendarFeed
from tcma.insights.queries.calendar import Entry

if TYPE_CHECKING:
    from icalendar import Event

READ_AGAIN = timedelta(hours=4)


def feed_address(membership_id: int) -> str | None:
    """Return the address of a member's calendar, as far as one was made."""
    number = session.scalar(sa.select(CalendarFeed.number).where(CalendarFeed.membership_id == membership_id))
    if number is None:
        return None
    token = runtime.links().sign(Purpose.CALENDAR, membership_id, number)
    return f"{runtime.settings().base_url.rstrip('/')}/calendar/{token}.ics"


def member_of(token: str) -> tuple[int, int]:
    """Return member and number that an address names; a forged one is refused with `ForgedLink`."""
    ids = runtime.links().read(token, Purpose.CALENDAR)
    if len(ids) != 2:
        raise ForgedLink
    return ids[0], ids[1]


def refuse_renewed(membership_id: int, number: int) -> None:
    """Refuse an address that was renewed since, with `ForgedLink`, as if it had never been."""
    current = session.scalar(sa.select(CalendarFeed.number).where(CalendarFeed.membership_id == membership_id))
    if current != number:
        raise ForgedLink


def calendar_file(
    found: Iterable[Entry],
    *,
    name: str,
    in_words: Callable[[Entry], str],
    address_of: Callable[[Entry], str],
    now: datetime,
) -> bytes:
    """Return entries as a calendar that programs subscribe to. An entry keeps its UID for as long as it exists."""
    from icalendar import Calendar  # slow to import, and wanted by few pages

    calendar = Calendar()
    calendar.add("prodid", "-//TCMA//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"value": "DURATION"})
    for entry in found:
        calendar.add_component(_component(entry, in_words(entry), address_of(entry), now))
    return bytes(calendar.to_ical())


def _component(entry: Entry, words: str, address: str, now: datetime) -> "Event":
    from icalendar import Event  # as above

    event = Event()
    event.add("uid", f"{entry.kind}.{entry.key}@tcma")
    event.add("dtstamp", now)
    event.add("dtstart", entry.at)
    if isinstance(entry.at, datetime):
        event.add("dtend", entry.ends or entry.at + timedelta(minutes=15))
    else:
        event.add("dtend", entry.at + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("summary", words)
    event.add("categories", [entry.kind.value])
    event.add("url", address)
    return event
