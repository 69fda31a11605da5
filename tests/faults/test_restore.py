"""A backup put back in the middle of a launch: nothing leaves until it is released, and nobody gets a mail twice."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from syndication.models import Delivery
from syndication.queries import report_lines
from syndication.sending import work
from syndication.sending.messages import send_message
from syndication.sending.sender import end_sender
from tcma.app import create_app
from tcma.cli import command
from tcma.config import Settings
from tcma.contacts.models import Contact, Suppression
from tcma.contacts.operations import erase_contact
from tcma.core import backups, clock, outbox, runtime
from tcma.core.db import db, session, transaction
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp", "postgresql")

KEY = "a key for backups, kept somewhere else entirely"
PERSONS = 6
MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, backup_key=KEY)


@pytest.fixture
def sink(app: Flask, settings: Settings) -> Iterator[SmtpSink]:
    with SmtpSink() as relay:
        runtime.start(replace(settings, smtp_url=relay.url()))
        yield relay
        end_sender()


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is not there yet, or is empty."""
    if settings.is_sqlite:
        yield f"sqlite:///{tmp_path}/restored.db"
        return
    server = sa.create_engine(
        sa.make_url(settings.sqlalchemy_url).set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    name = f"tcma_restored_{os.getpid()}_{secrets.token_hex(3)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@dataclass
class Operator:
    """Runs commands as an operator would, on settings of the test's own, at a time of its own."""

    settings: Settings
    backup: Path

    def tcma(self, *arguments: str, expect: int = 0) -> str:
        names = (
            "secret_key",
            "instance",
            "database_url",
            "storage_url",
            "base_url",
            "files_url",
            "backup_key",
            "smtp_url",
        )
        env = {f"TCMA_{name.upper()}": str(getattr(self.settings, name)) for name in names}
        done: Result = CliRunner().invoke(command, arguments, env=env)
        if expect == 0 and done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert (done.exit_code == 0) == (expect == 0), done.output
        return done.output if expect == 0 else str(done.exception or done.output)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Callable[[timedelta], datetime]:
    """Let the clock of every command stand so long after the launch."""

    def stand(later: timedelta) -> datetime:
        monkeypatch.setattr(clock, "now", lambda: now + later)
        return now + later

    return stand


def two_more(when: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as few:
        few.setattr(work, "MOST", 2)
        assert send(when, budget=0.001) == 2


@dataclass
class Restored:
    """An installation that was put back: two mails before the backup, two after it, two never begun."""

    launch: Running
    operator: Operator
    before: int


@pytest.fixture
def restored(
    people: People, settings: Settings, sink: SmtpSink, elsewhere: str, tmp_path: Path,
    at: Callable[[timedelta], datetime], now: datetime, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Restored]:  # fmt: skip
    launch = frozen(people, now, persons=PERSONS)
    two_more(now, monkeypatch)
    operator = Operator(replace(settings, smtp_url=sink.url()), tmp_path / "backup.tcma")
    at(MINUTE)
    operator.tcma("backup", str(operator.backup))
    runtime.start(operator.settings)
    two_more(now + 2 * MINUTE, monkeypatch)
    with transaction(), acting(people.actor("alice")) as alice:
        erase_contact(contact_id=launch.contacts[-1], by=alice, now=now + 2 * MINUTE)
    outbox.drain(now=now + 2 * MINUTE)
    session.remove()
    db.engine.dispose()
    end_sender()

    at(10 * MINUTE)
    operator.settings = replace(operator.settings, database_url=elsewhere)
    operator.tcma("restore", str(operator.backup))
    application = create_app(operator.settings)
    with application.app_context():
        yield Restored(launch, operator, len(sink.mails))
        session.remove()
        db.engine.dispose()


def recipients(sink: SmtpSink) -> list[str]:
    return sorted(mail.recipient for mail in sink.mails)


def outcomes(launch: Running) -> list[str]:
    with acting(launch.by):
        return sorted(line.outcome for line in report_lines(launch.id))


def test_nothing_leaves_a_restored_database_before_it_is_released(
    restored: Restored, sink: SmtpSink, now: datetime
) -> None:
    with acting(restored.launch.by):
        waiting = session.scalars(sa.select(Message.id)).all()
    session.rollback()

    assert send(now + 11 * MINUTE) == 0
    for message_id in waiting:
        send_message(message_id=message_id, clock=lambda: now + 11 * MINUTE)

    assert len(sink.mails) == restored.before == 4
    assert "Nothing leaves" in restored.operator.tcma("quarantine", "status")


def test_with_the_journal_nobody_is_mailed_twice_and_nobody_is_left_out(
    restored: Restored, sink: SmtpSink, at: Callable[[timedelta], datetime]
) -> None:
    when = at(12 * MINUTE)
    found: dict[str, Any] = json.loads(restored.operator.tcma("quarantine", "release", "--json"))

    send(when)

    assert (found["settled"], found["unknown"], found["lost_launches"]) == (2, [], [])
    assert recipients(sink) == [f"person{number}@customer.example" for number in range(PERSONS - 1)]
    assert outcomes(restored.launch) == ["accepted"] * (PERSONS - 1)
    assert restored.operator.tcma("quarantine", "status") == "Everything may leave.\n"


def test_links_of_a_mail_that_was_settled_lead_to_the_same_delivery(
    restored: Restored, sink: SmtpSink, at: Callable[[timedelta], datetime]
) -> None:
    at(12 * MINUTE)
    restored.operator.tcma("quarantine", "release")

    with acting(restored.launch.by):
        known = set(session.scalars(sa.select(Delivery.message_id)))
    heads = [mail.content.partition(b"\r\n\r\n")[0].decode() for mail in sink.mails]
    assert all(any(message_id in head for message_id in known) for head in heads)


def test_without_the_journal_what_was_due_is_named_unknown_and_not_sent(
    restored: Restored, sink: SmtpSink, at: Callable[[timedelta], datetime]
) -> None:
    when = at(12 * MINUTE)
    found = json.loads(restored.operator.tcma("quarantine", "release", "--without-journal", "--json"))

    send(when)

    assert len(sink.mails) == restored.before
    lines = found["unknown"]
    assert len({line["recipient"] for line in lines}) == len(lines) == PERSONS - 2 - 1
    assert outcomes(restored.launch).count("unknown") == len(lines)


@pytest.mark.parametrize("lost", ["sends", "name"])
def test_a_journal_that_is_not_the_one_the_backup_knew_does_not_count(restored: Restored, lost: str) -> None:
    found = restored.operator.settings.journal_folder / lost
    found.rename(found.with_name("elsewhere"))

    assert "not the one that the backup knew" in restored.operator.tcma("quarantine", "release", expect=2)

    assert "Nothing leaves" in restored.operator.tcma("quarantine", "status")


def test_somebody_who_was_erased_after_the_backup_stays_erased(restored: Restored) -> None:
    with acting(restored.launch.by):
        contact = session.get_one(Contact, restored.launch.contacts[-1])
        assert (contact.email, contact.first_name) == (None, "")
        assert session.scalars(sa.select(Suppression.reason)).all() == ["erased"]


def test_a_restored_database_holds_to_all_its_promises(restored: Restored) -> None:
    assert not any(json.loads(restored.operator.tcma("verify", "all", "--json")).values())


def test_a_backup_tells_nothing_to_who_has_no_key(restored: Restored, tmp_path: Path) -> None:
    sealed = restored.operator.backup.read_bytes()
    other = replace(restored.operator.settings, backup_key="another key of more than thirty-two characters")

    assert b"customer.example" not in sealed
    assert b"SQLite format" not in sealed
    assert "cannot be opened" in Operator(other, restored.operator.backup).tcma(
        "restore", str(restored.operator.backup), expect=2
    )
    torn = tmp_path / "torn.tcma"
    torn.write_bytes(sealed[: len(sealed) // 2])
    assert "cannot be opened" in restored.operator.tcma("restore", str(torn), expect=2)


def test_a_database_that_holds_something_is_not_overwritten(restored: Restored) -> None:
    assert "already" in restored.operator.tcma("restore", str(restored.operator.backup), expect=2)


def test_a_backup_that_was_taken_in_quarantine_can_be_restored(
    app: Flask, settings: Settings, sink: SmtpSink, elsewhere: str, tmp_path: Path
) -> None:
    operator = Operator(replace(settings, smtp_url=sink.url()), tmp_path / "backup.tcma")
    operator.tcma("quarantine", "on", "--reason", "a flood")
    operator.tcma("backup", str(operator.backup))

    operator.settings = replace(operator.settings, database_url=elsewhere)
    operator.tcma("restore", str(operator.backup))

    assert json.loads(operator.tcma("quarantine", "status", "--json"))["reason"] == "restore"


def test_without_a_key_no_backup_is_written(settings: Settings, app: Flask, tmp_path: Path) -> None:
    with pytest.raises(backups.NoBackupKey):
        backups.back_up(tmp_path / "open.tcma", settings=replace(settings, backup_key=""), now=clock.now())

    assert list(tmp_path.glob("*open*")) == []
