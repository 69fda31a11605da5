"""A partner's own hours for the mails of one campaign: within what the kit allows, chosen before the start, then fixed."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaigns.manifest import KitPackage, load
from campaigns.manifest.times import Days, Window
from campaigns.models import Launch
from campaigns.operations import launches
from campaigns.operations.hours import HoursRefused, choose_hours
from campaigns.queries.launches import schedule_of
from campaigns.timing import planned
from campaigns.windows import faults_of, own_window, with_own_window
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.campaigns.kits import published, starter, with_logo
from tests.campaigns.test_api import keyed
from tests.campaigns.test_windows import SWITCHES, ZONES, is_open, windows, with_window
from tests.people import People
from tests.signing_in import Browser, signed_in

OFFICE = Window(from_="09:00", until="17:00")
EVENINGS = Window(from_="18:00", until="21:00", days="every")
NIGHT = datetime(2026, 10, 2, 20, 30, tzinfo=UTC)  # a Friday in Berlin; the Saturday is a holiday in Germany


def faults(own: Window, package: KitPackage) -> list[str]:
    kit, findings = load(package)
    assert kit is not None, findings
    return faults_of(own, kit.manifest)


@given(own=windows(), zone=st.sampled_from(sorted(ZONES)), back=st.booleans(), hours=st.integers(-60, 40))
def test_every_mail_goes_out_in_the_partners_hours_on_both_changes_of_the_clocks(
    own: Window, zone: str, back: bool, hours: int
) -> None:
    kit, _findings = load(with_window(b'{from: "06:00", until: "07:00"}'))
    assert kit is not None
    start = SWITCHES[zone][back] + timedelta(hours=hours)

    found = planned(with_own_window(kit.manifest, own), start=start, zone=zone, country=ZONES[zone])

    mails = [one for one in found if one.kind == "email"]
    assert len(mails) == 3
    assert all(is_open(own, one.due_at, zone) for one in mails)
    assert all(before.due_at <= after.due_at for before, after in pairwise(mails))


def test_without_own_hours_a_campaign_is_as_the_kit_has_it() -> None:
    kit, _findings = load(with_window(b"{}"))
    assert kit is not None

    assert with_own_window(kit.manifest, None) is kit.manifest


@pytest.mark.parametrize(
    ("own", "kit", "says"),
    [
        (OFFICE, b"{}", None),
        (Window(from_="19:00", until="00:00"), b"{}", None),
        (Window(from_="17:00", until="09:00"), b"{}", "Leave an hour at least"),
        (Window(from_="09:00", until="09:00"), b"{}", "Leave an hour at least"),
        (Window(from_="09:00", until="09:59"), b"{}", "Leave an hour at least"),
        (Window(from_="23:30", until="00:00"), b"{}", "Leave an hour at least"),
        (Window(days="weekdays"), b"{}", "on fewer days than these"),
        (Window(days="working"), b"{days: every}", None),
        (OFFICE, b"{lock: [hours]}", "The kit sets the hours: 08:00 to 18:00."),
        (Window(days="working"), b"{days: weekdays, lock: [hours]}", None),
        (OFFICE, b"{days: weekdays, lock: [days]}", "The kit sets the days"),
        (OFFICE, b"{lock: [days]}", None),
    ],
)
def test_hours_that_are_empty_or_against_the_kit_are_refused_with_words(
    own: Window, kit: bytes, says: str | None
) -> None:
    found = faults(own, with_window(kit))

    assert (found == []) is (says is None)
    assert all(says in one for one in found if says)


def test_a_kit_without_hours_leaves_them_to_the_partner() -> None:
    assert faults(EVENINGS, starter()) == []


def test_a_kit_that_locks_something_else_is_refused() -> None:
    _kit, findings = load(with_window(b"{lock: [minutes]}"))

    assert any(finding.is_error for finding in findings)


def begun(people: People, now: datetime, package: KitPackage | None = None) -> Launch:
    with_logo(people)
    version_id = published(people, now, package).id
    by = people.actor("alice")
    with acting(by):
        launch = launches.begin_launch(kit_version_id=version_id, by=by, now=now)
        session.flush()
    return launch


def test_the_hours_are_kept_for_the_launch_and_fixed_by_its_start(people: People) -> None:
    launch, by = begun(people, NIGHT), people.actor("alice")

    with acting(by):
        choose_hours(launch_id=launch.id, window=OFFICE, by=by, now=NIGHT)
        launches.launch_kit(launch_id=launch.id, by=by, now=NIGHT)
        first = next(one for one in schedule_of(launch) if one.kind == "email")
        with pytest.raises(Conflict):
            choose_hours(launch_id=launch.id, window=EVENINGS, by=by, now=NIGHT)
        assert own_window(launch.choices) == OFFICE

    assert first.due_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%m-%d %H:%M") == "10-05 09:00"


def test_refused_hours_leave_those_that_were_there(people: People) -> None:
    launch, by = begun(people, NIGHT, with_window(b"{lock: [hours]}")), people.actor("alice")
    fewer: Days = "working"

    with acting(by):
        choose_hours(launch_id=launch.id, window=Window(days=fewer), by=by, now=NIGHT)
        with pytest.raises(HoursRefused):
            choose_hours(launch_id=launch.id, window=EVENINGS, by=by, now=NIGHT)
        assert own_window(launch.choices) == Window(days=fewer)
        choose_hours(launch_id=launch.id, window=None, by=by, now=NIGHT)
        assert own_window(launch.choices) is None


def test_the_last_screen_offers_own_hours_and_says_what_holds(people: People, browser: Browser) -> None:
    where = f"/campaigns/launches/{rows.begun(people)['public_id']}"
    session.commit()
    signed_in(browser, people.alice)
    mine = {"whose": "own", "opens": "09:00", "closes": "17:00", "days": "working"}

    refused = browser.post(f"{where}/hours", data={**mine, "closes": "08:00"})
    kept = browser.post(f"{where}/hours", data=mine)
    form = browser.get(f"{where}/hours").text

    assert refused.status_code == 422
    assert "Leave an hour at least between the first and the last minute" in refused.text
    assert kept.status_code == 303
    assert 'value="09:00"' in form
    with acting(people.actor("alice")):
        found = session.scalars(sa.select(Launch)).one()
        assert own_window(found.choices) == OFFICE
    browser.post(f"{where}/hours", data={**mine, "whose": "kit"})
    with acting(people.actor("alice")):
        session.expire_all()
        assert own_window(session.scalars(sa.select(Launch)).one().choices) is None


def test_the_api_sets_reads_and_drops_the_hours_for_nobody_else(people: People, browser: Browser) -> None:
    where = f"/api/v1/launches/{rows.begun(people)['public_id']}/hours"
    session.commit()
    hours = {"start": "09:00", "end": "17:00", "days": "working"}
    keyed(browser, people, "alice")

    put = browser.put(where, json=hours)
    read = browser.get(where).json
    empty = browser.put(where, json={**hours, "end": "09:00"})
    odd = browser.put(where, json={**hours, "start": "9"})
    dropped = browser.delete(where).json
    stranger = keyed(browser, people, "charlie")

    assert put.json == read == {"own": hours}
    assert (empty.status_code, odd.status_code) == (422, 422)
    assert "Leave an hour at least" in empty.json["title"]
    assert dropped == {"own": None}
    assert [stranger.get(where).status_code, stranger.put(where, json=hours).status_code] == [404, 404]


def test_midnight_is_the_end_of_the_day_and_not_an_empty_window() -> None:
    assert Window(from_="22:00", until="00:00").hours[1] == time(0)
    assert faults(Window(from_="22:00", until="00:00"), starter()) == []
