"""The look of open zones on the page of a piece and through the API: offered, tried, kept, and taken back."""

import re

import pytest
import sqlalchemy as sa

from assets.library.models import RenderRefusal, ZoneChoice, ZoneStyle
from assets.library.queries import designs_of
from campaigns.models import KitVersion
from tcma.core import clock
from tcma.core.db import db, session
from tcma.core.tenancy import acting
from tests.campaigns.test_api import keyed
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def card(on_offer: dict[str, str]) -> str:
    """The page of the card of the starter kit, whose headline may be styled and moved."""
    return f"/looks/kit/{on_offer['kit']}/pieces/card"


def kept(people: People) -> dict[str, dict[str, str]]:
    with acting(people.actor("alice")):
        return {row.zone: dict(row.style) for row in session.scalars(sa.select(ZoneStyle)) if row.style}


def chosen(page: str, word: str) -> list[str]:
    return re.findall(rf'name="headline:{word}" value="([^"]*)" checked', page)


def picture_in(page: str) -> str:
    return page.split("data:image/png;base64,")[1].split('"', maxsplit=1)[0]


def test_an_open_look_is_offered_with_what_may_be_chosen(people: People, card: str, client: Browser) -> None:
    page = signed_in(client, people.alice).get(card).text

    assert re.findall(r'name="headline:align" value="(\w+)"', page) == ["start", "centre", "end"]
    assert re.findall(r'name="headline:size" value="(-?\d)"', page) == ["-2", "-1", "0", "1", "2"]
    offered = re.findall(r'name="headline:colour" value="([^"]*)"', page)
    assert offered[:2] == ["", "brand.primary"]
    assert "brand.paper" not in offered  # white on white
    assert 'name="headline:x"' in page
    assert "partner_logo:" not in page


def test_a_chosen_look_is_kept_and_the_kit_s_own_comes_back(people: People, card: str, client: Browser) -> None:
    signed_in(client, people.alice)
    usual = client.get(f"{card}/1.png").data

    client.post(card, data={"headline:align": "end", "headline:colour": "brand.primary", "headline:y": "12"})
    page, shown = client.get(card).text, client.get(f"{card}/1.png").data
    styled = kept(people)
    client.post(card, data={"headline:align": "end", "headline": "Ask Alice", "reset": "headline"})

    assert styled == {"headline": {"align": "end", "colour": "brand.primary", "y": "12"}}
    assert (chosen(page, "align"), chosen(page, "colour")) == (["end"], ["brand.primary"])
    assert "Back to the kit" in page
    assert shown != usual
    assert kept(people) == {}
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(ZoneChoice.value)).all() == ["Ask Alice"]


def test_a_look_is_tried_out_by_the_renderer_and_not_kept(people: People, card: str, client: Browser) -> None:
    signed_in(client, people.alice)

    usual = client.post(f"{card}/preview", data={"headline:align": "start"})
    tried = client.post(f"{card}/preview", data={"headline:align": "end"})

    assert tried.status_code == usual.status_code == 200
    assert picture_in(tried.text) != picture_in(usual.text)
    assert kept(people) == {}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"partner_logo:align": "end"}, "The look of “partner_logo” is set by the vendor"),
        ({"headline:x": "25"}, "-24 … +24"),
        ({"headline:colour": "brand.paper"}, "This colour is hard to read here."),
        ({"headline:font": "Comic"}, "align, size, colour, x, y"),
    ],
)
def test_a_look_that_is_locked_or_does_not_fit_is_refused_on_the_page_and_in_the_preview(
    people: People, card: str, client: Browser, given: dict[str, str], says: str
) -> None:
    signed_in(client, people.alice)
    usual = client.post(f"{card}/preview", data={}).text

    saved = client.post(card, data={"headline": "Ask Alice", **given})
    tried = client.post(f"{card}/preview", data=given)

    assert (saved.status_code, tried.status_code) == (422, 422)
    assert says in tried.text
    assert "Ask Alice" in saved.text
    assert kept(people) == {}
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(ZoneChoice)).all() == []
    if "colour" not in "".join(given):
        assert picture_in(tried.text) == picture_in(usual)


