"""What there is to do for launches, as their pages and a person's to-do show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaigns.content import Content, content_of
from campaigns.manifest.model import CustomActivity, PaidActivity, TaskStep
from campaigns.models import Launch, LaunchState, LaunchTask, TaskResult
from campaigns.playbooks import Script, script_of
from campaigns.queries.launches import STARTED, fields_of
from campaigns.values import filled_for_reader
from tcma.contacts.models import Contact
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.merge import contact_fields
from tcma.core.tenancy import current_actor
from tcma.identity.models import Membership, User
from tcma.identity.permissions import P
from tcma.mdf.models import Activity, ActivityDecision, FundRequest
from tcma.mdf.operations.requests import APPROVED

MOST_TASKS = 12
PER_PAGE = 30
KEEPS_TASKS = STARTED | {LaunchState.COMPLETED}


@dataclass(frozen=True, slots=True)
class ShownTask:
    """Something to do for a launch: by whom, until when, what came of it.

    `contact`, `person` and `phone`: whom it is about, if the kit asks for it after somebody's answer, for those who may
    read contacts. `proves`: the title of the funded activity that its file is evidence for.
    """

    public_id: str
    title: str
    due_at: datetime
    is_done: bool
    contact: str | None
    person: str
    phone: str
    launch: str
    launch_name: str
    owner: str | None
    owner_name: str
    done_at: datetime | None
    done_by: str
    note: str
    file_name: str
    kind: str
    proves: str


def tasks_of(launch: Launch, *, most: int = MOST_TASKS) -> tuple[list[ShownTask], int]:
    """Return what people do for a launch, the next first, and how much there is in all.

    What is about somebody who has been erased is gone with them.
    """
    chosen = _there().where(LaunchTask.launch_id == launch.id)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    order = (LaunchTask.done_at.is_not(None), LaunchTask.due_at, LaunchTask.id)
    return shown(session.scalars(chosen.order_by(*order).limit(most)).all()), total


def to_do(*, membership_id: int | None = None, done: bool = False) -> sa.Select[tuple[LaunchTask]]:
    """Return the statement of what the acting partner's people have to do, the next first; or have done, the latest.

    `membership_id`: of one person. What belongs to a campaign that was stopped or withdrawn is nobody's work any more.
    """
    chosen = _there().join(Launch, Launch.id == LaunchTask.launch_id)
    if membership_id is not None:
        chosen = chosen.where(LaunchTask.assigned_to == membership_id)
    if done:
        return chosen.where(LaunchTask.done_at.is_not(None)).order_by(LaunchTask.done_at.desc(), LaunchTask.id.desc())
    chosen = chosen.where(LaunchTask.done_at.is_(None), Launch.state.in_(KEEPS_TASKS))
    return chosen.order_by(LaunchTask.due_at, LaunchTask.id)


def to_do_page(
    *, membership_id: int | None = None, done: bool = False, page: int = 1, most: int = PER_PAGE
) -> tuple[list[ShownTask], int]:
    """Return a page of what there is to do, and how much there is in all."""
    chosen = to_do(membership_id=membership_id, done=done)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.order_by(None).subquery())) or 0
    return shown(session.scalars(chosen.limit(most).offset((page - 1) * most)).all()), total


def own_task(public_id: str, *, actor: Actor) -> LaunchTask | None:
    """Return a task of the acting partner's own; one about somebody who has been erased is gone."""
    chosen = _there().where(LaunchTask.public_id == public_id, LaunchTask.partner_id == actor.partner_id)
    return session.scalar(chosen)


def _there() -> sa.Select[tuple[LaunchTask]]:
    joined = sa.select(LaunchTask).outerjoin(Contact, Contact.id == LaunchTask.contact_id)
    return joined.where(Contact.erased_at.is_(None))


def result_of(task_id: int) -> TaskResult | None:
    """Return what came of a task."""
    return session.scalar(sa.select(TaskResult).where(TaskResult.task_id == task_id))


def unused_results(launch_id: int) -> list[tuple[LaunchTask, TaskResult]]:
    """Return the tasks of a launch that are done and whose file proves nothing yet, the first done first."""
    chosen = (
        sa.select(LaunchTask, TaskResult)
        .join(TaskResult, TaskResult.task_id == LaunchTask.id)
        .where(LaunchTask.launch_id == launch_id, LaunchTask.done_at.is_not(None))
        .where(TaskResult.blob.is_not(None), TaskResult.proves.is_(None))
    )
    return [(task, result) for task, result in session.execute(chosen.order_by(LaunchTask.done_at, LaunchTask.id))]


def funded_activities(launch_id: int) -> Sequence[Activity]:
    """Return the activities beside a launch for which money was approved, the oldest first."""
    chosen = (
        sa.select(Activity)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(FundRequest.launch_id == launch_id, FundRequest.state.in_(APPROVED))
        .where(Activity.decision.in_((ActivityDecision.APPROVED, ActivityDecision.REDUCED)))
    )
    return session.scalars(chosen.order_by(Activity.id)).all()


def funded_launch(activity_id: int) -> tuple[Activity, int] | None:
    """Return an activity that money was asked for beside a launch, and that launch's key."""
    chosen = (
        sa.select(Activity, FundRequest.launch_id)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(Activity.id == activity_id, FundRequest.launch_id.is_not(None))
    )
    row = session.execute(chosen).first()
    return (row[0], row[1]) if row else None


def is_beside(task: LaunchTask, launch: Launch) -> bool:
    """Whether a task is an activity that costs money beside the launch: its day is the partner's to choose."""
    return task.key in {tactic.key for tactic in content_of(launch.version).paid}


