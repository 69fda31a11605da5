"""The order in which money's rows are locked: claim, request, settlement, fund, and the ledger's accounts last.

A request is the lock of its activities, and a fund that of everything booked on it: whoever posts holds both, so
that no reservation is read by one and spent by another.
"""

import sqlalchemy as sa

from tcma.core.db import require, session
from tcma.mdf.models import Claim, Fund, FundRequest, Settlement


def locked_request(request_id: int) -> FundRequest:
    """Return a request as it stands now, held until the commit."""
    chosen = sa.select(FundRequest).where(FundRequest.id == request_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))


def locked_claim(claim_id: int) -> Claim:
    """Return a claim as it stands now, held until the commit."""
    chosen = sa.select(Claim).where(Claim.id == claim_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))


def locked_settlement(settlement_id: int) -> Settlement:
    """Return a settlement as it stands now, held until the commit."""
    chosen = sa.select(Settlement).where(Settlement.id == settlement_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))


def locked_fund(fund_id: int) -> Fund:
    """Return a fund as it stands now, held until the commit. Only in the reach of its vendor."""
    chosen = sa.select(Fund).where(Fund.id == fund_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))
