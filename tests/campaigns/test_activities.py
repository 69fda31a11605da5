"""What is done beside a campaign: what costs money becomes work with a day, and its money is asked for, proved and paid."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from assets.svg import rasterised
from campaigns.models import Launch, LaunchTask
from campaigns.operations import doing, launches
from campaigns.operations.writing import with_files
from campaigns.queries.activities import Beside, activities_beside
from tcma.core import clock, outbox
from tcma.core.calendar import LocalSchedule
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.mdf import operations as funds
from tcma.mdf.models import (
    Activity,
    ActivityDecision,
    ActivityState,
    ClaimState,
    Fund,
    FundRequest,
    Proof,
    RequestState,
)
from tcma.mdf.operations import PlannedActivity, Quote
from tcma.mdf.operations.requests import RequestMovedOn, share_borne
from tcma.mdf.standing import Stage, stage_of
from tests.campaigns.kits import LOGO, published, starter, with_logo
from tests.campaigns.test_api import keyed
from tests.factories import NOW
from tests.mdf import money
from tests.people import People
from tests.signing_in import Browser, signed_in

ADS = "search-ads"
POSTER = (
    "  - {key: poster, kind: custom_activity, title: {t: tactics.flyer}, summary: {t: ads.summary}, proof: [photo]}\n"
)


@pytest.fixture(autouse=True)
def _at_nine(now: datetime) -> Iterator[None]:
    clock.use_offset(lambda: now - datetime.now(now.tzinfo))
    yield
    clock.use_offset(timedelta)


@pytest.fixture
def launch(people: People, now: datetime) -> Launch:
    """A campaign of Alice's company that runs, with a poster to hang up and ads that cost €600."""
    kit = starter()
    manifest = kit.files["kit.yaml"] + POSTER.encode()
    version = published(people, now, with_files(kit, {"kit.yaml": manifest}))
    with_logo(people)
    with acting(people.actor("alice")) as by:
        begun = launches.begin_launch(kit_version_id=version.id, by=by, now=now)
        return launches.launch_kit(launch_id=begun.id, by=by, now=now)


def beside(people: People, launch: Launch, key: str = ADS, who: str = "alice") -> Beside:
    with acting(people.actor(who)):
        return next(one for one in activities_beside(launch) if one.key == key)


def ask(people: People, launch: Launch, fund: Fund, **more: Any) -> Activity:
    """Money for the ads, asked for as their link does it."""
    planned = PlannedActivity(
        "digital_ads", "Search ads", money.DAY, Money(60_000, "EUR"), ADS, ("invoice", "ad_report"), 50, **more
    )
    with acting(people.actor("alice")) as alice:
        asked = funds.request_funds(
            fund=fund, activities=[planned], launch_id=launch.id, kit_id=launch.kit_id, by=alice, now=NOW
        )
    return money.activities(people, asked)[0]


def decide(people: People, activity: Activity) -> None:
    with acting(people.actor("amir")) as amir:
        request = session.get_one(FundRequest, activity.request_id)
        funds.approve_request(request=request, by=amir, now=NOW)


def test_what_costs_money_is_work_of_the_campaign_with_an_owner_and_a_day(people: People, launch: Launch) -> None:
    one = beside(people, launch)

    assert one.task is not None
    assert (one.task.owner_name, one.task.is_done) == ("Alice", False)
    assert one.task.due_at == NOW + timedelta(days=14)
    assert (one.cost, one.proof) == (Money(60_000, "EUR"), ("invoice", "ad_report"))
    assert one.expected


def test_what_the_partner_left_out_is_no_work_and_costs_nothing(people: People, now: datetime) -> None:
    version = published(people, now)
    with_logo(people)
    with acting(people.actor("alice")) as by:
        begun = launches.begin_launch(kit_version_id=version.id, by=by, now=now)
        launches.choose_look(launch_id=begun.id, language="en", left_out=[ADS], by=by, now=now)
        started = launches.launch_kit(launch_id=begun.id, by=by, now=now)

        assert activities_beside(started) == []
        assert session.scalars(sa.select(LaunchTask.key)).all() == []


