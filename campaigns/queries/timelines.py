"""The timeline of a launch: what went, what comes, and what was changed of it."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.content import Content, content_of
from campaigns.manifest.model import EmailStep, Post, TaskStep
from campaigns.manifest.times import Window
from campaigns.models import Execution, Launch, LaunchState
from campaigns.queries.launches import has_started, lists_of, schedule_of, side_of_launch
from campaigns.timing import Planned
from campaigns.values import filled_for_reader
from tcma.core.db import require


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that a launch does: what it is called, when, whether it lies behind, and what was changed of it.

    `planned_at` is when it would come without the change. `of_event`: its day is the event's, and moves with it.
    `window`: when a mail may go out.
    """

    kind: str
    key: str
    tactic: str
    title: str
    due_at: datetime
    is_over: bool
    planned_at: datetime
    only_if: tuple[str, ...] = ()
    skipped: bool = False
    of_event: bool = False
    window: Window | None = None

    @property
    def is_moved(self) -> bool:
        """Whether a person gave it another date than the kit."""
        return self.due_at != self.planned_at


def timeline(launch: Launch, *, start: datetime, now: datetime) -> list[TimelineEntry]:
    """Return what went and what comes, in order of time; what was skipped is marked, what was left out is not there."""
    content = content_of(launch.version)
    steps = schedule_of(launch, start=start, skipped=True)
    as_planned = {(one.tactic, one.key): one.due_at for one in schedule_of(launch, start=start, unchanged=True)}
    titles = _titles(content, launch.language)
    fields = side_of_launch(launch).fields
    is_live = launch.state is not LaunchState.CUSTOMISING
    return [
        TimelineEntry(
            kind=step.kind,
            key=step.key,
            tactic=step.tactic,
            title=filled_for_reader(titles.get((step.tactic, step.key), step.key), fields),
            due_at=step.due_at,
            is_over=is_live and step.due_at <= now,
            planned_at=as_planned.get((step.tactic, step.key), step.due_at),
            only_if=step.only_if,
            skipped=step.skipped,
            of_event=step.of_event,
            window=step.window,
        )
        for step in steps
        if _has_place(launch, step)
    ]


def entry_of(launch: Launch, *, tactic: str, key: str, now: datetime) -> TimelineEntry | None:
    """Return one step of a launch that has started; nothing where the launch does not have it."""
    entries = timeline(launch, start=require(launch.starts_at), now=now)
    return next((one for one in entries if (one.tactic, one.key) == (tactic, key)), None)


def _has_place(launch: Launch, step: Planned) -> bool:
    """Mails and what hangs on them only run where there are people to mail, here or in the partner's own tool."""
    if step.kind != "email" or not has_started(launch) or launch.execution is Execution.EXPORTED:
        return True
    return launch.recipients > 0 or bool(lists_of(launch.id))


def _titles(content: Content, language: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for sequence, step in content.kit.manifest.steps():
        if isinstance(step, EmailStep):
            found[sequence.key, step.key] = content.words(step.subject, language)
        elif isinstance(step, TaskStep):
            found[sequence.key, step.key] = content.words(step.title, language)
    for group in content.posts:
        found.update({(group.key, post.key): _start_of(content, post, language) for post in group.posts})
    for tactic in content.kit.tactics:
        found[tactic.key, tactic.key] = content.title_of(tactic, language)
    return found


def _start_of(content: Content, post: Post, language: str) -> str:
    words = content.words(post.text, language)
    sentence = words.split(". ")[0]
    return sentence if len(sentence) <= 90 else f"{sentence[:88].rsplit(' ', 1)[0]} …"
