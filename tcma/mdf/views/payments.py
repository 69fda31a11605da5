"""Payments: what finance releases, alone or many at once, what was released, and taking one back."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.models import SettlementState
from tcma.mdf.queries import requests as queries
from tcma.mdf.views import blueprint

DONE = (SettlementState.SENT, SettlementState.CONFIRMED, SettlementState.FAILED, SettlementState.REVERSED)


@blueprint.get("/payments")
@requires(Permission.SETTLEMENTS_RELEASE)
def payments() -> Response:
    """List what is to be released and what was."""
    return _page()


def _page(*, error: str | None = None, status: int = 200) -> Response:
    page = max(request.args.get("page", 1, int), 1)
    pending, count = queries.payments(SettlementState.PENDING)
    done, total = queries.payments(*DONE, page=page)
    sums: dict[str, Money] = {}
    for one in pending:
        sums[one.amount.currency] = sums.get(one.amount.currency, Money(0, one.amount.currency)) + one.amount
    return web.render(
        "mdf/payments.html", pending=pending, count=count, sums=list(sums.values()), done=done, total=total,
        number=page, pages=-(-total // queries.PER_PAGE), error=error, status=status,
    )  # fmt: skip


@blueprint.post("/payments/release")
@requires(Permission.SETTLEMENTS_RELEASE)
def release() -> BaseResponse:
    """Release the payments that were picked: all of them, or none when one is refused."""
    chosen = request.form.getlist("payment")
    if not chosen:
        return _page(error=_("Pick the payments to release first."), status=422)
    reference = request.form.get("reference", "")
    for public_id in chosen:
        settlement = queries.settlement_by(public_id)
        try:
            operations.release_settlement(
                settlement=settlement, reference=reference, by=current_actor(), now=clock.now()
            )
        except DomainError as reason:
            return web.render("error.html", status=reason.status, status_code=reason.status, message=reason.message)
    words = _("%(n)s payments are released. The partners know.", n=len(chosen))
    return web.go(url_for("mdf.payments"), words if len(chosen) > 1 else _("Released. The partner knows."))


@blueprint.post("/payments/<settlement_id>/reverse")
@requires(Permission.SETTLEMENTS_RELEASE)
def reverse(settlement_id: str) -> BaseResponse:
    """Take a payment back with a reason."""
    settlement = queries.settlement_by(settlement_id)
    operations.reverse_settlement(
        settlement=settlement, reason=request.form.get("reason", ""), by=current_actor(), now=clock.now()
    )
    return web.go(url_for("mdf.payments"), _("Taken back. The amount is reserved for its activity again."))
