"""The host's page of an event: figures, who comes, decisions, date and room."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import EventForm
from campaigns.models import Event, RegistrantState
from campaigns.operations import seats
from campaigns.operations.events import STILL_MOVABLE, cancel_event, set_event_date
from campaigns.queries.launches import own_launch
from campaigns.values import event_address
from syndication.events.door import door_is_open
from syndication.events.forms import RoomForm
from syndication.events.queries import PER_PAGE, figures_of, own_event, own_registrant, registrants_of
from syndication.events.reporting import HELD
from syndication.events.seat_links import event_slug
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = Blueprint("events", __name__)

DECISIONS: dict[str, Callable[..., object]] = {
    "approve": seats.approve,
    "turn_away": seats.turn_away,
    "cancel": seats.give_back,
}


def event_of(event_id: str) -> Event:
    """Return the acting partner's event at this address."""
    return own_event(event_id, actor=current_actor())


@blueprint.get("/events/<event_id>")
@requires(P.EVENTS_HOST)
def host(event_id: str) -> Response:
    """An event as its host sees it."""
    event = event_of(event_id)
    return _page(event, EventForm(**_date_of(event)), _room_form(event))


def _date_of(event: Event) -> dict[str, object]:
    return {
        "start": datetime.fromisoformat(event.start_local), "join_url": event.join_url, "place": event.place,
    }  # fmt: skip


def _room_form(event: Event) -> RoomForm:
    return RoomForm(
        capacity=event.capacity, approval=seats.needs_approval(event), waiting_list=seats.has_waiting_list(event)
    )


def _page(event: Event, date_form: EventForm, room_form: RoomForm, *, status: int = 200) -> Response:
    now, launch = clock.now(), own_launch(event.launch_id, actor=current_actor())
    state, words = request.args.get("state", ""), request.args.get("q", "").strip()
    number = max(request.args.get("page", 1, int), 1)
    states = [RegistrantState(state)] if state in set(RegistrantState) else []
    rows, total = registrants_of(event, states=states, words=words, page=number)
    return web.render(
        "events/host.html",
        "events/_registrants.html",
        event=event,
        launch=launch,
        page_url=event_address(event_slug(launch, event)),
        figures=figures_of(event),
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        words=words,
        state=state,
        date_form=date_form,
        room_form=room_form,
        is_movable=event.state in STILL_MOVABLE and event.starts_at > now,
        may_write=current_actor().may(P.LAUNCHES_WRITE),
        is_past=event.ends_at <= now,
        door_is_open=door_is_open(event, now),
        may_report=event.state in HELD and event.starts_at <= now,
        status=status,
    )


@blueprint.post("/events/<event_id>/date")
@requires(P.LAUNCHES_WRITE)
def set_date(event_id: str) -> BaseResponse:
    """Give an event its date and place; whoever has registered is told of a change."""
    event, form = event_of(event_id), EventForm()
    if not form.validate_on_submit():
        return _page(event, form, _room_form(event), status=422)
    try:
        set_event_date(
            event_id=event.id, start=form.start.data, join_url=form.join_url.data or "", place=form.place.data or "",
            by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as reason:
        form.start.errors = [reason.message]
        return _page(event, form, _room_form(event), status=422)
    return web.go(address_of(event), _("Saved. Whoever has registered is told what has changed."))


@blueprint.post("/events/<event_id>/room")
@requires(P.LAUNCHES_WRITE)
def set_room(event_id: str) -> BaseResponse:
    """Say how many places there are, and who gets them."""
    event, form = event_of(event_id), RoomForm()
    if not form.validate_on_submit():
        return _page(event, EventForm(formdata=None, **_date_of(event)), form, status=422)
    try:
        seats.set_room(
            event_id=event.id, capacity=form.capacity.data, approval=form.approval.data,
            waiting_list=form.waiting_list.data, by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as reason:
        form.capacity.errors = [reason.message]
        return _page(event, EventForm(formdata=None, **_date_of(event)), form, status=422)
    return web.go(address_of(event), _("Saved. Free places go to those who wait longest."))


@blueprint.post("/events/<event_id>/cancel")
@requires(P.LAUNCHES_WRITE)
def cancel(event_id: str) -> BaseResponse:
    """Call an event off."""
    event = event_of(event_id)
    try:
        cancel_event(event_id=event.id, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(address_of(event), reason.message, kind="danger")
    return web.go(address_of(event), _("Called off. Everybody who has registered is told."))


@blueprint.post("/events/<event_id>/registrants/<registrant_id>/<decision>")
@requires(P.EVENTS_HOST)
def decide(event_id: str, registrant_id: str, decision: str) -> BaseResponse:
    """Confirm somebody, turn them away, or cancel their place; they are told."""
    event = event_of(event_id)
    registrant, command = own_registrant(event, registrant_id), require(DECISIONS.get(decision))
    try:
        command(registrant_id=registrant.id, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(address_of(event), reason.message, kind="danger")
    return web.go(address_of(event), _("Done. %(name)s is told by mail.", name=registrant.name))


def address_of(event: Event) -> str:
    """Return where the host's page of an event is."""
    return url_for("events.host", event_id=event.public_id)
