"""The way through a sequence: on the recipient's own clock, over changes of the clocks, and by what people did."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.manifest import load
from campaigns.manifest.model import Condition
from syndication.sequences.course import Course, Facts, course_of, holds
from tests.campaigns.kits import starter

BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"


def course(start: datetime, zone: str) -> Course:
    kit, _findings = load(starter())
    assert kit is not None
    return course_of(kit.manifest, start=start, zone=zone, left_out=())


def walked(found: Course) -> list[tuple[str, datetime]]:
    """Every stop with its instant, for somebody who is always on time."""
    place, way = found.first(), []
    while place is not None:
        way.append((place.step, place.due_at))
        place = found.after(place.step, at=place.due_at)
    return way


def local_times(found: Course, zone: str) -> list[str]:
    return [due.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M") for _step, due in walked(found)]


def test_each_mail_comes_at_its_hour_on_the_recipients_clock() -> None:
    start = datetime(2026, 9, 7, 5, 0, tzinfo=UTC)

    assert local_times(course(start, BERLIN), BERLIN) == ["09-07 09:30", "09-11 09:30", "09-17 10:15"]
    assert local_times(course(start, NEW_YORK), NEW_YORK) == ["09-07 09:30", "09-11 09:30", "09-17 10:15"]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        (BERLIN, datetime(2026, 10, 22, 5, tzinfo=UTC)),
        (BERLIN, datetime(2027, 3, 25, 5, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 10, 29, 5, tzinfo=UTC)),
        (NEW_YORK, datetime(2027, 3, 11, 5, tzinfo=UTC)),
        (SYDNEY, datetime(2026, 10, 1, 20, tzinfo=UTC)),
        (SYDNEY, datetime(2027, 4, 1, 20, tzinfo=UTC)),
    ],
)
def test_the_hour_stays_when_the_clocks_change(zone: str, start: datetime) -> None:
    way = local_times(course(start, zone), zone)

    assert [time[-5:] for time in way] == ["09:30", "09:30", "10:15"]


def test_nothing_is_due_before_the_launch_itself() -> None:
    start = datetime(2026, 9, 7, 14, 0, tzinfo=UTC)

    assert walked(course(start, BERLIN))[0] == ("first", start)


def test_whoever_was_held_up_is_as_many_days_later_at_the_next_mail() -> None:
    found = course(datetime(2026, 9, 7, 5, 0, tzinfo=UTC), BERLIN)
    first = found.first()
    assert first is not None

    on_time = found.after("first", at=first.due_at)
    late = found.after("first", at=first.due_at + timedelta(days=6, hours=2))

    assert on_time is not None
    assert late is not None
    assert late.due_at - on_time.due_at == timedelta(days=6)


def test_a_delay_of_hours_moves_nothing() -> None:
    found = course(datetime(2026, 9, 7, 5, 0, tzinfo=UTC), BERLIN)
    first = found.first()
    assert first is not None

    assert found.after("first", at=first.due_at + timedelta(hours=5)) == found.after("first", at=first.due_at)


def test_after_the_last_mail_there_is_nothing() -> None:
    found = course(datetime(2026, 9, 7, 5, 0, tzinfo=UTC), BERLIN)

    assert found.after("third", at=datetime(2026, 9, 17, 9, tzinfo=UTC)) is None


def test_a_sequence_that_is_left_out_has_no_mails() -> None:
    kit, _findings = load(starter())
    assert kit is not None

    found = course_of(kit.manifest, start=datetime(2026, 9, 7, tzinfo=UTC), zone=BERLIN, left_out=("mails",))

    assert found.first() is None


@pytest.mark.parametrize(
    ("word", "facts", "answer"),
    [
        ("not_responded", Facts(), True),
        ("not_responded", Facts(clicked=frozenset({"first"})), False),
        ("not_responded", Facts(submitted=True), False),
        ("clicked", Facts(clicked=frozenset({"first"})), True),
        ("clicked", Facts(replied=True), False),
        ("responded", Facts(replied=True), True),
        ("submitted", Facts(submitted=True), True),
        ("registered", Facts(), False),
        ("absent", Facts(absent=True), True),
    ],
)
def test_conditions_look_at_what_people_did(word: str, facts: Facts, answer: bool) -> None:
    assert holds(Condition(**{word: True}), facts) is answer


def test_a_condition_may_ask_about_one_mail_only() -> None:
    asked = Condition(clicked=True, step="second")

    assert not holds(asked, Facts(clicked=frozenset({"first"})))
    assert holds(asked, Facts(clicked=frozenset({"second"})))
