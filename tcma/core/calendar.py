"""Local time and business hours: schedules people set in their own zone, and clocks that rest at night.

The database holds instants in UTC. A local hour that a clock change leaves out is the next valid
minute; one that comes twice is its first pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, cached_property
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LONGEST_CLOSURE_DAYS = 3_660


class UnknownZone(DomainError):
    """The name is not a time zone of the IANA database."""

    def __init__(self, name: object) -> None:
        words = _("%(name)s is not a time zone. Choose one like Europe/Berlin.", name=str(name)[:60])
        super().__init__(words, field="zone")


class DateOutOfRange(DomainError):
    """The date is too far away to be kept."""

    def __init__(self) -> None:
        super().__init__(_("The date is too far away. Choose an earlier one."))


class OddOpeningHours(DomainError):
    """Opening hours end before they begin, or overlap."""

    def __init__(self) -> None:
        super().__init__(_("Opening hours must end after they begin and must not overlap. Correct the hours."))


class NeverOpen(DomainError):
    """No hour of the week is open, so no clock can run out."""

    def __init__(self) -> None:
        super().__init__(_("There are no opening hours. Set at least one hour of one weekday."))


class WallFit(StrEnum):
    """Whether the wall time exists on that day."""

    EXACT = "exact"
    MISSING = "missing"
    REPEATED = "repeated"


@cache
def zone_named(name: str) -> ZoneInfo:
    """Return the zone, or refuse a name that the IANA database does not have."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as odd:
        raise UnknownZone(name) from odd


def wall_fit(wall: datetime, zone: str) -> WallFit:
    """Tell whether the clocks of `zone` show `wall` once, never or twice."""
    before, after = _offsets(wall, zone_named(zone))
    if before == after:
        return WallFit.EXACT
    return WallFit.MISSING if before < after else WallFit.REPEATED


def local_instant(wall: datetime, zone: str) -> datetime:
    """Return the UTC instant at which clocks in `zone` show the naive `wall` time."""
    if wall.tzinfo is not None:
        message = "a wall time carries no zone of its own"
        raise ValueError(message)
    try:
        before, after = _offsets(wall, zone_named(zone))
        first_pass = (wall - before).replace(tzinfo=UTC, fold=0)
        if before >= after:
            return first_pass
        return _end_of_gap((wall - after).replace(tzinfo=UTC, fold=0), first_pass, zone_named(zone))
    except OverflowError as far:
        raise DateOutOfRange from far


