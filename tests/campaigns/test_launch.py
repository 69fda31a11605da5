"""A launch: what its start fixes, when things are due, and what stops it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.models import Event, EventState, Launch, LaunchState
from campaigns.operations import kits, launches
from campaigns.operations.launches import KitNotOpen, NotReadyToLaunch
from campaigns.queries.launches import launch_may_run, side_of_launch
from campaigns.queries.timelines import timeline
from campaigns.tasks import look_at_launches
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Due, Outbox, PublicAddress
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile, Partnership, PartnershipState
from tests.campaigns.kits import published, with_logo
from tests.people import People


@pytest.fixture
def version_id(people: People, now: datetime) -> int:
    with_logo(people)
    return published(people, now).id


def launched(people: People, version_id: int, now: datetime, start: datetime | None = None, **look: object) -> Launch:
    by = people.actor("alice")
    with acting(by):
        begun = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        choices = {"language": "en", "left_out": [], **look}
        launches.choose_look(launch_id=begun.id, by=by, now=now, **choices)  # type: ignore[arg-type]
        launches.choose_audience(launch_id=begun.id, list_ids=[], by=by, now=now)
        launch = launches.launch_kit(launch_id=begun.id, start=start, by=by, now=now)
        session.flush()
    return launch


def test_a_start_fixes_the_brand_and_opens_the_page(people: People, version_id: int, now: datetime) -> None:
    launch = launched(people, version_id, now)

    with acting(people.actor("alice")):
        session.scalars(sa.select(BrandProfile)).one().phone = "+49 1"
        session.flush()
        assert launch.state is LaunchState.RUNNING
        assert side_of_launch(launch).brand["phone"] == "+49 30 1234567"
        address = session.scalars(sa.select(PublicAddress).where(PublicAddress.slug == launch.page_slug)).one()
    assert (address.purpose, address.object_id) == ("page", launch.id)


def test_a_start_tells_it_once(people: People, version_id: int, now: datetime) -> None:
    launched(people, version_id, now)

    told = session.scalars(sa.select(Outbox.listener).where(Outbox.fact == "launch.started")).all()
    assert "syndication.freeze" in told
    assert len(told) == len(set(told))
    assert session.scalar(sa.select(sa.func.count()).select_from(Due).where(Due.kind == "launch")) == 1


def test_tasks_and_events_get_their_dates(people: People, version_id: int, now: datetime) -> None:
    launched(people, version_id, now)

    with acting(people.actor("alice")):
        event = session.scalars(sa.select(Event)).one()
    assert event.state is EventState.DRAFT
    assert event.starts_at.weekday() == 2
    assert event.start_local.endswith("11:00")


def test_a_confirmed_date_opens_the_registration(people: People, version_id: int, now: datetime) -> None:
    launched(people, version_id, now, event_start=datetime.fromisoformat("2026-10-07T10:00"))

    with acting(people.actor("alice")):
        event = session.scalars(sa.select(Event)).one()
    assert (event.state, event.start_local) == (EventState.REGISTRATION_OPEN, "2026-10-07T10:00")


def test_what_was_left_out_is_not_planned(people: People, version_id: int, now: datetime) -> None:
    launch = launched(people, version_id, now, left_out=["posts", "webinar"])

    with acting(people.actor("alice")):
        kinds = {entry.kind for entry in timeline(launch, start=now, now=now)}
        assert session.scalars(sa.select(Event)).all() == []
    assert "social_post" not in kinds


def test_a_planned_start_begins_at_its_hour(people: People, version_id: int, now: datetime) -> None:
    launch_id = launched(people, version_id, now, start=datetime.fromisoformat("2026-09-10T09:00")).id
    session.commit()

    before = now + timedelta(days=2)
    after = now + timedelta(days=3)
    with acting(people.actor("alice")):
        early = launch_may_run(launch_id, now=before)
        session.commit()
    look_at_launches(after)

    with acting(people.actor("alice")):
        assert early is False
        assert session.get_one(Launch, launch_id).state is LaunchState.RUNNING
        assert launch_may_run(launch_id, now=after)


def test_a_launch_is_over_two_weeks_after_its_last_step(people: People, version_id: int, now: datetime) -> None:
    launch_id = launched(people, version_id, now).id
    session.commit()

    look_at_launches(now + timedelta(days=60))

    with acting(people.actor("alice")):
        assert session.get_one(Launch, launch_id).state is LaunchState.COMPLETED


def test_nothing_goes_out_while_it_is_paused(people: People, version_id: int, now: datetime) -> None:
    launch, by = launched(people, version_id, now), people.actor("alice")

    with acting(by):
        running = launch_may_run(launch.id, now=now)
        launches.pause_launch(launch_id=launch.id, by=by, now=now)
        session.flush()
        assert (running, launch_may_run(launch.id, now=now)) == (True, False)


def test_a_recall_holds_at_once(people: People, version_id: int, now: datetime) -> None:
    launch_id = launched(people, version_id, now).id
    by = people.actor("vera")

    with acting(by):
        kits.recall_version(version_id=version_id, reason="Wrong price.", by=by, now=now)

    with acting(people.actor("alice")):
        assert not launch_may_run(launch_id, now=now)
        assert session.get_one(Launch, launch_id).state is LaunchState.RECALLED


def test_an_off_boarded_partner_sends_nothing_more(people: People, version_id: int, now: datetime) -> None:
    launch_id = launched(people, version_id, now).id

    with acting(Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)):
        session.scalars(sa.select(Partnership)).one().state = PartnershipState.OFFBOARDING
        session.flush()
        assert not launch_may_run(launch_id, now=now)


def test_a_stopped_launch_cannot_be_resumed(people: People, version_id: int, now: datetime) -> None:
    launch, by = launched(people, version_id, now), people.actor("alice")

    with acting(by):
        launches.stop_launch(launch_id=launch.id, by=by, now=now)
        with pytest.raises(launches.Conflict):
            launches.resume_launch(launch_id=launch.id, by=by, now=now)


def test_everything_that_is_missing_is_said_at_once(people: People, version_id: int, now: datetime) -> None:
    with acting(Actor.system("test", partner_id=people.partner.id)):
        profile = session.scalars(sa.select(BrandProfile)).one()
        profile.street = profile.phone = ""
        session.flush()

    with pytest.raises(NotReadyToLaunch, match=r"street.*telephone"):
        launched(people, version_id, now)


def test_a_kit_that_is_out_of_its_dates_is_not_begun(people: People, version_id: int, now: datetime) -> None:
    with pytest.raises(KitNotOpen):
        launched(people, version_id, datetime(2030, 1, 1, tzinfo=now.tzinfo))


def test_a_campaign_that_was_begun_is_gone_on_with(people: People, version_id: int, now: datetime) -> None:
    by = people.actor("bob")

    with acting(by):
        first = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        again = launches.begin_launch(kit_version_id=version_id, by=by, now=now + timedelta(hours=1))

    assert first.id == again.id
