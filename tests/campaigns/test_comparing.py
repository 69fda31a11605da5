"""Two versions of a kit beside one another: by rule, on the page, by the API's shape."""

from datetime import datetime
from typing import Any

from campaigns.comparison import Comparison, compared
from campaigns.content import content_of
from campaigns.models import KitVersion
from campaigns.operations import authoring, timeline
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import published
from tests.people import People
from tests.signing_in import Browser, signed_in


def next_version(first: KitVersion, by: Actor, now: datetime) -> KitVersion:
    """A draft with another headline on its pictures, another day for a mail, and no paid activity."""
    begun = authoring.open_draft(kit_id=first.kit_id, by=by, now=now)
    session.flush()
    said: dict[str, Any] = {"version_id": begun.id, "by": by, "now": now}
    authoring.change_words(**said, language="en", words={"designs.headline": "Would yours click?"})
    session.flush()
    timeline.change_entry(**said, address="mails.second", words={}, facts={"after": {"days": 5, "at": "09:30"}})
    session.flush()
    timeline.remove_entry(**said, address="search-ads")
    session.flush()
    return begun


def between(old: KitVersion, new: KitVersion, language: str) -> Comparison:
    return compared(content_of(old), content_of(new), language=language)


def test_what_changed_is_told_as_people_see_it(people: People, now: datetime, vera: Actor) -> None:
    first = published(people, now)
    with acting(vera):
        second = next_version(first, vera, now)
        found, same = between(first, second, "en"), between(first, first, "en")
        german = between(first, second, "de")

    assert {pair.key: (pair.before is not None, pair.after is not None) for pair in found.timeline} == {
        "mails.second": (True, True),
        "mails.wait-2": (True, True),  # what follows moves along
        "mails.third": (True, True),
        "search-ads": (True, False),
    }
    assert set(found.pieces) == {"banner", "card"}
    assert german.pieces == ()
    assert found.mails == ()
    assert not found.page
    assert not same


def test_the_page_shows_both_side_by_side_and_a_stranger_nothing(
    people: People, now: datetime, vera: Actor, browser: Browser
) -> None:
    first = published(people, now)
    with acting(vera):
        next_version(first, vera, now)
        address, old = f"/kits/{first.kit.public_id}/compare", first.public_id
    session.commit()
    signed_in(browser, people.vera)

    page = browser.get(address).text
    same = browser.get(f"{address}?old={old}&new={old}").text

    assert "Would yours click?" in page
    assert "Would your team click?" in page
    assert page.count("/pieces/banner/1.png") == 2
    assert "not in this version" in page
    assert "-      - key: second" not in page
    assert "No difference" in same
    assert signed_in(browser, people.viktor).get(address).status_code == 404
