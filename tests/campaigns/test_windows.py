"""Windows: mails go out in their hours, on their days, on the clocks of whoever gets them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaigns.content import content_of
from campaigns.manifest import KitPackage, load
from campaigns.manifest.editing import written_short
from campaigns.manifest.times import Window
from campaigns.models import Kit, KitState, KitVersion
from campaigns.operations.hours import as_written, set_hours
from campaigns.timing import Change, planned
from campaigns.windows import in_words, locks_of, opening, window_of_kit
from tcma.core.days_off import days_off
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tests.campaigns.example_kit import changed, checked
from tests.campaigns.kits import imported, published, starter, with_logo
from tests.campaigns.test_api import keyed
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import Browser, signed_in

ZONES = {"Europe/Berlin": "DE", "America/New_York": "US", "Australia/Lord_Howe": "AU", "America/Santiago": "CL"}
"""Two hemispheres, a switch by half an hour, and one at midnight."""
SWITCHES = {
    "Europe/Berlin": (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2027, 3, 14, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2027, 4, 3, 15, tzinfo=UTC)),
    "America/Santiago": (datetime(2026, 9, 6, 4, tzinfo=UTC), datetime(2027, 4, 4, 3, tzinfo=UTC)),
}
MINUTE = timedelta(minutes=1)


def is_open(window: Window, at: datetime, zone: str) -> bool:
    """Whether a mail may go out at an instant, told from what the wall shows and nothing else."""
    wall = at.astimezone(ZoneInfo(zone))
    opens, closes = window.hours
    if not opens <= wall.time() or (closes != time(0) and wall.time() >= closes):
        return False
    if window.days == "working":
        return wall.date() not in days_off(ZONES[zone], wall.year)
    return window.days == "every" or wall.weekday() < 5


def clocks(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Windows of an hour or more, some of them around the hours in which clocks change."""
    opens = draw(st.integers(0, 22 * 60))
    closes = draw(st.integers(opens + 60, 24 * 60)) % (24 * 60)
    return Window(
        from_=clocks(opens), until=clocks(closes), days=draw(st.sampled_from(("working", "weekdays", "every")))
    )


@given(
    window=windows(), zone=st.sampled_from(sorted(ZONES)), back=st.booleans(),
    minutes=st.integers(-3 * 24 * 60, 2 * 24 * 60),
)  # fmt: skip
def test_a_mail_waits_for_the_first_minute_of_its_window_on_both_changes_of_the_clocks(
    window: Window, zone: str, back: bool, minutes: int
) -> None:
    at = SWITCHES[zone][back] + timedelta(minutes=minutes)

    found = opening(window, at, zone=zone, country=ZONES[zone])

    waits = int((found - at) / MINUTE)
    # An hour that comes twice lies in its window by its first pass alone, so that nothing goes out twice in a day.
    assert found == at or is_open(window, found, zone)
    shut = [at + n * MINUTE for n in range(waits) if is_open(window, at + n * MINUTE, zone)]
    assert all(one.astimezone(ZoneInfo(zone)).fold for one in shut)


@given(window=windows(), zone=st.sampled_from(sorted(ZONES)), minutes=st.integers(0, 400 * 24 * 60))
def test_a_time_in_the_window_stays_as_it_is(window: Window, zone: str, minutes: int) -> None:
    found = opening(
        window, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), zone=zone, country=ZONES[zone]
    )

    assert opening(window, found, zone=zone, country=ZONES[zone]) == found


