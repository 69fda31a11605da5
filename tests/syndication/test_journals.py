"""Journals are put away when they are settled and older than the last backup, and not before."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syndication.journals import put_away
from syndication.sending.sender import end_sender, senders_folder, this_sender
from syndication.tracking.ingest import take_hits_in
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.journal import Hit, Journal, Queue, SendBegin, segments
from tcma.core.links import Purpose
from tests.people import People
from tests.syndication.launches import frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")
REAL = datetime.now(UTC)


def backed_up(at: datetime) -> None:
    file = runtime.settings().journal_folder / "last-backup.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"at": at.isoformat()}), encoding="utf-8")


def senders() -> list[str]:
    return [one.name for one in senders_folder().glob("[!.]*")]


def test_a_sender_that_has_ended_is_put_away_after_the_next_backup(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    frozen(people, now)
    send(now)
    backed_up(REAL + timedelta(hours=1))
    put_away(now)
    assert len(senders()) == 1, "it still lives"

    end_sender()
    backed_up(REAL - timedelta(hours=1))
    put_away(now)
    assert len(senders()) == 1, "a restore would ask it"

    backed_up(REAL + timedelta(hours=1))
    put_away(now)
    assert senders() == []


def test_without_any_backup_every_journal_stays(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now)
    send(now)
    end_sender()

    put_away(now)

    assert len(senders()) == 1


def test_a_sender_with_something_unsettled_keeps_its_journal(people: People, now: datetime, relayed: SmtpSink) -> None:
    from syndication.sending.claims import open_claim
    from tcma.core.actor import Actor
    from tcma.core.db import transaction

    by = Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)
    with transaction():
        open_claim(7, "deliveries", 1, sender=this_sender(), by=by, now=now)
    this_sender().journal.append(SendBegin(now, Queue.DELIVERY, 1, 7))
    end_sender()
    backed_up(REAL + timedelta(hours=1))

    put_away(now)

    assert len(senders()) == 1


def test_hits_go_when_they_were_taken_in_and_backed_up(people: People, now: datetime, relayed: SmtpSink) -> None:
    folder = runtime.settings().journal_folder / "hits"
    with Journal(folder) as journal:
        journal.append(Hit(now, Purpose.CLICK, 1, 1, 1, "GET", "a browser", b"12345678"))
    _age(folder, hours=2)
    backed_up(REAL)

    put_away(now)
    assert len(segments(folder)) == 1, "it was not taken in"

    take_hits_in(now=now)
    session.rollback()
    put_away(now)
    assert segments(folder) == []


def _age(folder: Path, *, hours: int) -> None:
    then = (REAL - timedelta(hours=hours)).timestamp()
    for file in folder.iterdir():
        os.utime(file, (then, then))
