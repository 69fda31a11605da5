"""What hangs on an event's date: it waits for the date, comes at its day, moves with it, and is over when it is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.manifest import read_kit
from campaigns.models import Event, Launch, LaunchTask, Registrant
from campaigns.operations import launches
from campaigns.operations.events import set_event_date
from campaigns.operations.running import StepFollowsEvent, move_step
from campaigns.queries.timelines import timeline
from syndication.events.seat_links import seat_token
from syndication.models import Delivery, Enrolment, Post, Recipient
from syndication.sequences.stepping import NOT_MET, TOO_LATE, take_due_steps
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.models import Due
from tcma.core.tenancy import acting
from tests.campaigns.kits import STARTER, published, with_logo
from tests.contacts.rows import a_list, contact
from tests.people import People

STEPS = """
      - {key: invite, kind: email, after: {days: -14, at: "10:00", from: event}, subject: {t: mails.second.subject}, preheader: {t: mails.second.preheader}, body: mail/second.mjml}
      - {key: remind, kind: email, after: {days: -1, at: "10:00", from: event}, when: {not_responded: true}, subject: {t: mails.second.subject}, preheader: {t: mails.second.preheader}, body: mail/second.mjml}
      - {key: follow, kind: email, after: {days: 1, at: "10:00", from: event}, when: {registered: true}, subject: {t: mails.third.subject}, preheader: {t: mails.third.preheader}, body: mail/third.mjml}
      - {key: ring, kind: task, after: {days: 2, at: "09:00", from: event}, title: {t: call.task}, due_days: 0}

  - key: posts
