"""Registering for the event of a launch, and what a registrant finds on their own page."""

from datetime import datetime

from campaigns.models import Event, EventState, Registrant
from campaigns.operations.seats import (
    EXPECTS,
    HAS_A_SEAT,
    OPEN,
    Person,
    has_waiting_list,
    needs_approval,
    take_place,
)
from syndication.events.calendar import Method, calendar_text
from syndication.events.mails import entry_of
from syndication.pages.answers import REGISTRATION, Filled, Visit, take_answer
from syndication.pages.showing import Shown
from tcma.contacts.addresses import clean_address
from tcma.core.actor import Actor
from tcma.leads.models import Lead

FIELDS = (("first_name", True), ("last_name", True), ("email", True), ("company", False))


def register(
    *, shown: Shown, event: Event, filled: Filled, visit: Visit, by: Actor, now: datetime
) -> tuple[Registrant, Lead]:
    """Enter somebody for an event, on the waiting list when it is full; the answer is a lead like any other.

    An answer that comes too late is kept all the same: as a lead, and as a registrant who was turned away.
    """
    lead = take_answer(shown=shown, filled=filled, visit=visit, kind=REGISTRATION, tactic=event.tactic, by=by, now=now)
    person = Person(
        name=full_name(filled),
        email=clean_address(filled.values["email"]),
        company=filled.values.get("company", ""),
        language=shown.language,
        contact_id=lead.contact_id,
        lead_id=lead.id,
    )
    return take_place(event_id=event.id, person=person, now=now), lead


def full_name(filled: Filled) -> str:
    """Return first and last name as one."""
    return f"{filled.values.get('first_name', '')} {filled.values.get('last_name', '')}".strip()


def takes_registrations(event: Event, now: datetime) -> bool:
    """Whether the form is shown: for a place, or for the waiting list."""
    if event.state not in OPEN or event.starts_at <= now:
        return False
    return event.state is not EventState.FULL or has_waiting_list(event)


def asks_first(event: Event) -> bool:
    """Whether a registration is a request that the partner answers."""
    return needs_approval(event)


def may_join(registrant: Registrant | None) -> bool:
    """Whether somebody is told the way in: who has a seat, and nobody who waits or was turned down."""
    return registrant is not None and registrant.state in HAS_A_SEAT


def may_cancel(registrant: Registrant, event: Event, now: datetime) -> bool:
    """Whether there is something left to give back."""
    return registrant.state in EXPECTS and event.state is not EventState.CANCELLED and event.ends_at > now


def calendar_file(event: Event, shown: Shown, *, registrant: Registrant | None, url: str, now: datetime) -> bytes:
    """Return the event as a file that calendars take; the way in is for those who have a seat."""
    turn = registrant.turn if registrant is not None else 0
    entry = entry_of(
        event, shown.launch, shown.side, sequence=event.sequence + turn, url=url, with_way_in=may_join(registrant)
    )
    is_off = event.state is EventState.CANCELLED
    return calendar_text(entry, method=Method.CANCEL if is_off else Method.PUBLISH, now=now).encode()
