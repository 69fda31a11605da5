"""The API of leads, offers and deals: the same operations as the pages."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from pydantic import Field, StringConstraints

from tcma.core import clock, intake
from tcma.core.api import Answer, Body, Paged, PageQuery, api_blueprint, page_of
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.leads import columns, operations, queries
from tcma.leads.models import Assignment, Deal, DealState, Evidence, Lead, LeadKind, LeadState
from tcma.leads.operations.intake import OddLead

blueprint = api_blueprint("leads")

MOST_ROWS = 2000
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Word = Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)]
Short = Annotated[str, StringConstraints(max_length=120, pattern=PLAIN)]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=PLAIN)]
Key = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class LeadOut(Answer):
    """A lead that the company has: its own, or one that it was given."""

    public_id: str
    kind: LeadKind
    state: LeadState
    first_name: str
    last_name: str
    company: str
    email: str
    phone: str
    country: str
    postcode: str
    city: str
    need: str
    products: list[str]
    competencies: list[str]
    source: str
    score: int
    captured_at: datetime
    contacted_at: datetime | None


class LeadPage(Paged[LeadOut]):
    """A page of leads, newest first."""


class LeadQuery(PageQuery):
    """Which leads."""

    q: Word = ""
    kind: LeadKind | None = None
    state: LeadState | Literal["open"] | None = None


class NewLead(Body):
    """A lead of the vendor's own. It needs a country, and an e-mail address or a telephone number."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
    first_name: Short = ""
    last_name: Short = ""
    company: Word = ""
    email: Annotated[str, StringConstraints(max_length=320, pattern=PLAIN)] = ""
    phone: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""
    postcode: Annotated[str, StringConstraints(max_length=20, pattern=PLAIN)] = ""
    city: Short = ""
    employees: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""
    need: Text = ""
    products: list[Key] = Field(default_factory=list, max_length=50)
    competencies: list[Key] = Field(default_factory=list, max_length=50)
    source: Word = ""


class LeadFile(Body):
    """A CSV file of leads with its first line of names; it says how the leads came about."""

    csv: Annotated[str, StringConstraints(min_length=1, max_length=5_000_000)]
    source: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]


class BadRowOut(Answer):
    """A row that did not go in: its line in the file, and what to do."""

    line: int
    reason: str


class LeadsImported(Answer):
    """What went in, what did not, and which columns were not understood."""

    leads: list[LeadOut]
    bad_rows: list[BadRowOut]
    columns_left_out: list[str]


class Contacted(Body):
    """That the person was called or written to, and what came of it."""

    words: Text = ""


class OfferOut(Answer):
    """An offered lead: need and town, never the person."""

    public_id: str
    state: str
    hop: int
    need: str
    town: str
    why: str
    offered_at: datetime
    expires_at: datetime


class OfferPage(Paged[OfferOut]):
    """The offers that wait for an answer, the shortest clock first."""


class Refusal(Body):
    """Why a lead is refused."""

    reason: Literal["no_capacity", "not_our_field", "too_far", "known_customer", "poor_quality"]


class Amount(Answer):
    """Money: whole minor units and a currency."""

    minor: int
    currency: str


class DealOut(Answer):
    """A deal, with the vendor's net amount once it is won."""

    public_id: str
    account: str
    state: DealState
    evidence: Evidence
    evidence_ref: str
    amount: Amount
    months: int | None
    products: list[str]
    opened_at: datetime
    decided_at: datetime | None
    lost_reason: str | None


class DealPage(Paged[DealOut]):
    """A page of deals, newest first."""


class DealQuery(PageQuery):
    """Which deals."""

    q: Word = ""
    state: DealState | Literal["to_confirm"] | None = None


class NewDeal(Body):
    """A deal that a lead becomes."""

    account: Word = ""
    currency: Currency = "EUR"
    products: list[Key] = Field(default_factory=list, max_length=50)


class Win(Body):
    """The vendor's net amount in the deal's currency; with `months` it is a monthly one."""

    minor: int = Field(gt=0, le=10**15)
    currency: Currency
    months: int | None = Field(None, ge=1, le=120)
    evidence_ref: Word = ""


class Loss(Body):
    """Why a deal was lost."""

    reason: Literal["price", "competitor", "no_decision", "timing", "scope"]


class Confirmation(Body):
    """Where the vendor's books show the deal."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]


@blueprint.get("/leads")
@requires(Permission.LEADS_READ)
@blueprint.input(LeadQuery, location="query")
@blueprint.output(LeadPage)
def list_leads(query_data: LeadQuery) -> dict[str, Any]:
    """List the leads in reach, newest first."""
    found, total = queries.leads_page(
        words=query_data.q,
        kind=query_data.kind or "",
        state=query_data.state or "",
        page=query_data.page,
        per_page=query_data.per_page,
    )
    return page_of(found, total=total, query=query_data)


@blueprint.get("/leads/<public_id>")
@requires(Permission.LEADS_READ)
@blueprint.output(LeadOut)
def show_lead(public_id: str) -> Lead:
    """Show a lead."""
    return queries.lead_by(public_id)


@blueprint.post("/leads")
@requires(Permission.LEADS_DISTRIBUTE)
@blueprint.input(NewLead)
@blueprint.output(LeadOut, status_code=201)
def create_lead(json_data: NewLead) -> Lead:
    """Enter a lead of the vendor's own; the best partner is asked within a minute."""
    values = json_data.model_dump(exclude={"source"})
    answer = operations.Answer(**{**values, **{name: tuple(values[name]) for name in ("products", "competencies")}})
    return operations.enter_lead(answer, source=json_data.source or "api", by=current_actor(), now=clock.now())