"""
POST = """
      - {key: soon, networks: [linkedin], text: {t: posts.offer}, after: {days: -3, at: "10:00", from: event}}

  - {key: banner, kind"""
LATER = datetime.fromisoformat("2026-10-21T11:00")
UTC_OF_LATER = datetime(2026, 10, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The starter kit, with mails, a task and a post around its webinar, and only the first mail before them."""
    folder = Path(copytree(STARTER, tmp_path / "kit"))
    manifest = folder / "kit.yaml"
    text = manifest.read_text()
    before, rest = text.split("      - {key: wait-1", 1)
    after = rest.split("  - key: posts\n", 1)[1]
    after = after.replace("\n  - {key: banner, kind", POST, 1)
    manifest.write_text(before.rstrip() + STEPS + after)
    return folder


def started(people: People, now: datetime, kit: Path, event_start: datetime | None = None, persons: int = 2) -> Launch:
    with_logo(people)
    version_id = published(people, now, read_kit(kit)).id
    customers = a_list(people.partner)
    for _number in range(persons):
        contact(people.partner, on=customers)
    by = people.actor("alice")
    with acting(by):
        launch = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        launches.choose_look(launch_id=launch.id, language="en", left_out=[], event_start=event_start, by=by, now=now)
        launches.choose_audience(launch_id=launch.id, list_ids=[customers.id], by=by, now=now)
        launch = launches.launch_kit(launch_id=launch.id, by=by, now=now)
        launch_id = launch.id
    session.commit()
    run(now)
    with acting(by):
        return session.get_one(Launch, launch_id)


def run(now: datetime) -> None:
    """Let the listeners of what was told do their work."""
    outbox.drain(now=now)
    session.expire_all()


def plan(people: People, start: datetime, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        event_id = session.scalars(sa.select(Event.id)).one()
        set_event_date(event_id=event_id, start=start, join_url="https://meet.example/1", place="", by=by, now=now)
    session.commit()
    run(now)


def take(people: People, launch: Launch, at: datetime) -> None:
    """Take the steps that are due, as a sender does."""
    with acting(people.actor("alice")):
        while take_due_steps(session.get_one(Launch, launch.id), now=at, limit=100):
            pass
    session.commit()


def waits_for(people: People) -> set[tuple[str | None, datetime | None]]:
    with acting(people.actor("alice")):
        return {(row.next_step, row.due_at) for row in session.scalars(sa.select(Enrolment))}


def dates(people: People) -> tuple[dict[str, datetime], set[datetime]]:
    """When the tasks are due, and the post about the event."""
    with acting(people.actor("alice")):
        planned = sa.select(LaunchTask).where(LaunchTask.key != "search-ads")  # that day is the partner's own
        tasks = {task.key: task.due_at for task in session.scalars(planned)}
        return tasks, set(session.scalars(sa.select(Post.due_at).where(Post.key == "soon")))


def test_without_a_date_a_campaign_starts_and_what_hangs_on_the_event_waits(
    people: People, now: datetime, kit: Path
) -> None:
    launch = started(people, now, kit)
    take(people, launch, now + timedelta(days=1))

    assert dates(people) == ({}, set())
    assert waits_for(people) == {(None, None)}


def test_a_date_that_is_set_later_gives_everything_around_it_its_time(people: People, now: datetime, kit: Path) -> None:
    launch = started(people, now, kit)
    take(people, launch, now + timedelta(days=1))

    plan(people, LATER, now + timedelta(days=2))

    tasks, posts = dates(people)
    assert tasks == {"ring": datetime(2026, 10, 23, 7, 0, tzinfo=UTC)}
    assert posts == {datetime(2026, 10, 18, 8, 0, tzinfo=UTC)}
    assert waits_for(people) == {("invite", datetime(2026, 10, 7, 8, 0, tzinfo=UTC))}
    assert session.scalars(sa.select(Due.due_at).where(Due.kind == "sequence")).one() <= UTC_OF_LATER


def test_a_date_that_is_moved_moves_everything_that_is_not_out_yet(people: People, now: datetime, kit: Path) -> None:
    launch = started(people, now, kit, event_start=LATER)
    take(people, launch, now + timedelta(days=1))
    take(people, launch, datetime(2026, 10, 7, 9, 0, tzinfo=UTC))
    assert waits_for(people) == {("remind", datetime(2026, 10, 20, 8, 0, tzinfo=UTC))}

    plan(people, LATER + timedelta(days=7), datetime(2026, 10, 8, 9, 0, tzinfo=UTC))

    tasks, posts = dates(people)
    assert tasks == {"ring": datetime(2026, 10, 30, 8, 0, tzinfo=UTC)}  # the clocks have changed in between
    assert posts == {datetime(2026, 10, 25, 9, 0, tzinfo=UTC)}
    assert waits_for(people) == {("remind", datetime(2026, 10, 27, 9, 0, tzinfo=UTC))}


def test_an_invitation_whose_day_has_passed_is_left_out_and_not_sent_at_once(
    people: People, now: datetime, kit: Path
) -> None:
    launch = started(people, now, kit, event_start=datetime.fromisoformat("2026-09-16T11:00"))
    take(people, launch, now + timedelta(days=1))

    assert waits_for(people) == {("remind", datetime(2026, 9, 15, 8, 0, tzinfo=UTC))}
    with acting(people.actor("alice")):
        keys = [entry.key for entry in timeline(session.get_one(Launch, launch.id), start=now, now=now)]
    assert "invite" not in keys
    assert "remind" in keys


def test_a_reminder_that_was_held_until_the_event_is_named_and_not_sent(
    people: People, now: datetime, kit: Path
) -> None:
    launch = started(people, now, kit, event_start=LATER)
    take(people, launch, now + timedelta(days=1))
    take(people, launch, datetime(2026, 10, 7, 9, 0, tzinfo=UTC))

    take(people, launch, UTC_OF_LATER + timedelta(hours=1))

    with acting(people.actor("alice")):
        chosen = sa.select(Delivery.state, Delivery.reason).where(Delivery.step == "remind")
        assert {(state.value, reason) for state, reason in session.execute(chosen)} == {("skipped", TOO_LATE)}


def test_a_launch_is_not_over_before_what_follows_its_event(people: People, now: datetime, kit: Path) -> None:
    launch = started(people, now, kit, event_start=LATER)

    with acting(people.actor("alice")):
        over = launches.ends_at(session.get_one(Launch, launch.id))
        due = session.scalars(sa.select(Due.due_at).where(Due.kind == "launch")).one()

    assert over == datetime(2026, 10, 23, 7, 0, tzinfo=UTC) + timedelta(days=14)
    assert due == over


def test_who_registers_goes_on_to_what_follows_and_is_not_asked_again(
    people: People, now: datetime, kit: Path, app: Flask
) -> None:
    today = clock.now()
    event_day = (today + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    launch = started(people, today, kit, event_start=event_day, persons=1)
    take(people, launch, today + timedelta(days=1))
    with acting(people.actor("alice")):
        slug = f"{launch.page_slug}-webinar"
        address = session.scalars(sa.select(Recipient)).one()
        email = (
            session.connection()
            .execute(sa.text("SELECT email FROM contact WHERE id = :id"), {"id": address.contact_id})
            .scalar_one()
        )
    form = {"first_name": "Ann", "last_name": "Miller", "email": email, "company": "Miller"}
    app.test_client().post(f"/e/{slug}", data=form)

    for day in (17, 29, 31):
        take(people, launch, today + timedelta(days=day, hours=12))

    with acting(people.actor("alice")):
        found = session.execute(sa.select(Delivery.step, Delivery.state, Delivery.reason).order_by(Delivery.id)).all()
    assert [(step, state.value, reason) for step, state, reason in found] == [
        ("first", "ready", None), ("invite", "ready", None), ("remind", "skipped", NOT_MET), ("follow", "ready", None),
    ]  # fmt: skip


def test_the_way_in_is_told_to_those_who_have_a_seat_and_to_nobody_else(people: People, kit: Path, app: Flask) -> None:
    today = clock.now()
    event_day = (today + timedelta(days=30)).replace(tzinfo=None)
    launch = started(people, today, kit, event_start=event_day, persons=1)
    page = f"/e/{launch.page_slug}-webinar"
    plan(people, event_day, today)
    browser = app.test_client()

    answer = browser.post(
        page, data={"first_name": "Ann", "last_name": "Miller", "email": "ann@praxis.example", "company": "Miller"}
    )

    with acting(people.actor("alice")):
        seat = seat_token(session.scalars(sa.select(Registrant)).one())
    assert seat in answer.headers["Location"]
    mine = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "https://meet.example/1" in mine
    assert b"meet.example" in browser.get(f"{page}/event.ics?seat={seat}").data
    for stranger in (page, f"{page}/seat/{seat[:-3]}abc", f"{page}/event.ics"):
        assert b"meet.example" not in browser.get(stranger).data


def test_a_step_around_the_event_is_not_moved_alone(people: People, now: datetime, kit: Path) -> None:
    launch, by = started(people, now, kit, event_start=LATER), people.actor("alice")

    with acting(by), pytest.raises(StepFollowsEvent):
        move_step(launch_id=launch.id, tactic="mails", key="remind", at=LATER, by=by, now=now)
