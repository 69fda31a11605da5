"""What people do for a launch: who does a task, ticking it off with what came of it, and reopening it."""

from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa

from campaigns.models import LaunchTask, TaskResult
from campaigns.operations.launches import LONGEST_AHEAD
from campaigns.queries.launch_tasks import funded_activities, is_beside, result_of, unused_results
from campaigns.queries.launches import own_launch
from tcma.core import audit, runtime
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.tenancy import in_reach_of
from tcma.core.words import lazy_gettext as _
from tcma.identity.queries import member_of
from tcma.mdf.models import Activity, Proof, ProofState
from tcma.mdf.operations.documents import clean_document
from tcma.mdf.operations.proof import upload_proof
from tcma.mdf.operations.requests import mark_executed

LONGEST_NOTE = 500
END_OF_WORK = time(18)
KINDS = ("photo", "tear_sheet", "call_report", "screenshot", "ad_report", "attendance", "other")


class TaskIsDone(Conflict):
    """Somebody has ticked the task off already."""

    def __init__(self) -> None:
        super().__init__(_("This is ticked off already. Reopen it, if it is to be done again."))


class TaskIsOpen(Conflict):
    """The task has not been ticked off."""

    def __init__(self) -> None:
        super().__init__(_("This is still to be done."))


class NothingToShow(DomainError):
    """There is no file that could be evidence."""


class NotFunded(DomainError):
    """Evidence is for an activity of the same campaign that money was approved for."""


class DayFollowsPlan(DomainError):
    """The day of a task comes from the kit."""

    def __init__(self) -> None:
        super().__init__(_("The day of this comes from the campaign's plan. Move its step there."), field="on")


class OddDay(DomainError):
    """The day is over, or too far away."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that shows what was done: a picture or a PDF, and which kind of evidence it is (one of `KINDS`)."""

    data: bytes
    file_name: str
    kind: str = "other"


def give_task(*, task_id: int, to: str | None, by: Actor, now: datetime) -> LaunchTask:
    """Let the active colleague with the address `to` do a task, or nobody; another company's member is not found."""
    task = _own_task(task_id, by)
    before = task.assigned_to
    task.assigned_to = require(member_of(by, to)).id if to else None
    _record("task.given", task, by, now, before={"to": before}, after={"to": task.assigned_to})
    return task


def tick_off(
    *, task_id: int, note: str = "", shown: Shown | None = None, proves: str | None = None, by: Actor, now: datetime
) -> LaunchTask:
    """Note that a task is done, by whom, what came of it, and the file that shows it.

    `proves`: the address of the funded activity of the same launch that gets the file as its evidence. Where the
    vendor's money was approved for what was done, the activity counts as executed. Refused:
    `TaskIsDone`, a file by `tcma.core.intake` or for want of room, `NothingToShow`, and `NotFunded`.
    """
    task = _own_task(task_id, by)
    if task.done_at is not None:
        raise TaskIsDone
    task.done_at, task.done_by = now, by.membership_id
    task.assigned_to = task.assigned_to or by.membership_id
    result = _result(task, now)
    result.note, result.at = note.strip()[:LONGEST_NOTE], now
    if shown is not None:
        clean = clean_document(shown.data)
        result.blob = runtime.uploads().keep(task.partner_id, clean).path
        result.file_name, result.kind, result.proves = shown.file_name[:200], shown.kind, None
    _record("task.done", task, by, now, before={"done": False}, after={"done": True, "file": shown is not None})
    _note_executed(task, by, now)
    if proves:
        use_as_proof(task_id=task.id, activity_id=proves, by=by, now=now)
    return task


def _note_executed(task: LaunchTask, by: Actor, now: datetime) -> None:
    """Say of the activity that the vendor's money was approved for that it took place."""
    for activity in funded_activities(task.launch_id):
        if activity.tactic == task.key:
            mark_executed(activity=activity, by=by, now=now)


