"""The landing page of a kit made in the browser: its sections added, changed, ordered and taken out, by language."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.content import content_of, package_of
from campaigns.manifest import Page, load, make_package, read_kit
from campaigns.manifest.pages import Benefits, Faq, Form, Hero, Video
from campaigns.manifest.sections import ITEM_WORDS, WORDS, address_of, index_at, keys_of
from campaigns.models import KitVersion
from campaigns.operations import authoring
from campaigns.operations import sections as operations
from campaigns.operations.kits import KitHasFaults
from campaigns.operations.sections import SectionMoved, Written
from campaigns.operations.timeline import StaysPut
from campaigns.operations.translating import add_language
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.campaigns.example_kit import changed, checked, kit_files
from tests.campaigns.test_from_nothing import picture
from tests.people import People
from tests.signing_in import Browser, signed_in

POINTS = [{"title": "Tried", "text": "Not hoped for", "icon": "shield"}, {"title": "Quick", "text": "Half an hour"}]
YOUTUBE = "https://www.youtube.com/watch?v=abc"


@pytest.fixture
def begun(people: People, now: datetime, vera: Actor) -> KitVersion:
    """A kit whose page has a head, a form and a contact block."""
    with acting(vera):
        version = authoring.begin_kit(name="Backup", summary="A restore.", theme="", language="en", by=vera, now=now)
        session.flush()
    return version


def page_of(version: KitVersion) -> Page:
    page = content_of(version).landing
    assert page is not None
    return page


def kinds(version: KitVersion) -> list[str]:
    return [section.kind for section in page_of(version).sections]


def add(version: KitVersion, kind: str, written: Written, behind: int, by: Actor, now: datetime) -> None:
    at = address_of(page_of(version), behind)
    operations.add_section(version_id=version.id, kind=kind, written=written, behind=at, by=by, now=now)
    session.flush()


def change(version: KitVersion, index: int, written: Written, by: Actor, now: datetime, language: str = "en") -> None:
    at = address_of(page_of(version), index)
    operations.change_section(version_id=version.id, address=at, language=language, written=written, by=by, now=now)
    session.flush()


def test_a_section_stands_behind_the_one_that_was_chosen(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        add(begun, "benefits", Written({"title": "Why"}, items=POINTS), 0, vera, now)

        section = page_of(begun).sections[1]
        assert kinds(begun) == ["hero", "benefits", "form", "contact"]
        assert isinstance(section, Benefits)
        assert [item.icon for item in section.items] == ["shield", None]
        assert content_of(begun).words(section.items[1].text, "en") == "Half an hour"


def test_a_point_that_is_emptied_goes_with_its_words_and_the_others_keep_theirs(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        add(begun, "benefits", Written({"title": "Why"}, items=POINTS), 0, vera, now)
        add_language(version_id=begun.id, language="de", by=vera, now=now)
        session.flush()
        german = [{"title": "Erprobt", "text": ""}, {"title": "Schnell", "text": "Eine halbe Stunde"}]
        change(begun, 1, Written(items=german), vera, now, "de")
        change(begun, 1, Written(items=[{"title": "", "text": ""}, POINTS[1], POINTS[0]]), vera, now)

        content, section = content_of(begun), page_of(begun).sections[1]
        assert isinstance(section, Benefits)
        assert [content.words(item.title, "de") for item in section.items] == ["Schnell", "Tried"]
        assert "Erprobt" not in content.texts("de").values()


def test_another_language_changes_words_and_never_the_page(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        add_language(version_id=begun.id, language="de", by=vera, now=now)
        session.flush()
        before = package_of(begun).files["page/landing.yaml"]
        change(begun, 0, Written({"title": "Die Sicherung", "lead": ""}), vera, now, "de")

        hero = page_of(begun).sections[0]
        assert isinstance(hero, Hero)
        assert content_of(begun).words(hero.title, "de") == "Die Sicherung"
        assert content_of(begun).words(hero.lead, "de") == content_of(begun).words(hero.lead, "en")
        assert package_of(begun).files["page/landing.yaml"] == before


def test_what_is_taken_out_takes_its_words_and_picture_with_it(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        before = package_of(begun).files
        video = Written({"title": "See it"}, {"url": YOUTUBE}, picture=picture(), lets_link=True)
        add(begun, "video", video, 0, vera, now)
        made = page_of(begun).sections[1]
        at = address_of(page_of(begun), 1)
        operations.remove_section(version_id=begun.id, address=at, by=vera, now=now)
        session.flush()

        after = dict(package_of(begun).files)
        assert isinstance(made, Video)
        assert made.image == "artwork/page-video-1.jpg"
        assert after.pop("kit.yaml") != before["kit.yaml"]  # the host stays among those that links may lead to
        assert after == {path: data for path, data in before.items() if path != "kit.yaml"}


@pytest.mark.parametrize(
    "url", ["http://www.youtube.com/a", "javascript:alert(1)", "https://evil.example/a", "//x.example"]
)
def test_a_video_elsewhere_than_the_kit_says_is_refused(
    now: datetime, begun: KitVersion, vera: Actor, url: str
) -> None:
    with acting(vera):
        before = package_of(begun).files
        with pytest.raises(KitHasFaults):
            add(begun, "video", Written({"title": "See it"}, {"url": url}), 0, vera, now)

        assert package_of(begun).files == before


def test_the_check_names_the_line_of_a_video_that_leads_elsewhere() -> None:
    line = "  - {kind: video, title: {t: page.title}, url: 'https://www.youtube.com/watch?v=a'}\n  - kind: form\n"
    elsewhere = changed("page/landing.yaml", "  - kind: form\n", line)
    manifest = elsewhere.files["kit.yaml"].replace(b"[www.vendor.example]", b"[www.vendor.example, www.youtube.com]")
    allowed = make_package({**elsewhere.files, "kit.yaml": manifest})

    assert [(one.file, one.line) for one in checked(elsewhere).errors if one.code == "forbidden-host"] == [
        ("page/landing.yaml", 8)
    ]
    assert checked(allowed).errors == ()


def test_a_page_keeps_one_head_and_the_refusal_leaves_it_as_it_was(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera), pytest.raises(KitHasFaults):
        operations.move_section(
            version_id=begun.id, address=address_of(page_of(begun), 0), earlier=False, by=vera, now=now
        )
    with acting(vera):
        assert kinds(begun) == ["hero", "form", "contact"]
        with pytest.raises(StaysPut):
            operations.move_section(
                version_id=begun.id, address=address_of(page_of(begun), 0), earlier=True, by=vera, now=now
            )


def test_a_section_that_somebody_else_changed_meanwhile_is_not_overwritten(
    now: datetime, begun: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        add(begun, "faq", Written({"title": "Asked"}, items=[{"question": "Why?", "answer": "So."}]), 0, vera, now)
        seen = address_of(page_of(begun), 1)
        change(
            begun, 1, Written(items=[{"question": "", "answer": ""}, {"question": "How?", "answer": "So."}]), vera, now
        )

        with pytest.raises(SectionMoved):
            operations.remove_section(version_id=begun.id, address=seen, by=vera, now=now)


def test_a_form_asks_for_what_was_ticked_and_keeps_the_kits_own_fields() -> None:
    kit, _findings = load(make_package(kit_files()))
    assert kit is not None
    form = kit.pages["page/landing.yaml"].forms[0]
    assert isinstance(form, Form)

    fields = operations.asked_fields(form, ["email", "phone"], ["email"])

    assert [one["name"] for one in fields] == ["email", "seats", "phone"]
    assert fields[0] == {"name": "email", "required": True}
    assert fields[1]["options"] == [{"value": "1-10", "label": {"t": "form.few"}}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(moves=st.lists(st.integers(0, 3), max_size=8))
def test_an_address_finds_its_section_wherever_it_was_moved(moves: list[int]) -> None:
    kit, _findings = load(make_package(kit_files()))
    assert kit is not None
    page = kit.pages["page/landing.yaml"]
    sections = list(page.sections)
    before = {address_of(page, n): one for n, one in enumerate(sections)}
    for move in moves:
        sections.append(sections.pop(move % len(sections)))
    after = Page(format=1, title=page.title, description=page.description, sections=tuple(sections))

    for address, section in before.items():
        index = index_at(after, address)
        assert index is not None
        assert after.sections[index] == section


def form_of(kind: str) -> dict[str, Any]:
    words = {word.name: f"Words for {word.name}" for word in WORDS[kind]}
    points: dict[str, dict[str, Any]] = {
        "benefits": {"item0_title": "Tried", "item0_text": "Not hoped", "item0_icon": "lock", "item1_icon": "", "item2_icon": ""},
        "steps": {"item0_title": "First", "item0_text": "We look", "item0_icon": "", "item1_icon": "", "item2_icon": ""},
        "products": {"item0_title": "Backup", "item0_text": "It restores", "item0_image": "", "item1_image": "", "item2_image": ""},
        "faq": {"item0_question": "Why?", "item0_answer": "So."},
        "quote": {"image": ""},
        "image": {"image": "", "picture": (BytesIO(picture()), "a.jpg")},
        "video": {"url": YOUTUBE, "lets_link": "y", "image": ""},
    }  # fmt: skip
    return {**words, **points.get(kind, {})}


def test_every_kind_is_added_changed_and_taken_out_through_the_pages(
    app: Flask, people: People, begun: KitVersion, browser: Browser
) -> None:
    def page() -> Page:
        with acting(people.actor("vera")):
            session.expire_all()
            return page_of(session.scalars(sa.select(KitVersion)).one())

    def addresses() -> list[str]:
        found = page()
        return [address_of(found, n) for n in range(len(found.sections))]

    with acting(people.actor("vera")):
        base = f"/kits/versions/{begun.public_id}/page"
    signed_in(browser, people.vera)
    added = ["benefits", "steps", "quote", "text", "image", "video", "faq", "products"]

    for kind in added:
        data = {**form_of(kind), "behind": addresses()[-2]}
        answer = browser.post(f"{base}/add/{kind}", data=data, content_type="multipart/form-data")
        assert answer.status_code == 303, (kind, answer.text)
    half = browser.post(f"{base}/add/faq", data={"title": "A", "behind": addresses()[0], "item0_question": "Why?"})
    elsewhere = {**form_of("video"), "url": "https://vimeo.com/1", "behind": addresses()[0]}
    elsewhere.pop("lets_link")
    unknown = browser.post(f"{base}/add/video", data=elsewhere)
    shown = browser.get(base)
    opened = [browser.get(f"{base}/{address}").status_code for address in addresses()]
    again = browser.post(f"{base}/{addresses()[1]}", data={"asked": ["email"], "required": ["email"]})
    moved = browser.post(f"{base}/{addresses()[2]}/move", data={"to": "later"})
    gone = [browser.post(f"{base}/{addresses()[2]}/remove").status_code for _kind in added]

    assert half.status_code == 422
    assert "This is needed." in half.text
    assert unknown.status_code == 422
    assert "Watch it at vimeo.com" in unknown.text  # what was typed is still shown
    assert "No link of this kit leads to that site yet" in unknown.text
    assert opened == [200] * 11
    assert "Words for title" in shown.text
    assert again.status_code == 422  # a form without its words
    assert moved.status_code == 303
    assert gone == [303] * len(added)
    assert [one.kind for one in page().sections] == ["hero", "form", "contact"]


def test_a_section_is_shown_while_it_is_written_and_nothing_is_kept(
    people: People, begun: KitVersion, browser: Browser
) -> None:
    with acting(people.actor("vera")):
        base, before = f"/kits/versions/{begun.public_id}/page", package_of(begun).files
        hero = address_of(page_of(begun), 0)
    signed_in(browser, people.vera)

    new = browser.post(
        f"{base}/try/video", data={"title": "<b>See</b> {{ partner.name }}", "url": YOUTUBE, "image": ""}
    )
    old = browser.post(f"{base}/try/hero?address={hero}&language=en", data={"title": "Another head", "image": ""})
    half = browser.post(f"{base}/try/faq", data={"title": "Asked"})
    page = browser.get(f"{base}/{hero}")

    assert "Watch it at www.youtube.com" in new.text
    assert "<b>See</b>" not in new.text
    assert "{{" not in new.text
    assert "Another head" in old.text
    assert (half.status_code, "iframe" in half.text) == (200, False)
    assert "script-src" not in page.headers["Content-Security-Policy"]  # only that of everything else: our own
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    with acting(people.actor("vera")):
        assert package_of(session.scalars(sa.select(KitVersion)).one()).files == before


def test_a_stranger_finds_no_page_to_change(people: People, now: datetime, begun: KitVersion) -> None:
    with acting(people.actor("vera")):
        address = address_of(page_of(begun), 0)
    viktor, version_id = people.actor("viktor"), begun.id
    session.expunge_all()

    with acting(viktor), pytest.raises(NotFound):
        operations.remove_section(version_id=version_id, address=address, by=viktor, now=now)


def test_questions_of_a_page_may_be_many_and_each_has_an_answer(now: datetime, begun: KitVersion, vera: Actor) -> None:
    with acting(vera):
        rows = [{"question": f"Why {n}?", "answer": f"So {n}."} for n in range(12)]
        add(begun, "faq", Written({"title": "Asked"}, items=rows), 0, vera, now)

        faq = page_of(begun).sections[1]
        assert isinstance(faq, Faq)
        assert [content_of(begun).words(item.answer, "en") for item in faq.items] == [row["answer"] for row in rows]


@pytest.mark.parametrize("name", authoring.starters())
def test_what_is_saved_unchanged_leaves_the_page_of_a_starter_as_it_is(name: str) -> None:
    package = read_kit(authoring.STARTERS / name)
    kit, _findings = load(package)
    assert kit is not None
    path, page = operations.page_of(kit)
    english = {key: text.words for key, text in kit.texts.by_language[kit.manifest.default_language].items()}

    for index, section in enumerate(page.sections):
        words = {what: english[key] for what, key in keys_of(section, WORDS[section.kind]).items()}
        points = [
            {what: english[key] for what, key in keys_of(item, ITEM_WORDS[section.kind]).items()}
            | {fact: getattr(item, fact, None) or "" for fact in ("icon", "image")}
            for item in getattr(section, "items", ())
        ]
        facts = {what: getattr(section, what) for what in ("image",) if hasattr(section, what)}
        after = operations.with_change(
            package, address=address_of(page, index), language=kit.manifest.default_language,
            written=Written(words, facts, points or None),
        )  # fmt: skip
        again, _findings = load(after)

        assert after.files[path] == package.files[path]
        assert after.files.keys() == package.files.keys()
        assert again is not None
        assert again.texts.resolved("en") == kit.texts.resolved("en")


def test_a_form_that_was_taken_out_comes_back_as_it_began_in_every_language_and_the_kit_is_whole(
    now: datetime, people: People, begun: KitVersion, browser: Browser
) -> None:
    with acting(people.actor("vera")) as vera:
        add_language(version_id=begun.id, language="de", by=vera, now=now)
        session.flush()
        base, form = f"/kits/versions/{begun.public_id}/page", address_of(page_of(begun), 1)
        before = page_of(begun).forms[0]
    session.commit()
    signed_in(browser, people.vera)

    there = browser.get(base).text
    browser.post(f"{base}/{form}/remove")
    without = browser.get(base).text
    offered = browser.get(f"{base}/add/form").text
    words = {one.name.replace(".", "__"): text for one in WORDS["form"] if (text := _begins_with(one.name))}
    chosen = {"asked": ["last_name", "email"], "required": ["email"]}
    no_address = browser.post(f"{base}/add/form", data={**words, "asked": ["last_name"], "required": ["last_name"]})
    back = browser.post(f"{base}/add/form", data={**words, "button": "Book it", **chosen, "behind": "0-gone"})
    with acting(people.actor("vera")):
        session.expire_all()
        behind = address_of(page_of(session.scalars(sa.select(KitVersion)).one()), 0)
    back = browser.post(f"{base}/add/form", data={**words, "button": "Book it", **chosen, "behind": behind})
    second = browser.get(f"{base}/add/form")

    assert "/page/add/form" not in there
    assert "/page/add/form" in without
    assert "I can withdraw this at any time" in offered
    assert no_address.status_code == 422
    assert "without an address nobody can be answered" in no_address.text
    assert back.status_code == 303
    assert second.status_code == 404
    with acting(people.actor("vera")):
        session.expire_all()
        version = session.scalars(sa.select(KitVersion)).one()
        content, made = content_of(version), page_of(version).forms[0]
        assert kinds(version) == ["hero", "form", "contact"]
        assert [(one.name, one.required) for one in made.fields] == [("last_name", False), ("email", True)]
        assert content.words(made.consent, "de").startswith("Ich bin einverstanden")
        assert content.words(made.button, "de") == "Book it"  # written anew, so not what stood there in German
        assert content.words(made.thank_you.title, "de") == "Danke, das ist angekommen"
        assert before.consent is not None


def _begins_with(name: str) -> str:
    return operations.standing_words("form", "en").get(name, "")
