"""The door of an event on the host's phone: scan or type a code, or press a name; and closing the list."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.models import Event, Registrant, RegistrantState
from syndication.events import door
from syndication.events.export import attendance_file
from syndication.events.forms import CodeForm, WalkInForm
from syndication.events.queries import AT_THE_DOOR, PER_PAGE, event_attended, figures_of, own_registrant, registrants_of
from syndication.events.reporting import report_attendance
from syndication.events.seat_links import shown_at_door
from syndication.events.views import address_of, blueprint, event_of
from syndication.pages.answers import Filled, form_token, rendering_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

CAMERA = "camera=(self), geolocation=(), microphone=()"


@blueprint.get("/events/<event_id>/door")
@requires(P.EVENTS_HOST)
def at_door(event_id: str) -> Response:
    """Who is expected, who is in, and the ways to check somebody in."""
    return _door(event_of(event_id), CodeForm(formdata=None), WalkInForm(formdata=None))


def _door(event: Event, code_form: CodeForm, walk_in_form: WalkInForm, *, status: int = 200) -> Response:
    now, words = clock.now(), request.args.get("q", "").strip()
    number = max(request.args.get("page", 1, int), 1)
    rows, total = registrants_of(event, states=AT_THE_DOOR, words=words, page=number)
    answer = web.render(
        "events/door.html",
        "events/_door_list.html",
        event=event,
        figures=figures_of(event),
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        words=words,
        code_form=code_form,
        walk_in_form=walk_in_form,
        form_token=form_token(event.launch_id, now=now),
        is_open=door.door_is_open(event, now),
        opens_at=event.starts_at - door.OPENS_BEFORE,
        now=now,
        status=status,
    )
    answer.headers["Permissions-Policy"] = CAMERA
    return answer


@blueprint.post("/events/<event_id>/door")
@requires(P.EVENTS_HOST)
def check_code_in(event_id: str) -> BaseResponse:
    """Check in whoever shows this code."""
    event, form = event_of(event_id), CodeForm()
    if not form.validate_on_submit():
        return _door(event, form, WalkInForm(formdata=None), status=422)
    try:
        found = door.registrant_shown(event, form.code.data)
        return _let_in(event, found)
    except DomainError as reason:
        form.code.errors = [reason.message]
        return _door(event, form, WalkInForm(formdata=None), status=reason.status)


def _let_in(event: Event, registrant: Registrant) -> BaseResponse:
    """Check somebody in and say how they stood, so that the host knows whether that is right."""
    before, name = registrant.state, registrant.name
    door.check_in(registrant_id=registrant.id, by=current_actor(), now=clock.now())
    words = {
        RegistrantState.ATTENDED: _("%(name)s was checked in already.", name=name),
        RegistrantState.WAITLISTED: _("%(name)s is in. They were on the waiting list.", name=name),
        RegistrantState.PENDING_APPROVAL: _("%(name)s is in. They were waiting for your word.", name=name),
        RegistrantState.CANCELLED: _("%(name)s is in. They had cancelled.", name=name),
        RegistrantState.REJECTED: _("%(name)s is in. They had been turned away.", name=name),
    }
    kind = "good" if before in {RegistrantState.CONFIRMED, RegistrantState.REGISTERED} else "warning"
    return web.go(door_address(event), words.get(before) or _("%(name)s is in.", name=name), kind=kind)


@blueprint.post("/events/<event_id>/registrants/<registrant_id>/check-in")
@requires(P.EVENTS_HOST)
def check_in(event_id: str, registrant_id: str) -> BaseResponse:
    """Check somebody in by name."""
    event = event_of(event_id)
    try:
        return _let_in(event, own_registrant(event, registrant_id))
    except door.DoorIsClosed as reason:
        return web.go(door_address(event), reason.message, kind="danger")


@blueprint.post("/events/<event_id>/registrants/<registrant_id>/take-back")
@requires(P.EVENTS_HOST)
def take_back(event_id: str, registrant_id: str) -> BaseResponse:
    """Undo a check-in."""
    event = event_of(event_id)
    registrant = own_registrant(event, registrant_id)
    name = registrant.name
    try:
        door.take_back(registrant_id=registrant.id, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(door_address(event), reason.message, kind="danger")
    return web.go(door_address(event), _("Taken back: %(name)s is not checked in.", name=name))


@blueprint.post("/events/<event_id>/walk-ins")
@requires(P.EVENTS_HOST)
def add_walk_in(event_id: str) -> BaseResponse:
    """Write down and let in somebody who had not registered."""
    event, form = event_of(event_id), WalkInForm()
    if not form.validate_on_submit():
        return _door(event, CodeForm(formdata=None), form, status=422)
    now = clock.now()
    key = rendering_of(request.form.get("k", ""), event.launch_id, now=now).key
    try:
        guest = door.add_walk_in(event_id=event.id, filled=_filled(form), key=key, by=current_actor(), now=now)
    except DomainError as reason:
        form.email.errors = [reason.message]
        return _door(event, CodeForm(formdata=None), form, status=reason.status)
    return web.go(door_address(event), _("%(name)s is in.", name=guest.name))


def _filled(form: WalkInForm) -> Filled:
    values: dict[str, Any] = {
        name: (form[name].data or "").strip() for name in ("first_name", "last_name", "email", "company")
    }
    return Filled(values, {})


@blueprint.get("/events/door/<token>")
@requires(P.EVENTS_HOST)
def shown_code(token: str) -> Response:
    """What a host's own camera opens: whose code that is, and one button."""
    registrant, event = _of_code(token)
    return web.render(
        "events/shown_code.html", event=event, registrant=registrant, token=token,
        is_open=door.door_is_open(event, clock.now()), opens_at=event.starts_at - door.OPENS_BEFORE,
    )  # fmt: skip


@blueprint.post("/events/door/<token>")
@requires(P.EVENTS_HOST)
def check_shown_in(token: str) -> BaseResponse:
    """Check in whoever showed this code."""
    registrant, event = _of_code(token)
    try:
        return _let_in(event, registrant)
    except door.DoorIsClosed as reason:
        return web.go(door_address(event), reason.message, kind="danger")


def _of_code(token: str) -> tuple[Registrant, Event]:
    require(current_actor().partner_id)
    registrant = require(shown_at_door(token))
    return registrant, event_attended(registrant)


@blueprint.post("/events/<event_id>/report")
@requires(P.EVENTS_HOST)
def report(event_id: str) -> BaseResponse:
    """Close the list of who came."""
    event = event_of(event_id)
    try:
        report_attendance(event_id=event.id, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(address_of(event), reason.message, kind="danger")
    return web.go(address_of(event), _("The list is closed. Everybody gets the mail that fits."))


@blueprint.post("/events/<event_id>/attendance.csv")
@requires(P.EVENTS_HOST)
def attendance(event_id: str) -> Response:
    """Hand the list over as a file: the people are the partner's own."""
    data = attendance_file(event=event_of(event_id), by=current_actor(), now=clock.now())
    answer = Response(data, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="attendance.csv"'
    return answer


def door_address(event: Event) -> str:
    """Return where the door of an event is."""
    return url_for("events.at_door", event_id=event.public_id)
