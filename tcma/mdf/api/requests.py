"""Requests for money: asking, answering, deciding; and saying that an activity took place, with evidence."""

from typing import Any

from tcma.core import clock
from tcma.core.api import PageQuery, decoded_file, page_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.api.ground import blueprint
from tcma.mdf.api.showing import activity_out, proof_out, request_out
from tcma.mdf.operations import PlannedActivity
from tcma.mdf.operations.reservations import activities_of
from tcma.mdf.queries import balances
from tcma.mdf.queries import requests as queries
from tcma.mdf.shapes import (
    ActivityOut,
    ApprovalBody,
    NewRequest,
    NoteBody,
    NoteList,
    ProofBody,
    ProofList,
    ProofOut,
    QuoteBody,
    RequestOut,
    RequestPage,
)


@blueprint.get("/requests")
@requires(Permission.FUNDS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(RequestPage)
def requests(query_data: PageQuery) -> dict[str, Any]:
    """List requests, the newest first."""
    rows, total = queries.requests_of_partner(page=query_data.page, per_page=query_data.per_page)
    return page_of([request_out(row) for row, _asked, _title in rows], total=total, query=query_data)


@blueprint.get("/requests/<request_id>")
@requires(Permission.FUNDS_READ)
@blueprint.output(RequestOut)
def get_request(request_id: str) -> RequestOut:
    """Give one request."""
    return request_out(queries.request_by(request_id))


@blueprint.post("/requests")
@requires(Permission.REQUESTS_WRITE)
@blueprint.input(NewRequest)
@blueprint.output(RequestOut, status_code=201)
def make_request(json_data: NewRequest) -> RequestOut:
    """Ask for money."""
    actor = current_actor()
    launch = None
    if json_data.launch_id:
        launch = queries.require_launch(actor.partner_id, json_data.launch_id)
    planned = [
        PlannedActivity(
            one.activity_type,
            one.title,
            one.happens_on,
            one.cost.money(),
            one.tactic,
            tuple(one.proof_wanted),
            one.share_percent,
            _quote(one.quote) if one.quote else None,
        )
        for one in json_data.activities
    ]
    made = operations.request_funds(
        fund=balances.fund_by(json_data.fund_id), activities=planned, launch_id=launch.id if launch else None,
        kit_id=launch.kit_id if launch else None, note=json_data.note, by=actor, now=clock.now(),
    )  # fmt: skip
    return request_out(made)


def _quote(given: QuoteBody) -> operations.Quote:
    return operations.Quote(decoded_file(given.file), given.file_name)


@blueprint.put("/activities/<activity_id>/quote")
@requires(Permission.REQUESTS_WRITE)
@blueprint.input(QuoteBody)
@blueprint.output(ActivityOut)
def attach_quote(activity_id: str, json_data: QuoteBody) -> ActivityOut:
    """Lay a supplier's quote beside an activity that waits for its decision; its content_hash is another then."""
    found = queries.activity_by(activity_id)
    return activity_out(
        operations.attach_quote(activity=found, quote=_quote(json_data), by=current_actor(), now=clock.now())
    )


@blueprint.post("/requests/<request_id>/approve")
@requires(Permission.REQUESTS_DECIDE)
@blueprint.input(ApprovalBody)
@blueprint.output(RequestOut)
def approve(request_id: str, json_data: ApprovalBody) -> RequestOut:
    """Approve a request; what is approved is reserved."""
    found = queries.request_by(request_id)
    keys = {one.public_id: one.id for one in activities_of(found.id)}
    named = {keys.get(one.activity_id, 0): one for one in json_data.activities}
    done = operations.approve_request(
        request=found, amounts={key: one.amount.money() for key, one in named.items()},
        reasons={key: one.reason for key, one in named.items()}, note=json_data.note, seen=json_data.seen,
        by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return request_out(done)


@blueprint.post("/requests/<request_id>/decline")
@requires(Permission.REQUESTS_DECIDE)
@blueprint.input(NoteBody)
@blueprint.output(RequestOut)
def decline(request_id: str, json_data: NoteBody) -> RequestOut:
    """Decline a request with a reason."""
    found = queries.request_by(request_id)
    return request_out(
        operations.decline_request(request=found, note=json_data.note, by=current_actor(), now=clock.now())
    )


@blueprint.post("/requests/<request_id>/withdraw")
@requires(Permission.REQUESTS_WRITE)
@blueprint.output(RequestOut)
def withdraw(request_id: str) -> RequestOut:
    """Take a request back."""
    found = queries.request_by(request_id)
    return request_out(operations.withdraw_request(request=found, by=current_actor(), now=clock.now()))


@blueprint.get("/requests/<request_id>/notes")
@requires(Permission.FUNDS_READ)
@blueprint.output(NoteList)
def request_notes(request_id: str) -> dict[str, Any]:
    """Give the conversation about a request, oldest first."""
    return {"items": queries.thread_of(queries.request_by(request_id))}


@blueprint.post("/requests/<request_id>/ask")
@requires(Permission.REQUESTS_DECIDE)
@blueprint.input(NoteBody)
@blueprint.output(RequestOut)
def ask_about_request(request_id: str, json_data: NoteBody) -> RequestOut:
    """Ask the partner something before deciding."""
    found = queries.request_by(request_id)
    return request_out(
        operations.ask_for_information(request=found, note=json_data.note, by=current_actor(), now=clock.now())
    )


@blueprint.post("/requests/<request_id>/answer")
@requires(Permission.REQUESTS_WRITE)
@blueprint.input(NoteBody)
@blueprint.output(RequestOut)
def answer_request(request_id: str, json_data: NoteBody) -> RequestOut:
    """Answer the approver, or add to the conversation."""
    found = queries.request_by(request_id)
    return request_out(
        operations.answer_request(request=found, text=json_data.note, by=current_actor(), now=clock.now())
    )


@blueprint.post("/activities/<activity_id>/executed")
@requires(Permission.CLAIMS_WRITE)
@blueprint.output(ActivityOut)
def mark_executed(activity_id: str) -> ActivityOut:
    """Say that an activity took place; the platform puts its own proof together."""
    found = queries.activity_by(activity_id)
    return activity_out(operations.mark_executed(activity=found, by=current_actor(), now=clock.now()))


@blueprint.get("/activities/<activity_id>/proofs")
@requires(Permission.FUNDS_READ)
@blueprint.output(ProofList)
def proofs(activity_id: str) -> ProofList:
    """List the evidence of an activity that was brought, the platform's own among it."""
    found = queries.evidence_of_activity(queries.activity_by(activity_id).id)
    return ProofList(items=[proof_out(one) for one in found])


@blueprint.post("/activities/<activity_id>/proofs")
@requires(Permission.CLAIMS_WRITE)
@blueprint.input(ProofBody)
@blueprint.output(ProofOut, status_code=201)
def upload_proof(activity_id: str, json_data: ProofBody) -> ProofOut:
    """Bring a file as evidence for an activity."""
    made = operations.upload_proof(
        activity=queries.activity_by(activity_id), kind=json_data.kind, data=decoded_file(json_data.file),
        file_name=json_data.file_name, by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return proof_out(made)
