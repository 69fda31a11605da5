"""Kits and campaigns through the API: the same operations, the same walls."""

from base64 import b64encode

import pytest
from flask import Flask

from campaigns.manifest import write_zip
from campaigns.operations.writing import with_files
from tcma.core import clock
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.campaigns.kits import starter
from tests.people import People
from tests.signing_in import Browser


def keyed(browser: Browser, people: People, name: str) -> Browser:
    """A program with a key to the API that one of the people has made."""
    by = people.actor(name)
    with acting(by):
        _token, secret = make_token(name="test", scopes=scopes_for(by), days=1, by=by, now=clock.now())
    browser.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return browser


def zipped(package: object = None) -> str:
    return b64encode(write_zip(package or starter())).decode()  # type: ignore[arg-type]


def test_a_kit_goes_in_and_is_shown(people: People, browser: Browser) -> None:
    keyed(browser, people, "vera")

    made = browser.post("/api/v1/kits", json={"package": zipped()})
    shown = browser.get(f"/api/v1/kits/{made.json['id']}")

    assert made.status_code == 201
    assert shown.json["state"] == "draft"
    assert shown.json["pieces"] == ["banner", "card", "flyer"]


def test_a_broken_kit_is_a_problem_with_findings(people: People, browser: Browser) -> None:
    manifest = starter().files["kit.yaml"].replace(b"theme: security", b"theem: security")
    keyed(browser, people, "vera")

    answer = browser.post("/api/v1/kits", json={"package": zipped(with_files(starter(), {"kit.yaml": manifest}))})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["findings"][0]["file"] == "kit.yaml"


@pytest.mark.parametrize("package", ["not base64!", "aGVsbG8="])
def test_what_is_no_kit_is_refused(people: People, browser: Browser, package: str) -> None:
    answer = keyed(browser, people, "vera").post("/api/v1/kits", json={"package": package})

    assert answer.status_code == 422


def test_a_campaign_starts_in_one_call_and_stops_in_another(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    keyed(browser, people, "alice")

    started = browser.post("/api/v1/launches", json={"kit": on_offer["kit"]})
    address = f"/api/v1/launches/{started.json['id']}"
    states = [browser.post(f"{address}/{what}").json["state"] for what in ("pause", "resume", "stop")]

    assert started.status_code == 201
    assert started.json["state"] == "running"
    assert states == ["paused", "running", "stopped"]
    assert browser.get("/api/v1/launches").json["total"] == 1


def test_a_file_is_made_once(people: People, on_offer: dict[str, str], browser: Browser) -> None:
    keyed(browser, people, "alice")
    launch = browser.post("/api/v1/launches", json={"kit": on_offer["kit"]}).json["id"]

    made = [
        browser.post(f"/api/v1/launches/{launch}/renditions", json={"piece": "flyer", "format": "pdf"}) for _ in "12"
    ]

    assert made[0].status_code == 201
    assert made[0].json["id"] == made[1].json["id"]
    assert made[0].json["media_type"] == "application/pdf"


def test_what_is_not_mine_answers_like_an_absent_one(
    app: Flask, people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    launch = keyed(browser, people, "alice").post("/api/v1/launches", json={"kit": on_offer["kit"]}).json["id"]

    keyed(browser, people, "charlie")
    found = [browser.get(f"/api/v1/launches/{one}").status_code for one in (launch, "lau_absent")]
    others = keyed(browser, people, "viktor").get(f"/api/v1/kits/{on_offer['kit']}").status_code

    assert found == [404, 404]
    assert others == 404


def test_who_lacks_what_a_launch_needs_is_told_everything(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    answer = keyed(browser, people, "charlie").post("/api/v1/launches", json={"kit": on_offer["kit"]})

    assert answer.status_code == 422
    assert "logo" in answer.json["title"]
