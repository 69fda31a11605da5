"""A partner's lists."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tcma.contacts.models import ContactList, ListEntry
from tcma.core.db import require, session

# JSON's own null is no rules either.
_IS_LIVE = sa.func.coalesce(sa.cast(ContactList.rules, sa.Text), "null") != "null"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list as it is picked from: how many people were put on it. Who is on a live one is asked when it is needed."""

    id: int
    public_id: str
    name: str
    contacts: int
    created_at: datetime
    is_live: bool
    asks: bool


def lists_of(partner_id: int) -> list[ListRow]:
    """Return the partner's lists by name, each with the number of people on it."""
    count = (
        sa.select(sa.func.count(ListEntry.id))
        .where(ListEntry.list_id == ContactList.id)
        .correlate(ContactList)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            ContactList.id,
            ContactList.public_id,
            ContactList.name,
            count,
            ContactList.created_at,
            _IS_LIVE,
            ContactList.asks,
        )
        .where(ContactList.partner_id == partner_id)
        .order_by(sa.func.lower(ContactList.name), ContactList.id)
    )
    return [ListRow(*row) for row in rows]


def list_by(public_id: str) -> ContactList:
    """Return the list at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(ContactList).where(ContactList.public_id == public_id)))


def list_of(list_id: int | None) -> ContactList | None:
    """Return a list by its key, if one is given and in reach."""
    return session.scalar(sa.select(ContactList).where(ContactList.id == list_id)) if list_id is not None else None
