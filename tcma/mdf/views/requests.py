"""Requests: asking, the page of one with its conversation, answering, withdrawing."""

from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.intake.refusals import FileRefused
from tcma.core.money import Money
from tcma.core.origins import serves_file
from tcma.core.tenancy import current_actor
from tcma.core.uploads import NoRoomLeft
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.forms import NoteForm, QuoteForm, RequestForm, sent_file, typed_amount
from tcma.mdf.models import Activity, FundRequest
from tcma.mdf.operations import PlannedActivity, Quote
from tcma.mdf.operations.requests import APPROVED, DAYS_TO_DECIDE, OVER, WAITING, share_borne
from tcma.mdf.operations.reservations import activities_of
from tcma.mdf.queries import balances, behind
from tcma.mdf.queries import requests as queries
from tcma.mdf.views import blueprint
from tcma.mdf.views.files import kept_file
from tcma.mdf.words import ACTIVITY_TYPES, proof_word


@blueprint.get("/funds/requests/new")
@requires(Permission.REQUESTS_WRITE)
def new_request() -> Response:
    """Ask for money; what a kit or campaign knows already is filled in."""
    form = _form()
    if not form.happens_on.data:
        form.happens_on.data = clock.now().date() + timedelta(days=14)
    return _form_page(form)


def _form() -> RequestForm:
    form = RequestForm() if request.method == "POST" else RequestForm(request.args)
    partner_id = require(current_actor().partner_id)
    launch = queries.launch_of(partner_id, public_id=form.launch.data) if form.launch.data else None
    funds = balances.funds_to_ask(partner_id, vendor_id=launch.vendor_id if launch else None)
    wanted = request.args.get("currency")
    if wanted:
        funds.sort(key=lambda fund: fund.currency != wanted)
    form.fund.choices = [(fund.public_id, f"{fund.name} · {fund.rate_percent} %") for fund in funds]
    minor = request.args.get("minor", type=int)
    if minor is not None and funds and wanted == funds[0].currency:
        form.cost.data = typed_amount(Money(minor, funds[0].currency))
    return form


def _form_page(form: RequestForm, *, status: int = 200) -> Response:
    partner_id = require(current_actor().partner_id)
    launch = queries.launch_of(partner_id, public_id=form.launch.data) if form.launch.data else None
    shares = {share.fund.public_id: share for share in balances.shares_of_partner(partner_id)}
    chosen = form.fund.data or (form.fund.choices[0][0] if form.fund.choices else None)
    share = shares.get(chosen or "")
    return web.render(
        "mdf/request_form.html", form=form, launch=launch, share=share,
        percent=share_borne(share.fund, form.most_percent) if share else None,
        proof=[proof_word(kind) for kind in form.proof_wanted], days=DAYS_TO_DECIDE, status=status,
    )  # fmt: skip


@blueprint.post("/funds/requests/new")
@requires(Permission.REQUESTS_WRITE)
def make_request() -> BaseResponse:
    """Hand the request in."""
    form, actor, now = _form(), current_actor(), clock.now()
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    fund = balances.fund_by(form.fund.data)
    cost = form.money(form.cost, fund.currency)
    if cost is None:
        return _form_page(form, status=422)
    launch = queries.launch_of(require(actor.partner_id), public_id=form.launch.data) if form.launch.data else None
    planned = PlannedActivity(
        form.activity_type.data, form.title.data, form.happens_on.data, cost, form.tactic.data or None,
        form.proof_wanted, form.most_percent, Quote(*file) if (file := sent_file(form.quote)) else None,
    )  # fmt: skip
    try:
        made = operations.request_funds(
            fund=fund, activities=[planned], launch_id=launch.id if launch else None,
            kit_id=launch.kit_id if launch else None, note=form.note.data or "", form_key=form.form_key.data,
            by=actor, now=now,
        )  # fmt: skip
    except DomainError as reason:
        form.refuse(reason, "quote" if isinstance(reason, FileRefused | NoRoomLeft) else "cost")
        return _form_page(form, status=422)
    words = _("Your request is with %(vendor)s. You hear within two days.", vendor=queries.name_of(fund.vendor_id))
    return web.go(url_for("mdf.request_page", request_id=made.public_id), words)


@blueprint.get("/funds/requests/<request_id>")
@requires(Permission.FUNDS_READ)
def request_page(request_id: str) -> Response:
    """Show one request: what was asked, who has it, what was said, what comes next."""
    return page_of(queries.request_by(request_id))


def page_of(found: FundRequest, *, error: str | None = None, status: int = 200) -> Response:
    """Return the page of a request, for either side."""
    return web.render("mdf/request.html", error=error, status=status, **facts_of(found))


