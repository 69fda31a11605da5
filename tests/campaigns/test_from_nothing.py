"""A kit made from nothing in the browser: begun, filled on its timeline, checked, published; and each step undone."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from campaigns.content import content_of, package_of
from campaigns.manifest import read_kit, write_zip
from campaigns.manifest.outline import timeline
from campaigns.models import KitState, KitVersion
from campaigns.operations import authoring, material
from campaigns.operations import timeline as operations
from campaigns.operations.kits import KitHasFaults, NotReadyToPublish, ask_to_publish, import_kit
from campaigns.operations.timeline import StaysPut
from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import Browser, signed_in

MAIL = {
    "subject": "When did you last try a restore?",
    "preheader": "A quarter of an hour, and you know.",
    "title": "A backup is as good as its restore",
    "text": "We restore one folder with you.\n\nYou see how long it takes.",
    "button": "Book the check",
}
FACTS: dict[str, Any] = {"after": {"days": 0, "at": "09:30"}}


@pytest.fixture
def begun(people: People, now: datetime, vera: Actor) -> KitVersion:
    """A kit that holds nothing but a page with a form."""
    with acting(vera):
        version = authoring.begin_kit(
            name="The backup check", summary="A restore, tried.", theme="Backup", language="en", by=vera, now=now
        )
        session.flush()
    return version


def add(version: KitVersion, kind: str, words: dict[str, str], facts: dict[str, Any], by: Actor, now: datetime) -> None:
    operations.add_entry(version_id=version.id, kind=kind, words=words, facts=facts, by=by, now=now)
    session.flush()


def order(version: KitVersion) -> list[tuple[str, int]]:
    return [(entry.key, entry.days) for entry in timeline(content_of(version).kit.manifest, "launch")]


def picture(size: tuple[int, int] = (1600, 1200)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#0f766e").save(out, "JPEG")
    return out.getvalue()


def test_a_kit_from_nothing_lacks_things_and_is_not_wrong(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        assert begun.state is KitState.DRAFT
        with pytest.raises(NotReadyToPublish) as refusal:
            ask_to_publish(version_id=begun.id, by=vera, now=now)

    assert len(refusal.value.reasons) == 2  # nothing leads to the page, and nobody follows up
    assert all(reason.startswith("kit.yaml:") for reason in refusal.value.reasons)


@pytest.mark.parametrize("language", authoring.blank_languages())
def test_a_kit_begins_and_is_whole_in_every_language_that_is_offered(
    now: datetime, people: People, vera: Actor, language: str
) -> None:
    with acting(vera):
        version = authoring.begin_kit(
            name="Backup", summary="A restore.", theme="", language=language, by=vera, now=now
        )
        session.flush()
        add(version, "email", MAIL, FACTS, vera, now)
        add(version, "task", {"title": "Call"}, {"after": {"days": 2}, "when": {"clicked": True}}, vera, now)
        package = package_of(version)
        version.label = "0.9.0"

        assert version.findings == []
        assert import_kit(package=read_kit(write_zip(package)), by=vera, now=now).languages == [language]


def test_steps_stand_where_their_day_puts_them(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        add(begun, "email", MAIL, {"after": {"days": 10}}, vera, now)
        add(begun, "email", {**MAIL, "subject": "First"}, {"after": {"days": 0}}, vera, now)
        add(begun, "task", {"title": "Call"}, {"after": {"days": 4}, "when": {"clicked": True}}, vera, now)
        add(
            begun,
            "post",
            {"text": "Tried? {{ launch.page_url }}"},
            {"networks": ["x"], "after": {"days": 4}},
            vera,
            now,
        )

        assert [key for key, _day in order(begun)] == [
            "first",
            "call",
            "tried-launch-page-url",
            "when-did-you-last-try-a-restor",
        ]
        assert [day for _key, day in order(begun)] == [0, 4, 4, 10]


def test_a_step_that_is_moved_takes_the_day_of_the_other(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        add(begun, "email", {**MAIL, "subject": "One"}, {"after": {"days": 0, "at": "09:30"}}, vera, now)
        add(begun, "email", {**MAIL, "subject": "Two"}, {"after": {"days": 4}}, vera, now)
        operations.move_entry(version_id=begun.id, address="mails.two", earlier=True, by=vera, now=now)
        session.flush()

        assert order(begun) == [("two", 0), ("one", 4)]
        with pytest.raises(StaysPut):
            operations.move_entry(version_id=begun.id, address="mails.two", earlier=True, by=vera, now=now)


def test_what_is_taken_out_takes_its_file_and_its_words_with_it(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        before = package_of(begun).files
        add(begun, "email", MAIL, FACTS, vera, now)
        address = timeline(content_of(begun).kit.manifest, "launch")[0].address
        operations.remove_entry(version_id=begun.id, address=address, by=vera, now=now)
        session.flush()

        assert package_of(begun).files == before


def test_what_something_leads_to_stays_and_the_refusal_says_where(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        material.add_pictures(
            version_id=begun.id, pictures=[picture()], title="Card", shape="square", corner="top_end", by=vera, now=now
        )
        session.flush()
        add(begun, "post", {"text": "See", "alt": "A drawer"}, {"networks": ["x"], "image": "card"}, vera, now)
        with pytest.raises(KitHasFaults) as refusal:
            operations.remove_entry(version_id=begun.id, address="card", by=vera, now=now)

        assert refusal.value.findings[0].file == "kit.yaml"
        assert "card" in content_of(begun).designs


def test_slides_become_one_piece_with_a_page_each_and_the_partners_data_on_the_last(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        material.add_pictures(
            version_id=begun.id, pictures=[picture((1600, 900)), picture((1600, 900))], title="Slides",
            shape="pages", corner="bottom_end", shows="Two slides", on_page=True, by=vera, now=now,
        )  # fmt: skip
        session.flush()
        content = content_of(begun)
        pages = content.design("slides").pages

        assert [page.size for page in pages] == [(1600.0, 900.0)] * 2
        assert [[layer.kind for layer in page.layers] for page in pages] == [["logo"], ["shape", "contact_block"]]
        assert getattr(content.landing.sections[0], "image", None) == "artwork/slides.jpg" if content.landing else False


def test_a_change_of_day_and_words_keeps_every_other_line_of_the_file(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        add(begun, "email", {**MAIL, "subject": "One"}, FACTS, vera, now)
        before = package_of(begun).files["kit.yaml"].decode().splitlines()
        operations.change_entry(
            version_id=begun.id, address="mails.one", words={"subject": "Another"},
            facts={"after": {"days": 2}, "when": {"clicked": True}}, by=vera, now=now,
        )  # fmt: skip
        session.flush()
        after = package_of(begun).files["kit.yaml"].decode().splitlines()

        assert len(set(after) - set(before)) == 1
        assert content_of(begun).texts("en")["mails.one.subject"] == "Another"
        assert order(begun) == [("one", 2)]


def test_a_stranger_finds_nothing_to_change(people: People, now: datetime, begun: KitVersion) -> None:
    viktor, version_id = people.actor("viktor"), begun.id
    session.expunge_all()

    with acting(viktor), pytest.raises(NotFound):
        operations.add_entry(version_id=version_id, kind="wait", words={}, facts={"days": 1}, by=viktor, now=now)


def test_a_kit_is_made_from_nothing_through_the_pages_and_published(
    app: Flask, people: People, browser: Browser
) -> None:
    signed_in(browser, people.vera)
    step = {"days": "0", "anchor": "launch", "at": "09:30", "only_if": ""}

    begun = browser.post(
        "/kits/new/blank",
        data={"name": "The backup check", "summary": "A restore, tried.", "theme": "backup", "language": "en"},
    )
    timeline_url = begun.location
    base = timeline_url.removesuffix("/timeline")
    missing = browser.get(timeline_url).text
    picture_in = browser.post(
        f"{base}/pictures/new",
        data={
            "pictures": [(BytesIO(picture()), "card.jpg")], "title": "Card", "shape": "square", "corner": "top_end",
            "on_page": "y", "shows": "A drawer",
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    answers = [
        browser.post(f"{base}/timeline/add/email", data={**MAIL, **step}),
        browser.post(f"{base}/timeline/add/wait", data={"days": "3", "behind": "mails.when-did-you-last-try-a-restor"}),
        browser.post(f"{base}/timeline/add/email", data={**MAIL, **step, "subject": "Second", "days": "4", "only_if": "not_responded"}),
        browser.post(f"{base}/timeline/add/condition", data={"asks": "clicked", "otherwise": "end", "behind": "mails.second"}),
        browser.post(f"{base}/timeline/add/task", data={**step, "title": "Call", "days": "6", "only_if": "clicked", "due_days": "2"}),
        browser.post(f"{base}/timeline/add/post", data={"text": "Tried?", "networks": ["x", "linkedin"], "image": "card", "alt": "A drawer", "days": "1", "anchor": "launch", "at": "10:00"}),
        browser.post(f"{base}/timeline/add/custom_activity", data={"title": "A poster", "summary": "Hang it up", "days": "3", "anchor": "launch"}),
        browser.post(f"{base}/timeline/add/event", data={"title": "Webinar", "summary": "Half an hour", "format": "webinar", "minutes": "30"}),
        browser.post(f"{base}/timeline/add/email", data={**MAIL, **step, "subject": "Soon", "days": "7", "anchor": "before", "only_if": "registered"}),
        browser.post(f"{base}/timeline/add/paid_activity", data={"title": "Ads", "expected": "Visits", "activity_type": "digital_ads", "amount": "600", "currency": "EUR", "share_percent": "50", "proof": ["invoice"]}),
        browser.post(f"{base}/timeline/mails.second", data={**MAIL, **step, "subject": "Second, better", "days": "5", "only_if": "not_responded"}),
        browser.post(f"{base}/timeline/mails.call/move", data={"to": "earlier"}),
        browser.post(f"{base}/timeline/mails.call/move", data={"to": "later"}),
        browser.post(f"{base}/timeline/ads/remove"),
    ]  # fmt: skip
    whole = browser.get(timeline_url).text
    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion)).one()
        address, findings = version.public_id, version.findings
    browser.post(f"/kits/versions/{address}/publish")
    outbox.drain(now=clock.now())

    assert 'aria-label="missing"' in missing
    assert picture_in.status_code == 303
    assert [answer.status_code for answer in answers] == [303] * len(answers)
    assert "Second, better" in whole
    assert "7 days before the event" in whole
    assert "Ads" not in whole
    assert 'aria-label="missing"' not in whole
    assert findings == []
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(KitVersion.state)).one() is KitState.PUBLISHED
