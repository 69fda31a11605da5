"""Public pages of an event: what it is and the form, and a registrant's own page. None of them needs script."""

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from campaigns.models import Event, Registrant
from campaigns.operations.seats import give_back, tactic_of_event
from campaigns.queries.launches import own_event
from syndication.events.qr import code_picture
from syndication.events.seat_links import door_address, seat_of, seat_token
from syndication.pages.answers import BAIT, form_token, read_form
from syndication.pages.events import (
    FIELDS,
    asks_first,
    calendar_file,
    may_cancel,
    may_join,
    register,
    takes_registrations,
)
from syndication.pages.frame import closed, frame, page, speak, visit, visited
from syndication.pages.showing import Shown, click_in, is_over, shown_launch
from tcma.core import clock, web
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.limits import PUBLIC_FORM, limiter
from tcma.core.tenancy import current_actor
from tcma.identity.access import public, public_post

blueprint = Blueprint("attending", __name__)

CLICK = "c"


@blueprint.get("/e/<slug>")
@public
def event_page(slug: str) -> Response:
    """An event, and the form to register for it."""
    with visited(slug, "event") as (_visitor, event_id):
        return _event(event_id, slug, values={}, errors={})


def _event(event_id: int, slug: str, *, values: Any, errors: Any, status: int = 200) -> Response:
    event, launch = own_event(event_id, actor=current_actor())
    shown = shown_launch(launch, request.values.get("lang", "") or request.values.get("language", ""))
    speak(shown.language)
    if is_over(launch):
        return closed(launch)
    now, tactic = clock.now(), tactic_of_event(event)
    token = request.values.get(CLICK, "")
    return page(
        "public/event.html",
        status=status,
        event=event,
        title=_title(shown, event),
        is_open=takes_registrations(event, now),
        asks_first=asks_first(event),
        summary=shown.content.words(tactic.summary, shown.language),
        agenda=[shown.content.words(one, shown.language) for one in tactic.agenda],
        fields=event_fields(),
        values=values,
        errors=errors,
        action=url_for("attending.register_for_event", slug=slug),
        form_token=form_token(launch.id, now=now),
        click=token if click_in(token, launch) else "",
        bait=BAIT,
        **frame(shown),
    )


def _title(shown: Shown, event: Event) -> str:
    return shown.content.words(tactic_of_event(event).title, shown.language) or event.title


def event_fields() -> list[dict[str, Any]]:
    """Return the fields of a registration, shaped like those of a kit's form."""
    return [
        {"name": name, "kind": "text", "required": required, "label": None, "options": []} for name, required in FIELDS
    ]


@blueprint.post("/e/<slug>")
@limiter.limit(PUBLIC_FORM)
@public_post
def register_for_event(slug: str) -> BaseResponse:
    """Register somebody, on the waiting list when the event is full."""
    with visited(slug, "event") as (visitor, event_id):
        event, launch = own_event(event_id, actor=current_actor())
        shown = shown_launch(launch, request.form.get("language", ""))
        speak(shown.language)
        filled = read_form(event_fields(), request.form)
        if filled.errors:
            values = {**filled.values, "consent": filled.consent}
            return _event(event_id, slug, values=values, errors=filled.errors, status=422)
        click = click_in(request.form.get(CLICK, ""), launch)
        registrant, _lead = register(
            shown=shown, event=event, filled=filled, visit=visit(launch, click), by=visitor, now=clock.now()
        )
        session.flush()
        return web.go(url_for("attending.seat", slug=slug, token=seat_token(registrant)))


def _own_seat(event_id: int, token: str) -> tuple[Event, Shown, Registrant]:
    """Return the event, what its visitors see in the registrant's language, and the registrant."""
    event, launch = own_event(event_id, actor=current_actor())
    registrant = require(seat_of(token, event.id))
    shown = shown_launch(launch, registrant.language)
    speak(shown.language)
    return event, shown, registrant


@blueprint.get("/e/<slug>/seat/<token>")
@public
def seat(slug: str, token: str) -> Response:
    """A registrant's own page: how they stand, when and where, the code for the door, and cancelling."""
    with visited(slug, "event") as (_visitor, event_id):
        event, shown, registrant = _own_seat(event_id, token)
        return _seat(slug, token, event, shown, registrant)


def _seat(
    slug: str, token: str, event: Event, shown: Shown, registrant: Registrant, *, wrong: str = "", status: int = 200
) -> Response:
    now = clock.now()
    has_seat = may_join(registrant)
    return page(
        "public/seat.html",
        status=status,
        event=event,
        title=_title(shown, event),
        registrant=registrant,
        may_join=has_seat and event.ends_at > now,
        may_cancel=may_cancel(registrant, event, now),
        code_url=url_for("attending.seat_code", slug=slug, token=token) if has_seat and event.place else None,
        calendar_url=url_for("attending.event_calendar", slug=slug, seat=token) if has_seat else None,
        cancel_url=url_for("attending.cancel_seat", slug=slug, token=token),
        event_url=url_for("attending.event_page", slug=slug, lang=shown.language),
        may_register=takes_registrations(event, now),
        is_past=event.ends_at <= now,
        wrong=wrong,
        robots="noindex",
        **frame(shown),
    )


@blueprint.post("/e/<slug>/seat/<token>")
@limiter.limit(PUBLIC_FORM)
@public_post
def cancel_seat(slug: str, token: str) -> BaseResponse:
    """Give one's place back; whoever waits longest gets it."""
    with visited(slug, "event") as (visitor, event_id):
        event, shown, registrant = _own_seat(event_id, token)
        try:
            give_back(registrant_id=registrant.id, by=visitor, now=clock.now())
        except DomainError as reason:
            return _seat(slug, token, event, shown, registrant, wrong=reason.message, status=reason.status)
        return web.go(url_for("attending.seat", slug=slug, token=token))


@blueprint.get("/e/<slug>/seat/<token>/code.png")
@public
def seat_code(slug: str, token: str) -> Response:
    """The code that is shown at the door."""
    with visited(slug, "event") as (_visitor, event_id):
        event, _launch = own_event(event_id, actor=current_actor())
        registrant = require(seat_of(token, event.id))
        out = BytesIO()
        code_picture(door_address(registrant)).save(out, "PNG")
    answer = Response(out.getvalue(), mimetype="image/png")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@blueprint.get("/e/<slug>/event.ics")
@public
def event_calendar(slug: str) -> Response:
    """The event as a file for calendars; with a registrant's token it knows the way in."""
    with visited(slug, "event") as (_visitor, event_id):
        event, launch = own_event(event_id, actor=current_actor())
        token = request.args.get("seat", "")
        registrant = seat_of(token, event.id) if token else None
        shown = shown_launch(launch, registrant.language if registrant else request.args.get("lang", ""))
        speak(shown.language)
        if registrant is not None:
            url = url_for("attending.seat", slug=slug, token=token, _external=True)
        else:
            url = url_for("attending.event_page", slug=slug, _external=True)
        data = calendar_file(event, shown, registrant=registrant, url=url, now=clock.now())
    answer = Response(data, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return answer
