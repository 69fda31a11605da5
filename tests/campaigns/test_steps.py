"""The page and the API of one step of a running campaign."""

from datetime import timedelta

import pytest

from tcma.core import clock
from tcma.core.db import session
from tests.campaigns import rows
from tests.campaigns.test_api import keyed
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def launch(people: People) -> str:
    address: str = rows.running(people)["public_id"]
    session.commit()
    return address


def test_a_step_is_moved_skipped_and_taken_up_from_its_page(people: People, launch: str, browser: Browser) -> None:
    signed_in(browser, people.alice)
    step = f"/campaigns/launches/{launch}/steps/mails/call"
    later = (clock.now() + timedelta(days=40)).replace(tzinfo=None, second=0, microsecond=0)

    shown = browser.get(step)
    moved = browser.post(f"{step}/move", data={"at": later.isoformat(timespec="minutes")})
    refused = browser.post(f"{step}/move", data={"at": "2020-01-01T10:00"})
    browser.post(f"{step}/skip")
    skipped = browser.get(f"/campaigns/launches/{launch}").text
    browser.post(f"{step}/take-up")

    assert shown.status_code == 200
    assert (moved.status_code, refused.status_code) == (303, 422)
    assert "in the past" in refused.text
    assert "skipped" in skipped
    assert "moved" in browser.get(f"/campaigns/launches/{launch}").text


def test_a_stranger_and_the_vendor_find_no_such_step(people: People, launch: str, browser: Browser) -> None:
    step = f"/campaigns/launches/{launch}/steps/mails/call"

    for stranger in (people.charlie, people.viktor, people.vera):
        signed_in(browser, stranger)
        assert browser.get(step).status_code in {403, 404}
        assert browser.post(f"{step}/skip").status_code in {403, 404}


def test_the_api_lists_the_timeline_and_skips_a_step(people: People, launch: str, browser: Browser) -> None:
    keyed(browser, people, "alice")
    path = f"/api/v1/launches/{launch}/timeline"

    listed = browser.get(path).json["items"]
    skipped = browser.post(f"{path}/mails/call/skip")

    assert [one["due_at"] for one in listed] == sorted(one["due_at"] for one in listed)
    assert skipped.json["skipped"] is True
    assert browser.post(f"{path}/mails/nothing/skip").status_code == 404
