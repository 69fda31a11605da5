"""What somebody has seen of a campaign by a day, on the page and as a rule."""

from datetime import datetime

import pytest

from campaigns.by_day import seen_by
from campaigns.manifest import load
from campaigns.operations.writing import with_files
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, starter
from tests.people import People
from tests.signing_in import Browser, signed_in

CONDITION = b"      - {key: asked, kind: condition, when: {clicked: true}, otherwise: call}\n"


def keys(reader: str, now: datetime, *, day: int = 999, changed: bool = False) -> list[tuple[int, str]]:
    manifest = starter().files["kit.yaml"]
    if changed:
        manifest = manifest.replace(b"      - key: third\n", CONDITION + b"      - key: third\n")
        manifest = manifest.replace(b"when: {clicked: true}\n        title", b"title")
    kit, _findings = load(with_files(starter(), {"kit.yaml": manifest}))
    assert kit is not None
    found = seen_by(kit.manifest, reader=reader, now=now)
    return [(one.day, one.planned.key) for one in found if one.day <= day and one.planned.tactic == "mails"]


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        ("silent", [(0, "first"), (4, "second"), (10, "third")]),
        ("clicked", [(0, "first"), (12, "call")]),
        ("answered", [(0, "first"), (12, "call")]),
    ],
)
def test_everybody_gets_what_fits_what_they_did(now: datetime, reader: str, expected: list[tuple[int, str]]) -> None:
    assert keys(reader, now) == expected


def test_by_a_day_only_what_was_due_until_then(now: datetime) -> None:
    assert keys("silent", now, day=4) == [(0, "first"), (4, "second")]
    assert keys("silent", now, day=3) == [(0, "first")]


def test_a_condition_that_does_not_hold_leads_around_what_stands_behind_it(now: datetime) -> None:
    assert keys("silent", now, changed=True) == [(0, "first"), (4, "second"), (12, "call")]


def test_a_kit_is_seen_on_any_day_as_any_partner_and_in_any_language(
    people: People, now: datetime, browser: Browser
) -> None:
    version = imported(people, now)
    with acting(people.actor("vera")):
        address = f"/kits/versions/{version.public_id}/days"
    session.commit()
    signed_in(browser, people.vera)

    early = browser.get(f"{address}?day=3&language=de&as=long")
    late = browser.get(f"{address}?day=12&who=silent")
    clicked = browser.get(f"{address}?day=12&who=clicked")
    odd = browser.get(f"{address}?day=-4&who=nobody&language=xx")

    assert "/mails/first?" in early.text
    assert "language=de" in early.text
    assert "/mails/second?" not in early.text
    assert "/mails/third?" in late.text
    assert "/mails/third?" not in clicked.text
    assert "nobody else sees it" in clicked.text
    assert odd.status_code == 200
    assert signed_in(browser, people.viktor).get(address).status_code == 404
