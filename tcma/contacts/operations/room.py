"""How many contacts a partner keeps: a number that moves with them, so that nobody counts them to add one.

Whoever adds or erases holds the number's row until its transaction ends, and takes it before any contact's row.
"""

from math import inf
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.models import Contact, ContactTally
from tcma.core import runtime
from tcma.core.db import insert_into, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class NoRoomForContacts(DomainError):
    """The partner keeps as many contacts as it may."""


def take_room(partner_id: int) -> None:
    """Count one contact more, which the caller adds next. Refused where there is no room: `NoRoomForContacts`."""
    quota = runtime.settings().contact_quota
    has_room = ContactTally.contacts < quota if quota else sa.true()
    if not _moved(partner_id, 1, has_room):
        raise NoRoomForContacts(
            _("You keep as many contacts as you may. Remove some, or ask whoever runs this platform for more room.")
        )


def count_in(partner_id: int, contacts: int) -> None:
    """Count contacts that come whether there is room or not; a negative number, that some are gone."""
    _moved(partner_id, contacts, sa.true())


def room_for_contacts(partner_id: int) -> float:
    """Return how many contacts more a partner may keep; infinite where the operator sets no bound."""
    quota = runtime.settings().contact_quota
    if not quota:
        return inf
    _begin(partner_id)
    kept = session.scalar(sa.select(ContactTally.contacts).where(ContactTally.partner_id == partner_id))
    return quota - (kept or 0)


def _moved(partner_id: int, by: int, condition: sa.ColumnElement[bool]) -> bool:
    _begin(partner_id)
    changed = session.execute(
        sa.update(ContactTally)
        .where(ContactTally.partner_id == partner_id, condition)
        .values(contacts=ContactTally.contacts + by)
        .execution_options(synchronize_session=False)
    )
    return bool(cast("Any", changed).rowcount)


def _begin(partner_id: int) -> None:
    """Count a partner's contacts once, the first time that anybody asks."""
    there = sa.select(ContactTally.id).where(ContactTally.partner_id == partner_id)
    if session.scalar(there) is not None:
        return
    session.flush()  # what was added a moment ago is there, too
    kept = sa.select(sa.func.count()).where(Contact.partner_id == partner_id, Contact.erased_at.is_(None))
    values = {"partner_id": partner_id, "contacts": session.scalar(kept) or 0}
    session.execute(insert_into(ContactTally).values(**values).on_conflict_do_nothing(index_elements=["partner_id"]))
