"""`tcma verify` names what was broken on purpose. The ledger's and the trail's are in their own tests."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask

from tcma.cli import verify
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.models import Outbox, WorkState
from tcma.partners.models import BrandProfile
from tests import factories
from tests.factories import NOW


def _work(**more: object) -> int:
    values = {"fact": "kit.grants_due", "listener": "campaigns.grant", "ids": {}, "created_at": NOW, "due_at": NOW}
    work_id = factories.save(Outbox(**{**values, **more})).id
    session.commit()
    return work_id


def test_an_empty_installation_holds_everything(app: Flask) -> None:
    assert not any(verify.breaches("all", NOW).values())


def test_work_that_was_given_up_is_named_with_its_reason(app: Flask) -> None:
    work = _work(state=WorkState.PARKED, last_error="RelayDown")

    assert verify.breaches("outbox", NOW)["outbox"] == [f"work {work} (campaigns.grant) was given up: RelayDown"]


def test_work_that_nobody_takes_up_is_named_and_work_in_hand_is_not(app: Flask) -> None:
    late = NOW - timedelta(minutes=11)
    work = _work(due_at=late)
    _work(due_at=late, lease_until=NOW + timedelta(minutes=1))
    _work(due_at=late, state=WorkState.DONE)

    assert verify.breaches("outbox", NOW)["outbox"] == [
        f"work {work} (campaigns.grant) waits since {late:%Y-%m-%d %H:%M} UTC"
    ]


def test_a_file_that_is_gone_is_named_with_the_row_that_wants_it(app: Flask) -> None:
    there = runtime.store().put("1", b"a logo").path
    gone = there[:-4] + "0000"
    brand = BrandProfile(
        partner_id=factories.vendor().id, name="Vera's", logo_blob=there, logo_dark_blob=gone, updated_at=NOW
    )
    factories.save(brand)
    session.commit()

    assert verify.breaches("files", NOW)["files"] == [f"brand_profile.logo_dark_blob names a missing file: {gone}"]


def test_a_breach_ends_the_command_with_a_failure(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "create_app", lambda _settings: app)
    monkeypatch.setattr(verify.Settings, "from_environment", lambda: None)
    monkeypatch.setattr(verify.clock, "now", lambda: NOW)
    run = CliRunner()
    assert run.invoke(verify.command, ["outbox", "--json"]).exit_code == 0
    _work(state=WorkState.PARKED, last_error="RelayDown")

    answer = run.invoke(verify.command, ["outbox", "--json"])

    assert answer.exit_code == 1
    assert len(json.loads(answer.output)["outbox"]) == 1
