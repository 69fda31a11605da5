"""Deals: what leads became, won or lost, and on whose word."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import operations, queries
from tcma.leads.forms import ConfirmForm, LoseForm, WinForm
from tcma.leads.models import Deal, DealState
from tcma.leads.views import blueprint
from tcma.leads.words import EVIDENCE, LOSSES

STATES = ("to_confirm", DealState.OPEN, DealState.WON, DealState.LOST)


@blueprint.get("/leads/deals", endpoint="deals")
@requires(Permission.LEADS_READ)
def show_deals() -> Response:
    """The deals in reach, newest first."""
    number = max(request.args.get("page", 1, int), 1)
    words, state = request.args.get("q", ""), request.args.get("state", "")
    rows, total = queries.deals_page(state=state, words=words.replace("\0", ""), page=number)
    return web.render(
        "leads/deals.html", "leads/_deal_rows.html", rows=rows, total=total, number=number, words=words, state=state,
        pages=max(1, -(-total // queries.PER_PAGE)), states=STATES, companies=queries.names_on(rows),
        evidence_words=EVIDENCE, is_vendor=current_actor().is_vendor,
    )  # fmt: skip


@blueprint.get("/leads/deals/<public_id>")
@requires(Permission.LEADS_READ)
def deal(public_id: str) -> Response:
    """One deal: its amount, its evidence, and what can be done."""
    return _page(queries.deal_by(public_id))


@blueprint.post("/leads/deals/<public_id>/win")
@requires(Permission.DEALS_WRITE)
def win(public_id: str) -> Response:
    """Record that the deal was won."""
    one, form = queries.deal_by(public_id), WinForm()
    net = form.net(one.currency) if form.validate_on_submit() else None
    if net is None:
        return _page(one, status=422, win_form=form)
    months = (form.months.data or 12) if form.monthly.data else None
    try:
        operations.win_deal(
            deal=one, net=net, months=months, evidence_ref=form.evidence_ref.data or "", by=current_actor(),
            now=clock.now(),
        )  # fmt: skip
    except DomainError as reason:
        if reason.field is None:
            raise
        form[reason.field].errors = [reason.message]
        return _page(one, status=reason.status, win_form=form)
    return web.go(_address(one), _("Congratulations. It counts as reported until the vendor confirms it."))


@blueprint.post("/leads/deals/<public_id>/lose")
@requires(Permission.DEALS_WRITE)
def lose(public_id: str) -> Response:
    """Record that the deal was lost."""
    one, form = queries.deal_by(public_id), LoseForm()
    if not form.validate_on_submit():
        return _page(one, status=422, lose_form=form)
    operations.lose_deal(deal=one, reason=form.reason.data, by=current_actor(), now=clock.now())
    return web.go(_address(one), _("Recorded. The reason helps to send you better leads."))


@blueprint.post("/leads/deals/<public_id>/confirm")
@requires(Permission.DEALS_WRITE)
def confirm_won(public_id: str) -> Response:
    """Confirm a won deal from the vendor's own books."""
    one, form = queries.deal_by(public_id), ConfirmForm()
    if not form.validate_on_submit():
        return _page(one, status=422, confirm_form=form)
    operations.confirm_deal(deal=one, reference=form.reference.data, by=current_actor(), now=clock.now())
    return web.go(_address(one), _("Confirmed. It counts in the results as confirmed."))


def _page(one: Deal, *, status: int = 200, **forms: Any) -> Response:
    values: dict[str, Any] = {"win_form": WinForm(), "lose_form": LoseForm(), "confirm_form": ConfirmForm(), **forms}
    return web.render(
        "leads/deal.html", status=status, deal=one, companies=queries.names_on([one]), evidence_words=EVIDENCE,
        loss_words=LOSSES, lead=queries.lead_behind(one), is_vendor=current_actor().is_vendor, **values,
    )  # fmt: skip


def _address(one: Deal) -> str:
    return url_for("leads.deal", public_id=one.public_id)
