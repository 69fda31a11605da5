"""What must be true of the ledger at any time, asked of its rows: `tcma verify ledger` and the tests read this."""

import sqlalchemy as sa

from tcma.core.db import session
from tcma.mdf.ledger.places import BELOW_ZERO
from tcma.mdf.models import (
    Activity,
    Claim,
    ClaimLine,
    ClaimState,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Purpose,
    Settlement,
    SettlementState,
)

BOUND = (ClaimState.APPROVED, ClaimState.PARTIALLY_APPROVED, ClaimState.SETTLEMENT_SCHEDULED, ClaimState.PAID)
PAID_OUT = (SettlementState.SENT, SettlementState.CONFIRMED)


def breaches() -> list[str]:
    """Return every way in which the ledger within reach breaks its own invariants; none is the only good answer."""
    return [
        *_unbalanced(),
        *_off_balances(),
        *_below_zero(),
        *_mixed_currencies(),
        *_over_reserved(),
        *_over_paid(),
        *_off_accounts(),
    ]


def _unbalanced() -> list[str]:
    total = sa.func.sum(LedgerEntry.amount_minor)
    rows = session.execute(
        sa.select(
            LedgerEntry.transaction_id, LedgerEntry.currency, total.label("total"), sa.func.count().label("sides")
        )
        .group_by(LedgerEntry.transaction_id, LedgerEntry.currency)
        .having(sa.or_(total != 0, sa.func.count() < len(("debit", "credit"))))
    )
    return [f"transaction {row.transaction_id}: {row.sides} entries sum to {row.total} {row.currency}" for row in rows]


def _off_balances() -> list[str]:
    summed = (
        sa.select(LedgerEntry.account_id, sa.func.sum(LedgerEntry.amount_minor).label("total"))
        .group_by(LedgerEntry.account_id)
        .subquery()
    )
    total = sa.func.coalesce(summed.c.total, 0)
    rows = session.execute(
        sa.select(LedgerAccount.id, LedgerAccount.balance_minor, total.label("total"))
        .outerjoin(summed, summed.c.account_id == LedgerAccount.id)
        .where(LedgerAccount.balance_minor != total)
    )
    return [f"account {row.id}: shows {row.balance_minor}, its entries sum to {row.total}" for row in rows]


def _below_zero() -> list[str]:
    rows = session.execute(
        sa.select(LedgerAccount.id, LedgerAccount.purpose, LedgerAccount.balance_minor).where(
            LedgerAccount.balance_minor < 0, LedgerAccount.purpose.not_in(BELOW_ZERO)
        )
    )
    return [f"account {row.id} ({row.purpose}) stands at {row.balance_minor}" for row in rows]


def _mixed_currencies() -> list[str]:
    rows = session.execute(
        sa.select(LedgerEntry.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.currency != LedgerEntry.currency)
    )
    return [f"entry {row.id} is in another currency than its account" for row in rows]


def reserved_by_activity() -> sa.Subquery:
    """Select what is reserved for each activity: the sum of its own postings on reserved accounts."""
    return (
        sa.select(
            LedgerTransaction.object_id.label("activity_id"), sa.func.sum(LedgerEntry.amount_minor).label("minor")
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.purpose == Purpose.RESERVED, LedgerTransaction.object_type == "mdf_activity")
        .group_by(LedgerTransaction.object_id)
        .subquery()
    )


def _bound_by_activity() -> sa.Subquery:
    return (
        sa.select(Claim.activity_id, sa.func.sum(ClaimLine.approved_minor).label("minor"))
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(Claim.state.in_(BOUND))
        .group_by(Claim.activity_id)
        .subquery()
    )


def _over_reserved() -> list[str]:
    """A reservation is what was approved, less what was claimed and what was freed: never below zero."""
    reserved, bound = reserved_by_activity(), _bound_by_activity()
    left, claimed = sa.func.coalesce(reserved.c.minor, 0), sa.func.coalesce(bound.c.minor, 0)
    rows = session.execute(
        sa.select(Activity.id, Activity.approved_minor, left.label("left"), claimed.label("claimed"))
        .outerjoin(reserved, reserved.c.activity_id == Activity.id)
        .outerjoin(bound, bound.c.activity_id == Activity.id)
        .where(sa.or_(left < 0, left + claimed > Activity.approved_minor))
    )
    return [
        f"activity {row.id}: {row.left} reserved and {row.claimed} claimed of {row.approved_minor} approved"
        for row in rows
    ]


def _over_paid() -> list[str]:
    """A claim is paid what was approved of it, and no line was approved above what was asked."""
    approved = (
        sa.select(ClaimLine.claim_id, sa.func.sum(ClaimLine.approved_minor).label("minor"))
        .group_by(ClaimLine.claim_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(Settlement.id, Settlement.amount_minor, sa.func.coalesce(approved.c.minor, 0).label("approved"))
        .outerjoin(approved, approved.c.claim_id == Settlement.claim_id)
        .where(Settlement.amount_minor != sa.func.coalesce(approved.c.minor, 0))
    )
    return [f"settlement {row.id} pays {row.amount_minor}, approved were {row.approved}" for row in rows]


def _off_accounts() -> list[str]:
    """What the documents say was paid is what stands on the accounts for it."""
    paid = (
        sa.select(
            LedgerTransaction.object_id.label("settlement_id"), sa.func.sum(LedgerEntry.amount_minor).label("minor")
        )
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .where(LedgerAccount.purpose == Purpose.PAID, LedgerTransaction.object_type == "settlement")
        .group_by(LedgerTransaction.object_id)
        .subquery()
    )
    due = sa.case((Settlement.state.in_(PAID_OUT), Settlement.amount_minor), else_=0)
    rows = session.execute(
        sa.select(Settlement.id, due.label("due"), sa.func.coalesce(paid.c.minor, 0).label("paid"))
        .outerjoin(paid, paid.c.settlement_id == Settlement.id)
        .where(due != sa.func.coalesce(paid.c.minor, 0))
    )
    return [f"settlement {row.id}: {row.due} were to be paid and the ledger says {row.paid}" for row in rows]
