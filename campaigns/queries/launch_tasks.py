"""What there is to do for a launch, as its page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from campaigns.content import Content, content_of
from campaigns.manifest.model import TaskStep
from campaigns.models import Launch, LaunchTask
from campaigns.queries.launches import fields_of
from campaigns.values import filled_for_reader
from tcma.contacts.models import Contact
from tcma.core.db import session

MOST_TASKS = 12


@dataclass(frozen=True, slots=True)
class ShownTask:
    """Something to do for a launch, and whom it is about, if the kit asks for it after somebody's answer."""

    title: str
    due_at: datetime
    is_done: bool
    contact: str | None
    person: str


def tasks_of(launch: Launch, *, most: int = MOST_TASKS) -> tuple[list[ShownTask], int]:
    """Return what people do for a launch, the next first, and how much there is in all.

    What is about somebody who has been erased is gone with them.
    """
    chosen = (
        sa.select(LaunchTask, Contact)
        .outerjoin(Contact, Contact.id == LaunchTask.contact_id)
        .where(LaunchTask.launch_id == launch.id, Contact.erased_at.is_(None))
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    order = (LaunchTask.done_at.is_not(None), LaunchTask.due_at, LaunchTask.id)
    rows = session.execute(chosen.order_by(*order).limit(most)).all()
    about_people = any(contact is not None for _task, contact in rows)
    titles = _titles_of_tasks(content_of(launch.version), launch.language) if about_people else {}
    fields = fields_of(launch) if about_people else {}
    return [_shown(task, contact, titles.get(task.key), fields) for task, contact in rows], total


def _shown(task: LaunchTask, contact: Contact | None, title: str | None, fields: Mapping[str, str]) -> ShownTask:
    if contact is None or title is None:
        return ShownTask(task.title, task.due_at, task.done_at is not None, None, "")
    theirs = {"contact.first_name": contact.first_name, "contact.company": contact.company}
    person = f"{contact.first_name} {contact.last_name}".strip() or contact.email or ""
    words = filled_for_reader(title, {**fields, **theirs})
    return ShownTask(words, task.due_at, task.done_at is not None, contact.public_id, person)


def _titles_of_tasks(content: Content, language: str) -> dict[str, str]:
    steps = (step for _sequence, step in content.kit.manifest.steps() if isinstance(step, TaskStep))
    return {step.key: content.words(step.title, language) for step in steps}
