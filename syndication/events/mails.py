"""What registrants are written: that they have a place or wait, what has changed, and what follows the event.

These are answers to what people asked for themselves, in the partner's name; none of them is advertising.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assets.address import address_lines
from campaigns.content import content_of
from campaigns.models import Event, EventState, Launch, Registrant, RegistrantState
from campaigns.operations.seats import EXPECTS, HAS_A_SEAT, tactic_of_event, tell_registrant
from campaigns.queries.pieces import Side
from campaigns.values import event_address, event_fields, filled
from syndication.events.calendar import Attendee, Entry, Method, calendar_text
from syndication.events.seat_links import event_slug, seat_address
from syndication.events.words import OVER, words_of
from syndication.sending.mails import sender_name, side_in
from tcma.core import mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session

S = RegistrantState
MOST_LINES = 400
# How somebody stands, and the mail that says so.
STANDS: Mapping[RegistrantState, str] = {
    S.REGISTERED: "confirmed",
    S.CONFIRMED: "confirmed",
    S.PENDING_APPROVAL: "pending",
    S.WAITLISTED: "waiting",
    S.REJECTED: "sorry",
}
FOLLOWS = {"attended": S.ATTENDED, "absent": S.NO_SHOW}


@dataclass(frozen=True, slots=True)
class _Occasion:
    """Which mail is due, and what it does to the reader's calendar."""

    kind: str
    method: Method | None = None


def write_to_registrant(*, registrant_id: int, what: str, revision: int, by: Actor, now: datetime) -> None:
    """Write to one registrant about `what` has happened, once per revision; nobody without an address."""
    registrant = session.get(Registrant, registrant_id)
    if registrant is None or not registrant.email:
        return
    event = require(session.get(Event, registrant.event_id))
    occasion = _occasion(what, registrant, event, now)
    if occasion is None:
        return
    launch = require(session.get(Launch, event.launch_id))
    side = side_of_registrant(launch, registrant)
    message = mail.compose(
        "registrant",
        org_id=registrant.partner_id,
        vendor_id=by.vendor_id,
        partner_id=by.partner_id,
        to_address=registrant.email,
        to_name=registrant.name,
        locale=side.language.partition("-")[0],
        unique_key=f"registrant:{registrant.id}:{what}:{revision}",
        now=now,
        words=words_of(occasion.kind, facts_of_event(event, launch, side.language)["title"]),
        own=_own_words(occasion.kind, event, launch, side),
        is_over=occasion.kind in OVER,
        says_when=occasion.kind not in FOLLOWS,
        event=facts_of_event(event, launch, side.language),
        place=event.place,
        join_url=event.join_url if registrant.state in HAS_A_SEAT else "",
        code=registrant.code if event.place and registrant.state in HAS_A_SEAT else "",
        seat_url=seat_address(event_slug(launch, event), registrant),
        page_url=event_address(event_slug(launch, event)),
        partner=side.brand,
        address=address_lines(side.brand),
    )
    message.from_name, message.reply_to = sender_name(side.brand)[:200], _reply_to(side.brand) or ""
    if occasion.method is not None:
        entry = entry_of(
            event, launch, side, sequence=revision, url=seat_address(event_slug(launch, event), registrant),
            with_way_in=registrant.state in HAS_A_SEAT,
        )  # fmt: skip
        attendee = Attendee(registrant.email, registrant.name)
        message.calendar = calendar_text(entry, method=occasion.method, attendee=attendee, now=now)


def _occasion(what: str, registrant: Registrant, event: Event, now: datetime) -> _Occasion | None:
    """Return which mail fits how things stand by now; none where they have moved on."""
    state, is_off = registrant.state, event.state is EventState.CANCELLED
    has_a_seat = state in HAS_A_SEAT
    if what in FOLLOWS:
        return _Occasion(what) if state is FOLLOWS[what] else None
    if what == "cancelled":
        return _Occasion(what, Method.CANCEL) if state is S.CANCELLED else None
    if what == "event_cancelled" and is_off and state in EXPECTS:
        return _Occasion(what, Method.CANCEL if has_a_seat else None)
    if is_off or what == "event_cancelled" or state not in STANDS:
        return None
    if what.startswith("reminder"):
        return _Occasion("reminder") if has_a_seat and event.starts_at > now else None
    kind = what if what in {"moved", "changed"} or (what == "moved_up" and has_a_seat) else STANDS[state]
    return _Occasion(kind, Method.REQUEST if has_a_seat else None)


def side_of_registrant(launch: Launch, registrant: Registrant) -> Side:
    """Return the partner's side of a launch in the registrant's language, where the kit has it."""
    language = registrant.language if registrant.language in launch.version.languages else launch.language
    return side_in(launch, content_of(launch.version), language)


def facts_of_event(event: Event, launch: Launch, language: str) -> dict[str, str]:
    """Return title, time in words, and address of an event for readers of `language`."""
    content = content_of(launch.version)
    fields = event_fields(
        title=content.words(tactic_of_event(event).title, language) or event.title,
        starts_at=event.starts_at,
        zone=event.zone,
        url=event_address(event_slug(launch, event)),
        language=language,
    )
    return {name.removeprefix("event."): value for name, value in fields.items()}


def _own_words(kind: str, event: Event, launch: Launch, side: Side) -> dict[str, object] | None:
    """Return subject and paragraphs of a mail afterwards, where the kit has words of its own for it."""
    tactic = tactic_of_event(event)
    follow = {"attended": tactic.attended, "absent": tactic.absent}.get(kind)
    if follow is None:
        return None
    content = content_of(launch.version)
    subject, text = (filled(content.words(one, side.language), side.fields) for one in (follow.subject, follow.text))
    return {"subject": subject, "paragraphs": [part for part in text.split("\n\n")[:MOST_LINES] if part.strip()]}


def _reply_to(brand: Mapping[str, str]) -> str | None:
    return brand.get("sender_email") or brand.get("email") or None


def entry_of(event: Event, launch: Launch, side: Side, *, sequence: int, url: str, with_way_in: bool) -> Entry:
    """Return the event as a calendar entry; the way in is for those who have a place."""
    facts = facts_of_event(event, launch, side.language)
    organiser = side.brand.get("name") or facts["title"]
    way_in = event.join_url if with_way_in else ""
    return Entry(
        uid=f"{event.public_id}@tcma",
        sequence=sequence,
        starts_at=event.starts_at,
        minutes=event.minutes,
        zone=event.zone,
        title=f"{facts['title']} · {organiser}",
        place=event.place or way_in or url,
        url=way_in or url,
        organiser=Attendee(_reply_to(side.brand) or f"notices@{runtime.settings().mail_domain}", organiser),
        description="\n".join(line for line in (way_in, url) if line),
    )


def write_to_all(*, event_id: int, what: str, by: Actor, now: datetime) -> None:  # noqa: ARG001 - called so by the queue
    """Have everybody who expects an event written to about what has changed."""
    event = require(session.get(Event, event_id))
    expected = sa.select(Registrant).where(Registrant.event_id == event.id, Registrant.state.in_(EXPECTS))
    for registrant in session.scalars(expected.order_by(Registrant.id)):
        tell_registrant(registrant, event, what, now=now)
