"""How far the money for what is done beside a campaign has come, as the partner counts it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from tcma.core.db import session
from tcma.core.money import Money
from tcma.mdf.models import Activity, ActivityDecision, Claim, ClaimState, FundRequest, RequestState
from tcma.mdf.operations.requests import APPROVED, OVER, WAITING


class Stage(StrEnum):
    """How far it has come. `open`: nobody has asked, or what was asked is over and may be asked anew."""

    OPEN = "open"
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    CLAIMED = "claimed"
    PAID = "paid"


def stage_of(request: RequestState, decision: ActivityDecision, claims: Collection[ClaimState]) -> Stage:
    """Return how far an activity has come: its claims tell where some count, else its decision."""
    if counted := set(claims) - OVER:
        return Stage.PAID if counted == {ClaimState.PAID} else Stage.CLAIMED
    if request in WAITING:
        return Stage.ASKED
    if request is RequestState.DECLINED or (request in APPROVED and decision is ActivityDecision.DECLINED):
        return Stage.DECLINED
    return Stage.APPROVED if request in APPROVED else Stage.OPEN


@dataclass(frozen=True, slots=True)
class Funding:
    """An activity that money was asked for, its request, its latest claim, and how far it has come."""

    request: FundRequest
    activity: Activity
    claim: Claim | None
    stage: Stage

    @property
    def amount(self) -> Money:
        """What was approved; what was asked for as long as nothing is decided."""
        is_decided = self.activity.decision is not ActivityDecision.PENDING
        return Money(self.activity.approved_minor if is_decided else self.activity.asked_minor, self.activity.currency)


def fundings_of(launch_id: int) -> list[Funding]:
    """Return what money was asked for beside a campaign, the oldest first."""
    rows = session.execute(
        sa.select(FundRequest, Activity)
        .join(Activity, Activity.request_id == FundRequest.id)
        .where(FundRequest.launch_id == launch_id)
        .order_by(FundRequest.id, Activity.id)
        .limit(100)
    ).all()
    claims = _claims(activity.id for _request, activity in rows)
    return [
        Funding(
            request=request,
            activity=activity,
            claim=next(iter(claims.get(activity.id, [])[-1:]), None),
            stage=stage_of(request.state, activity.decision, [one.state for one in claims.get(activity.id, [])]),
        )
        for request, activity in rows
    ]


def _claims(activity_ids: Iterable[int]) -> dict[int, list[Claim]]:
    chosen = sa.select(Claim).where(Claim.activity_id.in_(list(activity_ids))).order_by(Claim.created_at, Claim.id)
    found: dict[int, list[Claim]] = {}
    for claim in session.scalars(chosen):
        found.setdefault(claim.activity_id, []).append(claim)
    return found


def current(fundings: Iterable[Funding], tactic: str) -> Funding | None:
    """Return what stands for an activity of the kit: the latest that is not over, if there is one."""
    return next(
        (one for one in reversed(list(fundings)) if one.activity.tactic == tactic and one.stage is not Stage.OPEN), None
    )
