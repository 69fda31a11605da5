"""A campaign that runs: what went and what comes, link, pieces, numbers, and Stop always in sight."""

from datetime import datetime

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from assets.library.governance import open_notices
from campaigns.conditions import in_words
from campaigns.forms import EventForm
from campaigns.models import KitState, Launch, LaunchState, Service
from campaigns.operations import launches as operations
from campaigns.operations.branches import stop_together
from campaigns.operations.events import set_event_date
from campaigns.operations.repeating import begin_again
from campaigns.operations.running import CHANGEABLE
from campaigns.queries.branches import run_together
from campaigns.queries.kits import kit_by, version_on_offer
from campaigns.queries.launch_tasks import tasks_of
from campaigns.queries.launches import (
    PER_PAGE,
    events_of,
    has_started,
    launch_by,
    launches_page,
)
from campaigns.queries.timelines import TimelineEntry, timeline
from campaigns.stages import stage_of_launch
from campaigns.stopping import answer_when_stopped
from campaigns.values import event_address, page_address
from campaigns.views import blueprint
from campaigns.views.activities import shown_beside
from campaigns.views.launching import KIND_ICONS
from campaigns.views.previews import picture_url
from campaigns.views.walls import wall_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

CLOSED = frozenset({LaunchState.STOPPED, LaunchState.RECALLED, LaunchState.FAILED})
"""States in which nothing more comes, and the page of the campaign says that the offer is over."""
STEP_ICONS = {**KIND_ICONS, "email": "mail", "social_post": "share-2", "task": "phone"}


def _own(public_id: str) -> Launch:
    require(current_actor().partner_id)
    return require(launch_by(public_id))


