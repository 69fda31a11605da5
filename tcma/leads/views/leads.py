"""The list of leads and the page of one, for the partner who works on it and the vendor who gave it out."""

from typing import Any

from flask import Response, request
from flask_babel import format_decimal, format_percent

from tcma.core import clock, web
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import queries
from tcma.leads.forms import AssignForm, CallForm, CloseForm, DealForm, NoteForm, currency_of
from tcma.leads.models import Lead, LeadKind, LeadState
from tcma.leads.operations.work import MOVES
from tcma.leads.people import companies
from tcma.leads.views import blueprint
from tcma.leads.words import CLOSINGS, NOTES, REFUSALS, RULES, SCORE_PARTS, SOURCES

PARTNER_STATES = ("open", LeadState.CONTACTED, LeadState.CONVERTED, LeadState.CLOSED)
VENDOR_STATES = (
    "open", LeadState.UNASSIGNED, LeadState.ASSIGNED, LeadState.ACCEPTED, LeadState.CONTACTED, LeadState.CONVERTED,
    LeadState.CLOSED,
)  # fmt: skip


@blueprint.get("/leads", endpoint="leads")
@requires(Permission.LEADS_READ)
def show_leads() -> Response:
    """The leads in reach: a partner's own and those it accepted, or a vendor's."""
    actor, now = current_actor(), clock.now()
    number = max(request.args.get("page", 1, int), 1)
    words, state = request.args.get("q", ""), request.args.get("state", "")
    rows, total = queries.leads_page(words=words, state=state, page=number)
    values: dict[str, Any] = {
        "rows": rows, "total": total, "number": number, "pages": max(1, -(-total // queries.PER_PAGE)),
        "words": words, "state": state, "companies": queries.names_on(rows),
    }  # fmt: skip
    if actor.is_vendor:
        hops = queries.last_hops([row.id for row in rows])
        return web.render(
            "leads/vendor_leads.html", "leads/_vendor_rows.html", states=VENDOR_STATES, hops=hops,
            counts=queries.counts_by_state(), generated=queries.generated_counts(), **values,
        )  # fmt: skip
    offers = queries.offers_to_accept(now)
    return web.render(
        "leads/partner_leads.html", "leads/_partner_rows.html", states=PARTNER_STATES, offers=offers,
        vendors=queries.names_on(offers), **values,
    )  # fmt: skip


@blueprint.get("/leads/<public_id>")
@requires(Permission.LEADS_READ)
def lead(public_id: str) -> Response:
    """One lead: who, what they did, what was done, and what can be done."""
    return lead_page(queries.lead_by(public_id))


def lead_page(one: Lead, *, status: int = 200, **forms: Any) -> Response:
    """Show a lead, with those of its forms that were refused."""
    actor = current_actor()
    hops = queries.hops_of(one.id)
    values: dict[str, Any] = {
        "lead": one,
        "hops": hops,
        "done": queries.done_with(one.id),
        "deals": queries.deals_of(one.id),
        "companies": companies([one.vendor_id, one.partner_id]),
        "is_own": one.kind is LeadKind.PARTNER_GENERATED,
        "may_close": LeadState.CLOSED in MOVES[one.state],
        "may_convert": LeadState.CONVERTED in MOVES[one.state],
        "note_words": NOTES, "refusal_words": REFUSALS, "rule_words": RULES, "closing_words": CLOSINGS,
        "source_words": SOURCES, "score_parts": shown_parts(one.score_parts),
        "call_form": CallForm(), "note_form": NoteForm(), "close_form": CloseForm(),
        "deal_form": DealForm(account=one.company or one.name, currency=currency_of(one.country)),
    }  # fmt: skip
    if actor.is_vendor:
        values["assign_form"] = assign_form(one)
        return web.render("leads/vendor_lead.html", status=status, **{**values, **forms})
    return web.render("leads/partner_lead.html", status=status, **{**values, **forms})


def shown_parts(parts: dict[str, Any]) -> list[tuple[Any, str]]:
    """Return the parts of a score or of the router's order, by their names, as a reader writes them."""
    return [
        (SCORE_PARTS.get(name, name), format_percent(value) if name == "in_use" else format_decimal(value))
        for name, value in parts.items()
        if value or name == "in_use"
    ]


def assign_form(one: Lead) -> AssignForm | None:
    """Return the choice of partners for a lead that waits for one; None where there is nothing to choose."""
    if one.state not in {LeadState.UNASSIGNED, LeadState.QUALIFIED}:
        return None
    form = AssignForm()
    found = queries.partners_to_choose(one.id, words=request.args.get("partner", ""))
    form.partner.choices = [
        (partnership.public_id, f"{name} ({partnership.open_leads} / {partnership.lead_capacity})")
        for partnership, name in found
    ]
    return form
