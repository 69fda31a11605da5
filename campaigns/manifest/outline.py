"""A kit as one timeline: each step, post and activity with its day, and where `kit.yaml` holds it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Literal, TypeAlias

from campaigns.manifest.editing import Path
from campaigns.manifest.model import (
    Collateral,
    CustomActivity,
    EmailSequence,
    Event,
    LandingPage,
    Manifest,
    PaidActivity,
    Post,
    SocialPosts,
    Step,
    Tactic,
    TextRef,
    WaitStep,
)
from campaigns.manifest.times import Timing

Anchor: TypeAlias = Literal["launch", "event", "beside"]
Item: TypeAlias = Step | Post | Tactic


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a kit. `within` is the list that holds it, at `index` of `count`; `offset` counts from `anchor`."""

    address: str
    kind: str
    key: str
    item: Item
    within: Path
    index: int
    count: int
    anchor: Anchor
    offset: timedelta = timedelta()
    at: str = ""

    @property
    def is_step(self) -> bool:
        """Whether it has its place in a sequence."""
        return self.within[-1] == "steps"

    @property
    def days(self) -> int:
        """Its day: 0 is the day of the start, or of the event."""
        return self.offset.days

    @property
    def texts(self) -> dict[str, str]:
        """The keys of its words by what they are: its title, its subject."""
        found = {one.name: getattr(self.item, one.name) for one in fields(self.item)}
        return {name: value.t for name, value in found.items() if isinstance(value, TextRef)}


def outline(manifest: Manifest) -> list[Entry]:
    """Return everything that has a day or may be added and taken out, in the order of `kit.yaml`."""
    return [entry for number, tactic in enumerate(manifest.tactics) for entry in _of_tactic(manifest, tactic, number)]


def timeline(manifest: Manifest, anchor: Anchor) -> list[Entry]:
    """Return what counts from one anchor, in the order in which it comes."""
    found = [entry for entry in outline(manifest) if entry.anchor == anchor]
    return sorted(found, key=lambda one: (one.days, one.at, one.offset)) if anchor != "beside" else found


def _of_tactic(manifest: Manifest, tactic: Tactic, number: int) -> Iterator[Entry]:
    within: Path = ("tactics",)
    if isinstance(tactic, EmailSequence):
        yield from _steps(tactic, (*within, number, "steps"))
    elif isinstance(tactic, SocialPosts):
        for index, post in enumerate(tactic.posts):
            where: Path = (*within, number, "posts")
            entry = Entry(f"{tactic.key}.{post.key}", "post", post.key, post, where, index, len(tactic.posts), "launch")
            yield _timed(entry, post.after)
    elif isinstance(tactic, CustomActivity | Event | PaidActivity | Collateral):
        anchor: Anchor = "launch" if isinstance(tactic, CustomActivity) else "beside"
        entry = Entry(tactic.key, tactic.kind, tactic.key, tactic, within, number, len(manifest.tactics), anchor)
        yield _timed(entry, getattr(tactic, "after", None))
    elif not isinstance(tactic, LandingPage):
        yield Entry(tactic.key, tactic.kind, tactic.key, tactic, within, number, len(manifest.tactics), "beside")


def _timed(entry: Entry, after: Timing | None) -> Entry:
    if after is None:
        return entry
    return replace(entry, anchor="event" if after.from_ == "event" else "launch", offset=after.offset, at=after.at)


def _steps(sequence: EmailSequence, within: Path) -> Iterator[Entry]:
    """Steps follow one another: none comes before the one above it, and waits count."""
    earliest, at = timedelta(), ""
    for index, step in enumerate(sequence.steps):
        entry = Entry(
            f"{sequence.key}.{step.key}", step.kind, step.key, step, within, index, len(sequence.steps), "launch"
        )
        after: Timing | None = getattr(step, "after", None)
        if after is not None and after.from_ == "event":
            yield _timed(entry, after)
            continue
        if after is not None:
            earliest = max(after.offset + (earliest if after.from_ == "step" else timedelta()), earliest)
            at = after.at or at
        yield replace(entry, offset=earliest, at=at)
        if isinstance(step, WaitStep):
            earliest += timedelta(days=step.days, hours=step.hours)
