"""The four ways a kit reaches a partner: done oneself, taken as it comes, prepared by the vendor, subscribed to."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from campaigns.models import KitVersion, Launch, LaunchState, Service
from campaigns.operations import serving
from campaigns.operations.fitting import begin_fit
from campaigns.operations.launches import NotReadyToLaunch
from campaigns.operations.serving_mails import answer_link
from campaigns.queries.launches import lists_of
from campaigns.queries.serving import themes_of
from campaigns.tasks import look_at_launches
from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Conflict, NotFound
from tcma.core.models import AuditEntry, Message
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tests.campaigns import rows
from tests.campaigns.kits import with_logo
from tests.campaigns.test_api import keyed
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def customers(people: People) -> int:
    """Alice's company has a logo, and one customer on a list."""
    with_logo(people)
    customers = a_list(people.partner)
    contact(people.partner, on=customers)
    return customers.id


def on_offer(people: People, now: datetime) -> tuple[int, int, str]:
    """The starter kit, published; with the keys of version and vendor, and its theme."""
    version_id = rows.version(people).id
    with acting(people.actor("vera")):
        version = session.get_one(KitVersion, version_id)
        version.published_at = now - timedelta(days=1)
        found = (version.id, version.vendor_id, version.kit.theme)
    session.commit()
    return found


def prepared(people: People, now: datetime, start: datetime | None = None) -> int:
    """A campaign that Vera has prepared for Alice's company."""
    version_id, _vendor, _theme = on_offer(people, now)
    by = people.actor("vera")
    with acting(by):
        serving.prepare_launches(
            kit_version_id=version_id, partnership_ids=[people.partnership.public_id], start=start, by=by, now=now
        )
    session.commit()
    outbox.drain(now=now)
    with acting(people.actor("alice")):
        return session.scalars(sa.select(Launch.id)).one()


def subscribed(people: People, now: datetime, days: int = 5) -> int:
    """A campaign of a new kit whose theme Alice's company has subscribed to."""
    version_id, vendor_id, theme = on_offer(people, now)
    by = people.actor("alice")
    with acting(by):
        serving.choose_service(
            vendor_id=vendor_id, theme=theme, service=Service.SUBSCRIBED, veto_days=days, by=by, now=now
        )
    with acting(people.actor("vera")):
        version = session.get_one(KitVersion, version_id)
        version.published_at = now + timedelta(minutes=1)
        begin_fit(kit_ids=[version.kit_id], vendor_id=vendor_id, now=now)
    session.commit()
    outbox.drain(now=now)
    with acting(by):
        return session.scalars(sa.select(Launch.id)).one()


def state_of(people: People, launch_id: int) -> LaunchState:
    session.expire_all()
    with acting(people.actor("alice")):
        return session.get_one(Launch, launch_id).state


def mails(people: People, kind: str) -> list[Message]:
    with acting(people.actor("alice")):
        return list(session.scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id)))


def test_a_kit_taken_as_it_comes_has_everything_and_the_first_list(
    people: People, customers: int, now: datetime
) -> None:
    version_id, _vendor, _theme = on_offer(people, now)
    by = people.actor("alice")

    with acting(by):
        launch = serving.begin_with_defaults(kit_version_id=version_id, by=by, now=now)

        assert (launch.state, launch.service) == (LaunchState.READY, Service.DEFAULTS)
        assert lists_of(launch.id) == [customers]
        assert "left_out" not in launch.choices


def test_a_prepared_campaign_sends_nothing_before_the_yes(people: People, customers: int, now: datetime) -> None:
    launch_id, by = prepared(people, now), people.actor("bob")
    asked = {one.to_address for one in mails(people, "campaign_prepared")}
    look_at_launches(now + timedelta(days=30))
    before = state_of(people, launch_id)

    with acting(by):
        serving.say_yes(launch_id=launch_id, by=by, now=now)
        lists = lists_of(launch_id)

    assert asked == {"alice@example.com", "bob@example.com"}
    assert before is LaunchState.CUSTOMISING
    assert state_of(people, launch_id) is LaunchState.RUNNING
    assert lists == [customers]


