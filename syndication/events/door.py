"""The door of an event: checking people in, by code or by name, and writing down who came without registering."""

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Event, EventState, Launch, Registrant, RegistrantState
from campaigns.operations.seats import CODE_LENGTH, Person, locked_event, locked_registrant, new_registrant, settle_room
from syndication.events.reporting import renew_proof
from syndication.events.seat_links import shown_at_door
from syndication.models import Recipient, Touch, Verdict
from syndication.pages.answers import REGISTRATION, Filled, Rendering, Visit, take_answer
from syndication.pages.events import full_name
from syndication.pages.showing import shown_launch
from syndication.tracking.judging import Whose, mark_response, tell_recorded
from syndication.tracking.verdict import RULES_VERSION
from tcma.contacts.addresses import clean_address
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

S = RegistrantState
ATTENDED = "attended"
TAKEN_BACK = "the check-in was taken back"
OPENS_BEFORE = timedelta(hours=12)
CLOSES_AFTER = timedelta(days=30)
NO_DOOR = frozenset({EventState.DRAFT, EventState.PUBLISHED, EventState.CANCELLED})


class DoorIsClosed(Conflict):
    """Nobody can be checked in now."""

    def __init__(self) -> None:
        super().__init__(_("Check-in is open from twelve hours before the event until thirty days after it."))


class UnknownCode(DomainError):
    """The code belongs to nobody on the list."""

    def __init__(self) -> None:
        super().__init__(_("Nobody on this list has that code. Look for the name."), field="code")


def door_is_open(event: Event, now: datetime) -> bool:
    """Whether people can be checked in, or written down afterwards."""
    in_time = event.starts_at - OPENS_BEFORE <= now <= event.ends_at + CLOSES_AFTER
    return in_time and event.state not in NO_DOOR


def registrant_shown(event: Event, text: str) -> Registrant:
    """Return whose code was typed or scanned: the six letters, or the whole address. Refused: `UnknownCode`."""
    code = re.sub(r"[^A-Z0-9]", "", text.upper())
    if len(code) == CODE_LENGTH:
        chosen = sa.select(Registrant).where(Registrant.event_id == event.id, Registrant.code == code)
        found = session.scalar(chosen)
    else:
        found = shown_at_door(text.strip().rstrip("/").rpartition("/")[2], event.id)
    if found is None:
        raise UnknownCode
    return found


def check_in(*, registrant_id: int, by: Actor, now: datetime) -> Registrant:
    """Write down that somebody came, whatever their registration said; it becomes a touch of their lead.

    Checking in twice changes nothing. Refused: `DoorIsClosed`.
    """
    registrant, event = locked_registrant(registrant_id)
    if not door_is_open(event, now):
        raise DoorIsClosed
    if registrant.state is not S.ATTENDED:
        _let_in(registrant, event, by=by, now=now)
    return registrant


def _let_in(registrant: Registrant, event: Event, *, by: Actor, now: datetime) -> None:
    before, registrant.state, registrant.attended_at = registrant.state, S.ATTENDED, now
    session.flush()  # the touch and the audit row name it
    _touch(registrant, event, now=now)
    audit.record(
        by=by, action="registrant.checked_in", object_type="registrant", object_id=registrant.id,
        before={"state": before}, after={"state": registrant.state}, now=now,
    )  # fmt: skip
    _settle(event, now)


def take_back(*, registrant_id: int, by: Actor, now: datetime) -> Registrant:
    """Undo a check-in that was a mistake. Refused: `DoorIsClosed`, `Conflict`."""
    registrant, event = locked_registrant(registrant_id)
    if not door_is_open(event, now):
        raise DoorIsClosed
    if registrant.state is not S.ATTENDED:
        raise Conflict(_("This person is not checked in."))
    is_reported = event.state is EventState.REPORTED
    to = S.CANCELLED if registrant.walk_in else S.NO_SHOW if is_reported else S.CONFIRMED
    registrant.state, registrant.attended_at = to, None
    touch = _touch_of(registrant)
    if touch is not None:
        touch.verdict, touch.reasons = Verdict.SUSPECT, [TAKEN_BACK]
        tell_recorded(_whose(event), [touch.at], now=now)
    audit.record(
        by=by, action="registrant.check_in_taken_back", object_type="registrant", object_id=registrant.id,
        before={"state": S.ATTENDED}, after={"state": to}, now=now,
    )  # fmt: skip
    _settle(event, now)
    return registrant


