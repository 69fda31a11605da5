"""The way through a sequence: its steps in order, when each is due in a zone, and where to go after each. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from campaigns.manifest.model import Condition, ConditionStep, EmailStep, Manifest
from campaigns.manifest.times import Window
from campaigns.timing import AS_PLANNED, Changes, planned
from campaigns.windows import opening
from tcma.core.calendar import LocalSchedule

END = "end"
Stop = EmailStep | ConditionStep


class Where(NamedTuple):
    """Where a recipient is: whose clocks and whose holidays count."""

    zone: str
    country: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """The step that comes next, and when."""

    step: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """The mails and conditions of a launch as recipients of one zone and country go through them."""

    stops: tuple[Stop, ...]
    due: Mapping[str, datetime]
    zone: str
    event_start: datetime | None = None
    skipped: frozenset[str] = frozenset()
    country: str = ""
    windows: Mapping[str, Window] = field(default_factory=dict)

    def first(self) -> Place | None:
        """Where a new recipient begins."""
        return self._from(0)

    def stop(self, key: str) -> Stop | None:
        """The step of this key, if the launch has it."""
        return next((stop for stop in self.stops if stop.key == key), None)

    def after(self, key: str, *, at: datetime) -> Place | None:
        """Where to go after the step `key` was taken `at` an instant.

        Whoever was late at this step (the launch was paused) is as many days late at the next, so that two mails
        never come at once.
        """
        index = self._index(key)
        following = self._from(index + 1, at=at)
        if following is None or isinstance(self.stops[index], ConditionStep) or self._is_event_bound(following.step):
            return following
        late = self._days_late(key, at)
        if late <= 0:
            return following
        moved = LocalSchedule.of_instant(following.due_at, self.zone).moved(days=late)
        return Place(following.step, self.opening(self.mail_waited_for(following.step), moved.instant))

    def opening(self, mail: str | None, at: datetime) -> datetime:
        """Return `at` if the mail may go out then where these recipients are, and otherwise when it next may."""
        return opening(self.windows.get(mail or ""), at, zone=self.zone, country=self.country)

    def otherwise(self, key: str, *, at: datetime) -> Place | None:
        """Where to go when the condition `key`, asked `at` an instant, does not hold."""
        stop = self.stop(key)
        if not isinstance(stop, ConditionStep) or stop.otherwise == END:
            return None
        there = next((index for index, other in enumerate(self.stops) if other.key == stop.otherwise), len(self.stops))
        return self._from(there, at=at)

    def anew(self, key: str, *, at: datetime) -> Place | None:
        """Where somebody goes who waits at `key` when the event's date changes; what has passed is left out."""
        return self._from(self._index(key), at=at)

    def rejoined(self, taken: Collection[str], *, at: datetime) -> Place | None:
        """Where somebody goes on who was through before the event had a date; only what hangs on it comes again."""
        behind = [index for index, stop in enumerate(self.stops) if stop.key in taken]
        place = self._from(behind[-1] + 1 if behind else 0, at=at)
        return place if place is not None and self.hangs_on_event(place.step) else None

    def mail_waited_for(self, key: str) -> str | None:
        """The mail that somebody at the stop `key` waits for: itself, or the first with a time behind a condition."""
        later = (stop.key for stop in self.stops[self._index(key) :] if isinstance(stop, EmailStep))
        return next((mail for mail in later if mail in self.due), None)

    def comes_too_late(self, key: str, now: datetime) -> bool:
        """Whether a mail that announces the event would come when it has begun."""
        is_before = self.event_start is not None and key in self.due and self.due[key] <= self.event_start < now
        return is_before and self._is_event_bound(key)

    def hangs_on_event(self, key: str) -> bool:
        """Whether the time of a stop is the event's: its own, or that of the mail that a condition stands before."""
        later = (stop for stop in self.stops[self._index(key) :] if isinstance(stop, EmailStep))
        mail = next(later, None)
        return mail is not None and self._is_event_bound(mail.key)

    def _index(self, key: str) -> int:
        return next((index for index, stop in enumerate(self.stops) if stop.key == key), len(self.stops) - 1)

    def _from(self, index: int, *, at: datetime | None = None) -> Place | None:
        """The first stop from `index` on that has a time; a condition is asked when the mail behind it is due.

        A day around the event that lies before `at` has passed, and is not made up for.
        """
        for place, stop in enumerate(self.stops[index:], index):
            mails = [later for later in self.stops[place:] if isinstance(later, EmailStep)]
            times = (self._time_of(mail, at) for mail in (mails[:1] if isinstance(stop, EmailStep) else mails))
            due = next((time for time in times if time is not None), None)
            if due is not None:
                return Place(stop.key, due)
        return None

    def _time_of(self, mail: EmailStep, at: datetime | None) -> datetime | None:
        due = self.due.get(mail.key)
        if due is not None and at is not None and due < at and self._is_event_bound(mail.key):
            return None
        return due

    def _days_late(self, key: str, at: datetime) -> int:
        if key not in self.due:
            return 0
        planned_day = LocalSchedule.of_instant(self.due[key], self.zone).wall.date()
        return (LocalSchedule.of_instant(at, self.zone).wall.date() - planned_day).days

    def _is_event_bound(self, key: str) -> bool:
        stop = self.stop(key)
        return isinstance(stop, EmailStep) and stop.after is not None and stop.after.from_ == "event"


