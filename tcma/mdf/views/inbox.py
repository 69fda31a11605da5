"""The approver's inbox: the oldest clock first, and everything about one thing on one screen."""

from typing import Any

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf.models import Claim, SettlementState
from tcma.mdf.queries import requests as queries
from tcma.mdf.queries.requests import Waiting
from tcma.mdf.views import blueprint
from tcma.mdf.views.claims import facts_of as facts_of_claim
from tcma.mdf.views.requests import facts_of as facts_of_request


@blueprint.get("/inbox")
@requires(Permission.FUNDS_READ)
def inbox() -> BaseResponse:
    """Show what waits; `?open=` unfolds one of them with all its evidence."""
    if not current_actor().is_vendor:
        return web.go(url_for("mdf.funds"))
    return inbox_page(request.args.get("open"))


def inbox_page(opened: str | None, *, error: str | None = None, status: int = 200) -> Response:
    """Return the inbox with one of its rows unfolded."""
    waiting = queries.inbox()
    chosen = next((one for one in waiting if one.public_id == opened), None)
    pending, count = queries.payments(SettlementState.PENDING)
    return web.render(
        "mdf/inbox.html", waiting=waiting, opened=chosen, facts=_facts(chosen), error=error,
        payments=pending[:5], payments_count=count, status=status,
    )  # fmt: skip


def _facts(chosen: Waiting | None) -> dict[str, Any]:
    if chosen is None:
        return {}
    return facts_of_claim(chosen.row) if isinstance(chosen.row, Claim) else facts_of_request(chosen.row)
