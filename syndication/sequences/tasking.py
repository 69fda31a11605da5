"""Tasks that a kit asks for under a condition: made for the partner once somebody has done what it asks about."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Event, Launch, LaunchTask, Registrant
from campaigns.operations.launch_tasks import NOBODY, TASKS, AskedTask, asked_tasks, make_asked_task
from campaigns.queries.launches import STARTED, lists_of
from syndication.models import Recipient, Touch, Verdict
from syndication.sequences.course import holds
from syndication.sequences.facts import facts_of, facts_of_launch
from tcma.contacts.queries import may_be_mailed
from tcma.core import schedule
from tcma.core.db import require, session, transaction
from tcma.core.models import Due
from tcma.core.tenancy import acting

LOOKS = 50
LEASE = timedelta(minutes=2)
AGAIN = timedelta(days=1)  # who came to an event is noted without a touch
CHUNK = 500


def look_at_tasks(*, now: datetime) -> None:
    """Judge the tasks whose time has come, launch by launch."""
    with transaction():
        claimed = schedule.claim(TASKS, now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        with transaction(), acting(one.actor("tasks")):
            schedule.release(one, due_at=make_due_tasks(launch_id=one.object_id, now=now))


def follow_answers(*, launch_id: int, now: datetime) -> None:
    """Make what an answer that has just come asks for, where the launch waits for one."""
    waits = sa.select(Due.id).where(Due.kind == TASKS, Due.object_id == launch_id)
    if session.scalar(waits) is not None:
        make_due_tasks(launch_id=launch_id, now=now)


def make_due_tasks(*, launch_id: int, now: datetime) -> datetime | None:
    """Make the tasks whose time and condition have come, and return when to look again, if at all.

    What somebody did is asked of each person, and the task is about whoever did it; without contacts it is asked of
    the launch as a whole. So is what nobody did, and that is judged at the task's time.
    """
    launch = require(session.get(Launch, launch_id))
    asked = asked_tasks(launch) if launch.state in STARTED else []
    for task in asked:
        if task.due_at <= now:
            _judge(launch, task, now)
    ahead = [task.due_at for task in asked if task.due_at > now]
    waits = any(not task.is_negative for task in asked)
    return min([*ahead, *([now + AGAIN] if waits else [])], default=None)


def _judge(launch: Launch, task: AskedTask, now: datetime) -> None:
    if task.is_negative or not lists_of(launch.id):
        if holds(task.when, facts_of_launch(launch.id)):
            make_asked_task(launch, task, contact_ids=[NOBODY], now=now)
        return
    for people in _without(launch.id, task.key):
        facts = facts_of(list(people))
        there = [people[one] for one, known in facts.items() if holds(task.when, known)]
        against = may_be_mailed(there, launch.vendor_id, now)
        welcome = [one for one in there if against[one] is None]
        make_asked_task(launch, task, contact_ids=welcome, now=now)


def _without(launch_id: int, key: str) -> Iterator[dict[int, int]]:
    """Yield, in chunks, the contacts by recipient who have done something and have no such task yet."""
    has_task = sa.exists().where(
        LaunchTask.launch_id == launch_id, LaunchTask.key == key, LaunchTask.made_for == Recipient.contact_id
    )
    answered = sa.exists().where(Touch.recipient_id == Recipient.id, Touch.verdict == Verdict.HUMAN)
    registered = (
        sa.exists()
        .where(Event.launch_id == launch_id, Registrant.event_id == Event.id)
        .where(Registrant.contact_id == Recipient.contact_id)
    )
    after = 0
    while True:
        chosen = (
            sa.select(Recipient.id, Recipient.contact_id)
            .where(Recipient.launch_id == launch_id, Recipient.contact_id.is_not(None), Recipient.id > after)
            .where(sa.or_(answered, registered), sa.not_(has_task))
            .order_by(Recipient.id)
            .limit(CHUNK)
        )
        rows = session.execute(chosen).all()
        if not rows:
            return
        yield {row.id: row.contact_id for row in rows}
        after = rows[-1].id