def test_a_preview_waits_for_nobody_who_writes(people: People, card: str, client: Browser) -> None:
    signed_in(client, people.alice)
    client.get(card)
    session.remove()

    with db.engine.connect() as writer:  # on SQLite this holds the one lock there is for writing
        writer.execute(sa.update(KitVersion).values(created_at=clock.now()))
        answer = client.post(f"{card}/preview", data={"headline": "Ask Alice"})
        writer.rollback()

    assert answer.status_code == 200


def test_looks_go_through_the_api_with_the_same_locks(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    keyed(browser, people, "alice")
    where = f"/api/v1/kits/{on_offer['kit']}/pieces/card/styles"

    put = browser.put(where, json={"styles": {"headline": {"align": "centre", "size": -1, "x": 4}}})
    read = browser.get(where).json
    locked = browser.put(where, json={"styles": {"partner_logo": {"align": "end"}}})
    pale = browser.put(where, json={"styles": {"headline": {"colour": "brand.paper"}}})
    back = browser.put(where, json={"styles": {"headline": {}}}).json

    assert put.status_code == 200
    assert read == put.json
    assert {name: value for name, value in read["styles"]["headline"].items() if value is not None} == {
        "align": "centre",
        "size": -1,
        "x": 4.0,
    }
    assert read["offers"]["headline"]["nudge"] == 24
    assert "brand.primary" in read["offers"]["headline"]["colour"]
    assert (locked.status_code, locked.json["field"]) == (422, "partner_logo")
    assert (pale.status_code, pale.json["field"]) == (422, "headline")
    assert back["styles"] == {}


def test_a_campaign_that_was_begun_has_looks_of_its_own_and_nobody_else_reaches_them(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    keyed(browser, people, "alice")
    launch = browser.post("/api/v1/launches", json={"kit": on_offer["kit"], "begin_only": True}).json["id"]
    where = f"/api/v1/launches/{launch}/pieces/card/styles"

    chosen_by_alice = browser.put(where, json={"styles": {"headline": {"align": "end"}}})
    of_the_kit = browser.get(f"/api/v1/kits/{on_offer['kit']}/pieces/card/styles").json
    stranger = keyed(browser, people, "charlie").put(where, json={"styles": {"headline": {"align": "end"}}})

    assert chosen_by_alice.json["styles"]["headline"]["align"] == "end"
    assert of_the_kit["styles"] == {}
    assert stranger.status_code == 404


def test_a_file_that_the_api_could_not_make_is_known_to_its_vendor_until_it_can(
    people: People, on_offer: dict[str, str], browser: Browser
) -> None:
    keyed(browser, people, "alice")
    launch = browser.post("/api/v1/launches", json={"kit": on_offer["kit"], "begin_only": True}).json["id"]
    with acting(people.actor("alice")):
        version = session.scalars(sa.select(KitVersion)).one()
        design_id, vendor_id = designs_of(version.id)["card"].id, version.vendor_id
        session.add(
            ZoneChoice(
                vendor_id=vendor_id, partner_id=people.partner.id, design_id=design_id, launch_id=None,
                language="en", zone="headline", value="W" * 60, updated_at=clock.now(),
            )
        )  # fmt: skip
        session.commit()
    asked = {"piece": "card", "format": "png"}

    refused = [
        browser.post(f"/api/v1/launches/{launch}/renditions", json=asked, headers={"Idempotency-Key": "once"})
        for _ in "12"
    ]

    assert [one.status_code for one in refused] == [422, 422]
    assert "Use a shorter word" in refused[0].json["title"]
    with acting(people.actor("vera")):
        assert session.execute(sa.select(RenderRefusal.times, RenderRefusal.mended_at)).all() == [(2, None)]
    browser.put(f"/api/v1/kits/{on_offer['kit']}/pieces/card/words", json={"words": {"headline": "Ask Alice"}})
    made = browser.post(f"/api/v1/launches/{launch}/renditions", json=asked, headers={"Idempotency-Key": "once"})
    assert made.status_code == 201
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(RenderRefusal.mended_at)).one() is not None