def course_of(
    manifest: Manifest,
    *,
    start: datetime,
    zone: str,
    left_out: Collection[str],
    country: str = "",
    event_start: datetime | None = None,
    changes: Changes = AS_PLANNED,
) -> Course:
    """Return the way through the mails of a launch for recipients in `zone` and `country`, without what is left out.

    A mail that is skipped stays on the way: whoever comes to it is passed on, and that is written down.
    """
    stops = tuple(_stops(manifest, left_out))
    known = {stop.key for stop in stops}
    steps = planned(manifest, start=start, zone=zone, country=country, event_start=event_start, changes=changes)
    mails = [one for one in steps if one.kind == "email" and one.key in known]
    due = {one.key: one.due_at for one in mails}
    return Course(
        stops,
        due,
        zone,
        event_start,
        skipped=frozenset(one.key for one in mails if one.skipped),
        country=country,
        windows={one.key: one.window for one in mails if one.window is not None},
    )


def _stops(manifest: Manifest, left_out: Collection[str]) -> Iterator[Stop]:
    for sequence, step in manifest.steps():
        if sequence.key not in left_out and isinstance(step, EmailStep | ConditionStep):
            yield step


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one recipient's answers: people's only, never a machine's.

    `opened` only ever keeps a mail from being sent again: no condition asks about it.
    """

    clicked: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    replied: bool = False
    submitted: bool = False
    registered: bool = False
    attended: bool = False
    absent: bool = False

    def has_clicked(self, step: str | None) -> bool:
        """Whether a link was pressed, in one mail or in any."""
        return step in self.clicked if step else bool(self.clicked)

    def has_read(self, step: str) -> bool:
        """Whether a mail was read, as far as a click, an open that no machine made, or any answer tells."""
        return step in self.clicked | self.opened or self.replied or self.submitted or self.registered


def holds(condition: Condition | None, facts: Facts) -> bool:
    """Tell whether a condition holds; no condition always does.

    Of the facts of a launch as a whole it asks whether anybody did it, and with `not_` whether nobody did.
    """
    if condition is None:
        return True
    clicked = facts.has_clicked(condition.step)
    responded = clicked or facts.replied or facts.submitted or facts.registered
    answers = {
        "responded": responded,
        "not_responded": not responded,
        "clicked": clicked,
        "not_clicked": not clicked,
        "replied": facts.replied,
        "submitted": facts.submitted,
        "registered": facts.registered,
        "attended": facts.attended,
        "absent": facts.absent,
    }
    return all(answers[word] for word in condition.words)
