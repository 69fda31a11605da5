"""The timeline of a campaign: what went, what comes, and changing a step that is still to come."""

from campaigns.api.ground import blueprint
from campaigns.api.launches import own_launch, wall
from campaigns.api.shapes import MoveIn, StepOut, Timeline
from campaigns.models import Launch
from campaigns.operations import running
from campaigns.queries.launches import has_started
from campaigns.queries.timelines import entry_of, timeline
from tcma.core import clock
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.get("/launches/<launch_id>/timeline")
@requires(P.LAUNCHES_READ)
@blueprint.output(Timeline)
def steps(launch_id: str) -> Timeline:
    """List what a campaign has done and will do, in order of time; a skipped step is marked."""
    launch, now = own_launch(launch_id), clock.now()
    if not has_started(launch):
        return Timeline(items=[])
    entries = timeline(launch, start=require(launch.starts_at), now=now)
    return Timeline(items=[StepOut.model_validate(one) for one in entries])


def _step_out(launch: Launch, tactic: str, key: str) -> StepOut:
    return StepOut.model_validate(require(entry_of(launch, tactic=tactic, key=key, now=clock.now())))


@blueprint.post("/launches/<launch_id>/timeline/<tactic>/<key>/move")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(MoveIn)
@blueprint.output(StepOut)
def move_step(launch_id: str, tactic: str, key: str, json_data: MoveIn) -> StepOut:
    """Give a step that is still to come another date; what is counted from it moves along."""
    launch, at = own_launch(launch_id), require(wall(json_data.at, "at"))
    running.move_step(launch_id=launch.id, tactic=tactic, key=key, at=at, by=current_actor(), now=clock.now())
    return _step_out(launch, tactic, key)


@blueprint.post("/launches/<launch_id>/timeline/<tactic>/<key>/skip")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(StepOut)
def skip_step(launch_id: str, tactic: str, key: str) -> StepOut:
    """Let a step that is still to come not happen."""
    launch = own_launch(launch_id)
    running.skip_step(launch_id=launch.id, tactic=tactic, key=key, by=current_actor(), now=clock.now())
    return _step_out(launch, tactic, key)


@blueprint.post("/launches/<launch_id>/timeline/<tactic>/<key>/take-up")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(StepOut)
def take_step_up(launch_id: str, tactic: str, key: str) -> StepOut:
    """Let a skipped step happen after all."""
    launch = own_launch(launch_id)
    running.take_step_up(launch_id=launch.id, tactic=tactic, key=key, by=current_actor(), now=clock.now())
    return _step_out(launch, tactic, key)
