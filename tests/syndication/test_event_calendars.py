"""Invitations as calendars take them: the hour right over a change of the clock, one entry for good, taken out again."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import icalendar
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.models import Event, EventState
from campaigns.operations import seats
from campaigns.operations.events import EventInThePast, cancel_event, set_event_date
from syndication.events.calendar import Attendee, Entry, Method, calendar_text
from syndication.sending.messages import built
from tcma.core import clock
from tcma.core.calendar import LocalSchedule, local_instant
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.event_rows import Planned, come, planned, post

HOST = Attendee("host@partner.example", 'Björn "Bo"; Partner, Berlin')


def entry(starts_at: datetime, zone: str = "Europe/Berlin", minutes: int = 60) -> Entry:
    return Entry(
        uid="evt_1@tcma", sequence=3, starts_at=starts_at, minutes=minutes, zone=zone, title="Drill; part 1, again",
        place="Hauptstr. 1, Berlin", url="https://tcma.example/e/1", organiser=HOST,
    )  # fmt: skip


def read(text: str) -> icalendar.Event:
    (found,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return found


@pytest.mark.parametrize(
    ("day", "utc_hour"), [("2026-10-24", 9), ("2026-10-25", 10), ("2027-03-27", 10), ("2027-03-28", 9)]
)
def test_eleven_o_clock_stays_eleven_o_clock_on_both_sides_of_a_change_of_the_clock(day: str, utc_hour: int) -> None:
    start = local_instant(datetime.fromisoformat(f"{day}T11:00"), "Europe/Berlin")

    text = calendar_text(entry(start), method=Method.REQUEST, now=start)

    assert f"DTSTART;TZID=Europe/Berlin:{day.replace('-', '')}T110000" in text
    assert "BEGIN:VTIMEZONE" in text
    assert read(text)["DTSTART"].dt.astimezone(UTC).hour == utc_hour


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/New_York", "2026-11-01T00:30"),
        ("Australia/Lord_Howe", "2026-10-04T01:00"),
        ("Asia/Kolkata", "2026-06-01T18:00"),
    ],
)
def test_an_event_over_a_change_of_the_clock_lasts_as_long_as_it_lasts(zone: str, wall: str) -> None:
    start = local_instant(datetime.fromisoformat(wall), zone)

    found = read(calendar_text(entry(start, zone, minutes=180), method=Method.REQUEST, now=start))

    assert found["DTEND"].dt.astimezone(UTC) - found["DTSTART"].dt.astimezone(UTC) == timedelta(hours=3)
    assert found["DTSTART"].dt.astimezone(UTC) == start


def test_names_with_quotes_and_commas_are_read_back_and_no_line_is_too_long() -> None:
    text = calendar_text(
        entry(datetime(2026, 10, 21, 9, tzinfo=UTC)), method=Method.REQUEST,
        attendee=Attendee("ann@kunde.example", "Ann\r\nX-EVIL:1"), now=datetime(2026, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    found = read(text)

    assert found["SUMMARY"] == "Drill; part 1, again"
    assert found["ORGANIZER"].params["CN"] == "Björn 'Bo'; Partner, Berlin"
    assert found["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "\r\nX-EVIL" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("END:VCALENDAR\r\n")


def entries(event: Planned, name: str = "ann") -> list[tuple[str, icalendar.Event]]:
    """What a registrant's calendar got, as (method, entry), in order."""
    found = [calendar for to, _subject, calendar, _text in event.letters() if to.startswith(name) and calendar]
    return [(str(icalendar.Calendar.from_ical(text)["METHOD"]), read(text)) for text in found]


def move(event: Planned, start: datetime, *, place: str = "", join_url: str = "https://meet.example/1") -> None:
    with acting(event.by):
        set_event_date(event_id=event.id, start=start, join_url=join_url, place=place, by=event.by, now=clock.now())
    session.commit()
    post()


def wall(event: Planned) -> datetime:
    with acting(event.by):
        return datetime.fromisoformat(event.row().start_local)