@blueprint.get("/campaigns/launches")
@requires(P.LAUNCHES_READ)
def launches() -> Response:
    """The partner's own campaigns, the latest first."""
    require(current_actor().partner_id)
    state, number = request.args.get("state", ""), max(request.args.get("page", 1, int), 1)
    rows, total = launches_page(state=state, page=number)
    return web.render(
        "campaigns/launches.html",
        rows=[(launch, _picture(launch), _address(launch)) for launch in rows],
        total=total,
        number=number,
        pages=-(-total // PER_PAGE),
        state=state,
    )


def _picture(launch: Launch) -> str | None:
    stage = stage_of_launch(launch)
    shown = stage.content.shown_first
    return picture_url(stage, shown) if shown else None


def _address(launch: Launch) -> str:
    if launch.state in operations.OPEN and launch.service is not Service.OWN:
        return url_for("campaigns.review", public_id=launch.public_id)
    if launch.state in operations.OPEN:
        kit = require(kit_by(launch.version.kit.public_id))
        return url_for("campaigns.look", public_id=kit.public_id)
    return url_for("campaigns.launch", public_id=launch.public_id)


@blueprint.get("/campaigns/launches/<public_id>")
@requires(P.LAUNCHES_READ)
def launch(public_id: str) -> BaseResponse:
    """One campaign: what went and what comes, and everything to share."""
    found, now = _own(public_id), clock.now()
    if not has_started(found):
        return web.go(_address(found))
    stage = stage_of_launch(found)
    withdrawn = found.version.state is KitState.RECALLED
    is_closed = withdrawn or found.state in CLOSED
    entries = timeline(found, start=require(found.starts_at), now=found.stopped_at or now)
    if is_closed:
        entries = [one for one in entries if one.is_over and not one.skipped]
    tasks, all_tasks = tasks_of(found)
    return web.render(
        "campaigns/launch.html",
        launch=found,
        stage=stage,
        wall=wall_of(stage),
        entries=[_entry(found, entry, is_next=_is_next(entries, entry)) for entry in entries],
        page_url=page_address(found.page_slug),
        tasks=tasks,
        more_tasks=all_tasks - len(tasks),
        events=[
            (event, event_address(f"{found.page_slug}-{event.tactic}"[:80]), _event_form(event.start_local))
            for event in events_of(found.id)
        ],
        is_live=found.state in operations.LIVE,
        may_write=current_actor().may(P.LAUNCHES_WRITE),
        may_repeat=version_on_offer(found.kit_id) is not None,
        is_closed=is_closed,
        withdrawn=withdrawn,
        to_confirm=withdrawn and bool(open_notices(partner_id=found.partner_id)),
        paused=found.state is LaunchState.PAUSED,
        left_out=found.choices.get("left_out", ()),
        activities=shown_beside(found),
        together=(together := run_together(found)),
        runs_elsewhere=any(one.launch.state in operations.LIVE for one in together),
        now=now,
    )


def _event_form(start_local: str) -> EventForm:
    return EventForm(start=datetime.fromisoformat(start_local))


def _is_next(entries: list[TimelineEntry], entry: TimelineEntry) -> bool:
    return entry is next((one for one in entries if not one.is_over and not one.skipped), None)


def _entry(launch: Launch, entry: TimelineEntry, *, is_next: bool) -> dict[str, object]:
    may_change = launch.state in CHANGEABLE and not entry.is_over and current_actor().may(P.LAUNCHES_WRITE)
    address = url_for("campaigns.step", public_id=launch.public_id, tactic=entry.tactic, key=entry.key)
    return {
        "title": entry.title,
        "when": entry.due_at,
        "icon": "skip-forward" if entry.skipped else STEP_ICONS.get(entry.kind),
        "state": "past" if entry.is_over else "now" if is_next else "next",
        "text": _about(entry),
        "href": address if may_change else None,
    }


def _about(entry: TimelineEntry) -> str:
    if entry.skipped:
        return str(_("skipped"))
    words = [str(_("moved"))] if entry.is_moved else []
    if entry.kind != "email":
        words += [in_words(entry.only_if)] if entry.only_if else []
    elif "not_responded" in entry.only_if:
        words.append(str(_("only to those who have not answered")))
    return " · ".join(words)


@blueprint.post("/campaigns/launches/<public_id>/pause")
@requires(P.LAUNCHES_WRITE)
def pause(public_id: str) -> BaseResponse:
    """Hold everything back until it is resumed."""
    launch = operations.pause_launch(launch_id=_own(public_id).id, by=current_actor(), now=clock.now())
    answer_when_stopped(launch.id)
    return web.go(url_for("campaigns.launch", public_id=public_id), _("Paused. Nothing goes out until you resume it."))


@blueprint.post("/campaigns/launches/<public_id>/resume")
@requires(P.LAUNCHES_WRITE)
def resume(public_id: str) -> BaseResponse:
    """Go on with a paused campaign."""
    operations.resume_launch(launch_id=_own(public_id).id, by=current_actor(), now=clock.now())
    return web.go(url_for("campaigns.launch", public_id=public_id), _("Going on. What became due goes out now."))


@blueprint.post("/campaigns/launches/<public_id>/stop")
@requires(P.LAUNCHES_WRITE)
def stop(public_id: str) -> BaseResponse:
    """End a campaign for good."""
    launch = operations.stop_launch(launch_id=_own(public_id).id, by=current_actor(), now=clock.now())
    answer_when_stopped(launch.id)
    return web.go(url_for("campaigns.launch", public_id=public_id), _("Stopped. Nothing more goes out."))


@blueprint.post("/campaigns/launches/<public_id>/stop-everywhere")
@requires(P.LAUNCHES_WRITE)
def stop_everywhere(public_id: str) -> BaseResponse:
    """End a campaign for good in all branches that it was started for."""
    stopped = stop_together(launch_id=_own(public_id).id, by=current_actor(), now=clock.now())
    for one in stopped:
        answer_when_stopped(one.id)
    words = _("Stopped in all branches. Nothing more goes out.")
    return web.go(url_for("campaigns.launch", public_id=public_id), words)


@blueprint.post("/campaigns/launches/<public_id>/again")
@requires(P.LAUNCHES_WRITE)
def run_again(public_id: str) -> BaseResponse:
    """Open a campaign like this one, and go straight to its review."""
    try:
        begun = begin_again(launch_id=_own(public_id).id, by=current_actor(), now=clock.now())
    except operations.KitNotOpen as reason:
        return web.go(url_for("campaigns.launch", public_id=public_id), reason.message, kind="danger")
    return web.go(url_for("campaigns.review", public_id=begun.public_id))


@blueprint.post("/campaigns/launches/<public_id>/events/<event_id>")
@requires(P.LAUNCHES_WRITE)
def plan_event(public_id: str, event_id: str) -> BaseResponse:
    """Give an event its date, and open its registration."""
    found, form = _own(public_id), EventForm()
    event = require(next((one for one in events_of(found.id) if one.public_id == event_id), None))
    address = url_for("campaigns.launch", public_id=public_id)
    if not form.validate_on_submit():
        return web.go(address, next(iter(form.errors.values()))[0], kind="danger")
    try:
        set_event_date(
            event_id=event.id,
            start=form.start.data,
            join_url=form.join_url.data or "",
            place=form.place.data or "",
            by=current_actor(),
            now=clock.now(),
        )
    except DomainError as reason:
        return web.go(address, reason.message, kind="danger")
    return web.go(address, _("Registration is open. Share the event's link with your customers."))
