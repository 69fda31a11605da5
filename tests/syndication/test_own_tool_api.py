"""The API of the partner's own tool: a launch without lists, its zip, its numbers, its opt-outs; once per key."""

from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.models import KitVersion
from tcma.contacts.models import Suppression
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token
from tests.campaigns.kits import published, with_logo
from tests.campaigns.test_api import keyed
from tests.contacts.rows import a_list
from tests.people import People
from tests.signing_in import Browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with yet."""
    return Browser(app)


@pytest.fixture
def kit(people: People, now: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    """The starter kit, on offer."""
    monkeypatch.setattr(clock, "now", lambda: now)
    with_logo(people)
    version_id = published(people, now).id
    with acting(people.actor("vera")):
        found = str(session.get_one(KitVersion, version_id).kit.public_id)
    session.commit()
    return found


@pytest.fixture
def launch(browser: Browser, people: People, kit: str, now: datetime) -> str:
    """A campaign that Alice's program has started, to be mailed from its own tool."""
    keyed(browser, people, "alice")
    made = browser.post("/api/v1/launches", json={"kit": kit, "execution": "exported"})
    assert (made.status_code, made.json["execution"], made.json["lists"]) == (201, "exported", [])
    session.remove()
    outbox.drain(now=now)
    return str(made.json["id"])


def test_a_program_loads_the_mails_for_its_tool(browser: Browser, launch: str) -> None:
    answer = browser.get(f"/api/v1/launches/{launch}/own-tool.zip?tool=brevo")

    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    with ZipFile(BytesIO(answer.data)) as archive:
        assert "{{ unsubscribe }}" in archive.read("01-first/en/index.html").decode()
    assert browser.get(f"/api/v1/launches/{launch}/own-tool.zip?tool=abacus").status_code == 422


def test_lists_beside_the_own_tool_are_refused_and_nothing_is_begun(browser: Browser, people: People, kit: str) -> None:
    keyed(browser, people, "alice")
    customers = a_list(people.partner)
    session.commit()

    answer = browser.post(
        "/api/v1/launches", json={"kit": kit, "execution": "exported", "lists": [customers.public_id]}
    )

    assert (answer.status_code, answer.json["field"]) == (422, "lists")
    assert browser.get("/api/v1/launches").json["total"] == 0


def test_reported_numbers_are_kept_once_per_key_and_odd_ones_are_refused_with_words(
    browser: Browser, launch: str
) -> None:
    address, key = f"/api/v1/launches/{launch}/reported-mails", {"Idempotency-Key": "first-1"}
    said = {"sent": 1200, "delivered": 1180, "as_of": "2026-09-07T09:00:00Z"}

    first = browser.put(f"{address}/first", json=said, headers=key)
    again = browser.put(f"{address}/first", json=said, headers=key)
    odd = browser.put(f"{address}/first", json={"sent": 10, "delivered": 11})
    negative = browser.put(f"{address}/first", json={"sent": -1})
    unknown = browser.put(f"{address}/no-such-mail", json={"sent": 1})

    assert first.status_code == 200
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (odd.status_code, odd.json["field"]) == (422, "delivered")
    assert "More were delivered than sent." in odd.json["title"]
    assert (negative.status_code, unknown.status_code) == (422, 404)
    assert [(one["step"], one["sent"], one["opened"]) for one in browser.get(address).json["items"]] == [
        ("first", 1200, None)
    ]


def test_opt_outs_are_counted_and_what_is_no_address_is_named_by_its_place(browser: Browser, launch: str) -> None:
    answer = browser.post(
        f"/api/v1/launches/{launch}/opt-outs", json={"addresses": ["gone@customer.example", "nobody"]}
    )

    assert answer.json == {"added": 1, "known": 0, "odd": 1, "odd_lines": [{"number": 2, "words": "nobody"}]}
    assert session.scalars(sa.select(Suppression.reason)).all() == ["own_tool"]


def test_a_key_without_the_right_and_a_stranger_get_nowhere(browser: Browser, people: People, launch: str) -> None:
    by = people.actor("alice")
    with acting(by):
        _token, secret = make_token(name="read", scopes=["launches:read"], days=1, by=by, now=clock.now())
    session.commit()
    reader = {"Authorization": f"Bearer {secret}"}
    paths = [f"/api/v1/launches/{launch}/{one}" for one in ("own-tool.zip", "reported-mails")]

    assert [browser.get(path, headers=reader).status_code for path in paths] == [200, 200]
    assert browser.put(f"{paths[1]}/first", json={"sent": 1}, headers=reader).status_code == 403
    opt_outs = f"/api/v1/launches/{launch}/opt-outs"
    assert browser.post(opt_outs, json={"addresses": ["a@b.example"]}, headers=reader).status_code == 403

    keyed(browser, people, "charlie")
    assert [browser.get(path).status_code for path in paths] == [404, 404]
    assert browser.post(opt_outs, json={"addresses": ["a@b.example"]}).status_code == 404
    keyed(browser, people, "bob")
    assert [browser.get(path).status_code for path in paths] == [200, 200]
