"""The API of events for their hosts: figures, who comes, decisions, places, calling it off."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from campaigns.models import Event, EventState, Registrant, RegistrantState
from campaigns.operations import seats
from campaigns.operations.events import cancel_event
from campaigns.queries.launches import own_launch
from campaigns.values import event_address
from syndication.events import door
from syndication.events.queries import figures_of, own_event, own_registrant, registrants_of
from syndication.events.reporting import report_attendance
from syndication.events.seat_links import event_slug
from syndication.pages.answers import Filled
from tcma.core import clock
from tcma.core.api import Answer, Body, Paged, PageQuery, api_blueprint, page_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = api_blueprint("events")

PLAIN = r"^[^\x00-\x1f]*$"

DECISIONS: dict[str, Callable[..., Registrant]] = {
    "approve": seats.approve,
    "turn_away": seats.turn_away,
    "cancel": seats.give_back,
}


class FiguresOut(Answer):
    """How many people stand where. `registered`: with a place, come or not; `pending`: wait for the partner's word."""

    registered: int
    pending: int
    waiting: int
    attended: int
    walk_ins: int
    no_shows: int
    free: int


class HostedEventOut(Answer):
    """An event as its host sees it."""

    id: str
    title: str
    state: EventState
    starts_at: datetime
    ends_at: datetime
    zone: str
    place: str
    join_url: str
    page_url: str
    capacity: int
    approval: bool
    waiting_list: bool
    reported_at: datetime | None
    figures: FiguresOut


class RegistrantOut(Answer):
    """Somebody who registered, and how they stand."""

    id: str = Field(validation_alias="public_id")
    name: str
    email: str | None
    company: str
    language: str
    state: RegistrantState
    code: str
    walk_in: bool
    registered_at: datetime = Field(validation_alias="at")
    attended_at: datetime | None


class RegistrantPage(Paged[RegistrantOut]):
    """A page of registrants."""


class RegistrantQuery(PageQuery):
    """Which registrants: in one state, or found by name, company, address or code."""

    state: RegistrantState | None = None
    q: str = Field("", max_length=80, pattern=PLAIN)


class RoomIn(Body):
    """How many places there are, whether each registration is looked at, and whether people may wait."""

    capacity: int = Field(ge=1, le=seats.LARGEST_ROOM)
    approval: bool
    waiting_list: bool


class WalkInIn(Body):
    """Somebody who came without having registered."""

    last_name: str = Field(min_length=1, max_length=120, pattern=PLAIN)
    first_name: str = Field("", max_length=120, pattern=PLAIN)
    email: str = Field("", max_length=320, pattern=PLAIN)
    company: str = Field("", max_length=200, pattern=PLAIN)


class CheckInIn(Body):
    """What was shown at the door: the six letters, or what the picture says."""

    code: str = Field(min_length=1, max_length=400, pattern=PLAIN)


class DecisionIn(Body):
    """What becomes of a registration."""

    decision: Literal["approve", "turn_away", "cancel"]


def event_of(event_id: str) -> Event:
    """Return the acting partner's event."""
    return own_event(event_id, actor=current_actor())


def hosted(event: Event) -> HostedEventOut:
    """Return an event as its host sees it."""
    launch = own_launch(event.launch_id, actor=current_actor())
    return HostedEventOut(
        id=event.public_id,
        title=event.title,
        state=event.state,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        zone=event.zone,
        place=event.place,
        join_url=event.join_url,
        page_url=event_address(event_slug(launch, event)),
        capacity=event.capacity,
        approval=seats.needs_approval(event),
        waiting_list=seats.has_waiting_list(event),
        reported_at=event.reported_at,
        figures=FiguresOut.model_validate(figures_of(event)),
    )


@blueprint.get("/events/<event_id>")
@requires(P.EVENTS_HOST)
@blueprint.output(HostedEventOut)
def event(event_id: str) -> HostedEventOut:
    """Show an event with its figures."""
    return hosted(event_of(event_id))


