"""Leads that a vendor offers: taken or refused by the partner, from its pages."""

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import operations, queries
from tcma.leads.forms import RefuseForm
from tcma.leads.models import Assignment, AssignmentState
from tcma.leads.people import companies
from tcma.leads.views import blueprint
from tcma.leads.views.leads import shown_parts
from tcma.leads.words import REFUSALS


@blueprint.get("/leads/offers/<public_id>")
@requires(Permission.LEADS_READ)
def offer(public_id: str) -> Response:
    """One offered lead: need, town, clock and why."""
    return _page(queries.assignment_by(public_id), RefuseForm())


@blueprint.post("/leads/offers/<public_id>/accept")
@requires(Permission.LEADS_WRITE)
def accept(public_id: str) -> Response:
    """Take the lead; its details open."""
    lead = operations.accept_offer(assignment=queries.assignment_by(public_id), by=current_actor(), now=clock.now())
    return web.go(
        url_for("leads.lead", public_id=lead.public_id), _("The lead is yours. Call while they still think of it.")
    )


@blueprint.post("/leads/offers/<public_id>/refuse")
@requires(Permission.LEADS_WRITE)
def refuse(public_id: str) -> Response:
    """Refuse the lead with a reason; the next partner is asked."""
    assignment, form = queries.assignment_by(public_id), RefuseForm()
    if not form.validate_on_submit():
        return _page(assignment, form, status=422)
    operations.reject_offer(assignment=assignment, reason=form.reason.data, by=current_actor(), now=clock.now())
    return web.go(url_for("leads.leads"), _("Refused. The next partner is asked; nothing is held against you."))


def _page(assignment: Assignment, form: RefuseForm, *, status: int = 200) -> Response:
    lead_id = None
    if assignment.state is AssignmentState.ACCEPTED and current_actor().is_partner:
        lead_id = queries.public_id_of(assignment.lead_id)
    return web.render(
        "leads/offer.html",
        status=status,
        offer=assignment,
        form=form,
        is_open=assignment.is_open(clock.now()),
        lead_id=lead_id,
        vendor=companies([assignment.vendor_id])[assignment.vendor_id],
        refusal_words=REFUSALS,
        score_parts=shown_parts(assignment.score_parts),
    )
