"""Windows at work: whoever comes to a mail outside its hours waits for it, and so does a mail that is late."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import DeliveryState, Recipient
from syndication.sending.opening import CLOSED
from syndication.sequences.stepping import take_due_steps
from tcma.contacts.models import Contact
from tcma.core import outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.test_windows import with_window
from tests.people import People
from tests.syndication.launches import Running, frozen, running, send
from tests.syndication.smtp_sink import SmtpSink

NIGHT = datetime(2026, 10, 2, 20, 30, tzinfo=UTC)  # a Friday in Berlin; the Saturday is a holiday in Germany
MORNING = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)  # the Monday, at eight


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The starter kit with mails on working days from eight to six."""
    for name, content in with_window(b"{}").files.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "kit"


def waiting_for(launch: Running) -> set[datetime | None]:
    return {one.due_at for one in launch.enrolments()}


def take(launch: Running, at: datetime) -> None:
    with acting(launch.by):
        take_due_steps(session.get_one(Launch, launch.id), now=at, limit=100)
    session.commit()


def test_a_campaign_that_starts_at_night_sends_on_the_next_working_day(people: People, kit: Path) -> None:
    launch = frozen(people, NIGHT, kit=kit)

    assert waiting_for(launch) == {MORNING}
    assert launch.deliveries() == []


def test_the_hours_and_holidays_are_those_of_the_contact(people: People, kit: Path) -> None:
    launch = running(people, NIGHT, kit=kit, persons=3)
    with acting(launch.by):
        abroad = session.get_one(Contact, launch.contacts[0])
        abroad.zone, abroad.country = "America/New_York", "US"
        nowhere = session.get_one(Contact, launch.contacts[1])
        nowhere.zone, nowhere.country = None, None
    session.commit()
    outbox.drain(now=NIGHT)

    due = {one.recipient_id: one.due_at for one in launch.enrolments()}
    with acting(launch.by):
        found = {one.contact_id: (one.zone, one.country, due[one.id]) for one in session.scalars(sa.select(Recipient))}
    # It is half past four in New York when the campaign starts in Berlin.
    assert found[launch.contacts[0]] == ("America/New_York", "US", NIGHT)
    assert found[launch.contacts[1]] == ("Europe/Berlin", "DE", MORNING)
    assert found[launch.contacts[2]] == ("Europe/Berlin", "DE", MORNING)


def test_the_partners_own_hours_hold_for_what_is_sent_and_for_what_is_late(people: People, kit: Path) -> None:
    launch = running(people, NIGHT, kit=kit)
    with acting(launch.by):
        found = session.get_one(Launch, launch.id)
        found.choices = {**found.choices, "window": {"from": "10:00", "until": "12:00", "days": "working"}}
    session.commit()
    outbox.drain(now=NIGHT)
    planned_for = waiting_for(launch)

    take(launch, MORNING + timedelta(hours=7))

    assert planned_for == {MORNING + timedelta(hours=2)}
    assert launch.deliveries() == []
    assert waiting_for(launch) == {MORNING + timedelta(days=1, hours=2)}


def test_whoever_is_late_because_the_campaign_was_paused_waits_for_the_next_hours(people: People, kit: Path) -> None:
    launch = frozen(people, MORNING, kit=kit)

    take(launch, MORNING + timedelta(hours=11))

    assert launch.deliveries() == []
    assert waiting_for(launch) == {MORNING + timedelta(days=1)}


def test_after_a_mail_that_was_late_the_next_keeps_to_its_hours_too(people: People, kit: Path) -> None:
    launch = frozen(people, MORNING, kit=kit)

    take(launch, MORNING + timedelta(days=3))

    # The second mail, planned for the Friday, would be three days late on a Monday.
    assert len(launch.deliveries()) == 3
    assert waiting_for(launch) == {datetime(2026, 10, 12, 7, 30, tzinfo=UTC)}


@pytest.mark.real("smtp")
def test_a_mail_that_is_in_hand_keeps_to_the_partners_own_hours(people: People, kit: Path, relayed: SmtpSink) -> None:
    launch = running(people, MORNING, kit=kit)
    with acting(launch.by):
        found = session.get_one(Launch, launch.id)
        found.choices = {**found.choices, "window": {"from": "08:00", "until": "12:00", "days": "working"}}
    session.commit()
    outbox.drain(now=MORNING)
    take(launch, MORNING + timedelta(hours=2))

    sent_after_noon = send(MORNING + timedelta(hours=6))
    held = launch.deliveries()

    assert sent_after_noon == 0
    assert held
    assert {(one.state, one.reason, one.next_try_at) for one in held} == {
        (DeliveryState.DEFERRED, CLOSED, MORNING + timedelta(days=1))
    }
    assert relayed.mails == []


@pytest.mark.real("smtp")
def test_a_mail_that_the_relay_kept_waiting_does_not_go_out_at_night(
    people: People, kit: Path, relayed: SmtpSink
) -> None:
    launch = frozen(people, MORNING, kit=kit)
    take(launch, MORNING + timedelta(hours=2))

    sent_at_night = send(MORNING + timedelta(hours=12))
    held = launch.deliveries()
    sent_next_day = send(MORNING + timedelta(days=1))

    assert sent_at_night == 0
    assert {(one.state, one.reason, one.next_try_at) for one in held} == {
        (DeliveryState.DEFERRED, CLOSED, MORNING + timedelta(days=1))
    }
    assert sent_next_day == 3
    assert len(relayed.mails) == 3


@pytest.mark.real("smtp")
def test_a_campaign_without_hours_sends_at_night(people: People, relayed: SmtpSink) -> None:
    frozen(people, NIGHT)

    assert send(NIGHT) == 3
