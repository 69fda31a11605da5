"""Pages behind the links in mails: one decision each, without a password. Opening one changes nothing."""

from typing import Any

from flask import Response, g, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, limits, tenancy, web
from tcma.core.db import require
from tcma.core.limits import limiter
from tcma.core.links import Purpose
from tcma.identity.access import public, public_post
from tcma.leads import operations, queries
from tcma.leads.forms import RefuseForm
from tcma.leads.mail_links import Pressed, call_link, read_link
from tcma.leads.models import Assignment, AssignmentState, Lead
from tcma.leads.operations.assignments import OfferIsOver
from tcma.leads.people import companies
from tcma.leads.views import blueprint
from tcma.leads.words import REFUSALS


@blueprint.get("/lead/offer/<token>")
@public
def mailed_offer(token: str) -> Response:
    """Show the offer, or the person behind it once it is accepted."""
    pressed, assignment = _offer(token)
    lead = queries.lead_of(assignment) if assignment.state is AssignmentState.ACCEPTED else None
    if lead is not None:
        called = call_link(pressed.actor.membership_id or 0, lead.id, now=clock.now())
        return _render("leads/mailed_lead.html", pressed, lead=lead, called_url=called)
    return _offer_page(token, pressed, assignment)


@blueprint.post("/lead/offer/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def accept_mailed_offer(token: str) -> BaseResponse:
    """Take the lead. Pressing twice takes it once."""
    pressed, assignment = _offer(token)
    if assignment.is_open(clock.now()):
        try:
            operations.accept_offer(assignment=assignment, by=pressed.actor, now=clock.now())
        except OfferIsOver:
            return _offer_page(token, pressed, assignment, status=409)
    return web.go(url_for("leads.mailed_offer", token=token))


@blueprint.get("/lead/offer/<token>/refuse")
@public
def mailed_refusal(token: str) -> Response:
    """Ask why the lead is refused."""
    pressed, assignment = _offer(token)
    if not assignment.is_open(clock.now()):
        return _offer_page(token, pressed, assignment)
    return _render("leads/mailed_refusal.html", pressed, offer=assignment, form=RefuseForm(), token=token)


@blueprint.post("/lead/offer/<token>/refuse")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def refuse_mailed_offer(token: str) -> BaseResponse:
    """Refuse the lead with a reason. Pressing twice refuses it once."""
    pressed, assignment = _offer(token)
    form = RefuseForm(meta={"csrf": False})  # the address is the proof
    if assignment.is_open(clock.now()):
        if not form.validate_on_submit():
            return _render("leads/mailed_refusal.html", pressed, offer=assignment, form=form, token=token, status=422)
        try:
            operations.reject_offer(assignment=assignment, reason=form.reason.data, by=pressed.actor, now=clock.now())
        except OfferIsOver:
            return _offer_page(token, pressed, assignment, status=409)
    return web.go(url_for("leads.mailed_offer", token=token))


@blueprint.get("/lead/called/<token>")
@public
def mailed_call(token: str) -> Response:
    """Show whom to say was called."""
    pressed, lead = _lead(token)
    return _render("leads/mailed_call.html", pressed, lead=lead, token=token)


@blueprint.post("/lead/called/<token>")
@limiter.limit(limits.SIGNED_LINK)
@public_post
def record_mailed_call(token: str) -> BaseResponse:
    """Record the call. Pressing twice records it once."""
    pressed, lead = _lead(token)
    if lead.contacted_at is None:
        operations.record_contact(lead=lead, by=pressed.actor, now=clock.now())
    return web.go(url_for("leads.mailed_call", token=token))


def _offer(token: str) -> tuple[Pressed, Assignment]:
    pressed = _enter(token, Purpose.OFFER)
    return pressed, require(queries.assignment(pressed.object_id))


def _lead(token: str) -> tuple[Pressed, Lead]:
    pressed = _enter(token, Purpose.CALLED)
    return pressed, require(queries.lead(pressed.object_id))


def _enter(token: str, purpose: Purpose) -> Pressed:
    """Let the holder of the link act and read in this request, in their own language."""
    pressed = read_link(token, purpose, now=clock.now())
    tenancy.enter(pressed.actor)
    g.user_language, g.user_zone = pressed.person.locale, pressed.person.zone
    return pressed


def _offer_page(token: str, pressed: Pressed, assignment: Assignment, *, status: int = 200) -> Response:
    return _render(
        "leads/mailed_offer.html", pressed, status=status, offer=assignment, token=token,
        is_open=assignment.is_open(clock.now()), refusal_words=REFUSALS,
        vendor=companies([assignment.vendor_id])[assignment.vendor_id],
    )  # fmt: skip


def _render(page: str, pressed: Pressed, *, status: int = 200, **values: Any) -> Response:
    return web.render(
        page, status=status, organisation={"name": pressed.seat.org_name, "logo_url": None}, title=_("Leads"), **values
    )