def test_the_vendors_share_stands_beside_what_is_left_for_it(people: People, launch: Launch) -> None:
    money.fund(people, name="Small", share=10_000)
    fund = money.fund(people, name="Large", rate_percent=30)

    one = beside(people, launch)

    assert one.draws_from is not None
    assert (one.draws_from.fund.name, one.draws_from.left) == ("Large", Money(500_000, "EUR"))
    assert (one.percent, one.borne, one.is_enough) == (30, Money(18_000, "EUR"), True)
    assert fund.rate_percent == 30


def test_its_money_is_asked_for_approved_claimed_and_paid(people: People, launch: Launch) -> None:
    fund, seen = money.fund(people), [beside(people, launch).stage]
    activity = ask(people, launch, fund)
    seen.append(beside(people, launch).stage)
    decide(people, activity)
    seen.append(beside(people, launch).stage)
    with acting(people.actor("alice")) as alice:
        report = money.PDF
        funds.upload_proof(activity=activity, kind="ad_report", data=report, file_name="r.pdf", by=alice, now=NOW)
    claim = money.handed_in(people, activity, 60_000)
    seen.append(beside(people, launch).stage)
    settlement = money.owed(people, claim)
    with acting(people.actor("fiona")) as fiona:
        funds.release_settlement(settlement=settlement, reference="B-1", by=fiona, now=NOW)
    seen.append(beside(people, launch).stage)

    assert seen == [Stage.OPEN, Stage.ASKED, Stage.APPROVED, Stage.CLAIMED, Stage.PAID]


def test_what_was_withdrawn_may_be_asked_for_again(people: People, launch: Launch) -> None:
    fund = money.fund(people)
    activity = ask(people, launch, fund)
    with acting(people.actor("alice")) as alice:
        request = session.get_one(FundRequest, activity.request_id)
        funds.withdraw_request(request=request, by=alice, now=NOW)
    assert beside(people, launch).stage is Stage.OPEN

    ask(people, launch, fund)

    assert beside(people, launch).stage is Stage.ASKED


@given(
    request=st.sampled_from(RequestState),
    decision=st.sampled_from(ActivityDecision),
    claims=st.lists(st.sampled_from(ClaimState), max_size=4),
)
def test_it_is_paid_only_when_everything_that_was_claimed_is(
    request: RequestState, decision: ActivityDecision, claims: list[ClaimState]
) -> None:
    stage = stage_of(request, decision, claims)

    counted = [one for one in claims if one not in {ClaimState.DRAFT, ClaimState.REJECTED, ClaimState.REVERSED}]
    assert (stage is Stage.PAID) == (bool(counted) and all(one is ClaimState.PAID for one in counted))
    assert (stage in {Stage.CLAIMED, Stage.PAID}) == bool(counted)


@given(fund=st.integers(1, 100), kit=st.none() | st.integers(0, 100))
def test_neither_the_fund_nor_the_kit_is_asked_for_more_than_its_share(fund: int, kit: int | None) -> None:
    borne = share_borne(Fund(rate_percent=fund), kit)

    assert borne == min(fund, 100 if kit is None else kit)


def test_ticking_it_off_says_that_the_funded_activity_took_place_and_proves_it(people: People, launch: Launch) -> None:
    activity = ask(people, launch, money.fund(people))
    decide(people, activity)
    activity_id = activity.id
    with acting(people.actor("bob")) as bob:
        task = session.scalars(sa.select(LaunchTask).where(LaunchTask.key == ADS)).one()
        shown = doing.Shown(rasterised(LOGO, side=300), "ads.png", "ad_report")
        doing.tick_off(task_id=task.id, shown=shown, by=bob, now=NOW)
        session.flush()
    session.commit()
    outbox.drain(now=NOW)

    with acting(people.actor("amir")):
        assert session.get_one(Activity, activity_id).state is ActivityState.EXECUTED
        (proof,) = session.scalars(sa.select(Proof).where(Proof.kind == "ad_report")).all()
        assert (proof.state, proof.file_name) == ("submitted", "ads.png")