@blueprint.put("/events/<event_id>/room")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(RoomIn)
@blueprint.output(HostedEventOut)
def set_room(event_id: str, json_data: RoomIn) -> HostedEventOut:
    """Set the places of an event; free ones go to those who wait longest."""
    found = seats.set_room(
        event_id=event_of(event_id).id,
        capacity=json_data.capacity,
        approval=json_data.approval,
        waiting_list=json_data.waiting_list,
        by=current_actor(),
        now=clock.now(),
    )
    return hosted(found)


@blueprint.post("/events/<event_id>/cancel")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(HostedEventOut)
def cancel(event_id: str) -> HostedEventOut:
    """Call an event off; everybody who expects it is told."""
    return hosted(cancel_event(event_id=event_of(event_id).id, by=current_actor(), now=clock.now()))


@blueprint.get("/events/<event_id>/registrants")
@requires(P.EVENTS_HOST)
@blueprint.input(RegistrantQuery, location="query")
@blueprint.output(RegistrantPage)
def registrants(event_id: str, query_data: RegistrantQuery) -> dict[str, Any]:
    """List who registered, those who need a decision first."""
    states = [query_data.state] if query_data.state else []
    rows, total = registrants_of(
        event_of(event_id), states=states, words=query_data.q, page=query_data.page, per_page=query_data.per_page
    )
    return page_of(rows, total=total, query=query_data)


@blueprint.post("/events/<event_id>/registrants/<registrant_id>/decision")
@requires(P.EVENTS_HOST)
@blueprint.input(DecisionIn)
@blueprint.output(RegistrantOut)
def decide(event_id: str, registrant_id: str, json_data: DecisionIn) -> Registrant:
    """Confirm somebody, turn them away, or cancel their place; they are told."""
    found = own_registrant(event_of(event_id), registrant_id)
    return DECISIONS[json_data.decision](registrant_id=found.id, by=current_actor(), now=clock.now())


@blueprint.post("/events/<event_id>/check-ins")
@requires(P.EVENTS_HOST)
@blueprint.input(CheckInIn)
@blueprint.output(RegistrantOut)
def check_code_in(event_id: str, json_data: CheckInIn) -> Registrant:
    """Check in whoever shows this code."""
    shown = door.registrant_shown(event_of(event_id), json_data.code)
    return door.check_in(registrant_id=shown.id, by=current_actor(), now=clock.now())


@blueprint.put("/events/<event_id>/registrants/<registrant_id>/check-in")
@requires(P.EVENTS_HOST)
@blueprint.output(RegistrantOut)
def check_in(event_id: str, registrant_id: str) -> Registrant:
    """Check somebody in by name."""
    found = own_registrant(event_of(event_id), registrant_id)
    return door.check_in(registrant_id=found.id, by=current_actor(), now=clock.now())


@blueprint.delete("/events/<event_id>/registrants/<registrant_id>/check-in")
@requires(P.EVENTS_HOST)
@blueprint.output(RegistrantOut)
def take_back(event_id: str, registrant_id: str) -> Registrant:
    """Undo a check-in that was a mistake."""
    found = own_registrant(event_of(event_id), registrant_id)
    return door.take_back(registrant_id=found.id, by=current_actor(), now=clock.now())


@blueprint.post("/events/<event_id>/walk-ins")
@requires(P.EVENTS_HOST)
@blueprint.input(WalkInIn)
@blueprint.output(RegistrantOut, status_code=201)
def add_walk_in(event_id: str, json_data: WalkInIn) -> Registrant:
    """Write down and let in somebody who had not registered; they become a lead."""
    filled = Filled(json_data.model_dump(), {})
    return door.add_walk_in(event_id=event_of(event_id).id, filled=filled, by=current_actor(), now=clock.now())


@blueprint.post("/events/<event_id>/report")
@requires(P.EVENTS_HOST)
@blueprint.output(HostedEventOut)
def report(event_id: str) -> HostedEventOut:
    """Close the list: whoever had a place and was not checked in did not come; everybody is written to."""
    return hosted(report_attendance(event_id=event_of(event_id).id, by=current_actor(), now=clock.now()))
