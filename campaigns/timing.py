"""When each step, post and task of a launch is due: the kit's offsets on the clocks of one place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from campaigns.manifest.model import (
    Condition,
    CustomActivity,
    EmailStep,
    Manifest,
    SocialPosts,
    SocialPostStep,
    TaskStep,
    WaitStep,
)
from campaigns.manifest.times import Timing, Window
from campaigns.windows import opening, window_of
from tcma.core.calendar import LocalSchedule

EVENT_DAYS_AHEAD = 21
EVENT_HOUR = time(11, 0)
WEDNESDAY = 2


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that a launch does at its time: a mail, a post, a task. `tactic` and `key` name it in the kit.

    `when`: what the kit asks for before it is done. `of_event`: its day is counted from the event's. `skipped`: the
    partner lets it be. `window`: when it may go out. `repeats`: the mail that it is again,
    for those who did not read it.
    """

    tactic: str
    key: str
    kind: str
    due_at: datetime
    when: Condition | None = None
    of_event: bool = False
    skipped: bool = False
    window: Window | None = None
    repeats: str | None = None

    @property
    def only_if(self) -> tuple[str, ...]:
        """The words of what the kit asks for; none if it asks for nothing."""
        return self.when.words if self.when else ()


Place = tuple[str, str]
"""What names a step of a launch: its tactic and its key."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a partner changed of one step while the launch runs: `at` is a wall time, on the clocks of each zone."""

    at: datetime | None = None
    skipped: bool = False


Changes = Mapping[Place, Change]
AS_PLANNED: Changes = MappingProxyType({})


def changes_in(choices: Mapping[str, Any]) -> Changes:
    """Return what a launch's choices say about single steps."""
    return {
        (row["tactic"], row["key"]): Change(
            datetime.fromisoformat(row["at"]) if row.get("at") else None, bool(row.get("skipped"))
        )
        for row in choices.get("steps", ())
    }


def as_choices(changes: Changes) -> list[dict[str, Any]]:
    """Return changes as a launch keeps them; those that change nothing are left out."""
    return [
        {
            "tactic": tactic,
            "key": key,
            "at": one.at.isoformat(timespec="minutes") if one.at else None,
            "skipped": one.skipped,
        }
        for (tactic, key), one in sorted(changes.items())
        if one != Change()
    ]


def planned(
    manifest: Manifest,
    *,
    start: datetime,
    zone: str,
    country: str = "",
    event_start: datetime | None = None,
    changes: Changes = AS_PLANNED,
) -> list[Planned]:
    """Return everything that a launch does, in order of time; what follows an event without a date is left out.

    What is counted from a step that was moved moves with it; a skipped step keeps its time, and is marked. A mail
    with a window waits until it opens on the clocks of `zone`, on no public holiday of `country`.
    """
    clocks = _Clocks(zone, country, changes)
    found = [
        *_steps(manifest, start, clocks, event_start),
        *_posts(manifest, start, zone, event_start),
        *_activities(manifest, start, zone, event_start),
    ]
    return sorted((clocks.changed(one) for one in found), key=lambda one: one.due_at)


@dataclass(frozen=True, slots=True)
class _Clocks:
    """Whose clocks and holidays count, and what the partner changed."""

    zone: str
    country: str
    changes: Changes

    def changed(self, one: Planned) -> Planned:
        """Return a step at the time that the partner gave it, and in its window."""
        change = self.changes.get((one.tactic, one.key), Change())
        due = LocalSchedule.at(change.at, self.zone).instant if change.at else one.due_at
        due = opening(one.window, due, zone=self.zone, country=self.country)
        return replace(one, due_at=due, skipped=change.skipped)


def due_at(
    timing: Timing | None, *, start: datetime, before: datetime, zone: str, event_start: datetime | None = None
) -> datetime | None:
    """Return when something is due; `before` is the step before it. Nothing is due before the launch itself.

    What belongs to a day before an event and would have come before the launch is left out: it has passed.
    """
    if timing is None:
        return before
    anchor = {"launch": start, "step": before, "event": event_start}[timing.from_]
    if anchor is None:
        return None
    local = LocalSchedule.of_instant(anchor, zone).moved(days=timing.days, at=timing.time_of_day)
    due = local.instant + timedelta(hours=timing.hours)
    if timing.from_ == "event" and due < start:
        return None
    return max(due, start)


def _of_event(timing: Timing | None) -> bool:
    return timing is not None and timing.from_ == "event"


def _steps(manifest: Manifest, start: datetime, clocks: _Clocks, event_start: datetime | None) -> Iterator[Planned]:
    before, sequence_key = start, ""
    for sequence, step in manifest.steps():
        if sequence.key != sequence_key:
            before, sequence_key = start, sequence.key
        if isinstance(step, WaitStep):
            before += timedelta(days=step.days, hours=step.hours)
        elif isinstance(step, EmailStep | SocialPostStep | TaskStep):
            due = due_at(step.after, start=start, before=before, zone=clocks.zone, event_start=event_start)
            if due is None:
                continue
            one = Planned(sequence.key, step.key, step.kind, due, step.when, _of_event(step.after))
            if isinstance(step, EmailStep):
                one = replace(one, window=window_of(sequence, step), repeats=step.resend_of)
            yield one
            before = clocks.changed(one).due_at


def _posts(manifest: Manifest, start: datetime, zone: str, event_start: datetime | None) -> Iterator[Planned]:
    for tactic in manifest.tactics:
        if isinstance(tactic, SocialPosts):
            for post in tactic.posts:
                due = due_at(post.after, start=start, before=start, zone=zone, event_start=event_start)
                if due is not None:
                    yield Planned(tactic.key, post.key, "social_post", due, of_event=_of_event(post.after))


def _activities(manifest: Manifest, start: datetime, zone: str, event_start: datetime | None) -> Iterator[Planned]:
    for tactic in manifest.tactics:
        if isinstance(tactic, CustomActivity):
            due = due_at(tactic.after, start=start, before=start, zone=zone, event_start=event_start)
            if due is not None:
                yield Planned(tactic.key, tactic.key, "custom_activity", due, of_event=_of_event(tactic.after))


def proposed_event_start(start: datetime, zone: str) -> LocalSchedule:
    """Return a date that leaves time to invite: the first Wednesday three weeks after the start, at eleven."""
    local = LocalSchedule.of_instant(start, zone).moved(days=EVENT_DAYS_AHEAD, at=EVENT_HOUR)
    return local.moved(days=(WEDNESDAY - local.wall.weekday()) % 7)
