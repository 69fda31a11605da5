"""One step of a campaign that runs: its date, skipping it, and taking it up again."""

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import StepForm
from campaigns.models import Launch
from campaigns.operations import running
from campaigns.queries.launches import has_started, launch_by
from campaigns.queries.timelines import TimelineEntry, entry_of
from campaigns.views import blueprint
from tcma.core import clock, web
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _own_step(public_id: str, tactic: str, key: str) -> tuple[Launch, TimelineEntry]:
    require(current_actor().partner_id)
    launch = require(launch_by(public_id))
    entry = entry_of(launch, tactic=tactic, key=key, now=clock.now()) if has_started(launch) else None
    return launch, require(entry)


@blueprint.get("/campaigns/launches/<public_id>/steps/<tactic>/<key>")
@requires(P.LAUNCHES_WRITE)
def step(public_id: str, tactic: str, key: str) -> Response:
    """One step: when it comes, and what may be changed of it."""
    launch, entry = _own_step(public_id, tactic, key)
    return _page(launch, entry, StepForm(at=LocalSchedule.of_instant(entry.due_at, launch.zone).wall))


def _page(launch: Launch, entry: TimelineEntry, form: StepForm) -> Response:
    return web.render(
        "campaigns/step.html",
        launch=launch,
        entry=entry,
        form=form,
        may_change=launch.state in running.CHANGEABLE and not entry.is_over,
        status=422 if form.errors else 200,
    )


@blueprint.post("/campaigns/launches/<public_id>/steps/<tactic>/<key>/move")
@requires(P.LAUNCHES_WRITE)
def move_step(public_id: str, tactic: str, key: str) -> BaseResponse:
    """Give a step that is still to come another date."""
    (launch, entry), form = _own_step(public_id, tactic, key), StepForm()
    if not form.validate_on_submit():
        return _page(launch, entry, form)
    try:
        running.move_step(
            launch_id=launch.id, tactic=tactic, key=key, at=form.at.data, by=current_actor(), now=clock.now()
        )
    except DomainError as reason:
        form.at.errors = [reason.message]
        return _page(launch, entry, form)
    return _back(public_id, _("Moved. What follows this step has moved with it."))


@blueprint.post("/campaigns/launches/<public_id>/steps/<tactic>/<key>/skip")
@requires(P.LAUNCHES_WRITE)
def skip_step(public_id: str, tactic: str, key: str) -> BaseResponse:
    """Let a step that is still to come not happen."""
    launch, _entry = _own_step(public_id, tactic, key)
    running.skip_step(launch_id=launch.id, tactic=tactic, key=key, by=current_actor(), now=clock.now())
    return _back(public_id, _("Skipped. You can take it up again until its time has come."))


@blueprint.post("/campaigns/launches/<public_id>/steps/<tactic>/<key>/take-up")
@requires(P.LAUNCHES_WRITE)
def take_step_up(public_id: str, tactic: str, key: str) -> BaseResponse:
    """Let a skipped step happen after all."""
    launch, _entry = _own_step(public_id, tactic, key)
    running.take_step_up(launch_id=launch.id, tactic=tactic, key=key, by=current_actor(), now=clock.now())
    return _back(public_id, _("Taken up again. It comes at its time."))


def _back(public_id: str, words: str) -> BaseResponse:
    return web.go(url_for("campaigns.launch", public_id=public_id), words)
