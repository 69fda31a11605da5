"""A vendor's guideline is held against the kits that it takes in and writes."""

from datetime import datetime

import pytest

from assets.guideline import BannedWord, Guideline
from campaigns import checks
from campaigns.operations import authoring
from campaigns.operations import kits as operations
from campaigns.operations.kits import KitHasFaults
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import VendorBrand
from tests.campaigns.kits import imported, starter
from tests.people import People


def with_guideline(people: People, guideline: Guideline) -> None:
    with acting(people.actor("vera")):
        session.add(
            VendorBrand(vendor_id=people.vendor.id, name="Vera's", colours={}, legal={}, guideline=guideline.as_dict())
        )
        session.flush()


def test_a_kit_that_says_a_banned_word_is_refused_with_file_line_and_what_to_say(people: People, now: datetime) -> None:
    with_guideline(people, Guideline(banned=(BannedWord("click", "press"),)))

    with pytest.raises(KitHasFaults) as refusal:
        imported(people, now)

    fault = next(one for one in refusal.value.findings if one.is_error)
    line = starter().files[fault.file].decode().splitlines()[fault.line - 1]
    assert fault.code == "guideline-banned-word"
    assert fault.file == "texts/en.yaml"
    assert "click" in line.lower()
    assert fault.mend == "Say “press” instead."


def test_tone_is_a_warning_and_keeps_no_kit_out(people: People, now: datetime) -> None:
    with_guideline(people, Guideline(longest_sentence=3, required=("Nobody says this",)))

    version = imported(people, now)

    codes = {one["code"] for one in version.findings}
    assert {"guideline-long-sentence", "guideline-not-named"} <= codes


def test_words_written_in_the_browser_are_held_against_it_too(people: People, now: datetime) -> None:
    version = imported(people, now)
    with_guideline(people, Guideline(banned=(BannedWord("guaranteed"),)))
    by = people.actor("vera")

    with acting(by), pytest.raises(KitHasFaults) as refusal:
        authoring.change_words(
            version_id=version.id, language="en", words={"kit.title": "Guaranteed safe"}, by=by, now=now
        )

    assert "Guaranteed" in refusal.value.findings[0].message


def test_a_draft_from_before_the_guideline_is_not_published_against_it(people: People, now: datetime) -> None:
    version = imported(people, now)
    with_guideline(people, Guideline(banned=(BannedWord("click"),)))

    with acting(people.actor("vera")):
        reasons = operations.reasons_not_to_publish(version, now=now)

    assert any("texts/en.yaml" in reason and "rules out" in reason for reason in reasons)


def test_a_check_without_a_vendor_knows_no_guideline(now: datetime) -> None:
    assert not [one for one in checks.check(starter(), today=now.date()).findings if one.code.startswith("guideline")]
