"""The places of an event: who gets one, who waits, who is moved up when one falls free.

The event's row is locked before places are counted, so that the last one is given once.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import choice

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.manifest.model import Event as EventTactic
from campaigns.models import Event, EventState, Launch, Registrant, RegistrantState
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

S = RegistrantState
HAS_A_SEAT = frozenset({S.REGISTERED, S.CONFIRMED, S.ATTENDED})
TAKES_A_SEAT = HAS_A_SEAT | {S.PENDING_APPROVAL}  # a place is kept for those who wait for the partner's word
EXPECTS = frozenset({S.REGISTERED, S.CONFIRMED, S.PENDING_APPROVAL, S.WAITLISTED})
OPEN = frozenset({EventState.REGISTRATION_OPEN, EventState.FULL})
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is taken for another
CODE_LENGTH = 6
LARGEST_ROOM = 100_000


class NoPlaceLeft(DomainError):
    """Everything is taken."""

    def __init__(self) -> None:
        super().__init__(_("All places are taken. Raise their number first, or cancel somebody's."))


class OddRoom(DomainError):
    """The number of places cannot be used."""

    def __init__(self) -> None:
        super().__init__(_("Give a number of places between 1 and 100,000."), field="capacity")


@dataclass(frozen=True, slots=True)
class Person:
    """Who registers, cleaned."""

    name: str
    email: str | None
    company: str = ""
    language: str = ""
    contact_id: int | None = None
    lead_id: int | None = None


def tactic_of_event(event: Event) -> EventTactic:
    """Return the event as its kit describes it."""
    launch = require(session.get(Launch, event.launch_id))
    return require(next((one for one in content_of(launch.version).events if one.key == event.tactic), None))


def needs_approval(event: Event) -> bool:
    """Whether the partner looks at each registration first."""
    return tactic_of_event(event).approval if event.approval is None else event.approval


def has_waiting_list(event: Event) -> bool:
    """Whether people may wait for a place when all are taken."""
    return tactic_of_event(event).waiting_list if event.waiting_list is None else event.waiting_list


def locked_event(event_id: int) -> Event:
    """Return an event that nobody else gives places of until this transaction ends."""
    chosen = sa.select(Event).where(Event.id == event_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))


def taken(event_id: int) -> int:
    """Return how many places are given or kept."""
    chosen = sa.select(sa.func.count()).where(Registrant.event_id == event_id, Registrant.state.in_(TAKES_A_SEAT))
    return session.scalar(chosen) or 0


def take_place(*, event_id: int, person: Person, now: datetime) -> Registrant:
    """Enter somebody for an event: with a place, for the partner to approve, or on the waiting list.

    The same address is one registrant: who is there already stays where they are. Where there is neither a place
    nor a waiting list, or registration is over, the registrant is kept as turned away, and told so.
    """
    event = locked_event(event_id)
    known = _known(event.id, person.email)
    if known is not None and known.state not in {S.CANCELLED, S.REJECTED}:
        return known
    to = _state_for_one_more(event, now)
    registrant = known or new_registrant(event, person, now=now)
    registrant.contact_id = person.contact_id or registrant.contact_id
    registrant.lead_id = person.lead_id or registrant.lead_id
    registrant.language, registrant.at = person.language or registrant.language, now
    _move(registrant, to, "registered", event, now=now)
    settle_room(event)
    return registrant


def new_registrant(event: Event, person: Person, *, now: datetime) -> Registrant:
    """Write a new registrant of a locked event, with a code of its own."""
    registrant = Registrant(
        partner_id=event.partner_id,
        event_id=event.id,
        contact_id=person.contact_id,
        lead_id=person.lead_id,
        email=person.email,
        name=person.name[:200],
        company=person.company[:200],
        language=person.language,
        code=_free_code(event.id),
        at=now,
        turn=0,
    )
    session.add(registrant)
    return registrant


def _known(event_id: int, email: str | None) -> Registrant | None:
    if email is None:
        return None
    return session.scalar(sa.select(Registrant).where(Registrant.event_id == event_id, Registrant.email == email))


def _free_code(event_id: int) -> str:
    while True:
        code = "".join(choice(LETTERS) for _place in range(CODE_LENGTH))
        chosen = sa.select(Registrant.id).where(Registrant.event_id == event_id, Registrant.code == code)
        if session.scalar(chosen) is None:
            return code


def _state_for_one_more(event: Event, now: datetime) -> RegistrantState:
    if event.state not in OPEN or event.starts_at <= now:
        return S.REJECTED
    # Whoever waits already comes first, even while a place is being passed on.
    if taken(event.id) >= event.capacity or _first_waiting(event.id) is not None:
        return S.WAITLISTED if has_waiting_list(event) else S.REJECTED
    return S.PENDING_APPROVAL if needs_approval(event) else S.CONFIRMED


def approve(*, registrant_id: int, by: Actor, now: datetime) -> Registrant:
    """Give somebody who asked, or who waits, a place; they are told. Refused: `NoPlaceLeft`, `Conflict`."""
    registrant, event = locked_registrant(registrant_id)
    if registrant.state is S.WAITLISTED and taken(event.id) >= event.capacity:
        raise NoPlaceLeft
    if registrant.state not in {S.PENDING_APPROVAL, S.WAITLISTED}:
        raise moved_on()
    return _decided(registrant, event, S.CONFIRMED, "approved", by=by, now=now)


def turn_away(*, registrant_id: int, by: Actor, now: datetime) -> Registrant:
    """Say no to somebody who asked or waits; they are told, and the place goes to who waits. Refused: `Conflict`."""
    registrant, event = locked_registrant(registrant_id)
    if registrant.state not in {S.PENDING_APPROVAL, S.WAITLISTED}:
        raise moved_on()
    return _decided(registrant, event, S.REJECTED, "turned_away", by=by, now=now)


def give_back(*, registrant_id: int, by: Actor, now: datetime) -> Registrant:
    """Cancel somebody's registration; the place goes to whoever waits longest. Doing it twice changes nothing.

    Refused with `Conflict` once the event is over or they have come.
    """
    registrant, event = locked_registrant(registrant_id)
    if registrant.state is S.CANCELLED:
        return registrant
    if registrant.state not in EXPECTS or event.ends_at <= now:
        raise moved_on()
    return _decided(registrant, event, S.CANCELLED, "cancelled", by=by, now=now)


def set_room(*, event_id: int, capacity: int, approval: bool, waiting_list: bool, by: Actor, now: datetime) -> Event:
    """Say how many places there are, whether each registration is looked at first, and whether people may wait.

    More places go to those who wait; with fewer nobody loses theirs. Refused: `OddRoom`.
    """
    event = locked_event(event_id)
    if not 1 <= capacity <= LARGEST_ROOM:
        raise OddRoom
    before = {"capacity": event.capacity, "approval": event.approval, "waiting_list": event.waiting_list}
    event.capacity, event.approval, event.waiting_list = capacity, approval, waiting_list
    after = {"capacity": capacity, "approval": approval, "waiting_list": waiting_list}
    audit.record(
        by=by, action="event.room_set", object_type="event", object_id=event.id, before=before, after=after, now=now
    )
    move_up(event, now=now)
    return event


def move_up(event: Event, *, now: datetime) -> int:
    """Give the free places of a locked event to those who wait longest, and return how many were moved up."""
    free = event.capacity - taken(event.id)
    moved = 0
    if event.state in OPEN and event.starts_at > now:
        while moved < free and (registrant := _first_waiting(event.id)) is not None:
            to = S.PENDING_APPROVAL if needs_approval(event) else S.CONFIRMED
            _move(registrant, to, "moved_up", event, now=now)
            moved += 1
    settle_room(event)
    return moved


def settle_room(event: Event) -> None:
    """Let a locked event that is open say whether it is full."""
    if event.state in OPEN:
        session.flush()  # what was changed counts
        is_full = taken(event.id) >= event.capacity
        event.state = EventState.FULL if is_full else EventState.REGISTRATION_OPEN


def _first_waiting(event_id: int) -> Registrant | None:
    session.flush()  # who was moved waits no more
    chosen = sa.select(Registrant).where(Registrant.event_id == event_id, Registrant.state == S.WAITLISTED)
    return session.scalar(chosen.order_by(Registrant.at, Registrant.id).limit(1))


def locked_registrant(registrant_id: int) -> tuple[Registrant, Event]:
    """Lock the event before the registrant: everybody who gives places does it in this order."""
    event_id = require(session.scalar(sa.select(Registrant.event_id).where(Registrant.id == registrant_id)))
    event = locked_event(event_id)
    chosen = sa.select(Registrant).where(Registrant.id == registrant_id)
    return require(session.scalar(chosen.execution_options(populate_existing=True))), event


def _decided(
    registrant: Registrant, event: Event, to: RegistrantState, what: str, *, by: Actor, now: datetime
) -> Registrant:
    before = registrant.state
    _move(registrant, to, what, event, now=now)
    audit.record(
        by=by, action=f"registrant.{what}", object_type="registrant", object_id=registrant.id,
        before={"state": before}, after={"state": to}, now=now,
    )  # fmt: skip
    move_up(event, now=now)
    return registrant


def _move(registrant: Registrant, to: RegistrantState, what: str, event: Event, *, now: datetime) -> None:
    registrant.state = to
    registrant.turn += 1
    session.flush()  # the mail names it
    tell_registrant(registrant, event, what, now=now)


def tell_registrant(registrant: Registrant, event: Event, what: str, *, now: datetime) -> None:
    """Have one registrant written to about what has happened."""
    outbox.tell(
        "registrant.changed", registrant_id=registrant.id, what=what, revision=event.sequence + registrant.turn,
        vendor_id=event.vendor_id, partner_id=event.partner_id, now=now,
    )  # fmt: skip


def moved_on() -> Conflict:
    """Return the refusal for a registration that stands elsewhere by now."""
    return Conflict(_("This registration has moved on in the meantime. Load the page again."))
