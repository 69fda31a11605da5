"""A kit's languages: coverage, translations beside their source, what has changed since, one more and one less."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from campaigns.content import content_of, package_of
from campaigns.manifest.translation import LanguageState, language_states, marks_after
from campaigns.models import KitVersion
from campaigns.operations import authoring, translating
from campaigns.operations.kits import KitHasFaults, import_kit
from campaigns.operations.translating import LanguageNeeded
from campaigns.operations.writing import with_files
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Conflict, NotFound
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, published, starter
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def draft(people: People, now: datetime) -> KitVersion:
    return imported(people, now)


def states(version: KitVersion) -> dict[str, LanguageState]:
    return {one.language: one for one in language_states(content_of(version).kit, version.outdated)}


def say(version: KitVersion, language: str, words: dict[str, str], by: Actor, now: datetime) -> None:
    authoring.change_words(version_id=version.id, language=language, words=words, by=by, now=now)
    session.flush()


def test_a_translation_is_marked_when_its_source_changes_and_cleared_when_it_follows(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        say(draft, "en", {"kit.title": "The winter drill"}, vera, now)
        marked = {language: state.changed for language, state in states(draft).items()}
        made_from = draft.outdated["de"]["kit.title"]
        say(draft, "de", {"kit.title": "Die Winterübung"}, vera, now)
        followed = states(draft)

    assert marked == {"en": (), "de": ("kit.title",), "ja": ("kit.title",)}
    assert made_from == "The phishing drill"
    assert followed["de"].changed == ()
    assert followed["ja"].changed == ("kit.title",)


def test_a_source_that_goes_back_to_what_was_translated_needs_nothing(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        say(draft, "en", {"kit.title": "Another"}, vera, now)
        say(draft, "en", {"kit.title": "Yet another"}, vera, now)
        assert draft.outdated["de"]["kit.title"] == "The phishing drill"
        say(draft, "en", {"kit.title": "The phishing drill"}, vera, now)

        assert draft.outdated == {}


def test_what_is_still_right_loses_its_mark_and_keeps_its_words(now: datetime, draft: KitVersion, vera: Actor) -> None:
    with acting(vera):
        say(draft, "en", {"kit.title": "The winter drill"}, vera, now)
        before = package_of(draft).files["texts/de.yaml"]
        translating.confirm_translations(version_id=draft.id, language="de", keys=["kit.title"], by=vera, now=now)
        session.flush()

        assert states(draft)["de"].changed == ()
        assert states(draft)["ja"].changed == ("kit.title",)
        assert package_of(draft).files["texts/de.yaml"] == before


def test_marks_go_along_into_the_next_version_and_a_zip_makes_them_too(
    people: People, now: datetime, vera: Actor
) -> None:
    first = published(people, now)

    with acting(vera):
        begun = authoring.open_draft(kit_id=first.kit_id, by=vera, now=now)
        session.flush()
        say(begun, "en", {"kit.title": "The winter drill"}, vera, now)
        package = package_of(begun)
        manifest = package.files["kit.yaml"].replace(b"version: 1.1.0", b"version: 1.2.0")
        again = import_kit(package=with_files(package, {"kit.yaml": manifest}), by=vera, now=now)

        assert again.outdated["de"] == {"kit.title": "The phishing drill"}


def test_a_kit_that_did_not_change_has_no_marks() -> None:
    assert marks_after(starter(), starter(), default_language="en", marks={}) == {}


def test_one_more_language_is_covered_as_far_as_its_words_are_there(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        translating.add_language(version_id=draft.id, language="fr", by=vera, now=now)
        session.flush()
        say(draft, "fr", {"kit.title": "L’exercice"}, vera, now)
        french = states(draft)["fr"]

        assert french.translated == 1 + len(content_of(draft).kit.texts.by_language["fr"]) - 1
        assert "kit.title" not in french.missing
        assert len(french.missing) == french.wanted - french.translated
        assert content_of(draft).texts("fr")["kit.summary"] == content_of(draft).texts("en")["kit.summary"]
        with pytest.raises(Conflict):
            translating.add_language(version_id=draft.id, language="fr", by=vera, now=now)
        with pytest.raises(KitHasFaults):
            translating.add_language(version_id=draft.id, language="qq-nowhere", by=vera, now=now)


def test_standing_words_come_translated_and_the_rest_does_not(now: datetime, people: People, vera: Actor) -> None:
    with acting(vera):
        begun = authoring.begin_kit(name="Backup", summary="Tried.", theme="", language="en", by=vera, now=now)
        session.flush()
        say(begun, "en", {"form.button": "Ring me"}, vera, now)
        translating.add_language(version_id=begun.id, language="de", by=vera, now=now)
        session.flush()
        german = content_of(begun).kit.texts.by_language["de"]

        assert "einverstanden" in german["form.consent"].words
        assert "form.button" not in german
        assert {"kit.title", "form.button"} <= set(states(begun)["de"].missing)


def test_a_language_is_taken_out_with_its_words_but_not_the_first(
    now: datetime, draft: KitVersion, vera: Actor
) -> None:
    with acting(vera):
        translating.remove_language(version_id=draft.id, language="ja", by=vera, now=now)
        session.flush()

        assert draft.languages == ["en", "de"]
        assert "texts/ja.yaml" not in package_of(draft).files
        with pytest.raises(LanguageNeeded):
            translating.remove_language(version_id=draft.id, language="en", by=vera, now=now)
        with pytest.raises(NotFound):
            translating.remove_language(version_id=draft.id, language="ja", by=vera, now=now)


def test_the_pages_show_what_is_open_and_a_tick_says_that_it_is_still_right(
    people: People, now: datetime, draft: KitVersion, vera: Actor, browser: Browser
) -> None:
    with acting(vera):
        say(draft, "en", {"kit.title": "The winter drill"}, vera, now)
        address = draft.public_id
    session.commit()
    signed_in(browser, people.vera)
    page = f"/kits/versions/{address}/words?part=kit&language=de"

    overview = browser.get(f"/kits/versions/{address}/languages").text
    before = browser.get(page).text
    with acting(vera):
        german = content_of(session.scalars(sa.select(KitVersion)).one()).texts("de")
        words = {"w0": german["kit.title"], "w1": german["kit.summary"]}
    saved = browser.post(page, data={**words, "right0": "1"})
    after = browser.get(page).text
    added = browser.post(f"/kits/versions/{address}/languages", data={"language": "pt-BR"})
    refused = browser.post(f"/kits/versions/{address}/languages", data={"language": "qq-nowhere"})

    assert "one changed since translated" in overview
    assert "The winter drill" in before
    assert "The phishing drill" in before  # what it was translated from
    assert saved.status_code == 303
    assert "changed since translated" not in after
    assert added.status_code == 303
    assert "language=pt-BR" in added.location
    assert refused.status_code == 422