def test_who_prepared_for_whom_is_on_record_at_both(people: People, customers: int, now: datetime) -> None:
    prepared(people, now)
    vera, partner_id = people.vera.user_id, people.partner.id

    for name in ("vera", "alice"):
        with acting(people.actor(name)):
            row = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "launch.prepared")).one()
            assert (row.user_id, row.on_behalf_of) == (vera, partner_id)


def test_a_vendor_prepares_for_its_own_partners_alone(people: People, customers: int, now: datetime) -> None:
    version_id, _vendor, _theme = on_offer(people, now)
    by = people.actor("viktor")

    with acting(by), pytest.raises(NotFound):
        serving.prepare_launches(
            kit_version_id=version_id, partnership_ids=[people.partnership.public_id], by=by, now=now
        )


def test_a_prepared_day_holds_when_the_yes_comes_before_it(people: People, customers: int, now: datetime) -> None:
    launch_id = prepared(people, now, start=datetime.fromisoformat("2026-09-21T09:00"))
    by = people.actor("alice")

    with acting(by):
        launch = session.get_one(Launch, launch_id)
        serving.say_yes(launch_id=launch_id, start=serving.prepared_start(launch, now=now), by=by, now=now)

        assert (launch.state, launch.start_local) == (LaunchState.SCHEDULED, "2026-09-21T09:00")


def test_a_new_kit_of_a_subscribed_theme_goes_out_after_the_days_of_grace(
    people: People, customers: int, now: datetime
) -> None:
    launch_id = subscribed(people, now)

    look_at_launches(now + timedelta(days=4))
    before = state_of(people, launch_id)
    look_at_launches(now + timedelta(days=5, minutes=1))

    assert before is LaunchState.READY
    assert state_of(people, launch_id) is LaunchState.RUNNING
    assert len(mails(people, "campaign_prepared")) == 2
    with acting(people.actor("alice")):
        started = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "launch.planned_by_subscription")
        ).one()
        assert started.on_behalf_of == people.partner.id


def test_a_no_keeps_a_subscribed_campaign_from_going_out(people: People, customers: int, now: datetime) -> None:
    launch_id, by = subscribed(people, now), people.actor("bob")

    with acting(by):
        serving.say_no(launch_id=launch_id, by=by, now=now)
    session.commit()
    look_at_launches(now + timedelta(days=6))

    assert state_of(people, launch_id) is LaunchState.STOPPED
    with acting(by), pytest.raises(Conflict):
        serving.say_yes(launch_id=launch_id, by=by, now=now)


def test_a_subscribed_campaign_that_cannot_start_says_why_and_waits(
    people: People, customers: int, now: datetime
) -> None:
    launch_id = subscribed(people, now)
    with acting(Actor.system("test", partner_id=people.partner.id)):
        session.scalars(sa.select(BrandProfile)).one().phone = ""
        session.flush()
    session.commit()

    look_at_launches(now + timedelta(days=6))
    outbox.drain(now=now + timedelta(days=6))

    assert state_of(people, launch_id) is LaunchState.READY
    assert "telephone" in mails(people, "campaign_held_back")[0].text


def test_a_kit_comes_once_by_subscription(people: People, customers: int, now: datetime) -> None:
    launch_id = subscribed(people, now)
    with acting(people.actor("alice")):
        version_id = session.get_one(Launch, launch_id).kit_version_id
    both = Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)

    with acting(both):
        again = serving.plan_subscribed(kit_version_id=version_id, by=both, now=now)

    assert again is None


