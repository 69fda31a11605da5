"""A kit goes in whole or not at all, and comes out as it went in."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaigns.content import content_of, package_of
from campaigns.manifest import KitPackage, read_kit, write_zip
from campaigns.models import Kit, KitFile, KitState, KitVersion, Tactic
from campaigns.operations import kits as operations
from campaigns.operations.kits import KitHasFaults, VersionTaken
from campaigns.operations.writing import with_files
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, published, starter
from tests.people import People


def changed(words: str = "A new headline") -> KitPackage:
    texts = starter().files["texts/en.yaml"].decode().replace("Would your team click?", words)
    return with_files(starter(), {"texts/en.yaml": texts.encode()})


def test_a_kit_goes_in_as_a_draft_with_its_files_tactics_and_designs(people: People, now: datetime) -> None:
    version = imported(people, now)

    with acting(people.actor("vera")):
        assert version.state is KitState.DRAFT
        assert version.title["de"]
        assert version.label == "1.0.0"
        files = session.scalars(sa.select(KitFile.path).where(KitFile.kit_version_id == version.id)).all()
        kinds = session.scalars(sa.select(Tactic.kind).where(Tactic.kit_version_id == version.id)).all()
    assert set(files) == set(starter().files)
    assert {"landing_page", "email_sequence", "social_posts", "collateral", "event", "paid_activity"} <= set(kinds)


def test_what_was_taken_in_comes_out_byte_for_byte(people: People, now: datetime) -> None:
    version = imported(people, now)

    with acting(people.actor("vera")):
        out = write_zip(package_of(version))

    assert out == write_zip(starter())
    assert read_kit(out).files == starter().files


def test_the_same_kit_again_gives_the_version_that_is_there(people: People, now: datetime) -> None:
    first = imported(people, now)

    again = imported(people, now + timedelta(hours=1))

    assert again.id == first.id


def test_a_broken_kit_is_refused_whole_and_leaves_nothing_behind(people: People, now: datetime) -> None:
    broken = with_files(
        starter(), {"kit.yaml": starter().files["kit.yaml"].replace(b"kind: landing_page", b"kind: landng_page")}
    )

    with pytest.raises(KitHasFaults) as refusal:
        imported(people, now, broken)

    fault = refusal.value.findings[0]
    assert fault.file == "kit.yaml"
    assert fault.line > 0
    assert "landing_page" in fault.mend
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(Kit)).all() == []


def test_a_published_version_keeps_its_number_for_itself(people: People, now: datetime) -> None:
    published(people, now)

    with pytest.raises(VersionTaken, match="1.0.0"):
        imported(people, now, changed())


def test_a_new_version_puts_an_older_draft_away(people: People, now: datetime) -> None:
    first = imported(people, now)

    second = imported(people, now, changed())

    assert (first.state, second.number, second.state) == (KitState.ARCHIVED, 2, KitState.DRAFT)


def test_another_vendor_sees_nothing_of_a_kit(people: People, now: datetime) -> None:
    imported(people, now)

    with acting(people.actor("viktor")):
        assert session.scalars(sa.select(KitVersion)).all() == []
        assert session.scalars(sa.select(KitFile)).all() == []


def test_a_draft_is_read_from_memory_the_second_time(people: People, now: datetime) -> None:
    version = imported(people, now)

    with acting(people.actor("vera")):
        assert content_of(version) is content_of(version)


def test_taking_a_kit_in_is_on_the_record_once(people: People, now: datetime) -> None:
    imported(people, now)

    with acting(people.actor("vera")):
        actions = session.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("kit.imported") == 1


def test_a_published_version_cannot_be_a_draft_again(people: People, now: datetime) -> None:
    version = published(people, now)

    with acting(people.actor("vera")), pytest.raises(operations.Conflict):
        operations.move(version, KitState.DRAFT)
