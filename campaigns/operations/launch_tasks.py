"""What people do for a launch: the tasks of its kit, and those that it asks for only once somebody has answered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.content import Content, content_of
from campaigns.manifest.model import Condition, CustomActivity, TaskStep, TextRef
from campaigns.models import Launch, LaunchTask
from campaigns.queries.launches import fields_of, is_left_out, schedule_of
from campaigns.timing import changes_in
from campaigns.values import filled_for_reader
from tcma.core.db import require, session
from tcma.core.schedule import set_due

TASKS = "tasks"  # in the index of what is due
NOBODY = 0
DAYS_FOR_PAID = timedelta(days=14)
"""What costs money beside the start is due after so long, until the partner gives it another day."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A task as the kit names it."""

    tactic: str
    key: str
    title: TextRef
    days: int
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class AskedTask:
    """A task that the kit asks for under a condition: from when on it is judged, and how many days there are for it."""

    key: str
    when: Condition
    due_at: datetime
    days: int

    @property
    def is_negative(self) -> bool:
        """Whether it waits for what nobody does."""
        return bool(self.when.not_responded or self.when.not_clicked)


def make_tasks(launch: Launch) -> None:
    """Make the tasks of a launch, and move those that are there and not done to their time.

    What follows an event waits for the event's date; a day before the event that has passed is left out. A task
    whose step is skipped is taken away, if nobody has done it. What the kit asks for under a condition is looked at
    from its time on. What costs money beside the start keeps the day that the partner gave it.
    """
    content = content_of(launch.version)
    skipped = {place for place, change in changes_in(launch.choices).items() if change.skipped}
    due = {(one.tactic, one.key): one.due_at for one in schedule_of(launch, confirmed=True)}
    there = {task.key: task for task in session.scalars(sa.select(LaunchTask).where(LaunchTask.launch_id == launch.id))}
    for task in _tasks_in(content):
        at = due.get((task.tactic, task.key))
        if at is None and (task.tactic, task.key) in skipped and task.key in there and not there[task.key].done_at:
            session.delete(there[task.key])
        if at is None or task.when is not None:
            continue
        latest = at + timedelta(days=task.days)
        if task.key not in there:
            _add(launch, task.key, content.words(task.title, launch.language), latest)
        elif there[task.key].done_at is None:
            there[task.key].due_at = latest
    for paid in content.paid:
        if paid.key not in there and not is_left_out(launch, paid.key):
            _add(launch, paid.key, content.title_of(paid, launch.language), require(launch.starts_at) + DAYS_FOR_PAID)
    if asked := asked_tasks(launch):
        first = min(task.due_at for task in asked)
        set_due(TASKS, launch.id, first, vendor_id=launch.vendor_id, partner_id=launch.partner_id)


def asked_tasks(launch: Launch) -> list[AskedTask]:
    """Return the tasks of a launch that come under a condition; those around an event, once it has its date."""
    due = {(one.tactic, one.key): one.due_at for one in schedule_of(launch, confirmed=True)}
    return [
        AskedTask(task.key, task.when, due[task.tactic, task.key], task.days)
        for task in _tasks_in(content_of(launch.version))
        if task.when is not None and (task.tactic, task.key) in due
    ]


def make_asked_task(launch: Launch, task: AskedTask, *, contact_ids: Collection[int], now: datetime) -> None:
    """Make a task once for each of these people, or with `NOBODY` for the launch itself; those that are there stay."""
    chosen = sa.select(LaunchTask.made_for).where(
        LaunchTask.launch_id == launch.id, LaunchTask.key == task.key, LaunchTask.made_for.in_(contact_ids)
    )
    missing = sorted(set(contact_ids) - set(session.scalars(chosen)))
    if not missing:
        return
    content = content_of(launch.version)
    title = next(one.title for one in _tasks_in(content) if one.key == task.key)
    latest = max(task.due_at, now) + timedelta(days=task.days)
    for contact_id in missing:
        _add(launch, task.key, content.words(title, launch.language), latest, contact_id=contact_id)


def _tasks_in(content: Content) -> Iterator[_Named]:
    for sequence, step in content.kit.manifest.steps():
        if isinstance(step, TaskStep):
            yield _Named(sequence.key, step.key, step.title, step.due_days, step.when)
    for tactic in content.kit.tactics:
        if isinstance(tactic, CustomActivity):
            yield _Named(tactic.key, tactic.key, tactic.title, 0)


def _add(launch: Launch, key: str, title: str, due_at: datetime, *, contact_id: int = NOBODY) -> None:
    session.add(
        LaunchTask(
            vendor_id=launch.vendor_id,
            partner_id=launch.partner_id,
            launch_id=launch.id,
            key=key,
            contact_id=contact_id or None,
            made_for=contact_id,
            title=filled_for_reader(title, fields_of(launch))[:200],
            due_at=due_at,
            assigned_to=launch.launched_by,
        )
    )
