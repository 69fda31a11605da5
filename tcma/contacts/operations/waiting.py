"""Who waits: put on a list that asks, and not confirmed yet. A row says so, and nothing is mailed until it is settled.

The rows are written for everybody who has not confirmed, whether or not it could be mailed for other reasons: so
nobody slips past the question when such a reason goes away later.
"""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.models import Confirmation, Contact, ContactList, ListEntry
from tcma.contacts.queries.audience import has_confirmed
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import insert_into, session


def let_wait(*, partner_id: int, list_id: int, contact_ids: sa.Select[tuple[int]], by: Actor, now: datetime) -> int:
    """Let those of these contacts wait who have not confirmed from their own mailbox; returns how many are new.

    Each is asked by mail once, whatever lists it comes to. It names the partner itself: it goes past the narrowing.
    """
    moment = Confirmation.__table__.c.asked_at.type
    source = (
        sa.select(
            sa.literal(partner_id), sa.literal(list_id), Contact.id, sa.literal(by.label), sa.literal(now, moment)
        )
        .where(
            Contact.id.in_(contact_ids),
            Contact.partner_id == partner_id,
            Contact.erased_at.is_(None),
            sa.not_(has_confirmed()),
        )
        .order_by(Contact.id)
    )
    names = ["partner_id", "list_id", "contact_id", "asked_by", "asked_at"]
    statement = insert_into(Confirmation).from_select(names, source).on_conflict_do_nothing()
    added = int(cast("Any", session.execute(statement.execution_options(preserve_rowcount=True))).rowcount)
    if added:
        ring(partner_id, now)
    return added


def ring(partner_id: int, now: datetime) -> None:
    """Have those asked who wait and have no mail yet."""
    outbox.tell("confirmations.wanted", partner_id=partner_id, now=now)


def follow_permission(contact: Contact, *, by: Actor, now: datetime) -> None:
    """Follow a permission that the partner recorded: on a list that asks it has to be confirmed; else nobody waits."""
    asking = session.scalar(
        sa.select(ContactList.id)
        .join(ListEntry, ListEntry.list_id == ContactList.id)
        .where(ListEntry.contact_id == contact.id, ContactList.asks)
        .order_by(ContactList.id)
        .limit(1)
    )
    if asking is None:
        forget(contact.id, only_open=True)
        return
    chosen = sa.select(sa.literal(contact.id))
    if not let_wait(partner_id=contact.partner_id, list_id=asking, contact_ids=chosen, by=by, now=now):
        ring(contact.partner_id, now)  # who waited for a permission can be asked from now on


def settle(contact_id: int, now: datetime) -> None:
    """Let a contact wait no more: it has said yes from its own mailbox."""
    session.execute(
        sa.update(Confirmation)
        .where(Confirmation.contact_id == contact_id, Confirmation.confirmed_at.is_(None))
        .values(confirmed_at=now)
        .execution_options(synchronize_session=False)
    )


def ask_anew(contact_id: int) -> None:
    """Let a contact be asked at its new address: what was asked and said at the old one counts no more."""
    session.execute(
        sa.update(Confirmation)
        .where(Confirmation.contact_id == contact_id)
        .values(mailed_at=None, confirmed_at=None)
        .execution_options(synchronize_session=False)
    )


def forget(contact_id: int, *, only_open: bool = False) -> None:
    """Let nothing be known of what a contact was asked, or not of what is still open."""
    gone = sa.delete(Confirmation).where(Confirmation.contact_id == contact_id)
    session.execute(gone.where(Confirmation.confirmed_at.is_(None)) if only_open else gone)
