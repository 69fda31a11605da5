"""Everything a partner has about its people, as a zip of tables: to keep, or to leave with at any time."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

import sqlalchemy as sa

from tcma.contacts.exporting import harmless, header_of, people_rows
from tcma.contacts.models import (
    CollectionPoint,
    ConsentEvent,
    Contact,
    ContactList,
    ListEntry,
    Suppression,
    SuppressionScope,
)
from tcma.core.db import session

_LISTS = ("list", "rules", "contact_id", "email")
_CONSENT = (
    "contact_id", "email", "channel", "purpose", "basis", "granted", "method", "source", "proof", "text", "recorded_by",
    "at",
)  # fmt: skip
_BLOCKED = ("kind", "code", "reason", "at")


def write_takeaway(out: BinaryIO, *, partner_id: int, now: datetime) -> None:
    """Write the zip: people with their own fields, who is on which list, every word of consent, what is not mailed.

    What is not mailed stands there as codes, for it is kept in no other way. Rows come from the database bit by bit.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        _table(packed, "contacts.csv", header_of(), people_rows(now=now))
        _table(packed, "lists.csv", _LISTS, _lists())
        _table(packed, "consent.csv", _CONSENT, _consent())
        _table(packed, "do-not-mail.csv", _BLOCKED, _blocked(partner_id))


def _table(packed: zipfile.ZipFile, name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (
        packed.open(name, "w", force_zip64=True) as file,
        io.TextIOWrapper(file, "utf-8-sig", newline="") as text,
    ):
        writer = csv.writer(text)
        writer.writerow([harmless(cell) for cell in header])
        writer.writerows([harmless(cell) for cell in row] for row in rows)


def _lists() -> Iterator[list[str]]:
    """Yield each place on a list; a live list has its rules, and a list without people stands there once."""
    rows = session.execute(
        sa.select(ContactList.name, ContactList.rules, Contact.public_id, Contact.email)
        .outerjoin(ListEntry, ListEntry.list_id == ContactList.id)
        .outerjoin(Contact, Contact.id == ListEntry.contact_id)
        .order_by(ContactList.id, Contact.id)
        .execution_options(yield_per=2000)
    )
    for name, rules, contact_id, email in rows:
        yield [name, "" if rules is None else str(rules), contact_id or "", email or ""]


def _consent() -> Iterator[list[str]]:
    rows = session.execute(
        sa.select(ConsentEvent, Contact.public_id, Contact.email, CollectionPoint.text)
        .join(Contact, Contact.id == ConsentEvent.contact_id)
        .outerjoin(CollectionPoint, CollectionPoint.id == ConsentEvent.collection_point_id)
        .order_by(ConsentEvent.id)
        .execution_options(yield_per=2000)
    )
    for event, contact_id, email, text in rows:
        said = "yes" if event.granted else "no"
        yield [
            contact_id, email or "", event.channel, event.purpose, event.basis.value, said, event.method, event.source,
            event.proof, text or "", event.actor_label, event.at.isoformat(),
        ]  # fmt: skip


def _blocked(partner_id: int) -> Iterator[list[str]]:
    rows = session.execute(
        sa.select(Suppression.kind, Suppression.digest, Suppression.reason, Suppression.at)
        .where(Suppression.scope == SuppressionScope.PARTNER, Suppression.org_id == partner_id)
        .order_by(Suppression.id)
        .execution_options(yield_per=2000)
    )
    for kind, code, reason, at in rows:
        yield [kind, code, reason, at.isoformat()]
