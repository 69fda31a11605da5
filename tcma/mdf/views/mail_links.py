"""The page behind the link in an approver's mail: one request, one button, no password. Opening it changes nothing."""

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, limits, tenancy, web
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.limits import limiter
from tcma.identity.access import public, public_post
from tcma.mdf import operations
from tcma.mdf.mail_links import Pressed, read_link, stamp_of
from tcma.mdf.models import FundRequest
from tcma.mdf.operations.requests import RequestMovedOn
from tcma.mdf.queries import behind
from tcma.mdf.views import blueprint
from tcma.mdf.views.requests import facts_of


@blueprint.get("/approve/<token>")
@public
def mailed_request(token: str) -> Response:
    """Show the request, or what became of it."""
    pressed, found = _opened(token)
    return _page(token, pressed, found)


@blueprint.post("/approve/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def approve_mailed_request(token: str) -> BaseResponse:
    """Approve the request as it stood in the mail. Pressing twice approves it once."""
    pressed, found = _opened(token)
    try:
        if stamp_of(found) != pressed.stamp:
            raise RequestMovedOn(_("This request was changed since the mail. Sign in and look at it again."))
        operations.approve_request(request=found, by=pressed.actor, now=clock.now())
    except DomainError as reason:
        session.rollback()
        tenancy.enter(pressed.actor)
        return _page(token, pressed, behind.request_at(pressed.request_id, actor=pressed.actor), reason)
    return web.go(url_for("mdf.mailed_request", token=token))


def _opened(token: str) -> tuple[Pressed, FundRequest]:
    pressed = read_link(token, now=clock.now())
    tenancy.enter(pressed.actor)
    g.page_language, g.user_zone = pressed.person.locale, pressed.person.zone
    return pressed, behind.request_at(pressed.request_id, actor=pressed.actor)


def _page(token: str, pressed: Pressed, found: FundRequest, reason: DomainError | None = None) -> Response:
    values: dict[str, Any] = facts_of(found)
    return web.render(
        "mdf/mailed_request.html", token=token, organisation={"name": pressed.seat.org_name, "logo_url": None},
        error=reason.message if reason else None, status=reason.status if reason else 200,
        is_current=stamp_of(found) == pressed.stamp, **values,
    )  # fmt: skip
