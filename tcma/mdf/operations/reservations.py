"""What an approval holds back for an activity, and how the rest of it becomes free again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.money import Money
from tcma.mdf import ledger
from tcma.mdf.ledger import Move, Place
from tcma.mdf.models import (
    Activity,
    Allocation,
    Claim,
    ClaimLine,
    ClaimState,
    Fund,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Purpose,
)

ALLOCATION_LAPSES = "mdf.allocation"
OF_ACTIVITY = "mdf_activity"
UNDECIDED = (ClaimState.SUBMITTED, ClaimState.IN_REVIEW, ClaimState.INFO_REQUESTED)


def activities_of(request_id: int) -> Sequence[Activity]:
    """Return the activities of a request as they stand now, in the order they were entered."""
    chosen = sa.select(Activity).where(Activity.request_id == request_id).order_by(Activity.id)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def reserve(fund: Fund, activity: Activity, *, by: Actor, now: datetime) -> None:
    """Hold back what was approved for an activity. Refused: `FundsExhausted`."""
    amount = Money(activity.approved_minor, activity.currency)
    ledger.post(
        [_move(activity, fund.id, Purpose.ALLOCATED, Purpose.RESERVED, amount)],
        vendor_id=fund.vendor_id, key=f"activity {activity.id} reserved", reason="reservation",
        object_type=OF_ACTIVITY, object_id=activity.id, by=by, now=now,
    )  # fmt: skip


def make_payable(claim: Claim, activity: Activity, amount: Money, *, fund: Fund, by: Actor, now: datetime) -> None:
    """Turn a part of the reservation into what is owed for a claim."""
    ledger.post(
        [_move(activity, fund.id, Purpose.RESERVED, Purpose.PAYABLE, amount)],
        vendor_id=fund.vendor_id, key=payable_key(claim.id), reason="claim approved",
        object_type=OF_ACTIVITY, object_id=activity.id, by=by, now=now,
    )  # fmt: skip


def payable_key(claim_id: int) -> str:
    """Return the key of the transaction that made a claim payable."""
    return f"claim {claim_id} payable"


def release_rest(activity: Activity, *, fund_id: int, by: Actor, now: datetime) -> Money:
    """Free what is still reserved for an activity; returns how much that was. The fund is locked by the caller."""
    left = reserved_for(activity)
    if left.minor:
        ledger.post(
            [_move(activity, fund_id, Purpose.RESERVED, Purpose.ALLOCATED, left)],
            vendor_id=activity.vendor_id, key=f"activity {activity.id} released {_releases(activity) + 1}",
            reason="release", object_type=OF_ACTIVITY, object_id=activity.id, by=by, now=now,
        )  # fmt: skip
        _lapse_with_its_share(activity, fund_id, now)
    return left


def _lapse_with_its_share(activity: Activity, fund_id: int, now: datetime) -> None:
    """Money that is freed after the share it came from has lapsed does not come back to life."""
    share = session.scalar(
        sa.select(Allocation).where(Allocation.fund_id == fund_id, Allocation.partner_id == activity.partner_id)
    )
    if share is not None and now.date() > share.lapses_on:
        schedule.set_due(ALLOCATION_LAPSES, share.id, now, vendor_id=share.vendor_id, partner_id=share.partner_id)


def _releases(activity: Activity) -> int:
    found = session.scalar(
        sa.select(sa.func.count()).where(
            LedgerTransaction.object_type == OF_ACTIVITY,
            LedgerTransaction.object_id == activity.id,
            LedgerTransaction.reason == "release",
        )
    )
    return int(found or 0)


def reserved_for(activity: Activity) -> Money:
    """Return what is reserved for an activity: the sum of its own postings on reserved accounts."""
    found = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(
            LedgerAccount.purpose == Purpose.RESERVED,
            LedgerTransaction.object_type == OF_ACTIVITY,
            LedgerTransaction.object_id == activity.id,
        )
    )
    return Money(int(found or 0), activity.currency)


def claimable_for(activity: Activity, *, besides: Claim | None = None) -> Money:
    """Return what may still be claimed for an activity: its reservation, less what other claims wait for."""
    waiting = sa.select(sa.func.coalesce(sa.func.sum(ClaimLine.asked_minor), 0)).join(
        Claim, Claim.id == ClaimLine.claim_id
    )
    waiting = waiting.where(Claim.activity_id == activity.id, Claim.state.in_(UNDECIDED))
    if besides is not None:
        waiting = waiting.where(Claim.id != besides.id)
    left = reserved_for(activity).minor - int(session.scalar(waiting) or 0)
    return Money(max(left, 0), activity.currency)


def open_claims(activity: Activity, *, besides: Claim | None = None) -> int:
    """Return how many claims for an activity were handed in and are not decided."""
    chosen = sa.select(sa.func.count()).where(Claim.activity_id == activity.id, Claim.state.in_(UNDECIDED))
    if besides is not None:
        chosen = chosen.where(Claim.id != besides.id)
    return int(session.scalar(chosen) or 0)


def _move(activity: Activity, fund_id: int, source: Purpose, target: Purpose, amount: Money) -> Move:
    partner_id = activity.partner_id
    return Move(Place(fund_id, source, partner_id), Place(fund_id, target, partner_id), amount)
