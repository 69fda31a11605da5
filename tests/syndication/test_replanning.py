"""Steps of a campaign that runs: moved, skipped and taken up again, with everybody who waits for them."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.manifest import KitPackage
from campaigns.models import Launch, LaunchTask
from campaigns.operations import launches, running
from campaigns.operations.launches import OddStart
from campaigns.operations.running import StepIsOver, StepOutOfOrder
from campaigns.queries.timelines import timeline
from syndication.models import Delivery, Enrolment, Post, PostState
from syndication.sequences.stepping import LEFT_ASIDE, take_due_steps
from tcma.core import outbox
from tcma.core.db import session
from tcma.core.models import AuditEntry, Due
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, starter, with_logo
from tests.contacts.rows import a_list, contact
from tests.people import People

SECOND = {"tactic": "mails", "key": "second"}


CALL = b"        when: {clicked: true}\n        title: {t: call.task}"


def with_a_plain_call() -> KitPackage:
    """The starter kit with a call that nobody has to click for."""
    files = dict(starter().files)
    assert CALL in files["kit.yaml"]
    files["kit.yaml"] = files["kit.yaml"].replace(CALL, CALL.partition(b"\n")[2])
    return KitPackage(files)


@pytest.fixture
def launch_id(people: People, now: datetime) -> int:
    """A campaign with two people that began just now; the first mail is made."""
    with_logo(people)
    version_id = published(people, now, with_a_plain_call()).id
    customers = a_list(people.partner)
    for _number in range(2):
        contact(people.partner, on=customers)
    by = people.actor("alice")
    with acting(by):
        launch = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        launches.choose_look(launch_id=launch.id, language="en", left_out=[], by=by, now=now)
        launches.choose_audience(launch_id=launch.id, list_ids=[customers.id], by=by, now=now)
        found = launches.launch_kit(launch_id=launch.id, by=by, now=now).id
    session.commit()
    run(now)
    take(people, found, now)
    return found


def run(now: datetime) -> None:
    outbox.drain(now=now)
    session.expire_all()


def take(people: People, launch_id: int, at: datetime) -> None:
    with acting(people.actor("alice")):
        while take_due_steps(session.get_one(Launch, launch_id), now=at, limit=100):
            pass
    session.commit()


def changed(people: People, what: str, launch_id: int, now: datetime, **step: object) -> None:
    by = people.actor("alice")
    with acting(by):
        getattr(running, what)(launch_id=launch_id, by=by, now=now, **step)
    session.commit()
    run(now)


def due_of(people: People, launch_id: int, now: datetime) -> dict[str, datetime]:
    with acting(people.actor("alice")):
        launch = session.get_one(Launch, launch_id)
        return {one.key: one.due_at for one in timeline(launch, start=launch.starts_at or now, now=now)}


def local(instant: datetime, days: int = 0) -> datetime:
    """The wall time in Berlin, which is two hours ahead in September."""
    return (instant + timedelta(hours=2, days=days)).replace(tzinfo=None, second=0, microsecond=0)


def test_a_mail_that_is_moved_comes_at_its_new_time_for_everybody(
    people: People, launch_id: int, now: datetime
) -> None:
    before = due_of(people, launch_id, now)["second"]
    changed(people, "move_step", launch_id, now, **SECOND, at=local(before, days=1))

    with acting(people.actor("alice")):
        waiting = set(session.execute(sa.select(Enrolment.next_step, Enrolment.due_at)))
        rings = session.scalars(sa.select(Due.due_at).where(Due.kind == "sequence")).one()
    assert {due for _step, due in waiting} == {before + timedelta(days=1)}
    assert rings <= before + timedelta(days=1)
    take(people, launch_id, before + timedelta(hours=1))
    with acting(people.actor("alice")):
        assert set(session.scalars(sa.select(Delivery.step))) == {"first"}


def test_a_skipped_mail_goes_to_nobody_and_everybody_goes_on(people: People, launch_id: int, now: datetime) -> None:
    due = due_of(people, launch_id, now)
    changed(people, "skip_step", launch_id, now, **SECOND)

    for key in ("second", "third"):
        take(people, launch_id, due[key] + timedelta(minutes=1))

    with acting(people.actor("alice")):
        made = session.execute(sa.select(Delivery.step, Delivery.state, Delivery.reason).distinct()).all()
    assert {(step, state.value, reason) for step, state, reason in made if step != "first"} == {
        ("second", "skipped", LEFT_ASIDE), ("third", "ready", None),
    }  # fmt: skip


def test_a_step_that_was_skipped_can_be_taken_up_until_its_time(people: People, launch_id: int, now: datetime) -> None:
    due = due_of(people, launch_id, now)["second"]
    changed(people, "skip_step", launch_id, now, **SECOND)
    changed(people, "take_step_up", launch_id, now, **SECOND)

    take(people, launch_id, due + timedelta(minutes=1))

    with acting(people.actor("alice")):
        states = session.scalars(sa.select(Delivery.state).where(Delivery.step == "second")).all()
    assert {state.value for state in states} == {"ready"}
    with pytest.raises(StepIsOver):
        changed(people, "skip_step", launch_id, due, **SECOND)


def test_posts_follow_the_step_that_they_are_of(people: People, launch_id: int, now: datetime) -> None:
    ahead = {key: at for key, at in due_of(people, launch_id, now).items() if at > now}
    key, due = next((key, at) for key, at in ahead.items() if _posts(people, key))
    place = {"tactic": "posts", "key": key}

    changed(people, "move_step", launch_id, now, **place, at=local(due, days=2))
    moved = _posts(people, key)
    changed(people, "skip_step", launch_id, now, **place)
    skipped = _posts(people, key)
    changed(people, "take_step_up", launch_id, now, **place)

    assert {at for _state, at in moved} == {due + timedelta(days=2)}
    assert {state for state, _at in skipped} == {PostState.REJECTED}
    assert _posts(people, key) == moved


def _posts(people: People, key: str) -> set[tuple[PostState, datetime]]:
    with acting(people.actor("alice")):
        found = session.execute(sa.select(Post.state, Post.due_at).where(Post.key == key))
        return {(state, at) for state, at in found}


OF_THE_KITS_PLAN = LaunchTask.key != "search-ads"


def test_a_skipped_task_is_taken_away_and_comes_back(people: People, launch_id: int, now: datetime) -> None:
    with acting(people.actor("alice")):
        key = session.scalars(sa.select(LaunchTask.key).where(OF_THE_KITS_PLAN)).one()

    changed(people, "skip_step", launch_id, now, tactic="mails", key=key)
    with acting(people.actor("alice")):
        gone = session.scalars(sa.select(LaunchTask).where(OF_THE_KITS_PLAN)).all()
    changed(people, "take_step_up", launch_id, now, tactic="mails", key=key)

    with acting(people.actor("alice")):
        there = session.scalars(sa.select(LaunchTask.key).where(OF_THE_KITS_PLAN)).all()
        assert (gone, there) == ([], [key])


def test_a_mail_does_not_come_before_the_one_that_it_follows(people: People, launch_id: int, now: datetime) -> None:
    due = due_of(people, launch_id, now)

    with pytest.raises(StepOutOfOrder):
        changed(people, "move_step", launch_id, now, tactic="mails", key="third", at=local(due["second"], days=-1))


def test_a_step_is_not_moved_into_the_past_nor_after_it_is_over(people: People, launch_id: int, now: datetime) -> None:
    with pytest.raises(OddStart):
        changed(people, "move_step", launch_id, now, **SECOND, at=local(now, days=-1))
    with pytest.raises(StepIsOver):
        changed(people, "move_step", launch_id, now, tactic="mails", key="first", at=local(now, days=1))


def test_a_change_is_on_the_record(people: People, launch_id: int, now: datetime) -> None:
    changed(people, "skip_step", launch_id, now, **SECOND)

    with acting(people.actor("alice")):
        row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "launch.step_skipped")).one()
    assert (row.before["skipped"], row.after["skipped"]) == (False, True)
    assert row.after["step"] == "mails/second"


def test_a_stopped_campaign_is_not_changed_any_more(people: People, launch_id: int, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        launches.stop_launch(launch_id=launch_id, by=by, now=now)
    session.commit()

    with pytest.raises(StepIsOver):
        changed(people, "skip_step", launch_id, now, **SECOND)