def test_one_press_in_a_mail_starts_a_prepared_campaign(people: People, customers: int, browser: Browser) -> None:
    now = clock.now()
    launch_id = prepared(people, now)
    path = urlsplit(answer_link(people.bob.id, launch_id, now=now)).path

    looked = browser.get(path)
    unchanged = state_of(people, launch_id)
    pressed = browser.post(path, data={"answer": "yes"})
    browser.post(path, data={"answer": "no"})

    assert "Yes, start it" in looked.text
    assert unchanged is LaunchState.CUSTOMISING
    assert pressed.status_code == 303
    assert state_of(people, launch_id) is LaunchState.RUNNING


def test_one_press_in_a_mail_says_no_to_a_subscribed_campaign(people: People, customers: int, browser: Browser) -> None:
    now = clock.now()
    launch_id = subscribed(people, now)
    path = urlsplit(answer_link(people.alice.id, launch_id, now=now)).path

    assert "Do not send it" in browser.get(path).text
    browser.post(path, data={"answer": "no"})

    assert state_of(people, launch_id) is LaunchState.STOPPED
    assert "You said no" in browser.get(path).text


def test_a_link_of_another_company_opens_nothing(people: People, customers: int, browser: Browser) -> None:
    now = clock.now()
    launch_id = prepared(people, now)

    assert browser.get(urlsplit(answer_link(people.charlie.id, launch_id, now=now)).path).status_code == 404


def test_what_speaks_against_a_start_is_said_on_the_page_of_the_mail(
    people: People, customers: int, browser: Browser
) -> None:
    now = clock.now()
    launch_id = prepared(people, now)
    with acting(Actor.system("test", partner_id=people.partner.id)):
        session.scalars(sa.select(BrandProfile)).one().street = ""
        session.flush()
    session.commit()

    answer = browser.post(urlsplit(answer_link(people.alice.id, launch_id, now=now)).path, data={"answer": "yes"})

    assert answer.status_code == 422
    assert "street" in answer.text
    with acting(people.actor("alice")), pytest.raises(NotReadyToLaunch):
        serving.say_yes(launch_id=launch_id, by=people.actor("alice"), now=now)


def test_the_partner_chooses_per_theme_and_the_vendor_sees_it(people: People, customers: int, browser: Browser) -> None:
    _version, _vendor, theme = on_offer(people, clock.now())
    with acting(people.actor("vera")):
        kit = session.scalars(sa.select(KitVersion)).one().kit.public_id
    signed_in(browser, people.alice)

    saved = browser.post("/campaigns/service", data={"theme": theme, "place": "0", "service": "prepared"})
    odd = browser.post("/campaigns/service", data={"theme": theme, "place": "7", "service": "prepared"})
    with acting(people.actor("alice")):
        chosen = [row.service for row in themes_of(people.partner.id)]
    signed_in(browser, people.vera)

    assert (saved.status_code, odd.status_code) == (303, 404)
    assert chosen == [Service.PREPARED]
    assert "The vendor prepares; I say yes" in browser.get(f"/kits/{kit}/prepare").text


def test_the_api_answers_a_choice_with_how_every_theme_stands(people: People, browser: Browser) -> None:
    on_offer(people, clock.now())
    keyed(browser, people, "alice")
    (row,) = browser.get("/api/v1/service").json["items"]
    choice = {"vendor": row["vendor"], "theme": row["theme"], "service": "prepared"}

    answer = browser.put("/api/v1/service", json=choice)

    assert answer.status_code == 200
    assert [one["service"] for one in answer.json["items"]] == ["prepared"]
    assert browser.get("/api/v1/service").json == answer.json


def test_taking_it_as_it_comes_is_two_presses(people: People, customers: int, browser: Browser) -> None:
    on_offer(people, clock.now())
    with acting(people.actor("vera")):
        kit = session.scalars(sa.select(KitVersion)).one().kit.public_id
    signed_in(browser, people.alice)

    review = browser.post(f"/campaigns/{kit}/as-it-comes").location
    started = browser.post(review.replace("/review", "/start"), data={"moment": "now"})

    assert started.status_code == 303
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Launch.state)).one() is LaunchState.RUNNING
