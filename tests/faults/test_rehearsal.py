"""A backup that was never put back is a hope: one a day is taken, and one a week is put back and verified."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from tcma.cli import command
from tcma.config import Settings, WrongSetting
from tcma.core import backups, health, outbox, runtime, seals
from tcma.core.db import session
from tests.faults.test_restore import KEY, Operator
from tests.people import People

pytestmark = pytest.mark.real("postgresql")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, backup_key=KEY, backup_folder=tmp_path / "backups")


@pytest.fixture
def operator(app: Flask, settings: Settings, tmp_path: Path, people: People, now: datetime) -> Iterator[Operator]:
    outbox.drain(now=now)
    seals.seal_in_the_background(now)
    yield Operator(settings, tmp_path / "backup.tcma")
    runtime.start(settings)


def databases(settings: Settings) -> list[str]:
    if settings.is_sqlite:
        return sorted(str(file) for file in settings.instance.glob("rehearsal-*"))
    engine = sa.create_engine(settings.sqlalchemy_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        own = sa.text(
            "SELECT datname FROM pg_database WHERE datname LIKE left(current_database(), 40) || '_rehearsal_%'"
        )
        return list(connection.scalars(own))


def told(operator: Operator, *, status: int = 0) -> dict[str, Any]:
    names = ("secret_key", "instance", "database_url", "storage_url", "base_url", "files_url", "backup_key")
    env = {f"TCMA_{name.upper()}": str(getattr(operator.settings, name)) for name in names}
    session.remove()
    done = CliRunner().invoke(command, ["rehearse", str(operator.backup), "--json"], env=env)
    assert done.exit_code == status, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_a_good_backup_is_put_back_verified_and_thrown_away(operator: Operator) -> None:
    operator.tcma("backup", str(operator.backup))

    found = told(operator)

    assert found["missing_files"] == []
    assert set(found["breaches"]) == {"ledger", "audit", "tenancy", "files", "partitions"}
    assert not any(found["breaches"].values())
    assert databases(operator.settings) == []
    assert backups.latest_rehearsal(operator.settings).holds  # type: ignore[union-attr]


def test_a_backup_whose_files_are_gone_is_told_as_one_that_does_not_hold(operator: Operator, people: People) -> None:
    kept = runtime.store().put("vendor", b"a logo")
    operator.tcma("backup", str(operator.backup))
    runtime.start(operator.settings)
    runtime.store().delete(kept.path)

    found = told(operator, status=1)

    assert found["missing_files"] == [kept.path]
    assert not backups.latest_rehearsal(operator.settings).holds  # type: ignore[union-attr]
    runtime.start(operator.settings)
    with pytest.raises(health.Down, match="does not hold"):
        health._backups()
    assert databases(operator.settings) == []


def test_a_rehearsal_that_is_long_ago_is_told(app: Flask, settings: Settings) -> None:
    runtime.start(settings)
    backups.note_rehearsal(settings, at=datetime.now(UTC) - timedelta(days=10), holds=True)
    with pytest.raises(health.Down, match="none was put back since"):
        health._backups()

    backups.note_rehearsal(settings, at=datetime.now(UTC), holds=True)
    health._backups()


def test_one_is_taken_each_day_one_a_week_is_rehearsed_and_old_ones_go(
    app: Flask, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.start(settings)
    rehearsals: list[datetime] = []

    def rehearse(words: list[str]) -> subprocess.CompletedProcess[str]:
        assert words == [sys.executable, "-m", "tcma.cli", "rehearse"]
        rehearsals.append(when)
        backups.note_rehearsal(settings, at=when, holds=True)
        return subprocess.CompletedProcess(words, 0, "", "")

    real = subprocess.run

    def run(words: list[str], **how: object) -> object:
        return rehearse(words) if "rehearse" in words else real(words, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(backups.subprocess, "run", run)
    for hour in range(0, 20 * 24, 12):
        when = now + timedelta(hours=hour)
        backups.look_after(when)

    names = [file.name for file in sorted((settings.backup_folder or Path()).iterdir())]
    assert len(names) == backups.KEPT
    assert names[-1].startswith(f"{now + timedelta(days=19):%Y-%m-%d}")
    assert [(at - now).days for at in rehearsals] == [0, 7, 14]


def test_the_newest_is_put_back_by_the_program_itself_and_a_failure_is_told(
    operator: Operator, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.start(settings)
    for name in (
        "secret_key",
        "instance",
        "database_url",
        "storage_url",
        "base_url",
        "files_url",
        "backup_key",
        "backup_folder",
    ):
        monkeypatch.setenv(f"TCMA_{name.upper()}", str(getattr(settings, name)))
    backups.look_after(now)
    held = backups.latest_rehearsal(settings)
    assert held is not None
    assert held.holds

    monkeypatch.setenv("TCMA_BACKUP_KEY", "another key of more than thirty-two characters")
    backups.look_after(held.at + timedelta(days=7))

    assert not backups.latest_rehearsal(settings).holds  # type: ignore[union-attr]
    with pytest.raises(health.Down, match="does not hold"):
        health._backups()
    assert databases(settings) == []


def test_no_folder_no_backup_and_a_folder_wants_a_key(app: Flask, settings: Settings, now: datetime) -> None:
    plain = replace(settings, backup_folder=None)
    runtime.start(plain)
    backups.look_after(now)

    assert backups.latest_backup(plain) is None
    with pytest.raises(WrongSetting, match="TCMA_BACKUP_KEY"):
        replace(settings, backup_key="")
