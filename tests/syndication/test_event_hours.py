"""What an event does at its hours: reminders at theirs and never afterwards, and each the mail that fits in the end."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Event, EventState, Launch, LaunchState, Registrant, RegistrantState
from campaigns.operations.events import set_event_date
from syndication.events import clock as hours
from syndication.events import door, reporting
from syndication.models import Enrolment, EnrolmentState, Recipient
from tcma.core import clock
from tcma.core.calendar import local_instant
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.models import Due
from tcma.core.tenancy import acting
from tests.contacts.rows import contact
from tests.people import People
from tests.syndication.event_rows import Planned, come, planned, post


def look(event: Planned, at: datetime) -> datetime | None:
    with acting(event.by):
        again = hours.look_at_event(event_id=event.id, by=event.by, now=at)
    session.commit()
    post(at)
    return again


def begin(event: Planned, at: datetime) -> None:
    with acting(event.by):
        hours.plan_looks(launch_id=event.launch_id, now=at)
    session.commit()


def subjects(event: Planned, to: str = "") -> list[str]:
    return [subject.partition(":")[0] for address, subject, *_rest in event.letters() if address.startswith(to)]


def starts_at(event: Planned) -> datetime:
    with acting(event.by):
        return event.row().starts_at


def test_reminders_come_at_their_hours_to_those_with_a_place_alone(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben")
    start = starts_at(event)
    begin(event, clock.now())

    for before in (timedelta(days=8), timedelta(days=6, hours=23), timedelta(hours=23), timedelta(minutes=59)):
        look(event, start - before)

    assert subjects(event, "ann").count("Soon") == 3
    assert "Soon" not in subjects(event, "ben")


def test_a_reminder_whose_hour_had_passed_when_the_date_was_set_is_left_out(people: People) -> None:
    event = planned(people, ahead=timedelta(days=3))
    come(event, "Ann")
    begin(event, clock.now())

    look(event, clock.now() + timedelta(minutes=1))

    assert "Soon" not in subjects(event)
    with acting(event.by):
        assert session.scalars(sa.select(Due.due_at).where(Due.kind == "event")).one() > clock.now()


def test_after_a_halt_only_the_latest_reminder_goes_out_and_none_once_it_has_begun(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    start = starts_at(event)
    begin(event, clock.now())

    look(event, start - timedelta(hours=2))
    look(event, start + timedelta(minutes=1))

    assert subjects(event).count("Soon") == 1


def test_a_paused_campaign_holds_its_reminders_and_a_stopped_one_sends_none(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    start = starts_at(event)
    begin(event, clock.now())
    for state, expected in ((LaunchState.PAUSED, 0), (LaunchState.RUNNING, 1), (LaunchState.STOPPED, 1)):
        with acting(event.by):
            session.get_one(Launch, event.launch_id).state = state
        session.commit()
        look(event, start - (timedelta(hours=30) if state is LaunchState.STOPPED else timedelta(days=5)))

        assert subjects(event).count("Soon") == expected


def test_days_before_are_counted_on_the_clocks_of_the_event(people: People) -> None:
    event = planned(people)
    monday = local_instant(datetime(2027, 3, 29, 11), "Europe/Berlin")  # the day after the clocks went forward
    with acting(event.by):
        row = event.row()
        row.starts_at, row.zone = monday, "Europe/Berlin"
        found = dict(hours.reminders_of(row))

    assert found["reminder-1d0h"] == datetime(2027, 3, 28, 9, tzinfo=UTC)
    assert found["reminder-7d0h"] == datetime(2027, 3, 22, 10, tzinfo=UTC)


def test_moving_the_date_moves_the_reminders(people: People) -> None:
    event = planned(people)
    come(event, "Ann")
    with acting(event.by):
        wall = datetime.fromisoformat(event.row().start_local) + timedelta(days=30)
        set_event_date(
            event_id=event.id, start=wall, join_url="https://meet.example/1", place="", by=event.by, now=clock.now()
        )
    session.commit()
    post()
    old = starts_at(event) - timedelta(days=30)

    look(event, old - timedelta(minutes=30))
    assert "Soon" not in subjects(event)
    look(event, starts_at(event) - timedelta(minutes=30))
    assert "Soon" in subjects(event)


def held(people: People, *names: str, came: tuple[str, ...] = ()) -> tuple[Planned, datetime]:
    """An event that has just ended, with these people, of whom some came."""
    event = planned(people, capacity=50, ahead=timedelta(hours=2))
    come(event, *names)
    start = starts_at(event)
    for name in came:
        with acting(event.by):
            door.check_in(registrant_id=event.registrant(name), by=event.by, now=start)
        session.commit()
    return event, start


def test_the_list_closes_itself_three_hours_after_the_end_and_each_gets_their_mail(people: People) -> None:
    event, start = held(people, "Ann", "Ben", came=("Ann",))

    look(event, start + timedelta(hours=1))
    assert event.states() == {"Ann": "attended", "Ben": "confirmed"}
    again = look(event, start + timedelta(hours=4))

    assert again is None
    assert event.states() == {"Ann": "attended", "Ben": "no_show"}
    assert subjects(event, "ann")[-1] == "Thank you for coming"
    assert subjects(event, "ben")[-1] == "We missed you"


def test_the_mails_afterwards_say_what_the_kit_says_in_the_registrants_language_and_the_partners_name(
    people: People,
) -> None:
    event, start = held(people, "Ann", "Ben", came=("Ann",))
    with acting(event.by):
        session.get_one(Registrant, event.registrant("Ben")).language = "de"
        reporting.report_attendance(event_id=event.id, by=event.by, now=start + timedelta(hours=1))
    session.commit()
    post(start + timedelta(hours=1))

    words = {to: (subject, text) for to, subject, _calendar, text in event.letters()}
    assert words["ann@kunde.example"][0] == "Thank you for coming: what to do in the next ten minutes"
    assert "Alice's company sets up a drill with you" in words["ann@kunde.example"][1]
    assert words["ben@kunde.example"][0] == "Sie haben uns gefehlt: fünf falsche Mails in fünf Minuten"


def test_a_list_that_nobody_kept_waits_for_a_person(people: People) -> None:
    event, start = held(people, "Ann")

    look(event, start + timedelta(days=2))

    assert event.states() == {"Ann": "confirmed"}
    with acting(event.by):
        assert event.row().state is EventState.ENDED


def test_closing_the_list_twice_writes_once_and_before_the_event_it_is_refused(people: People) -> None:
    event, start = held(people, "Ann", came=("Ann",))
    with acting(event.by), pytest.raises(Conflict):
        reporting.report_attendance(event_id=event.id, by=event.by, now=start - timedelta(hours=1))
    for _time in range(2):
        with acting(event.by):
            reporting.report_attendance(event_id=event.id, by=event.by, now=start + timedelta(hours=1))
        session.commit()
        post(start + timedelta(hours=1))

    assert subjects(event).count("Thank you for coming") == 1


def test_whom_the_campaigns_own_sequence_still_writes_to_gets_no_second_mail(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, start = held(people, "Ann", "Ben", came=("Ann", "Ben"))
    monkeypatch.setattr(reporting, "_has_mail", lambda _launch, _what: True)
    guest = contact(people.partner).id
    with acting(event.by):
        recipient = Recipient(
            partner_id=event.by.partner_id, launch_id=event.launch_id, contact_id=guest, language="en", zone="UTC"
        )
        session.add(recipient)
        session.flush()
        session.add(
            Enrolment(
                partner_id=event.by.partner_id, recipient_id=recipient.id, launch_id=event.launch_id,
                state=EnrolmentState.ACTIVE, next_step="follow", due_at=start + timedelta(days=1),
            )
        )  # fmt: skip
        session.get_one(Registrant, event.registrant("Ann")).contact_id = guest
        reporting.report_attendance(event_id=event.id, by=event.by, now=start + timedelta(hours=1))
    session.commit()
    post(start + timedelta(hours=1))

    assert subjects(event, "ann").count("Thank you for coming") == 0
    assert subjects(event, "ben").count("Thank you for coming") == 1


def test_an_event_goes_live_and_ends_by_itself(people: People) -> None:
    event, start = held(people, "Ann")

    seen = []
    for after in (timedelta(minutes=1), timedelta(hours=1)):
        look(event, start + after)
        with acting(event.by):
            seen.append(session.get_one(Event, event.id).state)

    assert seen == [EventState.LIVE, EventState.ENDED]
    assert event.states()["Ann"] == RegistrantState.CONFIRMED.value