def usual_kind(task: LaunchTask, launch: Launch) -> str:
    """Return which kind of evidence the kit asks for of a task; a photo where it does not say."""
    for tactic in content_of(launch.version).kit.tactics:
        if isinstance(tactic, CustomActivity | PaidActivity) and tactic.key == task.key:
            asked = (kind for kind in tactic.proof if kind not in ("invoice", "attendee_list"))
            return next(asked, "attendance" if "attendee_list" in tactic.proof else "photo")
    return "photo"


def shown(tasks: Sequence[LaunchTask]) -> list[ShownTask]:
    """Return tasks as people read them, in their order."""
    people = _people(tasks) if current_actor().may(P.CONTACTS_READ) else {}
    members = _members({key for task in tasks for key in (task.assigned_to, task.done_by) if key is not None})
    results = _results(task.id for task in tasks)
    proved = _titles(result.proves for result in results.values())
    launches = _launches({task.launch_id for task in tasks})
    about = {key: _Words.of(launches[key]) for key in {task.launch_id for task in tasks if task.contact_id in people}}
    found = []
    for task in tasks:
        contact, launch, result = people.get(task.contact_id or 0), launches[task.launch_id], results.get(task.id)
        owner, done_by = members.get(task.assigned_to or 0), members.get(task.done_by or 0)
        found.append(
            ShownTask(
                public_id=task.public_id,
                title=about[launch.id].title_of(task, contact) if contact else task.title,
                due_at=task.due_at,
                is_done=task.done_at is not None,
                contact=contact.public_id if contact else None,
                person=_name(contact) if contact else "",
                phone=contact.phone if contact else "",
                launch=launch.public_id,
                launch_name=launch.name,
                owner=owner[0] if owner else None,
                owner_name=owner[1] if owner else "",
                done_at=task.done_at,
                done_by=done_by[1] if done_by else "",
                note=result.note if result else "",
                file_name=result.file_name if result and result.blob else "",
                kind=result.kind if result else "",
                proves=proved.get(result.proves or 0, "") if result else "",
            )
        )
    return found


def script_for(task: LaunchTask, launch: Launch) -> Script | None:
    """Return the call script that the kit gives with a task, in the language of whom it is about, if the kit has it.

    Who calls says their own name in it, where the task is somebody's.
    """
    content = content_of(launch.version)
    steps = (step for _sequence, step in content.kit.manifest.steps() if isinstance(step, TaskStep))
    path = next((step.playbook for step in steps if step.key == task.key), None)
    playbook = content.playbook(path) if path else None
    if playbook is None:
        return None
    contact = _people([task]).get(task.contact_id or 0) if current_actor().may(P.CONTACTS_READ) else None
    theirs = _fields_of(contact) if contact else {}
    asked = contact.language if contact else None
    spoken = asked if asked in launch.version.languages else None
    caller = _members([task.assigned_to]).get(task.assigned_to) if task.assigned_to else None
    own = {"partner.sender_name": caller[1]} if caller else {}
    return script_of(playbook, content, spoken or launch.language, {**fields_of(launch), **theirs, **own})


def _fields_of(contact: Contact) -> dict[str, str]:
    return contact_fields(contact.first_name, contact.last_name, contact.company, contact.city)


def _name(contact: Contact) -> str:
    return f"{contact.first_name} {contact.last_name}".strip() or contact.email or ""


@dataclass(frozen=True, slots=True)
class _Words:
    """How the tasks of a launch are called in its kit, for those that name somebody."""

    titles: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def of(cls, launch: Launch) -> "_Words":
        return cls(_titles_of_tasks(content_of(launch.version), launch.language), fields_of(launch))

    def title_of(self, task: LaunchTask, contact: Contact) -> str:
        if task.key not in self.titles:
            return task.title
        return filled_for_reader(self.titles[task.key], {**self.fields, **_fields_of(contact)})


def _titles_of_tasks(content: Content, language: str) -> dict[str, str]:
    steps = (step for _sequence, step in content.kit.manifest.steps() if isinstance(step, TaskStep))
    return {step.key: content.words(step.title, language) for step in steps}


def _people(tasks: Iterable[LaunchTask]) -> dict[int, Contact]:
    keys = {task.contact_id for task in tasks if task.contact_id is not None}
    return {one.id: one for one in session.scalars(sa.select(Contact).where(Contact.id.in_(keys)))} if keys else {}


def _launches(keys: Iterable[int]) -> dict[int, Launch]:
    chosen = sa.select(Launch).where(Launch.id.in_(list(keys))).options(joinedload(Launch.version))
    return {launch.id: launch for launch in session.scalars(chosen)}


def _members(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    chosen = sa.select(Membership.id, Membership.public_id, User.name).join(User, User.id == Membership.user_id)
    return {row[0]: (row[1], row[2]) for row in session.execute(chosen.where(Membership.id.in_(list(keys))))}


def _results(task_ids: Iterable[int]) -> dict[int, TaskResult]:
    chosen = sa.select(TaskResult).where(TaskResult.task_id.in_(list(task_ids)))
    return {result.task_id: result for result in session.scalars(chosen)}


def _titles(activity_ids: Iterable[int | None]) -> dict[int, str]:
    keys = [key for key in activity_ids if key is not None]
    chosen = sa.select(Activity.id, Activity.title).where(Activity.id.in_(keys))
    return {row[0]: row[1] for row in session.execute(chosen)} if keys else {}
