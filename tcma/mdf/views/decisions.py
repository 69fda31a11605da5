"""What the approver presses: approve, lower, decline, ask, for requests and for claims line by line."""

from collections.abc import Callable

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.errors import DomainError, NotFound
from tcma.core.money import Money, from_decimal_text
from tcma.core.presentation import locale
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.models import Claim, FundRequest
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.operations.reservations import activities_of
from tcma.mdf.queries import requests as queries
from tcma.mdf.views import blueprint
from tcma.mdf.views.claims import page_of as claim_page_of
from tcma.mdf.views.inbox import inbox_page
from tcma.mdf.views.requests import page_of as request_page_of


@blueprint.post("/funds/requests/<request_id>/approve")
@requires(Permission.REQUESTS_DECIDE)
def approve_request(request_id: str) -> BaseResponse:
    """Approve the request, in full or as typed per activity."""
    found = queries.request_by(request_id)

    def approve() -> object:
        amounts, reasons = _typed(found)
        return operations.approve_request(
            request=found, amounts=amounts, reasons=reasons, note=request.form.get("note", ""),
            seen=request.form.get("seen") or None, by=current_actor(), now=clock.now(),
        )  # fmt: skip

    return _decided(found, approve, _("Approved. The money is reserved and the partner knows."))


def _typed(found: FundRequest) -> tuple[dict[int, Money], dict[int, str]]:
    """Return the amounts and reasons that were typed for single activities."""
    amounts: dict[int, Money] = {}
    reasons: dict[int, str] = {}
    for activity in activities_of(found.id):
        text = request.form.get(f"amount-{activity.public_id}", "").strip()
        if text:
            amounts[activity.id] = from_decimal_text(text, activity.currency, locale())
            reasons[activity.id] = request.form.get(f"reason-{activity.public_id}", "")
    return amounts, reasons


@blueprint.post("/funds/requests/<request_id>/decline")
@requires(Permission.REQUESTS_DECIDE)
def decline_request(request_id: str) -> BaseResponse:
    """Decline the request with a reason."""
    found = queries.request_by(request_id)
    note = request.form.get("note", "")
    return _decided(
        found,
        lambda: operations.decline_request(request=found, note=note, by=current_actor(), now=clock.now()),
        _("Declined. The partner reads your reason."),
    )


@blueprint.post("/funds/requests/<request_id>/ask")
@requires(Permission.REQUESTS_DECIDE)
def ask_about_request(request_id: str) -> BaseResponse:
    """Ask the partner something before deciding."""
    found = queries.request_by(request_id)
    note = request.form.get("note", "")
    return _decided(
        found,
        lambda: operations.ask_for_information(request=found, note=note, by=current_actor(), now=clock.now()),
        _("Asked. It comes back to the inbox with the answer."),
    )


@blueprint.post("/claims/<claim_id>/decide")
@requires(Permission.CLAIMS_DECIDE)
def decide_claim(claim_id: str) -> BaseResponse:
    """Decide the claim, line by line; with `reject` no line is approved."""
    found = queries.claim_by(claim_id)

    def decide() -> Claim:
        approved, reasons = _typed_lines(found, reject="reject" in request.form)
        return operations.decide_claim(
            claim=found, approved=approved, reasons=reasons, seen=request.form.get("seen") or None,
            by=current_actor(), now=clock.now(),
        )  # fmt: skip

    return _decided(found, decide, _("Decided. Finance finds what is to be paid, and the partner knows."))


def _typed_lines(found: Claim, *, reject: bool) -> tuple[dict[int, Money], dict[int, str]]:
    approved: dict[int, Money] = {}
    reasons: dict[int, str] = {}
    for line in lines_of(found.id):
        text = request.form.get(f"amount-{line.position}", "").strip()
        reasons[line.id] = request.form.get("note" if reject else f"reason-{line.position}", "")
        if reject:
            approved[line.id] = Money(0, found.currency)
        elif text:
            approved[line.id] = from_decimal_text(text, found.currency, locale())
    return approved, reasons


@blueprint.post("/claims/<claim_id>/ask")
@requires(Permission.CLAIMS_DECIDE)
def ask_about_claim(claim_id: str) -> BaseResponse:
    """Give the claim back with a question."""
    found = queries.claim_by(claim_id)
    note = request.form.get("note", "")
    return _decided(
        found,
        lambda: operations.ask_about_claim(claim=found, note=note, by=current_actor(), now=clock.now()),
        _("Asked. It comes back to the inbox when the partner hands it in again."),
    )


def _decided(found: FundRequest | Claim, decide: Callable[[], object], words: str) -> BaseResponse:
    """Carry a decision out and go on with the inbox; a refusal is shown where it was pressed, with what was typed."""
    from_inbox = request.form.get("from") == "inbox"
    try:
        decide()
    except NotFound:
        raise
    except DomainError as reason:
        if from_inbox:
            return inbox_page(found.public_id, error=reason.message, status=reason.status)
        page_of = claim_page_of if isinstance(found, Claim) else request_page_of
        return page_of(found, error=reason.message, status=reason.status)  # type: ignore[arg-type]
    return web.go(url_for("mdf.inbox"), words)
