"""What people asked for that must outlive a restore: to be forgotten, and to get no more mails.

Each wish is one line outside the database, with ids and a time and nothing of the person. After a restore they are
done again.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from tcma.contacts.models import Contact
from tcma.contacts.operations.consent import unsubscribe
from tcma.contacts.operations.contacts import erase_contact
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.tenancy import acting

FORGET, LEAVE = "forget", "leave"


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's wish: by key of the contact and its partner."""

    kind: str
    partner_id: int
    contact_id: int
    at: datetime


def wishes_file() -> Path:
    """Return where wishes are kept: one JSON line each, oldest first."""
    return runtime.settings().journal_folder / "wishes.jsonl"


def keep_erasure(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Write down that a contact was erased."""
    _keep(FORGET, contact_id, by, now)


def keep_opt_out(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Write down that a contact wants no more mails."""
    _keep(LEAVE, contact_id, by, now)


def _keep(kind: str, contact_id: int, by: Actor, now: datetime) -> None:
    line = {"kind": kind, "partner": by.partner_id, "contact": contact_id, "at": now.isoformat()}
    wishes_file().parent.mkdir(parents=True, exist_ok=True)
    file = os.open(wishes_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        os.write(file, (json.dumps(line) + "\n").encode())
        os.fdatasync(file)
    finally:
        os.close(file)


def wishes_since(instant: datetime) -> Iterator[Wish]:
    """Yield what was asked for since an instant."""
    if not wishes_file().exists():
        return
    for text in wishes_file().read_text("utf-8").splitlines():
        line = json.loads(text)
        wish = Wish(line["kind"], line["partner"], line["contact"], datetime.fromisoformat(line["at"]))
        if wish.at >= instant:
            yield wish


def fulfil_again(*, since: datetime, now: datetime) -> int:
    """Do again what was asked for since a backup; returns how often there was something to do.

    A contact that is younger than the wish is somebody else, who got the number of one that was lost.
    """
    done = 0
    for wish in list(wishes_since(since)):
        by = Actor.system("restore", partner_id=wish.partner_id)
        with transaction(), acting(by):
            chosen = sa.select(Contact).where(Contact.id == wish.contact_id, Contact.partner_id == wish.partner_id)
            contact = session.scalar(chosen)
            if contact is None or contact.created_at > wish.at or contact.erased_at is not None:
                continue
            if wish.kind == FORGET:
                erase_contact(contact_id=contact.id, by=by, now=now)
                done += 1
            else:
                done += unsubscribe(partner_id=wish.partner_id, contact_id=contact.id, method="restore", by=by, now=now)
    return done
