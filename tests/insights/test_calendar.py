"""The calendar: each side sees its own, and other programs read it at a secret address."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from icalendar import Calendar

from campaigns.models import Launch
from campaigns.operations.events import set_event_date
from campaigns.queries.launches import events_of
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.insights.calendars import feed_address
from tcma.insights.queries.calendar import Kind, entries
from tcma.mdf.models import Allocation, Fund
from tests.campaigns import rows
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def browser(app: Flask) -> Browser:
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def webinar(people: People) -> datetime:
    """The day of Alice's event; her campaign of Vera's kit runs, and a fund of Vera's has a share for her."""
    now = clock.now()
    launch, by = rows.running_launch(people), people.actor("alice")
    day = (now + timedelta(days=20)).replace(microsecond=0, second=0)
    with acting(by):
        event = events_of(launch.id)[0]
        set_event_date(event_id=event.id, start=day.replace(tzinfo=None), join_url="", place="", by=by, now=now)
        starts = event.starts_at
    vendor_id, partner_id, today = people.vendor.id, people.partner.id, now.date()
    with acting(people.actor("vera")):
        fund = Fund(
            vendor_id=vendor_id, name="Autumn", currency="EUR", starts_on=today,
            requests_until=today + timedelta(days=10), claims_until=today + timedelta(days=15),
        )  # fmt: skip
        session.add(fund)
        session.flush()
        lapses = today + timedelta(days=12)
        session.add(
            Allocation(vendor_id=vendor_id, partner_id=partner_id, fund_id=fund.id, lapses_on=lapses, created_at=now)
        )
        session.flush()
    session.commit()
    outbox.drain(now=now)
    return starts


def seen_by(people: People, name: str) -> dict[Kind, str]:
    now, actor = clock.now(), people.actor(name)
    with acting(actor):
        found = entries(actor=actor, since=now - timedelta(days=2), until=now + timedelta(days=60), language="en")
        assert [one.at.isoformat()[:10] for one in found] == sorted(one.at.isoformat()[:10] for one in found)
        return {one.kind: one.title for one in found}


def test_a_partner_sees_campaigns_posts_events_and_deadlines(people: People, webinar: datetime) -> None:
    found = seen_by(people, "alice")

    assert {Kind.RUN, Kind.POST, Kind.EVENT, Kind.LAPSES, Kind.REQUESTS_UNTIL, Kind.CLAIMS_UNTIL} <= set(found)
    assert found[Kind.LAPSES] == "Autumn"


def test_a_vendor_sees_how_many_partners_start_and_nothing_of_others(people: People, webinar: datetime) -> None:
    now, actor = clock.now(), people.actor("vera")
    with acting(actor):
        found = entries(actor=actor, since=now - timedelta(days=2), until=now + timedelta(days=60), language="en")
        runs = [(one.count, type(one.at)) for one in found if one.kind is Kind.RUN]
        events = [one.who for one in found if one.kind is Kind.EVENT]

    assert runs == [(1, date)]
    assert events == ["Alice's company"]
    assert Kind.LAPSES not in {one.kind for one in found}


def test_a_stranger_sees_nothing_of_it(people: People, webinar: datetime) -> None:
    assert set(seen_by(people, "charlie")) <= {Kind.KIT_OPENS, Kind.KIT_ENDS}
    assert seen_by(people, "viktor") == {}


def test_the_page_shows_a_month_and_leads_on(people: People, webinar: datetime, browser: Browser) -> None:
    signed_in(browser, people.alice)

    page = browser.get(f"/calendar?month={webinar:%Y-%m}")
    odd = browser.get("/calendar?month=2026-13")

    with acting(people.actor("alice")):
        launch = session.query(Launch).one().public_id
    assert f"/campaigns/launches/{launch}" in page.text
    assert odd.status_code == 200


def test_the_address_gives_a_calendar_that_programs_read(people: People, webinar: datetime, browser: Browser) -> None:
    signed_in(browser, people.alice)
    browser.post("/calendar/address")
    with acting(people.actor("alice")):
        address = urlsplit(str(feed_address(people.alice.id))).path

    answer = browser.application.test_client().get(address)

    read = Calendar.from_ical(answer.data)
    found = {str(one["uid"]): one for one in read.walk("VEVENT")}
    kinds = {key.partition(".")[0] for key in found}
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert {"run", "post", "event", "lapses"} <= kinds
    assert len(found) == len(read.walk("VEVENT"))
    event = next(one for key, one in found.items() if key.startswith("event."))
    assert event["dtstart"].dt == webinar
    lapse = next(one for key, one in found.items() if key.startswith("lapses."))
    assert type(lapse["dtstart"].dt) is date
    assert b"\r\n" in answer.data


def test_a_renewed_address_ends_the_one_before(people: People, webinar: datetime, browser: Browser) -> None:
    signed_in(browser, people.alice)
    addresses = []
    for _time in range(2):
        browser.post("/calendar/address")
        with acting(people.actor("alice")):
            addresses.append(urlsplit(str(feed_address(people.alice.id))).path)

    stranger = browser.application.test_client()

    assert [stranger.get(one).status_code for one in addresses] == [404, 200]
    assert stranger.get("/calendar/nonsense.ics").status_code == 404