def _settle(event: Event, now: datetime) -> None:
    settle_room(event)
    if event.state is EventState.REPORTED:
        renew_proof(event, now=now)


def add_walk_in(*, event_id: int, filled: Filled, key: str = "", by: Actor, now: datetime) -> Registrant:
    """Write down and let in somebody who came without having registered; they become a lead like any other.

    Whoever is on the list already, by address or as the same lead, is checked in instead. `key` names one showing of
    the form, so that sending it twice is one guest. Refused: `DoorIsClosed`, and an address that is none.
    """
    event = locked_event(event_id)
    if not door_is_open(event, now):
        raise DoorIsClosed
    email = clean_address(filled.values["email"]) if filled.values.get("email") else None
    launch = require(session.get(Launch, event.launch_id))
    rendering = Rendering(key=key) if key else Rendering()
    lead = take_answer(
        shown=shown_launch(launch), filled=filled, visit=Visit(rendering, channel="event"), kind=REGISTRATION,
        tactic=event.tactic, by=by, now=now,
    )  # fmt: skip
    same = Registrant.lead_id == lead.id
    known = sa.select(Registrant).where(
        Registrant.event_id == event.id, sa.or_(same, Registrant.email == email) if email else same
    )
    registrant = session.scalar(known.order_by(Registrant.id).limit(1))
    if registrant is None:
        company = filled.values.get("company", "")
        person = Person(full_name(filled), email, company, launch.language, lead.contact_id, lead.id)
        registrant = new_registrant(event, person, now=now)
        registrant.state, registrant.walk_in = S.CONFIRMED, True
        session.flush()  # it is let in below
    if registrant.state is not S.ATTENDED:
        _let_in(registrant, event, by=by, now=now)
    return registrant


def _touch(registrant: Registrant, event: Event, *, now: datetime) -> None:
    """Keep that somebody came as a touch of their lead; a check-in that was taken back counts again."""
    touch = _touch_of(registrant)
    if touch is None:
        recipient_id = _recipient_of(registrant, event)
        touch = Touch(
            at=now, vendor_id=event.vendor_id, partner_id=event.partner_id, launch_id=event.launch_id,
            recipient_id=recipient_id, lead_id=registrant.lead_id, tactic=event.tactic, step="", channel="event",
            kind=ATTENDED, verdict=Verdict.HUMAN, reasons=[], rules_version=RULES_VERSION,
            answer_key=_key(registrant),
        )  # fmt: skip
        session.add(touch)
        if recipient_id is not None:
            mark_response(recipient_id, at=now)
    touch.verdict, touch.reasons = Verdict.HUMAN, []
    tell_recorded(_whose(event), [touch.at], now=now)


def _touch_of(registrant: Registrant) -> Touch | None:
    chosen = sa.select(Touch).where(Touch.answer_key == _key(registrant), Touch.partner_id == registrant.partner_id)
    return session.scalar(chosen.limit(1))


def _key(registrant: Registrant) -> str:
    return f"{ATTENDED}:{registrant.id}"


def _whose(event: Event) -> Whose:
    return Whose(event.vendor_id, event.partner_id, event.launch_id)


def _recipient_of(registrant: Registrant, event: Event) -> int | None:
    if registrant.contact_id is None:
        return None
    chosen = sa.select(Recipient.id).where(
        Recipient.launch_id == event.launch_id, Recipient.contact_id == registrant.contact_id
    )
    return session.scalar(chosen)
