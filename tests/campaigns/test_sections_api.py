"""The landing page of a kit through the API: the same rules as in the browser, and nothing that passes for a wish."""

from base64 import b64encode
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.manifest.sections import host_of
from campaigns.models import KitGrant
from campaigns.operations import authoring
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.api.calling import Call, caller
from tests.campaigns.test_from_nothing import picture
from tests.people import People


@pytest.fixture
def page(people: People, vera: Actor) -> str:
    """The address of the landing page of a kit that was begun: a head, a form, a contact block."""
    with acting(vera):
        made = authoring.begin_kit(
            name="Backup", summary="A restore.", theme="", language="en", by=vera, now=clock.now()
        )
        session.flush()
        address = f"/kit-versions/{made.public_id}/page"
    session.commit()
    return address


@pytest.fixture
def call(app: Flask, people: People) -> Call:
    return caller(app, people, "vera")


def kinds(answer: dict[str, Any]) -> list[str]:
    return [one["kind"] for one in answer["items"]]


POINTS = [{"title": "Tried", "text": "Not hoped for", "icon": "shield"}, {"title": "Quick", "text": "Half an hour"}]
BENEFITS = {"kind": "benefits", "words": {"title": "Why"}, "items": POINTS}


def test_a_page_is_read_added_to_changed_ordered_and_taken_from(page: str, call: Call) -> None:
    there = call("GET", page)
    added = call("POST", page, {**BENEFITS, "behind": there["items"][0]["address"]}, status=201)
    changed = call(
        "PATCH", f"{page}/{added['items'][1]['address']}", {"words": {"title": "Why now"}, "items": POINTS[:1]}
    )
    moved = call("POST", f"{page}/{changed['items'][1]['address']}/move", {"to": "later"})
    left = call("DELETE", f"{page}/{moved['items'][2]['address']}")

    assert kinds(there) == ["hero", "form", "contact"]
    assert added["items"][1]["items"] == POINTS
    assert (changed["items"][1]["words"]["title"], changed["items"][1]["items"]) == ("Why now", POINTS[:1])
    assert kinds(moved) == ["hero", "form", "benefits", "contact"]
    assert left == there
    assert call("GET", page) == left


def test_a_picture_comes_along_in_base64(page: str, call: Call) -> None:
    given = {"kind": "image", "words": {"alt": "Our desk"}, "picture": b64encode(picture()).decode()}

    added = call("POST", page, given, status=201)

    assert added["items"][-1]["facts"]["image"].startswith("artwork/page-image-")


def test_the_form_asks_for_what_is_sent(page: str, call: Call) -> None:
    form = next(one for one in call("GET", page)["items"] if one["kind"] == "form")
    asked = [{"name": "email", "required": True}, {"name": "company"}]

    changed = call("PATCH", f"{page}/{form['address']}", {"facts": {"fields": asked}})

    (after,) = (one for one in changed["items"] if one["kind"] == "form")
    assert after["facts"]["fields"] == asked


def test_a_form_that_was_taken_out_comes_back(page: str, call: Call) -> None:
    form = next(one for one in call("GET", page)["items"] if one["kind"] == "form")
    left = call("DELETE", f"{page}/{form['address']}")
    given = {"kind": "form", "words": form["words"], "facts": {"fields": form["facts"]["fields"]}}

    added = call("POST", page, given, status=201)

    assert "form" not in [one["kind"] for one in left["items"]]
    (again,) = (one for one in added["items"] if one["kind"] == "form")
    assert (again["words"], again["facts"]) == (form["words"], form["facts"])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"kind": "text", "words": {"titel": "So", "text": "Come"}}, 422),
        ({"kind": "text", "words": {"text": "Come"}, "facts": {"colour": "red"}}, 422),
        ({"kind": "faq", "words": {"title": "Asked"}, "items": [{"title": "So?"}]}, 422),
        ({"kind": "text", "words": {"text": "Come"}, "items": [{"title": "So?"}]}, 422),
        ({"kind": "text", "words": {"text": ""}}, 422),
        ({"kind": "hero", "words": {"title": "Twice"}}, 422),
        ({"kind": "form", "words": {"title": "Twice"}}, 422),
        ({"kind": "video", "words": {"title": "See"}, "facts": {"url": "https://["}, "lets_link": True}, 422),
        ({"kind": "text", "words": {"text": "Come"}, "behind": "9-gone"}, 409),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(page: str, call: Call, given: object, status: int) -> None:
    before = call("GET", page)

    call("POST", page, given, status=status)

    assert call("GET", page) == before


def test_a_section_that_was_changed_since_is_not_changed_unseen(page: str, call: Call) -> None:
    address = call("GET", page)["items"][0]["address"]
    call("PATCH", f"{page}/{address}", {"words": {"title": "First"}})

    call("PATCH", f"{page}/{address}", {"facts": {"image": None}}, status=200)  # words stand apart from the section
    call("DELETE", f"{page}/0-0000000000", status=409)
    call("GET", f"{page}?language=fr", status=404)


def test_of_another_vendors_page_nothing_is_told(app: Flask, people: People, page: str, call: Call) -> None:
    viktor, alice = caller(app, people, "viktor"), caller(app, people, "alice")

    viktor("GET", page, status=404)
    viktor("POST", page, BENEFITS, status=404)
    alice("GET", page, status=403)


@given(st.text(max_size=40))
@settings(suppress_health_check=list(HealthCheck))
def test_whatever_is_no_address_leads_to_no_host(text: str) -> None:
    assert host_of(f"https://{text}") == host_of(f"https://{text}").lower()
    assert host_of("https://[") == ""


def test_a_partner_reads_what_came_of_a_kit(app: Flask, people: People, on_offer: dict[str, str], call: Call) -> None:
    with acting(people.actor("vera")):
        grant = session.scalars(sa.select(KitGrant).where(KitGrant.partner_id == people.partner.id)).one()
        grant.past = {
            "own": {"about": "kit", "launches": 2, "leads": 9},
            "others": {"about": "theme", "like_you": True, "leads": 4},
        }
        session.flush()
    session.commit()
    alice = caller(app, people, "alice")

    shown, listed = alice("GET", f"/kits/{on_offer['kit']}"), alice("GET", "/kits")["items"]

    assert shown["past"] == {
        "own": {"about": "kit", "launches": 2, "leads": 9},
        "others": {"about": "theme", "like_you": True, "leads": 4},
    }
    assert listed == [shown]
    assert call("GET", f"/kits/{on_offer['kit']}")["past"] is None