def test_the_confirmation_brings_the_entry_and_a_new_date_brings_the_same_entry_with_a_higher_number(
    people: People,
) -> None:
    event = planned(people)
    come(event, "Ann")
    post()

    move(event, wall(event) + timedelta(days=7))

    (first, before), (second, after) = entries(event)
    assert (first, second) == ("REQUEST", "REQUEST")
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTSTART"].dt - before["DTSTART"].dt >= timedelta(days=6, hours=22)
    assert event.letters()[-1].subject.startswith("New date")


def test_saving_the_date_unchanged_writes_to_nobody(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    post()
    with acting(event.by):
        start = event.row().starts_at.astimezone(clock.now().tzinfo)
        zone = event.row().zone
    same = LocalSchedule.of_instant(start, zone).wall
    move(event, same)
    mails = len(event.letters())

    move(event, same)

    assert len(event.letters()) == mails


def test_a_new_place_is_told_and_who_only_waits_gets_the_news_without_an_entry(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben")
    post()

    move(event, wall(event), place="Hauptstr. 1")

    assert [method for method, _entry in entries(event)] == ["REQUEST", "REQUEST"]
    assert entries(event)[-1][1]["LOCATION"] == "Hauptstr. 1"
    assert entries(event, "ben") == []
    assert len([1 for to, *_rest in event.letters() if to.startswith("ben")]) == 2


def test_calling_the_event_off_takes_it_out_of_calendars_once(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben")
    post()

    for _time in range(2):
        with acting(event.by):
            cancel_event(event_id=event.id, by=event.by, now=clock.now())
        session.commit()
        post()

    (_method, asked), (method, gone) = entries(event)
    assert (method, str(gone["STATUS"])) == ("CANCEL", "CANCELLED")
    assert gone["UID"] == asked["UID"]
    assert int(gone["SEQUENCE"]) > int(asked["SEQUENCE"])
    assert len([1 for _to, subject, *_rest in event.letters() if subject.startswith("Called off")]) == 2


def test_who_cancels_and_registers_again_gets_ever_higher_numbers(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    with acting(event.by):
        seats.give_back(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())
    session.commit()
    post()
    come(event, "Ann")
    post()

    found = entries(event)

    assert [method for method, _entry in found] == ["CANCEL", "REQUEST"]  # the first yes was over before it was written
    numbers = [int(one["SEQUENCE"]) for _method, one in found]
    assert numbers == sorted(set(numbers))


def test_the_mail_carries_the_entry_as_an_alternative_in_the_partners_name(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    post()
    with acting(event.by):
        message = session.scalars(sa.select(Message).where(Message.kind == "registrant")).one()
        mail = message_from_bytes(built(message, at=clock.now()).content)

    parts = {part.get_content_type(): part for part in mail.walk()}
    assert mail.get_content_type() == "multipart/alternative"
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert b"BEGIN:VEVENT" in parts["text/calendar"].get_payload(decode=True)
    assert "Alice's company" in str(mail["From"])
    assert mail["Reply-To"] == "hello@partner.example"


def test_a_date_in_the_past_and_an_event_that_is_over_are_refused(people: People) -> None:
    event = planned(people)
    with acting(event.by), pytest.raises(EventInThePast):
        set_event_date(
            event_id=event.id, start=datetime(2020, 1, 1, 11), join_url="", place="", by=event.by, now=clock.now()
        )
    with acting(event.by):
        session.get_one(Event, event.id).state = EventState.ENDED
        with pytest.raises(Conflict):
            cancel_event(event_id=event.id, by=event.by, now=clock.now())


def test_the_file_for_calendars_is_published_to_anybody_without_the_way_in(people: People, client: FlaskClient) -> None:
    event = planned(people)

    answer = client.get(f"{event.page}/event.ics")

    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar"
    assert str(icalendar.Calendar.from_ical(text)["METHOD"]) == "PUBLISH"
    assert "meet.example" not in text
