"""Pages about senders: a partner's own address with the records that it needs, and letting held mail go on."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from syndication.senders import domains, holds
from syndication.senders.forms import ReleaseForm, SenderForm
from syndication.senders.replies import answers_are_taken, answers_come_here
from syndication.senders.shown import shown_sender
from syndication.sending.mails import PLATFORM, VIA
from tcma.core import clock, runtime, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.queries import profile_of

blueprint = Blueprint("senders", __name__)


@blueprint.get("/sender")
@requires(P.CONNECTIONS_WRITE)
def sender() -> Response:
    """From which address the partner's mail comes, and the records that its domain needs for that."""
    domain = domains.domain_of(_partner_id())
    return _page(SenderForm(formdata=None, address=domain.address if domain else ""))


@blueprint.post("/sender")
@requires(P.CONNECTIONS_WRITE)
def choose() -> BaseResponse:
    """Choose the address."""
    form = SenderForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        domains.choose_sender(address=form.address.data, by=current_actor(), now=clock.now())
    except DomainError as reason:
        form.address.errors = [reason.message]
        return _page(form, status=422)
    return web.go(url_for("senders.sender"), _("Now publish the records below where your domain is kept."))


@blueprint.post("/sender/look")
@requires(P.CONNECTIONS_WRITE)
def look() -> BaseResponse:
    """Look at the records now."""
    domains.look_again(by=current_actor(), now=clock.now())
    return web.go(url_for("senders.sender"))


@blueprint.post("/sender/key")
@requires(P.CONNECTIONS_WRITE)
def renew() -> BaseResponse:
    """Make a new key, which takes over when its record is there."""
    try:
        domains.renew_key(by=current_actor(), now=clock.now())
    except domains.KeyIsWaiting as reason:
        return web.go(url_for("senders.sender"), reason.message, kind="warning")
    return web.go(url_for("senders.sender"), _("Publish the record of the new key. The present one signs until then."))


@blueprint.post("/sender/remove")
@requires(P.CONNECTIONS_WRITE)
def remove() -> BaseResponse:
    """Send from the platform's address again."""
    domains.let_go(by=current_actor(), now=clock.now())
    return web.go(url_for("senders.sender"), _("Your mail comes from our address again, with your name in it."))


@blueprint.post("/sending-holds/<hold_id>/end")
@requires(P.PARTNERS_WRITE)
def end_hold(hold_id: str) -> BaseResponse:
    """Let a partner's mail go on."""
    hold = require(holds.hold_by(hold_id))
    back = request.form.get("back", "")
    address = back if back.startswith("/partners/") else url_for("partners.partners")
    form = ReleaseForm()
    if not form.validate_on_submit():
        return web.go(address, _("Say in a sentence what was done."), kind="warning")
    holds.end_hold(hold_id=hold.id, note=form.note.data, by=current_actor(), now=clock.now())
    return web.go(address, _("The partner's mail goes on within a minute."))


def _page(form: SenderForm, *, status: int = 200) -> Response:
    now, partner_id = clock.now(), _partner_id()
    domain = domains.domain_of(partner_id)
    profile = profile_of(partner_id)
    return web.render(
        "senders/sender.html",
        "senders/_records.html" if domain is not None else None,
        form=form,
        shown=shown_sender(domain, now=now) if domain is not None else None,
        via=VIA.format(name=profile.sender_name or profile.name if profile else "", platform=PLATFORM),
        platform_address=f"partner-{partner_id}@{runtime.settings().mail_domain}",
        holds=holds.open_holds(),
        answers_are_taken=answers_are_taken(),
        answers_come_here=answers_come_here(partner_id),
        asks_again=web.wants_fragment(),
        status=status,
    )


def _partner_id() -> int:
    return require(current_actor().partner_id)
