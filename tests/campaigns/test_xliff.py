"""Words for translators: XLIFF 1.2 out and in, and a file that does not fit refused with its line."""

from datetime import datetime
from io import BytesIO

import pytest
from defusedxml.ElementTree import fromstring

from campaigns.content import content_of, package_of
from campaigns.manifest.xliff import NAMESPACE, Unit, XliffRefused, read_xliff, write_xliff
from campaigns.models import KitVersion
from campaigns.operations import authoring, translating
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported
from tests.people import People
from tests.signing_in import Browser, signed_in

NAMES = {"x": NAMESPACE}


@pytest.fixture
def draft(people: People, now: datetime) -> KitVersion:
    return imported(people, now)


def exported(version: KitVersion, language: str = "de") -> str:
    content = content_of(version)
    return translating.translation_file(content=content, language=language, marks=version.outdated).decode()


def line_of(file: str, words: str) -> int:
    return next(number for number, line in enumerate(file.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    "words",
    [
        "Hello {{ contact.first_name | there }}, see {{ launch.page_url }}",
        "a < b && c > d \"quoted\" 'so'",
        " two\nlines\n\n  and spaces ",
        "ünï — 日本語 🎣 عربي",
        "{{ broken",
    ],
)
def test_words_come_back_as_they_went(words: str) -> None:
    written = write_xliff(
        [Unit("a.b", words, words)],
        original="k 1.0.0",
        source_language="en",
        target_language="de",
        changed={},
        labels={},
    )

    found = read_xliff(written)

    assert (found.source_language, found.target_language) == ("en", "de")
    assert [(unit.key, unit.source, unit.target) for unit in found.units] == [("a.b", words, words)]


def test_merge_fields_are_placeholders_and_states_tell_what_is_open(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        authoring.change_words(
            version_id=draft.id, language="en", words={"kit.title": "The winter drill"}, by=vera, now=now
        )
        authoring.change_words(version_id=draft.id, language="de", words={"kit.summary": ""}, by=vera, now=now)
        session.flush()
        tree = fromstring(exported(draft))

    targets = {unit.get("id"): unit.find("x:target", NAMES) for unit in tree.iter(f"{{{NAMESPACE}}}trans-unit")}
    states = {key: target.get("state") for key, target in targets.items() if key and target is not None}
    assert states["kit.title"] == "needs-adaptation"
    assert states["kit.summary"] == "needs-translation"
    assert states["form.consent"] == "translated"
    fields = [one.text for one in tree.iter(f"{{{NAMESPACE}}}ph")]
    assert "{{ partner.name }}" in fields


def test_what_a_translator_wrote_goes_in_and_nothing_else_changes(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        german = content_of(draft).texts("de")["kit.title"]
        before = package_of(draft).files
        file = exported(draft).replace(f">{german}</target>", ">Die Winterübung</target>", 1)
        taken = translating.take_translation(version_id=draft.id, data=file.encode(), by=vera, now=now)
        session.flush()
        after = package_of(draft).files

        assert taken == ("de", 1)
        assert content_of(draft).texts("de")["kit.title"] == "Die Winterübung"
        assert {path for path in after if after[path] != before.get(path)} == {"texts/de.yaml"}


def test_a_file_that_was_made_before_the_source_changed_is_taken_and_marked(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        file = exported(draft).replace("Die Phishing-Übung", "Die neue Übung")
        authoring.change_words(
            version_id=draft.id, language="en", words={"kit.title": "The winter drill"}, by=vera, now=now
        )
        session.flush()
        translating.take_translation(version_id=draft.id, data=file.encode(), by=vera, now=now)

        assert draft.outdated["de"] == {"kit.title": "The phishing drill"}


def test_a_translation_of_what_is_there_now_clears_the_mark(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        authoring.change_words(
            version_id=draft.id, language="en", words={"kit.title": "The winter drill"}, by=vera, now=now
        )
        session.flush()
        translating.take_translation(version_id=draft.id, data=exported(draft).encode(), by=vera, now=now)

        assert "de" not in draft.outdated
        assert draft.outdated["ja"] == {"kit.title": "The phishing drill"}


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('version="1.2"', 'version="2.0"', "<xliff", "not XLIFF 1.2"),
        ('source-language="en"', 'source-language="fr"', "<file", "translated from"),
        ('target-language="de"', 'target-language="fr"', "<file", "does not speak"),
        ('target-language="de"', 'target-language="en"', "<file", "does not speak"),
        ('id="kit.title" resname="kit.title"', 'id="kit.titel"', "kit.titel", "no text"),
        ('id="kit.summary" resname="kit.summary"', 'id="kit.title"', "", "twice"),
        ("</body>", "<body>", "", "not well-formed"),
        ("<xliff", "<!DOCTYPE x [<!ENTITY a 'b'>]>\n<xliff", "<!DOCTYPE", "document type"),
        ("{{ launch.page_url }}", "{{ launch.page_ulr }}", "", "page_ulr"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line_and_nothing_changes(
    now: datetime, draft: KitVersion, vera: Actor, old: str, new: str, place: str, reason: str
) -> None:
    with acting(vera):
        before = package_of(draft).files
        file = exported(draft).replace("</target>", "</target>").replace(old, new)
        with pytest.raises(XliffRefused, match=reason) as refusal:
            translating.take_translation(version_id=draft.id, data=file.encode(), by=vera, now=now)

        assert refusal.value.line == (line_of(file, place) if place else refusal.value.line)
        assert refusal.value.line > 0
        assert f"Line {refusal.value.line}:" in str(refusal.value.message)
        assert package_of(draft).files == before


def test_the_pages_give_the_file_out_and_take_it_in_and_a_stranger_sees_neither(
    people: People, draft: KitVersion, vera: Actor, browser: Browser
) -> None:
    with acting(vera):
        base = f"/kits/versions/{draft.public_id}"
    session.commit()
    signed_in(browser, people.vera)

    file = browser.get(f"{base}/languages/de.xlf")
    taken = browser.post(
        f"{base}/translation",
        data={"file": (BytesIO(file.data.replace("Die Phishing-Übung".encode(), b"Der Drill")), "de.xlf")},
        content_type="multipart/form-data",
    )
    refused = browser.post(
        f"{base}/translation",
        data={"file": (BytesIO(b"<xliff version='2.0'/>"), "de.xlf")},
        content_type="multipart/form-data",
    )
    empty = browser.post(f"{base}/translation", data={})

    assert file.mimetype == "application/xliff+xml"
    assert taken.status_code == 303
    assert "Der Drill" in browser.get(taken.location).text
    assert refused.status_code == 422
    assert "Line 1:" in refused.text
    assert empty.status_code == 422
    assert browser.get(f"{base}/languages/en.xlf").status_code == 404
    signed_in(browser, people.viktor)
    assert browser.get(f"{base}/languages/de.xlf").status_code == 404


def test_the_first_language_is_not_translated(draft: KitVersion, vera: Actor) -> None:
    with acting(vera), pytest.raises(NotFound):
        exported(draft, "en")
