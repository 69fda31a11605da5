"""What somebody has seen of a campaign by a day: the mails that fit what they did, the posts, what the partner does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time

from campaigns.manifest.model import Condition, ConditionStep, EmailSequence, Event, Manifest
from campaigns.timing import Planned, planned, proposed_event_start
from tcma.core.calendar import LocalSchedule

ZONE = "Etc/UTC"
MORNING = time(9, 0)
READERS: dict[str, frozenset[str]] = {
    "silent": frozenset({"not_responded", "not_clicked"}),
    "clicked": frozenset({"responded", "clicked"}),
    "answered": frozenset({"responded", "clicked", "replied", "submitted"}),
    "came": frozenset({"responded", "clicked", "submitted", "registered", "attended"}),
    "absent": frozenset({"responded", "clicked", "submitted", "registered", "absent"}),
}
"""What somebody did, by the conditions that hold for them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that has happened by the day that was asked for."""

    day: int
    at: str
    planned: Planned


def seen_by(manifest: Manifest, *, reader: str, now: datetime) -> list[Seen]:
    """Return everything that reaches a reader in its order, counted from a start at nine on the day of `now`.

    Where the kit has an event, it takes place three weeks later, as it is proposed to partners.
    """
    start = LocalSchedule.at(datetime.combine(now.astimezone(UTC).date(), MORNING), ZONE).instant
    has_event = any(isinstance(tactic, Event) for tactic in manifest.tactics)
    event = proposed_event_start(start, ZONE).instant if has_event else None
    words = READERS[reader]
    missed = _missed(manifest, words)
    found = planned(manifest, start=start, zone=ZONE, event_start=event)
    return [
        Seen((one.due_at.date() - start.date()).days, one.due_at.strftime("%H:%M"), one)
        for one in found
        if (one.tactic, one.key) not in missed and set(one.only_if) <= words and _gets(one, words)
    ]


def _gets(one: Planned, words: Collection[str]) -> bool:
    """Whether a mail that comes again is for this reader: whoever clicked has read it."""
    return one.repeats is None or "not_clicked" in words


def _missed(manifest: Manifest, words: Collection[str]) -> set[tuple[str, str]]:
    """Return the steps that a reader never comes to, because a condition leads around them."""
    missed: set[tuple[str, str]] = set()
    for tactic in manifest.tactics:
        if isinstance(tactic, EmailSequence):
            missed |= {(tactic.key, key) for key in _passed_over(tactic, words)}
    return missed


def _passed_over(sequence: EmailSequence, words: Collection[str]) -> set[str]:
    passed: set[str] = set()
    goes_on_at: str | None = None
    for step in sequence.steps:
        if goes_on_at is not None and step.key != goes_on_at:
            passed.add(step.key)
            continue
        goes_on_at = step.otherwise if isinstance(step, ConditionStep) and not _holds(step.when, words) else None
    return passed


def _holds(condition: Condition, words: Collection[str]) -> bool:
    return set(condition.words) <= set(words)
