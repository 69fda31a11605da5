"""What is done with a lead from its page: called, noted, closed, made a deal, given to a partner."""

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import operations, queries
from tcma.leads.forms import AssignForm, CallForm, CloseForm, DealForm, NoteForm
from tcma.leads.models import Deal, Lead
from tcma.leads.views import blueprint
from tcma.leads.views.leads import assign_form, lead_page
from tcma.partners.queries import partnership_by


@blueprint.post("/leads/<public_id>/called")
@requires(Permission.LEADS_WRITE)
def called(public_id: str) -> Response:
    """Record a call, with one tap."""
    lead, form = queries.lead_by(public_id), CallForm()
    if not form.validate_on_submit():
        return lead_page(lead, status=422, call_form=form)
    operations.record_contact(lead=lead, words=form.words.data or "", by=current_actor(), now=clock.now())
    return web.go(_page(lead), _("Your call is recorded. Make a deal of it when they want to buy."))


@blueprint.post("/leads/<public_id>/notes")
@requires(Permission.LEADS_WRITE)
def add_note(public_id: str) -> Response:
    """Write a note."""
    lead, form = queries.lead_by(public_id), NoteForm()
    if not form.validate_on_submit():
        return lead_page(lead, status=422, note_form=form)
    operations.add_note(lead=lead, text=form.text.data, by=current_actor(), now=clock.now())
    return web.go(_page(lead), _("Your note is on the lead."))


@blueprint.post("/leads/<public_id>/close")
@requires(Permission.LEADS_WRITE)
def close(public_id: str) -> Response:
    """Close the lead with a reason."""
    return _close(public_id)


@blueprint.post("/leads/<public_id>/take-back")
@requires(Permission.LEADS_DISTRIBUTE)
def take_back(public_id: str) -> Response:
    """Close a lead on the vendor's side; an offer that waits is withdrawn."""
    return _close(public_id)


def _close(public_id: str) -> Response:
    lead, form = queries.lead_by(public_id), CloseForm()

    def close_it() -> Lead:
        return operations.close_lead(lead=lead, reason=form.reason.data, by=current_actor(), now=clock.now())

    refused = _refused(form, close_it)
    if refused:
        return lead_page(lead, status=refused, close_form=form)
    return web.go(_page(lead), _("The lead is closed. It stays in your list."))


@blueprint.post("/leads/<public_id>/deals")
@requires(Permission.DEALS_WRITE)
def make_deal(public_id: str) -> Response:
    """Make a deal of the lead."""
    lead, form = queries.lead_by(public_id), DealForm()
    made: list[Deal] = []

    def open_it() -> None:
        made.append(
            operations.open_deal(
                lead=lead, account=form.account.data, products=list(lead.products), currency=form.currency.data,
                by=current_actor(), now=clock.now(),
            )
        )  # fmt: skip

    refused = _refused(form, open_it)
    if refused:
        return lead_page(lead, status=refused, deal_form=form)
    address = url_for("leads.deal", public_id=made[0].public_id)
    return web.go(address, _("It is a deal now. Enter the amount when it is won."))


@blueprint.post("/leads/<public_id>/assign")
@requires(Permission.LEADS_DISTRIBUTE)
def assign(public_id: str) -> Response:
    """Offer the lead to a partner that a person chose."""
    lead, form = queries.lead_by(public_id), AssignForm()
    if not form.partner.data:
        form = assign_form(lead) or form
        form.partner.errors = [_("Choose a partner.")]
        return lead_page(lead, status=422, assign_form=form)
    partnership = partnership_by(form.partner.data)
    operations.assign_lead(lead=lead, partnership=partnership, by=current_actor(), now=clock.now())
    return web.go(_page(lead), _("The lead is offered to %(partner)s.", partner=partnership.partner.name))


def _refused(form: FlaskForm, act: Callable[[], object]) -> int:
    """Do `act` if the form can be used; returns the status of the refusal, with its words at the field, or 0."""
    if not form.validate_on_submit():
        return 422
    try:
        act()
    except DomainError as reason:
        if reason.field is None:
            raise
        form[reason.field].errors = [reason.message]
        return reason.status
    return 0


def _page(lead: Lead) -> str:
    return url_for("leads.lead", public_id=lead.public_id)
