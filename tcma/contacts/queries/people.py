"""What pages show of people: searched, sorted and paged in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.contacts.models import (
    CollectionPoint,
    Confirmation,
    ConsentEvent,
    Contact,
    ContactField,
    ContactList,
    ListEntry,
)
from tcma.contacts.queries.audience import LeftOut, latest_consent, on_lists, reason_counts, reason_of
from tcma.contacts.segments import Rules, condition
from tcma.core.db import require, session

PER_PAGE = 25
MAILABLE = "mailable"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list of people: the contact, and why it may not be mailed, if so."""

    contact: Contact
    reason: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people there are, how many may be mailed by the partner, how many not and why."""

    total: int
    mailable: int
    left_out: dict[str, int]


def counts(*, now: datetime, list_id: int | None = None) -> Counts:
    """Count the people in reach, or those of a list. Suppressions of single vendors are left to each launch."""
    found = reason_counts(chosen_people(list_id, now), vendor_id=None, now=None)
    left_out = {reason.value: count for reason, count in found.items() if reason is not None}
    return Counts(sum(found.values()), found.get(None, 0), left_out)


def counts_by_rules(rules: Rules, *, now: datetime) -> Counts:
    """Count the people whom rules fit that may not be kept yet."""
    chosen = sa.and_(Contact.erased_at.is_(None), condition(rules, now))
    found = reason_counts(chosen, vendor_id=None, now=None)
    left_out = {reason.value: count for reason, count in found.items() if reason is not None}
    return Counts(sum(found.values()), found.get(None, 0), left_out)


def contacts_page(
    *,
    now: datetime,
    words: str = "",
    list_id: int | None = None,
    state: str = "",
    sort: str = "name",
    descending: bool = False,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> tuple[list[PersonRow], int]:
    """Return a page of the people in reach, and how many fit in all."""
    chosen = sa.and_(chosen_people(list_id, now), *_having(words))
    reason = reason_of(chosen, vendor_id=None, now=None).label("reason")
    found = sa.select(Contact, reason).outerjoin(ConsentEvent, ConsentEvent.id == latest_consent()).where(chosen)
    if state == MAILABLE:
        found = found.where(reason.element.is_(None))
    elif state in set(LeftOut):
        found = found.where(reason.element == state)
    total = session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    order: dict[str, Any] = {
        "name": sa.func.lower(Contact.last_name),
        "company": sa.func.lower(Contact.company),
        "added": Contact.created_at,
    }
    column = order.get(sort, order["name"])
    rows = session.execute(
        found.order_by(column.desc() if descending else column, sa.func.lower(Contact.first_name), Contact.id)
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return [PersonRow(*row) for row in rows], total


def chosen_people(list_id: int | None, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition for everybody who is there, or who is on a list now."""
    there = Contact.erased_at.is_(None)
    return there if list_id is None else sa.and_(there, on_lists([list_id], now))


def _having(words: str) -> list[sa.ColumnElement[bool]]:
    columns = (Contact.first_name, Contact.last_name, Contact.company, Contact.email, Contact.city)
    return [sa.or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split()[:8]]


def contact_by(public_id: str) -> Contact:
    """Return the contact at this address, in reach of who acts, or answer as if there were none."""
    chosen = sa.select(Contact).where(Contact.public_id == public_id, Contact.erased_at.is_(None))
    return require(session.scalar(chosen))


def contact_ids(public_ids: Sequence[str]) -> list[int]:
    """Return the keys of the contacts in reach among these addresses."""
    chosen = sa.select(Contact.id).where(Contact.public_id.in_(public_ids), Contact.erased_at.is_(None))
    return list(session.scalars(chosen.order_by(Contact.id)))


def reason_for(contact_id: int) -> str | None:
    """Return why the partner may not mail a contact, or None."""
    chosen = Contact.id == contact_id
    reason = reason_of(chosen, vendor_id=None, now=None)
    return session.scalar(
        sa.select(reason)
        .select_from(Contact)
        .outerjoin(ConsentEvent, ConsentEvent.id == latest_consent())
        .where(chosen)
    )


def history_of(contact_id: int) -> list[tuple[ConsentEvent, str]]:
    """Return every word of a contact about being written to, and the text that it agreed to, the latest first."""
    chosen = (
        sa.select(ConsentEvent, sa.func.coalesce(CollectionPoint.text, ""))
        .outerjoin(CollectionPoint, CollectionPoint.id == ConsentEvent.collection_point_id)
        .where(ConsentEvent.contact_id == contact_id)
    )
    return [(row[0], row[1]) for row in session.execute(chosen.order_by(ConsentEvent.id.desc()).limit(200))]


def question_to(contact_id: int) -> tuple[Confirmation, str] | None:
    """Return what a contact still has to confirm, and the name of the list that asks it."""
    chosen = (
        sa.select(Confirmation, ContactList.name)
        .join(ContactList, ContactList.id == Confirmation.list_id)
        .where(Confirmation.contact_id == contact_id, Confirmation.confirmed_at.is_(None))
    )
    row = session.execute(chosen).first()
    return (row[0], row[1]) if row is not None else None


def statement_text(point_id: int) -> str:
    """Return what somebody is asked to agree to, or nothing where there is no such text."""
    return session.scalar(sa.select(CollectionPoint.text).where(CollectionPoint.id == point_id)) or ""


def lists_with(contact_id: int) -> Sequence[ContactList]:
    """Return the lists that a contact is on."""
    chosen = (
        sa.select(ContactList)
        .join(ListEntry, ListEntry.list_id == ContactList.id)
        .where(ListEntry.contact_id == contact_id)
    )
    return session.scalars(chosen.order_by(sa.func.lower(ContactList.name))).all()


def topics_declined(contact_id: int, topics: Sequence[str]) -> set[str]:
    """Return those of `topics` about which a contact wants to read nothing."""
    latest = (
        sa.select(ConsentEvent.purpose, sa.func.max(ConsentEvent.id).label("id"))
        .where(ConsentEvent.contact_id == contact_id, ConsentEvent.purpose.in_([f"marketing:{one}" for one in topics]))
        .group_by(ConsentEvent.purpose)
        .subquery()
    )
    rows = session.execute(
        sa.select(ConsentEvent.purpose, ConsentEvent.granted).join(latest, latest.c.id == ConsentEvent.id)
    )
    return {row.purpose.removeprefix("marketing:") for row in rows if not row.granted}


def custom_names() -> list[str]:
    """Return the names of the partner's own fields, as its files or its people brought them in."""
    return sorted(session.scalars(sa.select(ContactField.name)))