@pytest.mark.parametrize(
    ("due", "goes_out"),
    [
        ("2026-09-30 09:30", "2026-09-30 09:30"),
        ("2026-09-30 07:59", "2026-09-30 08:00"),
        ("2026-09-30 18:00", "2026-10-01 08:00"),
        ("2026-10-02 19:00", "2026-10-05 08:00"),  # a weekend with the day of German unity in it
        ("2026-12-24 20:00", "2026-12-28 08:00"),
        ("2027-03-25 20:00", "2027-03-30 08:00"),  # Easter, and the clocks go forward
    ],
)
def test_working_days_leave_weekends_and_holidays_out(due: str, goes_out: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime.fromisoformat(due).replace(tzinfo=berlin).astimezone(UTC)

    found = opening(Window(), at, zone="Europe/Berlin", country="DE")

    assert found.astimezone(berlin).strftime("%Y-%m-%d %H:%M") == goes_out


def test_the_holidays_are_those_of_the_country_and_not_of_the_zone() -> None:
    third_of_october = datetime(2025, 10, 3, 8, tzinfo=UTC)

    in_germany = opening(Window(), third_of_october, zone="Europe/Berlin", country="DE")
    in_austria = opening(Window(), third_of_october, zone="Europe/Berlin", country="AT")

    assert in_germany.date() == date(2025, 10, 6)
    assert in_austria == third_of_october


def test_a_country_that_is_not_known_works_from_monday_to_friday() -> None:
    assert date(2026, 10, 3) in days_off("ZZ", 2026)
    assert date(2026, 12, 25) not in days_off("ZZ", 2026)


def test_a_country_may_have_another_weekend() -> None:
    friday, sunday = date(2026, 6, 5), date(2026, 6, 7)

    assert friday in days_off("SA", 2026)
    assert sunday not in days_off("SA", 2026)


def with_window(window: bytes, *, on: bytes = b"    kind: email_sequence\n") -> KitPackage:
    """The starter kit whose sequence, or one of whose mails, has a window."""
    files = dict(starter().files)
    assert on in files["kit.yaml"]
    files["kit.yaml"] = files["kit.yaml"].replace(on, on + b"    window: " + window + b"\n", 1)
    return KitPackage(files)


def mails_of(package: KitPackage, start: datetime, **more: object) -> dict[str, str]:
    kit, findings = load(package)
    assert kit is not None, findings
    found = planned(kit.manifest, start=start, zone="Europe/Berlin", country="DE", **more)  # type: ignore[arg-type]
    berlin = ZoneInfo("Europe/Berlin")
    return {one.key: one.due_at.astimezone(berlin).strftime("%m-%d %H:%M") for one in found if one.kind == "email"}


def test_a_kit_that_says_nothing_sends_as_it_always_did() -> None:
    saturday = datetime(2026, 10, 3, 18, tzinfo=UTC)

    assert mails_of(starter(), saturday) == {"first": "10-03 20:00", "second": "10-07 09:30", "third": "10-13 10:15"}


def test_the_window_of_a_sequence_holds_for_each_of_its_mails() -> None:
    friday_night = datetime(2026, 10, 2, 18, tzinfo=UTC)

    found = mails_of(with_window(b'{from: "09:00", until: "10:00"}'), friday_night)

    assert found == {"first": "10-05 09:00", "second": "10-06 09:30", "third": "10-13 09:00"}


def test_a_mail_that_the_partner_moves_keeps_to_its_window() -> None:
    package, start = with_window(b"{}"), datetime(2026, 9, 7, 6, tzinfo=UTC)

    found = mails_of(package, start, changes={("mails", "second"): Change(datetime(2026, 9, 12, 7, 0))})

    assert found["second"] == "09-14 08:00"


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    window = 'kind: email_sequence\n    window: {from: "18:00", until: "08:00"}\n'
    report = checked(changed("kit.yaml", "kind: email_sequence\n", window))

    assert [str(one.message) for one in report.errors] == [
        "This window ends before it begins, so that no mail would ever go out."
    ]


def test_a_mail_that_counts_from_an_event_has_no_window() -> None:
    event_bound = "after: {days: -3, from: event}, window: {}, subject"
    report = checked(changed("kit.yaml", 'after: {days: 0, at: "09:30"}, subject', event_bound))

    assert any("comes when the event wants it" in str(one.message) for one in report.errors)


def test_the_hours_are_said_in_words_and_each_once() -> None:
    kit, _findings = load(with_window(b"{}"))
    assert kit is not None

    assert in_words(kit.manifest) == [
        "Mails go out from 08:00 to 18:00 on working days where each recipient is, not on public holidays."
    ]
    assert in_words(kit.manifest, left_out=["mails"]) == []


def test_the_partner_reads_the_hours_before_the_start_and_the_api_gives_them_with_each_step(
    people: People, now: datetime, browser: Browser
) -> None:
    with_logo(people)
    published(people, now, with_window(b"{}"))
    with acting(people.actor("alice")):
        contacts = a_list(people.partner)
        contact(people.partner, on=contacts)
        kit = session.scalars(sa.select(Kit.public_id)).one()
    session.commit()
    signed_in(browser, people.alice)

    second = browser.post(f"/campaigns/{kit}/start", data={"language": "en", "pieces": ["mails"]})
    review = browser.post(second.location, data={"lists": [contacts.public_id]}, follow_redirects=True)
    browser.post(second.location.replace("/audience", "/start"), data={"moment": "now"})
    keyed(browser, people, "alice")
    steps = browser.get(f"/api/v1/launches/{second.location.split('/')[-2]}/timeline").json["items"]

    assert "Mails go out from 08:00 to 18:00 on working days where each recipient is" in review.text
    assert {one["kind"]: one["window"] for one in steps if one["kind"] in ("email", "task")} == {
        "email": {"start": "08:00", "end": "18:00", "days": "working"},
        "task": None,
    }


def test_the_vendor_chooses_the_hours_of_a_mail_in_the_browser(people: People, now: datetime, browser: Browser) -> None:
    version = imported(people, now)
    version_id, page = version.id, f"/kits/versions/{version.public_id}/timeline/mails.first"
    session.commit()
    signed_in(browser, people.vera)
    plain = {"days": "0", "anchor": "launch", "at": "09:30", "only_if": "", "hours": "working"}
    words = {"subject": "A drill", "preheader": "Soon", "title": "A", "text": "B", "button": "C"}

    saved = browser.post(page, data={**plain, **words})
    shown = browser.get(page)

    with acting(people.actor("vera")):
        mail = next(content_of(session.get_one(KitVersion, version_id)).kit.manifest.mails())
    assert saved.status_code == 303
    assert mail.window == Window()
    assert '<option selected value="working">' in shown.text


KIT_HOURS = {"whose": "kit", "opens": "09:00", "closes": "17:00", "days": "weekdays"}


def test_the_vendor_sets_and_locks_the_hours_of_all_mails_in_the_browser_and_lets_go_of_them(
    people: People, now: datetime, browser: Browser
) -> None:
    version = imported(people, now)
    version_id, base = version.id, f"/kits/versions/{version.public_id}"
    session.commit()
    signed_in(browser, people.vera)

    def window() -> Window | None:
        with acting(people.actor("vera")):
            session.expire_all()
            return window_of_kit(content_of(session.get_one(KitVersion, version_id)).kit.manifest)

    empty = browser.post(f"{base}/hours", data={**KIT_HOURS, "closes": "09:30"})
    odd = browser.post(f"{base}/hours", data={**KIT_HOURS, "lock": ["minutes"]})
    before = window()
    kept = browser.post(f"{base}/hours", data={**KIT_HOURS, "lock": ["hours", "days"]})
    locked, timeline, mail = window(), browser.get(f"{base}/timeline").text, browser.get(f"{base}/timeline/mails.first")
    browser.post(f"{base}/hours", data=KIT_HOURS)
    open_again = window()
    browser.post(f"{base}/hours", data={**KIT_HOURS, "whose": "any"})

    assert (empty.status_code, odd.status_code) == (422, 422)
    assert "Leave an hour at least" in empty.text
    assert before is None
    assert kept.status_code == 303
    assert locked == Window(from_="09:00", until="17:00", days="weekdays", lock=("hours", "days"))
    assert "Mails go out from 09:00 to 17:00, Monday to Friday" in timeline
    assert "Partners may change neither hours nor days." in timeline
    assert "as the mails of this kit do" in mail.text
    assert open_again == Window(from_="09:00", until="17:00", days="weekdays")
    assert window() is None


def test_the_hours_of_a_kit_are_its_vendors_and_only_while_it_is_a_draft(
    people: People, now: datetime, browser: Browser
) -> None:
    draft = imported(people, now)
    version_id, base = draft.id, f"/kits/versions/{draft.public_id}/hours"
    session.commit()

    strangers = {
        who: signed_in(browser, getattr(people, who)).post(base, data=KIT_HOURS) for who in ("viktor", "alice")
    }
    with acting(people.actor("vera")) as vera:
        session.get_one(KitVersion, version_id).state = KitState.PUBLISHED
        session.flush()
        with pytest.raises(Conflict):
            set_hours(version_id=version_id, window=Window(), by=vera, now=now)
    session.commit()

    assert {who: answer.status_code for who, answer in strangers.items()} == {"viktor": 404, "alice": 403}
    assert signed_in(browser, people.vera).get(base).status_code == 404


@given(window=windows(), lock=st.sets(st.sampled_from(("hours", "days"))))
def test_a_window_is_read_as_it_was_written_with_its_locks(window: Window, lock: set[str]) -> None:
    wanted = replace(window, lock=tuple(sorted(lock)))  # type: ignore[arg-type]  # two words of two

    kit, findings = load(with_window(written_short(as_written(wanted)).encode()))

    assert kit is not None, findings
    assert window_of_kit(kit.manifest) == wanted


@pytest.mark.parametrize(
    ("lock", "says"),
    [(b"[]", []), (b"[hours]", ["hours"]), (b"[days]", ["days"]), (b"[hours, days]", ["days", "hours"])],
)
def test_what_a_kit_locks_is_told_by_what_it_is(lock: bytes, says: list[str]) -> None:
    kit, findings = load(with_window(b"{lock: " + lock + b"}"))

    assert kit is not None, findings
    assert sorted(locks_of(kit.manifest)) == says


@pytest.mark.parametrize(("lock", "is_offered"), [(b"[]", True), (b"[hours]", True), (b"[hours, days]", False)])
def test_a_partner_is_offered_hours_of_its_own_unless_the_kit_locks_all_of_them(
    people: People, now: datetime, browser: Browser, lock: bytes, is_offered: bool
) -> None:
    with_logo(people)
    published(people, now, with_window(b"{lock: " + lock + b"}"))
    with acting(people.actor("alice")):
        contacts = a_list(people.partner)
        contact(people.partner, on=contacts)
        kit = session.scalars(sa.select(Kit.public_id)).one()
    session.commit()
    signed_in(browser, people.alice)

    second = browser.post(f"/campaigns/{kit}/start", data={"language": "en", "pieces": ["mails"]})
    review = browser.post(second.location, data={"lists": [contacts.public_id]}, follow_redirects=True).text

    assert ("In hours of my own" in review) is is_offered
    assert ("Your vendor has set this for all partners." in review) is not is_offered
    assert ("The kit sets the hours: 08:00 to 18:00." in review) is (lock == b"[hours]")
