"""What the program holds its data against every hour, and how readiness names a promise that is broken."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.app import TICKS
from tcma.core import health
from tcma.core.db import session, transaction
from tcma.core.health import Down
from tcma.core.models import Switch
from tests.factories import NOW


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the check of the ledger finds; empty: nothing."""
    found: list[str] = []
    monkeypatch.setitem(health._checks, "ledger", lambda: found)
    return found


def test_the_ledger_is_verified_every_hour_in_production() -> None:
    assert TICKS["verify.ledger"].every == 3600


def test_the_ledgers_own_check_runs_and_leaves_its_outcome(app: Flask) -> None:
    TICKS["verify.ledger"].run(NOW)

    health._verified("ledger")
    assert session.scalars(sa.select(Switch.value)).one() == {"breaches": 0, "first": []}


def test_readiness_names_a_ledger_that_does_not_balance_until_it_does(broken: list[str]) -> None:
    broken += ["a posting does not balance", "another"]
    health.verify("ledger", NOW)

    with pytest.raises(Down, match="2 breaches: run `tcma verify ledger`"):
        health._verified("ledger")

    broken.clear()
    health.verify("ledger", NOW)
    health._verified("ledger")


def test_readiness_names_a_ledger_that_nobody_verifies_any_more(broken: list[str]) -> None:
    health.verify("ledger", NOW)
    with transaction():
        session.execute(sa.update(Switch).values(updated_at=datetime.now(UTC) - timedelta(hours=4)))

    with pytest.raises(Down, match="not verified for 4 h"):
        health._verified("ledger")


def test_a_young_installation_is_ready_before_its_first_hour(app: Flask) -> None:
    health._verified("ledger")
