"""Pages about what came back: taking a bounce back, and where answers go."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from syndication.inbound.bounces import take_back_bounces
from syndication.inbound.forms import TakeBackForm
from syndication.senders.replies import choose_answers
from tcma.contacts.queries import contact_by
from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P

blueprint = Blueprint("inbound", __name__)


@blueprint.post("/contacts/<contact_id>/mail-again")
@requires(P.CONTACTS_WRITE)
def mail_again(contact_id: str) -> BaseResponse:
    """Let a person be mailed again whose mailbox was said not to exist."""
    found, form = contact_by(contact_id), TakeBackForm()
    back = url_for("contacts.show", contact_id=contact_id)
    if not form.validate_on_submit():
        return web.go(back, _("Say in a sentence why the address works."), kind="warning")
    try:
        take_back_bounces(contact_id=found.id, reason=form.reason.data, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(back, reason.message, kind="warning")
    return web.go(back, _("Taken back. Your next campaign reaches this person again."))


@blueprint.post("/sender/answers")
@requires(P.CONNECTIONS_WRITE)
def answers() -> BaseResponse:
    """Let answers come here first, or go straight to the partner."""
    come_here = request.form.get("come_here") == "1"
    choose_answers(come_here=come_here, by=current_actor(), now=clock.now())
    said = (
        _("Answers to mails from now on come here first, and are passed on to you at once.")
        if come_here
        else _("Answers to mails from now on go straight to you.")
    )
    return web.go(url_for("senders.sender"), said)
