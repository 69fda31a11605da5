"""What stands behind a claim, a proof or a link: loaded by its key for the one who acts, or as if it never existed."""

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.tenancy import in_reach_of
from tcma.mdf.models import Activity, Claim, Fund, FundRequest, Proof


def request_at(request_id: int, *, actor: Actor) -> FundRequest:
    """Return the request that a link in a mail names."""
    return require(
        session.scalar(sa.select(FundRequest).where(FundRequest.id == request_id, in_reach_of(FundRequest, actor)))
    )


def activity_behind(found: Claim | Proof, *, actor: Actor) -> Activity:
    """Return the activity that a claim or a proof is about."""
    chosen = sa.select(Activity).where(Activity.id == found.activity_id, in_reach_of(Activity, actor))
    return require(session.scalar(chosen))


def request_behind(activity: Activity, *, actor: Actor) -> FundRequest:
    """Return the request that an activity was asked for in."""
    return request_at(activity.request_id, actor=actor)


def fund_behind(found: FundRequest) -> Fund:
    """Return the fund of a request that is in reach; the fund itself is the vendor's."""
    return require(session.scalar(sa.select(Fund).where(Fund.id == found.fund_id, Fund.vendor_id == found.vendor_id)))
