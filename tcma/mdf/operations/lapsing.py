"""What nobody used in time: reservations that were not claimed, and shares that were not asked for."""

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.mdf.models import Activity, Allocation, Claim, ClaimState, FundRequest, RequestState
from tcma.mdf.operations.funds import expire_allocation
from tcma.mdf.operations.locking import locked_fund, locked_request
from tcma.mdf.operations.requests import APPROVED, OVER
from tcma.mdf.operations.reservations import open_claims, release_rest

LOOK_AGAIN = timedelta(days=1)


def lapse_activity(*, activity_id: int, by: Actor, now: datetime) -> datetime | None:
    """Free what was reserved for an activity and not claimed in time. Returns when to look again, if at all."""
    activity = session.scalar(sa.select(Activity).where(Activity.id == activity_id))
    if activity is None or activity.claim_until is None:
        return None
    ends = datetime.combine(activity.claim_until + timedelta(days=1), time(), UTC)
    if now < ends:
        return ends
    request = locked_request(activity.request_id)
    if open_claims(activity):
        return now + LOOK_AGAIN
    fund = locked_fund(request.fund_id)
    freed = release_rest(activity, fund_id=fund.id, by=by, now=now)
    if freed.minor:
        audit.record(
            by=by, action="activity.lapsed", object_type="mdf_activity", object_id=activity.id,
            after={"freed_minor": freed.minor}, now=now,
        )  # fmt: skip
    if request.state in APPROVED and not _was_claimed(request):
        request.state = RequestState.EXPIRED
    return None


def _was_claimed(request: FundRequest) -> bool:
    found = session.scalar(
        sa.select(Claim.id)
        .join(Activity, Activity.id == Claim.activity_id)
        .where(Activity.request_id == request.id, Claim.state.not_in(OVER - {ClaimState.REVERSED}))
        .limit(1)
    )
    return found is not None


def lapse_allocation(*, allocation_id: int, by: Actor, now: datetime) -> datetime | None:
    """Let a partner's share lapse when its day is over. Returns when to look again, if at all."""
    allocation = session.scalar(sa.select(Allocation).where(Allocation.id == allocation_id))
    if allocation is None:
        return None
    ends = datetime.combine(allocation.lapses_on + timedelta(days=1), time(), UTC)
    if now < ends:
        return ends
    expire_allocation(allocation=allocation, by=by, now=now)
    return None