def facts_of(found: FundRequest) -> dict[str, Any]:
    """Return all that a page about a request shows."""
    actor, activities = current_actor(), activities_of(found.id)
    claims = [
        claim
        for claim in queries.claims_for([one.id for one in activities])
        if actor.partner_id is not None or claim.submitted_at is not None
    ]
    fund = balances.fund_of(found)
    return {
        "request_row": found,
        "fund": fund,
        "activities": activities,
        "asked": Money(sum(one.asked_minor for one in activities), fund.currency),
        "approved": Money(sum(one.approved_minor for one in activities), fund.currency),
        "share": balances.share_of(fund, found.partner_id),
        "claims": claims,
        "claimable": {one.id for one in activities if _is_claimable(found, one, claims)},
        "launch": queries.launch_of(found.partner_id, launch_id=found.launch_id) if found.launch_id else None,
        "thread": queries.thread_of(found),
        "holder": queries.holder_of(found),
        "waits": found.state in WAITING,
        "is_approved": found.state in APPROVED,
        "partner_name": queries.name_of(found.partner_id),
        "vendor_name": queries.name_of(found.vendor_id),
        "asked_by": queries.person_name(found.submitted_by),
        "types": ACTIVITY_TYPES,
        "proof_word": proof_word,
        "money_of": lambda minor: Money(minor, fund.currency),
        "note_form": NoteForm(),
        "quote_forms": {one.id: _quote_form(one) for one in activities},
        "may_withdraw": found.state in WAITING | APPROVED and not any(claim.state not in OVER for claim in claims),
    }


def _quote_form(activity: Activity) -> QuoteForm:
    form = QuoteForm(formdata=None)
    form.quote.id = f"quote-{activity.public_id}"  # a request may have several
    return form


def _is_claimable(found: FundRequest, activity: Any, claims: list[Any]) -> bool:
    mine = [claim for claim in claims if claim.activity_id == activity.id]
    done = any(claim.is_last and claim.state.value in {"approved", "partially_approved", "paid"} for claim in mine)
    under_way = any(claim.state.value in {"draft", "info_requested"} for claim in mine)
    return found.state in APPROVED and activity.approved_minor > 0 and not done and not under_way


@blueprint.post("/funds/requests/<request_id>/answer")
@requires(Permission.REQUESTS_WRITE)
def answer_request(request_id: str) -> BaseResponse:
    """Answer the approver, or add to the conversation."""
    found = queries.request_by(request_id)
    try:
        operations.answer_request(request=found, text=request.form.get("note", ""), by=current_actor(), now=clock.now())
    except DomainError as reason:
        return page_of(found, error=reason.message, status=reason.status)
    return web.go(url_for("mdf.request_page", request_id=request_id), _("Your answer is with the vendor."))


@blueprint.post("/funds/activities/<activity_id>/quote")
@requires(Permission.REQUESTS_WRITE)
def attach_quote(activity_id: str) -> BaseResponse:
    """Lay a supplier's quote beside what was asked for."""
    activity, form, actor = queries.activity_by(activity_id), QuoteForm(), current_actor()
    found = behind.request_behind(activity, actor=actor)
    file = sent_file(form.quote)
    if file is None:
        return page_of(found, error=_("Choose a file: a PDF or a picture."), status=422)
    try:
        operations.attach_quote(activity=activity, quote=Quote(*file), by=actor, now=clock.now())
    except DomainError as reason:
        return page_of(found, error=reason.message, status=reason.status)
    return web.go(url_for("mdf.request_page", request_id=found.public_id), _("The vendor sees the quote now."))


@blueprint.get("/funds/activities/<activity_id>/quote")
@requires(Permission.FUNDS_READ)
@serves_file
def quote_file(activity_id: str) -> Response:
    """Give the supplier's quote, as it was written anew."""
    activity = queries.activity_by(activity_id)
    return kept_file(require(activity.quote_blob), f"quote-{activity.public_id}")


@blueprint.post("/funds/requests/<request_id>/withdraw")
@requires(Permission.REQUESTS_WRITE)
def withdraw_request(request_id: str) -> BaseResponse:
    """Take the request back."""
    found = queries.request_by(request_id)
    operations.withdraw_request(request=found, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.request_page", request_id=request_id), _("The request is withdrawn. Its money is free."))


@blueprint.post("/funds/activities/<activity_id>/executed")
@requires(Permission.CLAIMS_WRITE)
def mark_executed(activity_id: str) -> BaseResponse:
    """Say that the activity took place."""
    activity = queries.activity_by(activity_id)
    operations.mark_executed(activity=activity, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.funds"), _("Good. The platform puts its own proof together now."))
