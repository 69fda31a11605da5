"""Local schedules and business hours, over both clock changes of four zones."""
# ruff: noqa: DTZ001, DTZ901 - a wall time has no zone of its own

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcma.core.calendar import (
    DateOutOfRange,
    LocalSchedule,
    NeverOpen,
    OddOpeningHours,
    UnknownZone,
    WallFit,
    WorkCalendar,
    local_instant,
)

# The day before each change in 2026: (zone, forward, back). Casablanca goes back before Ramadan.
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 28), date(2026, 10, 24)),
    "America/New_York": (date(2026, 3, 7), date(2026, 10, 31)),
    "Australia/Lord_Howe": (date(2026, 10, 3), date(2026, 4, 4)),
    "Africa/Casablanca": (date(2026, 3, 21), date(2026, 2, 14)),
}
ZONES = st.sampled_from(sorted(CHANGES))


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(ZONES)
    day = draw(st.sampled_from(CHANGES[zone]))
    minutes = draw(st.integers(min_value=0, max_value=3 * 24 * 60))
    return zone, datetime.combine(day, time()) + timedelta(minutes=minutes)


def shown(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@settings(max_examples=1000)
@given(near_a_change())
def test_a_wall_time_becomes_the_first_instant_that_shows_it_or_the_next_valid_minute(
    case: tuple[str, datetime],
) -> None:
    zone, wall = case

    instant = local_instant(wall, zone)

    # The oracle walks every minute around the wall time, and knows nothing of folds.
    start = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    minutes = (start + timedelta(minutes=number) for number in range(30 * 60))
    assert instant == next(minute for minute in minutes if shown(minute, zone) >= wall)


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-03-08T02:15", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:15", "2026-11-01T05:15"),
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
        ("Africa/Casablanca", "2026-03-22T02:20", "2026-03-22T02:00"),
        ("Africa/Casablanca", "2026-02-15T02:20", "2026-02-15T01:20"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),
    ],
)
def test_missing_hours_are_the_next_valid_minute_and_repeated_ones_the_first_pass(
    zone: str, wall: str, utc: str
) -> None:
    assert local_instant(datetime.fromisoformat(wall), zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_schedule_says_how_its_wall_time_fits() -> None:
    missing = LocalSchedule.at(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
    repeated = LocalSchedule.at(datetime(2026, 10, 25, 2, 30), "Europe/Berlin")
    plain = LocalSchedule.at(datetime(2026, 6, 1, 9, 30), "Europe/Berlin")

    assert (missing.fit, repeated.fit, plain.fit) == (WallFit.MISSING, WallFit.REPEATED, WallFit.EXACT)


def test_steps_keep_their_wall_time_over_a_change() -> None:
    first = LocalSchedule.at(datetime(2026, 3, 27, 9, 30), "Europe/Berlin")

    later = first.moved(days=4)

    assert first.instant.hour == 8
    assert later.instant == datetime(2026, 3, 31, 7, 30, tzinfo=UTC)
    assert first.moved(days=4, at=time(10)).wall == datetime(2026, 3, 31, 10)
    assert later.resolved_again() == later
    assert LocalSchedule.of_instant(later.instant, "Europe/Berlin") == later


@pytest.mark.parametrize(
    "zone", ["Mars/Base", "", "../etc/passwd", "/etc/passwd", "Europe/Berlin\n", "x" * 5000, "Europe"]
)
def test_a_name_that_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone):
        local_instant(datetime(2026, 1, 1), zone)


def test_a_date_beyond_time_is_refused() -> None:
    with pytest.raises(DateOutOfRange):
        local_instant(datetime.max, "America/New_York")
    with pytest.raises(DateOutOfRange):
        LocalSchedule.at(datetime(2026, 1, 1), "Europe/Berlin").moved(days=10**7)


def test_an_aware_wall_time_and_a_naive_instant_are_mistakes() -> None:
    office = WorkCalendar.weekdays("Europe/Berlin", time(9), time(17))

    with pytest.raises(ValueError, match="no zone"):
        local_instant(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin")
    with pytest.raises(ValueError, match="zone"):
        office.add_business_hours(datetime(2026, 1, 1), 1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-06-01T08:00", 2, "2026-06-01T10:00"),  # Monday 10:00 in Berlin
        ("2026-06-05T14:00", 4, "2026-06-08T10:00"),  # Friday 16:00: one hour left, three on Monday
        ("2026-06-06T12:00", 1, "2026-06-08T08:00"),  # Saturday
        ("2026-06-01T07:00", 8, "2026-06-01T15:00"),  # a full day ends at closing time
        ("2026-06-01T20:00", 0, "2026-06-02T07:00"),  # nothing needed at night is due at the opening
        ("2026-12-24T12:00", 8, "2026-12-28T12:00"),  # the holiday and the weekend do not count
    ],
)
def test_a_clock_runs_in_opening_hours_only(start: str, hours: int, due: str) -> None:
    office = WorkCalendar.weekdays("Europe/Berlin", time(9), time(17), frozenset({date(2026, 12, 25)}))

    assert office.add_business_hours(instant(start), hours) == instant(due)


def test_a_lunch_break_and_an_end_at_midnight_are_kept() -> None:
    late = WorkCalendar("Europe/Berlin", {0: ((time(9), time(12)), (time(13), time(0)))})

    assert late.add_business_hours(instant("2026-06-01T09:30"), 1) == instant("2026-06-01T11:30")
    assert late.business_minutes_between(instant("2026-06-01T00:00"), instant("2026-06-02T00:00")) == 14 * 60
    assert late.is_open(instant("2026-06-01T21:59"))
    assert not late.is_open(instant("2026-06-01T22:00"))
    assert not late.is_open(instant("2026-06-01T10:30"))


def test_the_day_of_a_change_counts_the_hours_that_pass() -> None:
    always = {weekday: ((time(0), time(0)),) for weekday in range(7)}
    forward = WorkCalendar("Europe/Berlin", always)

    short = forward.business_minutes_between(instant("2026-03-28T23:00"), instant("2026-03-29T22:00"))
    long = forward.business_minutes_between(instant("2026-10-24T22:00"), instant("2026-10-25T23:00"))

    assert (short, long) == (23 * 60, 25 * 60)


SPANS = st.sampled_from(
    [
        ((time(9), time(17)),),
        ((time(0), time(0)),),
        ((time(1), time(2, 15)), (time(2, 45), time(9))),
        ((time(22), time(0)),),
    ]
)


@settings(max_examples=300)
@given(near_a_change(), st.lists(SPANS, min_size=1, max_size=7), st.integers(min_value=0, max_value=6000))
def test_adding_business_time_and_measuring_it_agree(
    case: tuple[str, datetime], spans: list[tuple[tuple[time, time], ...]], minutes: int
) -> None:
    zone, wall = case
    calendar = WorkCalendar(zone, dict(enumerate(spans)))
    start = local_instant(wall, zone)

    due = calendar.add_business_time(start, timedelta(minutes=minutes))

    assert due >= start
    assert calendar.business_minutes_between(start, due) == minutes
    assert calendar.is_open(due) or calendar.is_open(due - timedelta(minutes=1))


@given(near_a_change(), st.integers(min_value=0, max_value=5000), st.integers(min_value=0, max_value=5000))
def test_business_time_adds_up_over_any_cut(case: tuple[str, datetime], first: int, second: int) -> None:
    zone, wall = case
    calendar = WorkCalendar.weekdays(zone, time(8), time(18))
    start = local_instant(wall, zone)
    middle, end = start + timedelta(minutes=first), start + timedelta(minutes=first + second)

    parts = calendar.business_minutes_between(start, middle) + calendar.business_minutes_between(middle, end)

    assert parts == calendar.business_minutes_between(start, end)
    assert calendar.business_minutes_between(end, start) == 0


def test_a_calendar_without_hours_or_with_odd_ones_is_refused() -> None:
    with pytest.raises(NeverOpen):
        WorkCalendar("Europe/Berlin", {0: ()})
    for odd in (((time(17), time(9)),), ((time(9), time(12)), (time(11), time(13))), ((time(9), time(9)),)):
        with pytest.raises(OddOpeningHours):
            WorkCalendar("Europe/Berlin", {0: odd})
    with pytest.raises(OddOpeningHours):
        WorkCalendar("Europe/Berlin", {7: ((time(9), time(10)),)})
    with pytest.raises(UnknownZone):
        WorkCalendar.weekdays("Nowhere", time(9), time(17))
