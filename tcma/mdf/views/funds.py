"""Funds: what a partner has left, and a vendor's budgets, shares and ledger."""

import csv
import io
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.money import Money, from_decimal_text
from tcma.core.presentation import locale
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.forms import FundForm, ShareForm, SharesFileForm
from tcma.mdf.models import Fund, FundState
from tcma.mdf.queries import balances, partners
from tcma.mdf.queries import requests as queries
from tcma.mdf.views import blueprint
from tcma.mdf.words import PLACES, REASONS

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 10_000


@blueprint.get("/funds")
@requires(Permission.FUNDS_READ)
def funds() -> Response:
    """Show what a partner has left, or where a vendor's budgets stand."""
    actor = current_actor()
    if actor.partner_id is None:
        return web.render("mdf/vendor_funds.html", funds=balances.funds_of_vendor(), places=PLACES)
    shares = balances.shares_of_partner(actor.partner_id)
    page, state = max(request.args.get("page", 1, int), 1), request.args.get("state", "")
    rows, total = queries.requests_of_partner(page=page, state=state)
    return web.render(
        "mdf/partner_funds.html", shares=shares, left=left_by_currency(shares), places=PLACES, rows=rows,
        total=total, number=page, pages=-(-total // queries.PER_PAGE),
        to_claim=partners.activities_to_claim(now=clock.now()),
    )  # fmt: skip


def left_by_currency(shares: list[balances.Share]) -> list[Money]:
    """Return what is left in each currency, the largest first."""
    found: dict[str, Money] = {}
    for share in shares:
        if share.fund.state is FundState.OPEN:
            found[share.fund.currency] = found.get(share.fund.currency, Money(0, share.fund.currency)) + share.left
    return sorted(found.values(), key=lambda money: -money.minor)


@blueprint.route("/funds/new", methods=["GET", "POST"])
@requires(Permission.FUNDS_WRITE)
def new_fund() -> BaseResponse:
    """Open a fund."""
    form, now = FundForm(), clock.now()
    if form.validate_on_submit():
        budget = form.money(form.budget, form.currency.data)
        if budget is not None:
            try:
                fund = operations.open_fund(
                    name=form.name.data, budget=budget, rate_percent=form.rate_percent.data,
                    starts_on=form.starts_on.data, requests_until=form.requests_until.data,
                    claims_until=form.claims_until.data, form_key=form.form_key.data, by=current_actor(), now=now,
                )  # fmt: skip
            except DomainError as reason:
                form.refuse(reason, "budget")
            else:
                return web.go(
                    url_for("mdf.fund", fund_id=fund.public_id), _("The fund is open. Now give partners their share.")
                )
    return web.render("mdf/fund_form.html", form=form, status=422 if form.errors else 200)


@blueprint.get("/funds/<fund_id>")
@requires(Permission.FUNDS_READ)
def fund(fund_id: str) -> Response:
    """Show one fund: for a partner its own share and statement, for the vendor everything."""
    found = balances.fund_by(fund_id)
    return _fund_page(found)


def _fund_page(found: Fund, *, share_form: Any = None, file_form: Any = None, status: int = 200) -> Response:
    actor, page = current_actor(), max(request.args.get("page", 1, int), 1)
    movements, total = balances.statement(found, partner_id=actor.partner_id, page=page)
    common: dict[str, Any] = {
        "fund": found, "movements": movements, "total": total, "number": page, "places": PLACES, "reasons": REASONS,
        "pages": -(-total // balances.PER_PAGE),
    }  # fmt: skip
    if actor.partner_id is not None:
        share = balances.share_of(found, actor.partner_id)
        return web.render("mdf/partner_fund.html", share=share, **common)
    words, list_page = request.args.get("q", ""), max(request.args.get("partners", 1, int), 1)
    shares, count = balances.shares_of_fund(found, words=words, page=list_page)
    return web.render(
        "mdf/vendor_fund.html", stands=balances.stands_of([found])[0], shares=shares, count=count, words=words,
        share_form=share_form or _share_form(found), file_form=file_form or SharesFileForm(),
        next_state=_next_state(found), status=status, **common,
    )  # fmt: skip


def _next_state(found: Fund) -> FundState | None:
    order = [FundState.OPEN, FundState.CLOSED_TO_REQUESTS, FundState.CLOSED_TO_CLAIMS, FundState.RECONCILED]
    place = order.index(found.state) + 1 if found.state in order else 0
    return order[place] if place < len(order) else None


def _share_form(_found: Fund) -> ShareForm:
    form = ShareForm()
    form.partner.choices = partners.partner_choices()
    return form


@blueprint.post("/funds/<fund_id>/shares")
@requires(Permission.FUNDS_WRITE)
def give_share(fund_id: str) -> BaseResponse:
    """Give a partner a share of the fund."""
    found = balances.fund_by(fund_id)
    form = _share_form(found)
    amount = form.money(form.amount, found.currency) if form.validate_on_submit() else None
    if amount is not None:
        try:
            operations.allocate(
                fund=found, partner_id=partners.partner_id_of(form.partner.data), amount=amount,
                form_key=form.form_key.data, by=current_actor(), now=clock.now(),
            )  # fmt: skip
        except DomainError as reason:
            form.refuse(reason, "amount")
        else:
            return web.go(url_for("mdf.fund", fund_id=fund_id), _("The share is given. The partner sees it at once."))
    return _fund_page(found, share_form=form, status=422)


@blueprint.post("/funds/<fund_id>/shares/table")
@requires(Permission.FUNDS_WRITE)
def give_shares(fund_id: str) -> BaseResponse:
    """Give many partners their shares from a table of names and amounts: all of it, or nothing."""
    found = balances.fund_by(fund_id)
    form = SharesFileForm()
    if form.validate_on_submit():
        rows, wrong = _read_shares(form.table.data, found.currency)
        if not wrong:
            try:
                for partner_id, amount in rows:
                    operations.allocate(
                        fund=found, partner_id=partner_id, amount=amount,
                        form_key=f"{form.form_key.data} {partner_id}", by=current_actor(), now=clock.now(),
                    )  # fmt: skip
            except DomainError as reason:
                wrong = [reason.message]
            else:
                return web.go(url_for("mdf.fund", fund_id=fund_id), _("%(n)s partners have their share.", n=len(rows)))
        form.table.errors = wrong
    return _fund_page(found, file_form=form, status=422)


def _read_shares(text: str, currency: str) -> tuple[list[tuple[int, Money]], list[str]]:
    """Read lines of a partner's name or id and an amount, with a comma, semicolon or tab between."""
    rows: dict[int, Money] = {}
    wrong: list[str] = []
    known = partners.partner_ids_by_name()
    for number, line in enumerate(text.splitlines()[:MOST_ROWS], start=1):
        if not line.strip():
            continue
        name, mark, amount = next((line.rpartition(one) for one in ("\t", ";", ",") if one in line), ("", "", ""))
        partner_id = known.get(name.strip().strip('"').casefold())
        if not mark or partner_id is None:
            wrong.append(_("Line %(line)s: no partner of this name.", line=number))
            continue
        try:
            money = from_decimal_text(amount.strip().strip('"'), currency, locale())
        except DomainError as reason:
            wrong.append(_("Line %(line)s: %(reason)s", line=number, reason=reason.message))
            continue
        rows[partner_id] = rows.get(partner_id, Money(0, currency)) + money
    return list(rows.items()), wrong[:20]


@blueprint.post("/funds/<fund_id>/close")
@requires(Permission.FUNDS_WRITE)
def close_fund(fund_id: str) -> BaseResponse:
    """Take the fund one step further towards its end."""
    found = balances.fund_by(fund_id)
    to = require(_next_state(found))
    operations.close_fund(fund=found, to=to, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.fund", fund_id=fund_id), _("The fund is closed one step further."))


@blueprint.get("/funds/<fund_id>/partners/<partner_id>")
@requires(Permission.FUNDS_WRITE)
def partner_statement(fund_id: str, partner_id: str) -> Response:
    """Show one partner's share and statement, as its vendor sees it."""
    found = balances.fund_by(fund_id)
    share = require(balances.share_of(found, partners.partner_id_of(partner_id)))
    page = max(request.args.get("page", 1, int), 1)
    movements, total = balances.statement(found, partner_id=share.partner.id, page=page)
    return web.render(
        "mdf/partner_fund.html", fund=found, share=share, movements=movements, total=total, number=page,
        pages=-(-total // balances.PER_PAGE), places=PLACES, reasons=REASONS,
    )  # fmt: skip


@blueprint.get("/funds/<fund_id>/statement.csv")
@requires(Permission.FUNDS_READ)
def statement_csv(fund_id: str) -> Response:
    """Give the statement as CSV: for a partner its own, for the vendor the whole fund's."""
    found = balances.fund_by(fund_id)
    movements, _total = balances.statement(found, partner_id=current_actor().partner_id, per_page=MOST_ROWS)
    paper = io.StringIO()
    table = csv.writer(paper)
    table.writerow(["time", "reason", "about", "partner", "from", "to", "amount", "currency", "correction"])
    for one in movements:
        table.writerow(
            [
                one.at.isoformat(), one.reason, safe_cell(one.about), safe_cell(one.partner), one.source, one.target,
                f"{one.amount.decimal():f}", one.amount.currency, "yes" if one.reverses else "",
            ]
        )  # fmt: skip
    return Response(
        paper.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="statement.csv"'},
    )


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
