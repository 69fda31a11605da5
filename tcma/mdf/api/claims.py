"""Claims: entering, handing in, asking about and deciding them."""

from typing import Any

from tcma.core import clock
from tcma.core.api import Nothing, PageQuery, decoded_file, page_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.api.ground import blueprint
from tcma.mdf.api.showing import claim_out
from tcma.mdf.operations import Line
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.queries import requests as queries
from tcma.mdf.shapes import (
    ClaimDecisionBody,
    ClaimOut,
    ClaimPage,
    InvoiceBody,
    LinesBody,
    NewClaim,
    NoteBody,
    NoteList,
)


@blueprint.get("/claims")
@requires(Permission.FUNDS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(ClaimPage)
def claims(query_data: PageQuery) -> dict[str, Any]:
    """List claims, the newest first."""
    rows, total = queries.claims_page(
        page=query_data.page, per_page=query_data.per_page, drafts=current_actor().partner_id is not None
    )
    return page_of([claim_out(row.claim) for row in rows], total=total, query=query_data)


@blueprint.get("/claims/<claim_id>")
@requires(Permission.FUNDS_READ)
@blueprint.output(ClaimOut)
def get_claim(claim_id: str) -> ClaimOut:
    """Give one claim."""
    return claim_out(queries.claim_by(claim_id))


@blueprint.post("/claims")
@requires(Permission.CLAIMS_WRITE)
@blueprint.input(NewClaim)
@blueprint.output(ClaimOut, status_code=201)
def make_claim(json_data: NewClaim) -> ClaimOut:
    """Begin a claim, or give the one begun."""
    activity = queries.activity_by(json_data.activity_id)
    return claim_out(operations.draft_claim(activity=activity, by=current_actor(), now=clock.now()))


@blueprint.put("/claims/<claim_id>/invoice")
@requires(Permission.CLAIMS_WRITE)
@blueprint.input(InvoiceBody)
@blueprint.output(ClaimOut)
def put_invoice(claim_id: str, json_data: InvoiceBody) -> ClaimOut:
    """Enter the invoice of a claim."""
    data = None if json_data.file is None else decoded_file(json_data.file)
    done = operations.set_invoice(
        claim=queries.claim_by(claim_id), number=json_data.number, supplier=json_data.supplier, on=json_data.on,
        total=json_data.total.money() if json_data.total else None, data=data, file_name=json_data.file_name,
        by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return claim_out(done)


@blueprint.put("/claims/<claim_id>/lines")
@requires(Permission.CLAIMS_WRITE)
@blueprint.input(LinesBody)
@blueprint.output(ClaimOut)
def put_lines(claim_id: str, json_data: LinesBody) -> ClaimOut:
    """Replace the lines of a claim."""
    found = queries.claim_by(claim_id)
    lines = [
        Line(one.text, one.net.money(), one.tax.money(), one.tax_code, one.tax_reclaimable) for one in json_data.lines
    ]
    operations.set_lines(claim=found, lines=lines, is_last=json_data.is_last, by=current_actor(), now=clock.now())
    return claim_out(found)


@blueprint.post("/claims/<claim_id>/submit")
@requires(Permission.CLAIMS_WRITE)
@blueprint.output(ClaimOut)
def submit(claim_id: str) -> ClaimOut:
    """Hand a claim in."""
    found = queries.claim_by(claim_id)
    return claim_out(operations.submit_claim(claim=found, by=current_actor(), now=clock.now()))


@blueprint.post("/claims/<claim_id>/decide")
@requires(Permission.CLAIMS_DECIDE)
@blueprint.input(ClaimDecisionBody)
@blueprint.output(ClaimOut)
def decide(claim_id: str, json_data: ClaimDecisionBody) -> ClaimOut:
    """Decide a claim, line by line."""
    found = queries.claim_by(claim_id)
    keys = {line.position: line.id for line in lines_of(found.id)}
    named = {keys.get(one.position, 0): one for one in json_data.lines}
    done = operations.decide_claim(
        claim=found, approved={key: one.amount.money() for key, one in named.items()},
        reasons={key: one.reason for key, one in named.items()}, seen=json_data.seen, by=current_actor(),
        now=clock.now(),
    )  # fmt: skip
    return claim_out(done)


@blueprint.delete("/claims/<claim_id>")
@requires(Permission.CLAIMS_WRITE)
@blueprint.output(Nothing)
def discard(claim_id: str) -> Nothing:
    """Throw a draft away; its money stays reserved."""
    operations.discard_claim(claim=queries.claim_by(claim_id), by=current_actor(), now=clock.now())
    return Nothing()


@blueprint.post("/claims/<claim_id>/lower")
@requires(Permission.CLAIMS_WRITE)
@blueprint.output(ClaimOut)
def lower(claim_id: str) -> ClaimOut:
    """Ask for what is left of the approval only, when the invoice came out higher."""
    found = queries.claim_by(claim_id)
    operations.lower_to_approved(claim=found, by=current_actor(), now=clock.now())
    return claim_out(found)


@blueprint.get("/claims/<claim_id>/notes")
@requires(Permission.FUNDS_READ)
@blueprint.output(NoteList)
def claim_notes(claim_id: str) -> dict[str, Any]:
    """Give the conversation about a claim, oldest first."""
    return {"items": queries.thread_of(queries.claim_by(claim_id))}


@blueprint.post("/claims/<claim_id>/ask")
@requires(Permission.CLAIMS_DECIDE)
@blueprint.input(NoteBody)
@blueprint.output(ClaimOut)
def ask_about_claim(claim_id: str, json_data: NoteBody) -> ClaimOut:
    """Give a claim back with a question."""
    found = queries.claim_by(claim_id)
    return claim_out(operations.ask_about_claim(claim=found, note=json_data.note, by=current_actor(), now=clock.now()))


@blueprint.post("/claims/<claim_id>/answer")
@requires(Permission.CLAIMS_WRITE)
@blueprint.input(NoteBody)
@blueprint.output(ClaimOut)
def answer_claim(claim_id: str, json_data: NoteBody) -> ClaimOut:
    """Answer the approver, or add to the conversation."""
    found = queries.claim_by(claim_id)
    return claim_out(operations.answer_claim(claim=found, text=json_data.note, by=current_actor(), now=clock.now()))
