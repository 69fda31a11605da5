"""Where money stands: the accounts of the ledger by what they mean, and what is on them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tcma.core.db import session
from tcma.core.money import Money
from tcma.mdf.models import LedgerAccount, LedgerEntry, LedgerTransaction, Purpose

NOBODY = 0  # the partner of an account that belongs to the fund as a whole
BELOW_ZERO = frozenset({Purpose.FUNDING, Purpose.EXCHANGE})


@dataclass(frozen=True, slots=True)
class Place:
    """An account by what it stands for; `partner_id` 0 is the fund as a whole."""

    fund_id: int
    purpose: Purpose
    partner_id: int = NOBODY


def balance(place: Place, *, vendor_id: int, currency: str) -> Money:
    """Return what stands at a place now."""
    found = session.scalar(
        sa.select(LedgerAccount.balance_minor).where(*at_place(place, vendor_id=vendor_id, currency=currency))
    )
    return Money(found or 0, currency)


def balance_at(place: Place, *, vendor_id: int, currency: str, at: datetime) -> Money:
    """Return what stood at a place at an instant, from the entries alone."""
    found = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(*at_place(place, vendor_id=vendor_id, currency=currency), LedgerTransaction.posted_at <= at)
    )
    return Money(int(found or 0), currency)


def at_place(place: Place, *, vendor_id: int, currency: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that find the account of a place."""
    return (
        LedgerAccount.vendor_id == vendor_id,
        LedgerAccount.fund_id == place.fund_id,
        LedgerAccount.partner_id == place.partner_id,
        LedgerAccount.purpose == place.purpose,
        LedgerAccount.currency == currency,
    )
