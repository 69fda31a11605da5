"""What people do for campaigns: listing it, giving it to a colleague, ticking it off and reopening it."""

from typing import Any

from campaigns.api.ground import blueprint
from campaigns.api.launches import own_launch
from campaigns.api.task_shapes import DayIn, DoneIn, OwnerIn, ProvesIn, TaskOut, TaskPage, TaskQuery
from campaigns.models import LaunchTask
from campaigns.operations import doing
from campaigns.queries.launch_tasks import own_task, shown, tasks_of, to_do
from tcma.core import clock
from tcma.core.api import decoded_file, page_of, paged
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.origins import address_of
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P

MOST_OF_A_LAUNCH = 100


def _own(public_id: str) -> LaunchTask:
    require(current_actor().partner_id)
    return require(own_task(public_id, actor=current_actor()))


def _out(row: Any) -> TaskOut:
    made: TaskOut = TaskOut.model_validate(row)
    if row.file_name:
        made.file_url = address_of("campaigns.task_file", public_id=row.public_id)
    return made


def _task_out(found: LaunchTask) -> TaskOut:
    return _out(shown([found])[0])


@blueprint.get("/tasks")
@requires(P.LAUNCHES_READ)
@blueprint.input(TaskQuery, location="query")
@blueprint.output(TaskPage)
def tasks(query_data: TaskQuery) -> dict[str, Any]:
    """List what the partner's people have to do for campaigns, the next first; or have done, the latest first."""
    actor = current_actor()
    require(actor.partner_id)
    mine = actor.membership_id if query_data.mine else None
    found = paged(to_do(membership_id=mine, done=query_data.done), query_data)
    return {**found, "items": [_out(one) for one in shown(found["items"])]}


@blueprint.get("/launches/<launch_id>/tasks")
@requires(P.LAUNCHES_READ)
@blueprint.output(TaskPage)
def tasks_of_launch(launch_id: str) -> dict[str, Any]:
    """List what people do for one campaign, what is open first; the first hundred."""
    rows, total = tasks_of(own_launch(launch_id), most=MOST_OF_A_LAUNCH)
    return page_of([_out(one) for one in rows], total=total, query=TaskQuery(page=1, per_page=MOST_OF_A_LAUNCH))


@blueprint.get("/tasks/<task_id>")
@requires(P.LAUNCHES_READ)
@blueprint.output(TaskOut)
def task(task_id: str) -> TaskOut:
    """Show one task, and what came of it."""
    return _task_out(_own(task_id))


@blueprint.put("/tasks/<task_id>/owner")
@requires(P.TASKS_WRITE)
@blueprint.input(OwnerIn)
@blueprint.output(TaskOut)
def give_task(task_id: str, json_data: OwnerIn) -> TaskOut:
    """Let a colleague do a task, or nobody."""
    found = _own(task_id)
    return _task_out(doing.give_task(task_id=found.id, to=json_data.owner, by=current_actor(), now=clock.now()))


@blueprint.put("/tasks/<task_id>/day")
@requires(P.TASKS_WRITE)
@blueprint.input(DayIn)
@blueprint.output(TaskOut)
def date_task(task_id: str, json_data: DayIn) -> TaskOut:
    """Give something that costs money beside a campaign another day."""
    found = _own(task_id)
    return _task_out(doing.date_task(task_id=found.id, on=json_data.on, by=current_actor(), now=clock.now()))


@blueprint.post("/tasks/<task_id>/done")
@requires(P.TASKS_WRITE)
@blueprint.input(DoneIn)
@blueprint.output(TaskOut)
def tick_off(task_id: str, json_data: DoneIn) -> TaskOut:
    """Tick a task off with what came of it. A file may be evidence for a funded activity of the same campaign."""
    found, actor = _own(task_id), current_actor()
    if json_data.activity_id and not actor.may(P.CLAIMS_WRITE):
        raise DomainError(_("Evidence for a claim is given by those who hand in claims."), field="activity_id")
    file = json_data.file
    given = doing.Shown(decoded_file(file), json_data.file_name, json_data.kind) if file else None
    done = doing.tick_off(
        task_id=found.id, note=json_data.note, shown=given, proves=json_data.activity_id, by=actor, now=clock.now()
    )
    return _task_out(done)


@blueprint.post("/tasks/<task_id>/reopen")
@requires(P.TASKS_WRITE)
@blueprint.output(TaskOut)
def reopen_task(task_id: str) -> TaskOut:
    """Let a task be still to do; what was noted stays."""
    return _task_out(doing.reopen_task(task_id=_own(task_id).id, by=current_actor(), now=clock.now()))


@blueprint.post("/tasks/<task_id>/proof")
@requires(P.CLAIMS_WRITE)
@blueprint.input(ProvesIn)
@blueprint.output(TaskOut)
def use_as_proof(task_id: str, json_data: ProvesIn) -> TaskOut:
    """Give the file of a task to a funded activity of its campaign as evidence."""
    found = _own(task_id)
    doing.use_as_proof(task_id=found.id, activity_id=json_data.activity_id, by=current_actor(), now=clock.now())
    return _task_out(found)