def test_its_day_is_the_partners_and_stays_when_the_event_moves(people: People, launch: Launch, now: datetime) -> None:
    on = (now + timedelta(days=30)).date()
    with acting(people.actor("bob")) as bob:
        task = session.scalars(sa.select(LaunchTask).where(LaunchTask.key == ADS)).one()
        doing.date_task(task_id=task.id, on=on, by=bob, now=now)
        launches.follow_event(launch_id=launch.id, now=now)

        assert LocalSchedule.of_instant(task.due_at, launch.zone).wall.date() == on
        for odd in (now.date() - timedelta(days=2), now.date() + timedelta(days=500)):
            with pytest.raises(doing.OddDay):
                doing.date_task(task_id=task.id, on=odd, by=bob, now=now)


def test_what_the_kit_plans_keeps_its_day(people: People, launch: Launch, now: datetime) -> None:
    with acting(people.actor("alice")) as alice:
        poster = session.scalars(sa.select(LaunchTask).where(LaunchTask.key == "poster")).one()

        with pytest.raises(doing.DayFollowsPlan):
            doing.date_task(task_id=poster.id, on=now.date(), by=alice, now=now)


def test_a_quote_belongs_to_what_is_approved(people: People, launch: Launch) -> None:
    activity = ask(people, launch, money.fund(people), quote=Quote(money.PDF, "offer.pdf"))
    with acting(people.actor("alice")) as alice:
        request = session.get_one(FundRequest, activity.request_id)
        seen, kept = request.content_hash, activity.quote_digest
        funds.attach_quote(activity=activity, quote=Quote(money.OTHER_PDF, "better.pdf"), by=alice, now=NOW)

    with acting(people.actor("amir")) as amir:
        with pytest.raises(RequestMovedOn):
            funds.approve_request(request=request, seen=seen, by=amir, now=NOW)
        funds.approve_request(request=request, seen=request.content_hash, by=amir, now=NOW)
    with acting(people.actor("alice")) as alice, pytest.raises(RequestMovedOn):
        funds.attach_quote(activity=activity, quote=Quote(money.PDF, "late.pdf"), by=alice, now=NOW)
    assert (activity.quote_file_name, activity.quote_digest != kept) == ("better.pdf", True)


def test_from_its_page_the_request_is_filled_in_with_one_click(
    people: People, launch: Launch, browser: Browser
) -> None:
    money.fund(people)
    with acting(people.actor("alice")):
        address, name = f"/campaigns/launches/{launch.public_id}", launch.name
    money.keep()
    signed_in(browser, people.alice)

    page = browser.get(address).text
    link = page.split("/funds/requests/new?")[1].split('"')[0].replace("&amp;", "&")
    form = browser.get(f"/funds/requests/new?{link}").text
    sent = {
        "form_key": "one-press", "launch": address.rpartition("/")[2], "tactic": ADS, "title": "Search ads",
        "activity_type": "digital_ads", "happens_on": money.DAY.isoformat(), "cost": "600.00", "share": "40",
        "proof": "invoice,ad_report", "fund": form.split('name="fund" value="')[1].split('"')[0],
        "note": "Forty leads", "quote": (BytesIO(money.PDF), "offer.pdf"),
    }  # fmt: skip
    made = browser.post("/funds/requests/new", data=sent, content_type="multipart/form-data")

    assert "€600.00" in page
    assert "€300.00, which is 50 %" in page
    assert "€5,000.00" in page
    assert 'value="600.00"' in form
    assert name in form
    assert (NOW + timedelta(days=14)).date().isoformat() in form
    request = browser.get(made.location).text
    assert "€240.00" in request
    assert "offer.pdf" in request
    assert "Asked for" in browser.get(address).text


def test_a_quote_that_is_no_document_is_said_at_its_field_and_the_rest_stays_typed(
    people: People, launch: Launch, browser: Browser
) -> None:
    fund = money.fund(people).public_id
    money.keep()
    signed_in(browser, people.alice)
    sent = {
        "form_key": "k", "title": "Search ads", "activity_type": "digital_ads", "happens_on": money.DAY.isoformat(),
        "cost": "600.00", "fund": fund, "quote": (BytesIO(b"MZ\x00\x01"), "run.exe"),
    }  # fmt: skip

    refused = browser.post("/funds/requests/new", data=sent, content_type="multipart/form-data")

    assert refused.status_code == 422
    assert 'value="600.00"' in refused.text
    assert 'id="quote-error"' in refused.text


