"""What is done beside a campaign and often costs money: what the vendor bears, and how far money and work have come."""

from datetime import date

from pydantic import Field

from campaigns.api.ground import blueprint
from campaigns.api.launches import own_launch
from campaigns.queries.activities import Beside, Kind, activities_beside
from campaigns.queries.launches import has_started
from tcma.core.api import Answer
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.mdf.shapes import MoneyOut
from tcma.mdf.standing import Stage


class LeftOut(Answer):
    """The fund that an activity would draw from, and what is left of the partner's share of it."""

    fund_id: str
    name: str
    left: MoneyOut
    lapses_on: date


class BesideOut(Answer):
    """An activity beside a campaign. `task`, `request_id` and `activity_id` name its work and its money.

    `borne` is what the vendor pays of the cost, `share_percent` of it; `stage` tells how far that money has come.
    `draws_from` is for those who may read funds.
    """

    key: str = Field(description="The key in the kit; empty for what the kit does not have.")
    kind: Kind
    title: str
    activity_type: str
    about: str
    expected: str
    proof_wanted: list[str]
    cost: MoneyOut | None
    share_percent: int | None
    borne: MoneyOut | None
    draws_from: LeftOut | None
    stage: Stage
    task: str | None
    is_done: bool
    request_id: str | None
    activity_id: str | None
    claim_id: str | None


class BesideList(Answer):
    """What is done beside a campaign: the kit's in its order, then the partner's own."""

    items: list[BesideOut]


@blueprint.get("/launches/<launch_id>/activities")
@requires(P.LAUNCHES_READ)
@blueprint.output(BesideList)
def activities(launch_id: str) -> BesideList:
    """List what is done beside a campaign that has started, with its money."""
    launch = own_launch(launch_id)
    return BesideList(items=[_out(one) for one in activities_beside(launch)] if has_started(launch) else [])


def _out(one: Beside) -> BesideOut:
    funding, share = one.funding, one.draws_from if current_actor().may(P.FUNDS_READ) else None
    return BesideOut(
        key=one.key,
        kind=one.kind,
        title=one.title,
        activity_type=one.activity_type,
        about=one.about,
        expected=one.expected,
        proof_wanted=list(one.proof),
        cost=_money(one.cost),
        share_percent=one.percent,
        borne=_money(one.borne),
        draws_from=LeftOut(
            fund_id=share.fund.public_id, name=share.fund.name, left=MoneyOut.of(share.left), lapses_on=share.lapses_on
        )
        if share is not None
        else None,
        stage=one.stage,
        task=one.task.public_id if one.task is not None else None,
        is_done=one.task is not None and one.task.is_done,
        request_id=funding.request.public_id if funding is not None else None,
        activity_id=funding.activity.public_id if funding is not None else None,
        claim_id=funding.claim.public_id if funding is not None and funding.claim is not None else None,
    )


def _money(amount: Money | None) -> MoneyOut | None:
    return MoneyOut.of(amount) if amount is not None else None
