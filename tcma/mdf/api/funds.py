"""Funds: what there is, opening one, and giving partners their shares."""

from typing import Any

from tcma.core import clock
from tcma.core.api import PageQuery, page_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.api.ground import blueprint
from tcma.mdf.api.showing import fund_out
from tcma.mdf.queries import balances, partners
from tcma.mdf.shapes import FundList, FundOut, NewFund, ShareBody, StatementPage


@blueprint.get("/funds")
@requires(Permission.FUNDS_READ)
@blueprint.output(FundList)
def funds() -> FundList:
    """List the funds in reach, and where their money stands."""
    partner_id = current_actor().partner_id
    if partner_id is None:
        return FundList(items=[fund_out(one.fund, one.stands, None) for one in balances.funds_of_vendor()])
    shares = balances.shares_of_partner(partner_id)
    return FundList(items=[fund_out(one.fund, one.stands, one.lapses_on) for one in shares])


@blueprint.get("/funds/<fund_id>/statement")
@requires(Permission.FUNDS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(StatementPage)
def statement(fund_id: str, query_data: PageQuery) -> dict[str, Any]:
    """List a fund's movements: for a partner its own."""
    rows, total = balances.statement(
        balances.fund_by(fund_id), partner_id=current_actor().partner_id, page=query_data.page,
        per_page=query_data.per_page,
    )  # fmt: skip
    return page_of(rows, total=total, query=query_data)


@blueprint.post("/funds")
@requires(Permission.FUNDS_WRITE)
@blueprint.input(NewFund)
@blueprint.output(FundOut, status_code=201)
def open_fund(json_data: NewFund) -> FundOut:
    """Open a fund with its budget on the ledger."""
    made = operations.open_fund(
        name=json_data.name, budget=json_data.budget.money(), rate_percent=json_data.rate_percent,
        starts_on=json_data.starts_on, requests_until=json_data.requests_until, claims_until=json_data.claims_until,
        by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return _as_vendor(made.public_id)


@blueprint.post("/funds/<fund_id>/shares")
@requires(Permission.FUNDS_WRITE)
@blueprint.input(ShareBody)
@blueprint.output(FundOut)
def give_share(fund_id: str, json_data: ShareBody) -> FundOut:
    """Give a partner a share of the fund, or add to it."""
    operations.allocate(
        fund=balances.fund_by(fund_id), partner_id=partners.partner_id_of(json_data.partner),
        amount=json_data.amount.money(), by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return _as_vendor(fund_id)


def _as_vendor(fund_id: str) -> FundOut:
    one = next(one for one in balances.funds_of_vendor() if one.fund.public_id == fund_id)
    return fund_out(one.fund, one.stands, None)