def date_task(*, task_id: int, on: date, by: Actor, now: datetime) -> LaunchTask:
    """Let something that costs money beside a launch be due on another day, at its end in the launch's own zone.

    Refused: `TaskIsDone`, `OddDay`, and `DayFollowsPlan` for what has its day from the kit.
    """
    task = _own_task(task_id, by)
    launch = own_launch(task.launch_id, actor=by)
    if task.done_at is not None:
        raise TaskIsDone
    if not is_beside(task, launch):
        raise DayFollowsPlan
    due = LocalSchedule.at(datetime.combine(on, END_OF_WORK), launch.zone).instant
    if on < LocalSchedule.of_instant(now, launch.zone).wall.date() or due > now + LONGEST_AHEAD:
        raise OddDay(_("Choose a day from today on, within a year."), field="on")
    before, task.due_at = task.due_at, due
    _record("task.dated", task, by, now, before={"due_at": before.isoformat()}, after={"due_at": due.isoformat()})
    return task


def reopen_task(*, task_id: int, by: Actor, now: datetime) -> LaunchTask:
    """Let a task be still to do; what was noted stays, and evidence that was handed on too. Refused: `TaskIsOpen`."""
    task = _own_task(task_id, by)
    if task.done_at is None:
        raise TaskIsOpen
    task.done_at, task.done_by = None, None
    _record("task.reopened", task, by, now, before={"done": True}, after={"done": False})
    return task


def use_as_proof(*, task_id: int, activity_id: str, by: Actor, now: datetime) -> Proof:
    """Give the file of a task to a funded activity of its launch as evidence. Refused: `NothingToShow`, `NotFunded`."""
    task = _own_task(task_id, by)
    activity = next((one for one in funded_activities(task.launch_id) if one.public_id == activity_id), None)
    if activity is None:
        words = _("Choose an activity of this campaign that money was approved for.")
        raise NotFunded(words, field="activity_id")
    result = result_of(task.id)
    if result is None or result.blob is None:
        raise NothingToShow(_("Add a picture or a PDF that shows it."), field="file")
    return _hand_on(result, activity, by, now)


def prove_with_tasks(*, activity: Activity, launch_id: int, by: Actor, now: datetime) -> None:
    """Give a funded activity the files of its launch's tasks that it still wants and that prove nothing else yet.

    Which activity a file belongs to has to be plain: it names the task, or is the only one that is funded.
    """
    is_only_one = len(funded_activities(launch_id)) == 1
    for task, result in unused_results(launch_id):
        wanted = result.kind in activity.proof_wanted and not _is_there(activity, result.kind)
        if wanted and (is_only_one or activity.tactic == task.key):
            _hand_on(result, activity, by, now)
            session.flush()  # the next file of this kind finds it there


def forget_notes(*, contact_id: int, by: Actor) -> None:
    """Blank what was noted about somebody who asked to be forgotten; evidence that was handed on stays evidence."""
    about = sa.select(LaunchTask.id).where(
        LaunchTask.contact_id == contact_id, LaunchTask.partner_id == require(by.partner_id)
    )
    for result in session.scalars(sa.select(TaskResult).where(TaskResult.task_id.in_(about))):
        result.note, result.blob, result.file_name = "", None, ""


def _own_task(task_id: int, by: Actor) -> LaunchTask:
    # Locked: of two who tick it off at once, one is told.
    chosen = sa.select(LaunchTask).where(LaunchTask.id == task_id, in_reach_of(LaunchTask, by))
    return require(session.scalar(chosen.with_for_update()))


def _result(task: LaunchTask, now: datetime) -> TaskResult:
    found = result_of(task.id)
    if found is None:
        found = TaskResult(partner_id=task.partner_id, task_id=task.id, at=now)
        session.add(found)
    return found


def _is_there(activity: Activity, kind: str) -> bool:
    brought = sa.exists().where(
        Proof.activity_id == activity.id, Proof.kind == kind, Proof.state != ProofState.REQUIRED
    )
    return bool(session.scalar(sa.select(brought)))


def _hand_on(result: TaskResult, activity: Activity, by: Actor, now: datetime) -> Proof:
    data = runtime.store().get(require(result.blob))
    name, kind = result.file_name, result.kind or "other"
    proof = upload_proof(activity=activity, kind=kind, data=data, file_name=name, by=by, now=now)
    result.proves = activity.id
    return proof


def _record(
    action: str, task: LaunchTask, by: Actor, now: datetime, *, before: dict[str, object], after: dict[str, object]
) -> None:
    audit.record(
        by=by, action=action, object_type="launch_task", object_id=task.id, before=before,
        after={"launch": task.launch_id, **after}, now=now,
    )  # fmt: skip