def _offsets(wall: datetime, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first is None or second is None:  # a ZoneInfo always has an offset for a date
        message = "the zone has no offset"
        raise ValueError(message)
    return first, second


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the first minute after the clocks were put forward, between two instants around it."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        moved = (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() != old
        low, high = (low, middle) if moved else (middle + 1, high)
    instant = before + timedelta(seconds=low)
    return instant if not instant.second else instant.replace(second=0) + _MINUTE


@dataclass(frozen=True, slots=True)
class LocalSchedule:
    """What a person set (wall time and zone) and the instant that it means.

    All three are stored. When the zone's rules change, `resolved_again` gives the new instant.
    """

    wall: datetime
    zone: str
    instant: datetime

    @classmethod
    def at(cls, wall: datetime, zone: str) -> Self:
        """Return the schedule for `wall` in `zone`."""
        return cls(wall, zone, local_instant(wall, zone))

    @classmethod
    def of_instant(cls, instant: datetime, zone: str) -> Self:
        """Return the schedule that stands for `instant` on the clocks of `zone`."""
        wall = instant.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)
        return cls.at(wall, zone)

    @property
    def fit(self) -> WallFit:
        """Whether the wall time exists on its day, so that a page can say what happens instead."""
        return wall_fit(self.wall, self.zone)

    def resolved_again(self) -> "LocalSchedule":
        """Return the same wall time under the zone's present rules."""
        return LocalSchedule.at(self.wall, self.zone)

    def moved(self, *, days: int, at: time | None = None) -> "LocalSchedule":
        """Return the schedule `days` calendar days later, at the same wall time or `at` another."""
        try:
            day = self.wall.date() + timedelta(days=days)
        except OverflowError as far:
            raise DateOutOfRange from far
        return LocalSchedule.at(datetime.combine(day, at or self.wall.time()), self.zone)


Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class WorkCalendar:
    """When somebody works: opening hours by weekday (0 is Monday) in a zone, and holidays.

    A closing time of 00:00 is the end of that day. Hours count as they pass: on the day that the
    clocks go forward inside opening hours, that day is an hour shorter.
    """

    zone: str
    opening: Mapping[int, Hours]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse an unknown zone, odd hours, and a week without any."""
        zone_named(self.zone)
        if not any(self.opening.values()):
            raise NeverOpen
        for weekday, hours in self.opening.items():
            if weekday not in range(7) or not _in_order(hours):
                raise OddOpeningHours

    @classmethod
    def weekdays(cls, zone: str, opens: time, closes: time, holidays: frozenset[date] = frozenset()) -> Self:
        """Return the plain calendar: Monday to Friday, the same hours each day."""
        return cls(zone, dict.fromkeys(range(5), ((opens, closes),)), holidays)

    @cached_property
    def _rules(self) -> ZoneInfo:
        return zone_named(self.zone)

    def _open_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open spans of a local day as instants."""
        if day in self.holidays:
            return
        for opens, closes in self.opening.get(day.weekday(), ()):
            last_day = day if closes != time(0) else day + _DAY
            start = local_instant(datetime.combine(day, opens), self.zone)
            end = local_instant(datetime.combine(last_day, closes), self.zone)
            if start < end:
                yield start, end

    def _spans(self, start: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield open spans from `start` on, over so many local days; the first may be cut."""
        first = start.astimezone(self._rules).date()
        for number in range(days):
            for opens, closes in self._open_on(first + timedelta(days=number)):
                if closes > start:
                    yield max(opens, start), closes

    def is_open(self, instant: datetime) -> bool:
        """Tell whether `instant` lies in opening hours."""
        return any(opens <= instant < closes for opens, closes in self._spans(instant, 1))

    def next_open(self, start: datetime) -> datetime:
        """Return `start` if it lies in opening hours, otherwise the next opening."""
        return self.add_business_time(start, timedelta(0))

    def add_business_hours(self, start: datetime, hours: float) -> datetime:
        """Return the instant at which `hours` of opening time have passed since `start`."""
        return self.add_business_time(start, timedelta(hours=hours))

    def add_business_time(self, start: datetime, needed: timedelta) -> datetime:
        """Return the instant at which `needed` of opening time has passed since `start`.

        It is never outside opening hours: nothing needed at night is due at the next opening.
        """
        _require_aware(start)
        if needed < timedelta(0):
            message = "business time runs forward"
            raise ValueError(message)
        left, days = needed, _LONGEST_CLOSURE_DAYS + int(needed / _MINUTE) // 60
        try:
            for opens, closes in self._spans(start.astimezone(UTC), days):
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens
        except OverflowError as far:
            raise DateOutOfRange from far
        raise NeverOpen

    def business_minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of opening time from `start` to `end`; none if `end` is not later."""
        _require_aware(start)
        _require_aware(end)
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        if last <= first:
            return 0
        days = (last.astimezone(self._rules).date() - first.astimezone(self._rules).date()).days + 1
        open_time = sum(
            (min(closes, last) - opens for opens, closes in self._spans(first, days) if opens < last),
            timedelta(0),
        )
        return open_time // _MINUTE


def _require_aware(instant: datetime) -> None:
    if instant.tzinfo is None:
        message = "an instant carries its zone"
        raise ValueError(message)


def _in_order(hours: Hours) -> bool:
    """Tell whether each span ends after it begins and before the next one."""
    last = -1
    for opens, closes in hours:
        begin = opens.hour * 60 + opens.minute
        end = closes.hour * 60 + closes.minute or 24 * 60
        if not last <= begin < end:
            return False
        last = end
    return True
