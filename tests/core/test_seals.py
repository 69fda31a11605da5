"""A changed, removed or cut audit trail is found."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.core import audit, seals
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import AuditEntry, AuditSeal
from tcma.core.tenancy import acting
from tests.factories import NOW
from tests.people import People


def commands(people: People, count: int) -> None:
    with transaction(), acting(people.actor("alice")) as alice:
        for number in range(count):
            audit.record(by=alice, action="thing.done", object_type="thing", object_id=number, now=NOW)


def breaches() -> list[str]:
    with transaction(), acting(Actor.reader("test")):
        return seals.breaches()


def tamper(app: Flask, statement: str) -> None:
    """Change the database behind the application's back, as its operator could."""
    from tcma.cli.database import owner_engine
    from tcma.core import runtime

    session.remove()
    with owner_engine(runtime.settings()).begin() as connection:
        connection.execute(sa.text(statement))


def test_an_untouched_trail_holds_and_is_sealed_once(people: People) -> None:
    commands(people, 5)

    assert seals.seal(now=NOW) == 5
    assert seals.seal(now=NOW) == 0
    commands(people, 2)
    assert seals.seal(now=NOW) == 2
    assert breaches() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_entry SET action = 'thing.undone' WHERE object_id = 2", "was changed"),
        ("DELETE FROM audit_seal WHERE position = 3", "seal 3 is missing"),
        ("DELETE FROM audit_seal WHERE position > 3", "does not hold what checkpoint 1 saw"),
    ],
)
def test_tampering_is_found(app: Flask, people: People, statement: str, words: str) -> None:
    commands(people, 5)
    seals.seal(now=NOW)

    tamper(app, statement)

    assert any(words in breach for breach in breaches())


def test_a_trail_written_anew_with_fresh_seals_does_not_match_the_checkpoint(app: Flask, people: People) -> None:
    commands(people, 3)
    seals.seal(now=NOW)
    kept = seals.checkpoint_file().read_text()

    tamper(app, "DELETE FROM audit_seal")
    tamper(app, "DELETE FROM audit_entry WHERE object_id = 1")
    seals.seal(now=NOW)
    seals.checkpoint_file().write_text(kept)

    assert any("checkpoint 1" in breach for breach in breaches())


def test_a_forged_checkpoint_is_found(people: People) -> None:
    commands(people, 1)
    seals.seal(now=NOW)
    line = json.loads(seals.checkpoint_file().read_text())
    seals.checkpoint_file().write_text(json.dumps({**line, "count": 0, "head": seals.START}) + "\n")

    assert breaches() == ["checkpoint 1 has a wrong signature"]
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditSeal)) == 1
    assert AuditEntry.__append_only__