def test_each_side_reads_the_quote_and_a_stranger_does_not(people: People, launch: Launch, browser: Browser) -> None:
    activity = ask(people, launch, money.fund(people), quote=Quote(money.PDF, "offer.pdf"))
    address = f"/funds/activities/{activity.public_id}/quote"
    money.keep()

    answers = {}
    for who in ("alice", "bob", "amir", "charlie", "viktor"):
        answers[who] = signed_in(browser, getattr(people, who)).get(address, follow_redirects=True).status_code

    assert answers == {"alice": 200, "bob": 200, "amir": 200, "charlie": 404, "viktor": 404}


def test_the_page_of_its_work_shows_the_money_and_lets_its_day_be_changed(
    people: People, launch: Launch, browser: Browser
) -> None:
    money.fund(people)
    work = beside(people, launch).task
    assert work is not None
    money.keep()
    address = f"/campaigns/to-do/{work.public_id}"
    signed_in(browser, people.bob)

    page = browser.get(address).text
    moved = browser.post(f"{address}/day", data={"on": (NOW + timedelta(days=20)).date().isoformat()})
    past = browser.post(f"{address}/day", data={"on": "2020-01-01"})

    assert "€300.00, which is 50 %" in page
    assert (moved.status_code, past.status_code) == (303, 422)
    assert "from today on" in past.text


def test_the_api_tells_the_same(people: People, launch: Launch, browser: Browser) -> None:
    fund = money.fund(people)
    with acting(people.actor("alice")):
        address, named = f"/api/v1/launches/{launch.public_id}", launch.public_id
    fund_id = fund.public_id
    money.keep()
    keyed(browser, people, "alice")

    ads, poster = browser.get(f"{address}/activities").json["items"]
    planned = {
        "activity_type": ads["activity_type"], "title": ads["title"], "happens_on": money.DAY.isoformat(),
        "cost": ads["cost"], "proof_wanted": ads["proof_wanted"], "tactic": ads["key"],
        "share_percent": ads["share_percent"],
    }  # fmt: skip
    asked = browser.post(
        "/api/v1/requests", json={"fund_id": ads["draws_from"]["fund_id"], "launch_id": named, "activities": [planned]}
    ).json
    after = browser.get(f"{address}/activities").json["items"][0]
    dated = browser.put(f"/api/v1/tasks/{ads['task']}/day", json={"on": (NOW + timedelta(days=3)).date().isoformat()})
    fixed = browser.put(f"/api/v1/tasks/{poster['task']}/day", json={"on": NOW.date().isoformat()})

    assert (ads["stage"], ads["borne"], ads["draws_from"]["fund_id"]) == (
        "open", {"minor": 30_000, "currency": "EUR"}, fund_id,
    )  # fmt: skip
    assert (poster["kind"], poster["cost"], poster["proof_wanted"]) == ("custom_activity", None, ["photo"])
    assert (after["stage"], after["request_id"]) == ("asked", asked["public_id"])
    assert asked["activities"][0]["rate_percent"] == 50
    assert (dated.status_code, fixed.status_code) == (200, 422)


def test_what_is_asked_for_besides_the_kit_stands_with_the_rest(people: People, launch: Launch) -> None:
    asked = money.request(people, money.fund(people), 20_000, launch_id=launch.id)

    with acting(people.actor("alice")):
        own = activities_beside(launch)[-1]

    assert (own.kind, own.title, own.stage) == ("own", "Search ads 1", Stage.ASKED)
    assert own.funding is not None
    assert own.funding.request.id == asked.id


def test_neither_a_stranger_nor_the_vendor_reads_what_is_beside_a_campaign(
    people: People, launch: Launch, browser: Browser
) -> None:
    with acting(people.actor("alice")):
        address = f"/api/v1/launches/{launch.public_id}/activities"
    session.commit()

    answers = [keyed(browser, people, who).get(address).status_code for who in ("bob", "charlie", "vera", "viktor")]

    assert answers == [200, 404, 403, 403]
