"""Hostile files do no harm: each is taken clean or refused by name. `python -m tests.core.hostile 10000` tries more."""

import io

import pytest
from flask.testing import FlaskClient

from tcma.core import intake
from tests.core import hostile
from tests.core.hostile_bases import SERIAL, valid_files
from tests.core.hostile_files import BENT, MADE, hostile_file
from tests.partners.test_pages import BRAND
from tests.people import People
from tests.signing_in import signed_in


def test_three_hundred_hostile_files_are_taken_clean_or_refused_by_name() -> None:
    outcome = hostile.run(range(300))

    assert outcome.files == 300
    assert outcome.faults == []
    assert outcome.strays == []
    assert outcome.slowest <= hostile.SECONDS
    assert outcome.grown <= hostile.MEMORY
    assert outcome.answers["clean"] > 30, "nearly nothing was taken, so that little was looked at"
    assert len(outcome.answers) >= 7


@pytest.mark.parametrize("base", list(valid_files()))
def test_what_the_hostile_files_are_made_from_is_taken(base: str) -> None:
    door = {"pdf": "document", "zip of a kit": "kit"}.get(
        base, "table" if "csv" in base or base == "xlsx" else "material"
    )

    hostile.DOORS[door](valid_files()[base])


def test_a_hostile_file_is_the_same_each_time_and_every_trick_is_played() -> None:
    assert hostile_file(17, 1) == hostile_file(17, 1)
    assert hostile_file(17, 1) != hostile_file(18, 1)
    played = {trick for number in range(600) for trick in hostile_file(number, hostile.SEED).trick.split(", ")}
    assert played >= {*BENT, *MADE}


def test_notes_that_are_left_in_what_is_taken_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = intake.CleanImage(valid_files()["jpeg"], "image/jpeg", 140, 90)
    assert SERIAL in leaky.bytes
    monkeypatch.setattr(intake, "material", lambda _data: leaky)

    outcome = hostile.run(range(40, 60))

    assert any("serial number is left" in fault for fault in outcome.faults)


@pytest.mark.parametrize(
    ("path", "field"), [("/brand", "logo"), ("/kits/import", "package"), ("/contacts/imports/new", "file")]
)
def test_pages_answer_hostile_files_with_a_reason_and_never_with_a_failure(
    path: str, field: str, client: FlaskClient, people: People
) -> None:
    more = BRAND if path == "/brand" else {}
    browser = signed_in(client, people.vera if path.startswith("/kits") else people.alice)

    answers = [
        browser.post(
            path, data={**more, field: (io.BytesIO(one.data), one.name.replace("\0", "") or "file")}
        ).status_code
        for one in (hostile_file(number, hostile.SEED) for number in range(1_000, 1_012))
    ]

    assert set(answers) <= {200, 303, 400, 413, 415, 422}