@blueprint.post("/leads/import")
@requires(Permission.LEADS_DISTRIBUTE)
@blueprint.input(LeadFile)
@blueprint.output(LeadsImported, status_code=201)
def import_leads(json_data: LeadFile) -> dict[str, Any]:
    """Take the rows of a file that can be used and list the others; each lead goes to the best partner."""
    table = intake.read_table(json_data.csv.encode("utf-8", "replace"), max_rows=MOST_ROWS)
    rows = [(table.place.line, row) for row in table.rows]
    mapped = columns.understood(table.header)
    if not {"email", "phone"} & set(mapped.values()):
        raise OddLead(
            _("We found no column for the e-mail address or the telephone number. Name the columns in the first line."),
            field="csv",
        )
    good, bad = operations.import_leads(
        columns.answers(mapped, rows), source=json_data.source, by=current_actor(), now=clock.now()
    )
    left_out = [title for at, title in enumerate(table.header) if at not in mapped]
    return {"leads": good, "bad_rows": bad, "columns_left_out": left_out}


@blueprint.post("/leads/<public_id>/contact")
@requires(Permission.LEADS_WRITE)
@blueprint.input(Contacted)
@blueprint.output(LeadOut)
def record_contact(public_id: str, json_data: Contacted) -> Lead:
    """Record that the person was called or written to."""
    lead = queries.lead_by(public_id)
    return operations.record_contact(lead=lead, words=json_data.words, by=current_actor(), now=clock.now())


@blueprint.get("/offers")
@requires(Permission.LEADS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(OfferPage)
def list_offers(query_data: PageQuery) -> dict[str, Any]:
    """List the offers that wait for an answer, the shortest clock first."""
    found, total = queries.offers_page(clock.now(), page=query_data.page, per_page=query_data.per_page)
    return page_of(found, total=total, query=query_data)


@blueprint.post("/offers/<public_id>/accept")
@requires(Permission.LEADS_WRITE)
@blueprint.output(LeadOut)
def accept_offer(public_id: str) -> Lead:
    """Take the offered lead; the answer is the lead with its details."""
    return operations.accept_offer(assignment=queries.assignment_by(public_id), by=current_actor(), now=clock.now())


@blueprint.post("/offers/<public_id>/reject")
@requires(Permission.LEADS_WRITE)
@blueprint.input(Refusal)
@blueprint.output(OfferOut)
def reject_offer(public_id: str, json_data: Refusal) -> Assignment:
    """Refuse the offered lead; the next partner is asked."""
    return operations.reject_offer(
        assignment=queries.assignment_by(public_id), reason=json_data.reason, by=current_actor(), now=clock.now()
    )


@blueprint.get("/deals")
@requires(Permission.LEADS_READ)
@blueprint.input(DealQuery, location="query")
@blueprint.output(DealPage)
def list_deals(query_data: DealQuery) -> dict[str, Any]:
    """List the deals in reach, newest first."""
    found, total = queries.deals_page(
        words=query_data.q, state=query_data.state or "", page=query_data.page, per_page=query_data.per_page
    )
    return page_of(found, total=total, query=query_data)


@blueprint.post("/leads/<public_id>/deals")
@requires(Permission.DEALS_WRITE)
@blueprint.input(NewDeal)
@blueprint.output(DealOut, status_code=201)
def create_deal(public_id: str, json_data: NewDeal) -> Deal:
    """Make a deal of a lead; kit, launch and partner travel with it."""
    lead = queries.lead_by(public_id)
    if not (json_data.account or lead.company):
        raise OddLead(_("Name the customer."), field="account")
    return operations.open_deal(
        lead=lead,
        account=json_data.account,
        products=json_data.products,
        currency=json_data.currency,
        by=current_actor(),
        now=clock.now(),
    )


@blueprint.post("/deals/<public_id>/win")
@requires(Permission.DEALS_WRITE)
@blueprint.input(Win)
@blueprint.output(DealOut)
def win_deal(public_id: str, json_data: Win) -> Deal:
    """Record that the deal was won, as reported until the vendor confirms it."""
    return operations.win_deal(
        deal=queries.deal_by(public_id),
        net=Money(json_data.minor, json_data.currency),
        months=json_data.months,
        evidence_ref=json_data.evidence_ref,
        by=current_actor(),
        now=clock.now(),
    )


@blueprint.post("/deals/<public_id>/lose")
@requires(Permission.DEALS_WRITE)
@blueprint.input(Loss)
@blueprint.output(DealOut)
def lose_deal(public_id: str, json_data: Loss) -> Deal:
    """Record that the deal was lost, and why."""
    return operations.lose_deal(
        deal=queries.deal_by(public_id), reason=json_data.reason, by=current_actor(), now=clock.now()
    )


@blueprint.post("/deals/<public_id>/confirm")
@requires(Permission.DEALS_WRITE)
@blueprint.input(Confirmation)
@blueprint.output(DealOut)
def confirm_deal(public_id: str, json_data: Confirmation) -> Deal:
    """Confirm a won deal from the vendor's own books."""
    return operations.confirm_deal(
        deal=queries.deal_by(public_id), reference=json_data.reference, by=current_actor(), now=clock.now()
    )
