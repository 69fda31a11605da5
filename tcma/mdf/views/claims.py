"""Claims: the list, one claim with its invoice, lines and evidence, handing in, and the files behind them."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.money import Money, from_decimal_text
from tcma.core.origins import serves_file
from tcma.core.presentation import locale
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.flags import flags_of
from tcma.mdf.forms import InvoiceForm, NoteForm, line_rows, lines_typed, typed_amount
from tcma.mdf.models import Claim, ClaimState, Proof
from tcma.mdf.operations.claim_decisions import WAITING
from tcma.mdf.operations.claims import EDITABLE, left_to_claim, missing_in, missing_proofs
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.queries import behind
from tcma.mdf.queries import requests as queries
from tcma.mdf.views import blueprint
from tcma.mdf.views.files import kept_file
from tcma.mdf.words import proof_word


@blueprint.get("/claims")
@requires(Permission.FUNDS_READ)
def claims() -> Response:
    """List the claims in reach."""
    page, state = max(request.args.get("page", 1, int), 1), request.args.get("state", "")
    known = state if state in {one.value for one in ClaimState} else ""
    rows, total = queries.claims_page(state=known, page=page, drafts=current_actor().partner_id is not None)
    return web.render(
        "mdf/claims.html", "mdf/_claim_rows.html", rows=rows, total=total, number=page,
        pages=-(-total // queries.PER_PAGE), state=known, states=list(ClaimState),
        is_vendor=current_actor().is_vendor,
    )  # fmt: skip


@blueprint.post("/funds/activities/<activity_id>/claim")
@requires(Permission.CLAIMS_WRITE)
def begin_claim(activity_id: str) -> BaseResponse:
    """Begin a claim, or go on with the one begun."""
    activity = queries.activity_by(activity_id)
    claim = operations.draft_claim(activity=activity, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.claim", claim_id=claim.public_id))


@blueprint.get("/claims/<claim_id>")
@requires(Permission.FUNDS_READ)
def claim(claim_id: str) -> Response:
    """Show one claim: to fill in, to decide, or what came of it."""
    return page_of(queries.claim_by(claim_id))


def page_of(found: Claim, *, form: Any = None, error: str | None = None, status: int = 200, **more: Any) -> Response:
    """Return the page of a claim, for either side."""
    return web.render("mdf/claim.html", error=error, status=status, **{**facts_of(found, form), **more})


def facts_of(found: Claim, form: Any = None) -> dict[str, Any]:
    """Return all that a page about a claim shows."""
    actor = current_actor()
    activity = behind.activity_behind(found, actor=actor)
    asked_for = behind.request_behind(activity, actor=actor)
    lines = lines_of(found.id)
    editable = found.state in EDITABLE and actor.partner_id is not None
    asked = Money(sum(line.asked_minor for line in lines), found.currency)
    left = left_to_claim(found) if editable else None
    return {
        "claim": found,
        "activity": activity,
        "request_row": asked_for,
        "fund": behind.fund_behind(asked_for),
        "lines": lines,
        "asked": asked,
        "approved": Money(sum(line.approved_minor or 0 for line in lines), found.currency),
        "net": Money(sum(line.net_minor for line in lines), found.currency),
        "tax": Money(sum(line.tax_minor for line in lines), found.currency),
        "left": left,
        "is_over": left is not None and asked > left,
        "editable": editable,
        "waits": found.state in WAITING,
        "form": (form or _invoice_form(found)) if editable else None,
        "rows": line_rows(lines, found.currency, first_text=activity.title) if editable else [],
        "needed": _checklist(found, lines) if editable else [],
        "missing_proofs": missing_proofs(found) if editable else [],
        "evidence": queries.evidence_for(found),
        "flags": flags_of(found) if actor.is_vendor else [],
        "settlement": queries.settlement_of(found),
        "thread": queries.thread_of(found),
        "holder": queries.holder_of(found),
        "partner_name": queries.name_of(found.partner_id),
        "vendor_name": queries.name_of(found.vendor_id),
        "handed_in_by": queries.person_name(found.submitted_by),
        "money_of": lambda minor: Money(minor, found.currency),
        "typed": lambda minor: typed_amount(Money(minor, found.currency)),
        "proof_word": proof_word,
        "note_form": NoteForm(),
    }


def _invoice_form(found: Claim) -> InvoiceForm:
    total = found.invoice_total_minor
    return InvoiceForm(
        number=found.invoice_number,
        supplier=found.invoice_supplier,
        on=found.invoice_date,
        total=typed_amount(Money(total, found.currency)) if total is not None else "",
        is_last=found.is_last,
    )


def _checklist(found: Claim, lines: Any) -> list[dict[str, Any]]:
    needed = [
        {"label": _("The invoice as a file"), "done": bool(found.invoice_blob)},
        {"label": _("Number, supplier and date"), "done": bool(found.invoice_number and found.invoice_date)},
        {"label": _("What was paid for"), "done": any(line.asked_minor for line in lines)},
    ]
    wanted = missing_proofs(found)
    there = [proof for proof in queries.evidence_for(found) if proof.state.value != "required"]
    needed += [{"label": proof_word(proof.kind), "done": True} for proof in there]
    return needed + [{"label": proof_word(kind), "done": False} for kind in wanted]


@blueprint.post("/claims/<claim_id>")
@requires(Permission.CLAIMS_WRITE)
def save_claim(claim_id: str) -> BaseResponse:
    """Keep invoice and lines; with `submit` the claim is handed in at once."""
    found = queries.claim_by(claim_id)
    form = InvoiceForm()
    if not form.validate_on_submit():
        return page_of(found, form=form, status=422)
    lines, wrong = lines_typed(found.currency)
    try:
        if wrong:
            number, reason = next(iter(wrong.items()))
            return page_of(found, form=form, error=_("Line %(n)s: %(why)s", n=number, why=reason), status=422)
        _keep_invoice(found, form)
        operations.set_lines(
            claim=found, lines=lines, is_last=bool(form.is_last.data), by=current_actor(), now=clock.now()
        )
    except DomainError as reason:
        if reason.field == "file":
            form.file.errors = [reason.message]
        return page_of(found, form=form, error=reason.message, status=reason.status)
    return _hand_in(found) if "submit" in request.form else _after_saving(found)


def _hand_in(found: Claim) -> BaseResponse:
    """Hand the claim in; what was typed stays kept where something is still missing."""
    try:
        operations.submit_claim(claim=found, by=current_actor(), now=clock.now())
    except DomainError as reason:
        return web.go(url_for("mdf.claim", claim_id=found.public_id), reason.message, kind="warning")
    return _after_saving(found)


def _after_saving(found: Claim) -> BaseResponse:
    address = url_for("mdf.claim", claim_id=found.public_id)
    if found.state is ClaimState.SUBMITTED:
        vendor = queries.name_of(found.vendor_id)
        return web.go(address, _("Handed in. %(vendor)s decides within ten days.", vendor=vendor))
    missing = missing_in(found, lines_of(found.id))
    words = _("Saved. Still missing: %(what)s.", what=", ".join(str(one) for one in missing))
    return web.go(address, words if missing else _("Saved. Everything is there; hand it in when you like."))


def _keep_invoice(found: Claim, form: InvoiceForm) -> None:
    file = form.file.data
    data = file.read() if isinstance(file, FileStorage) and file.filename else None
    typed = (form.total.data or "").strip()
    operations.set_invoice(
        claim=found, number=form.number.data, supplier=form.supplier.data, on=form.on.data,
        total=from_decimal_text(typed, found.currency, locale()) if typed else None, data=data,
        file_name=(file.filename or "") if data else "", by=current_actor(), now=clock.now(),
    )  # fmt: skip


@blueprint.post("/claims/<claim_id>/lower")
@requires(Permission.CLAIMS_WRITE)
def lower_claim(claim_id: str) -> BaseResponse:
    """Ask for what is left of the approval only."""
    found = queries.claim_by(claim_id)
    operations.lower_to_approved(claim=found, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.claim", claim_id=claim_id), _("The claim asks for what was approved now."))


@blueprint.post("/claims/<claim_id>/submit")
@requires(Permission.CLAIMS_WRITE)
def submit_claim(claim_id: str) -> BaseResponse:
    """Hand the claim in as it was saved."""
    return _hand_in(queries.claim_by(claim_id))


@blueprint.post("/claims/<claim_id>/proof")
@requires(Permission.CLAIMS_WRITE)
def upload_proof(claim_id: str) -> BaseResponse:
    """Keep a file as evidence for the claim's activity."""
    found = queries.claim_by(claim_id)
    file = request.files.get("file")
    kind = request.form.get("kind", "other").strip() or "other"
    if file is None or not file.filename:
        return page_of(found, error=_("Choose a file first."), status=422)
    try:
        operations.upload_proof(
            activity=behind.activity_behind(found, actor=current_actor()), kind=kind, data=file.read(),
            file_name=file.filename, by=current_actor(), now=clock.now(),
        )  # fmt: skip
    except DomainError as reason:
        return page_of(found, error=reason.message, status=reason.status)
    return web.go(url_for("mdf.claim", claim_id=claim_id), _("The proof is there."))


@blueprint.post("/claims/<claim_id>/answer")
@requires(Permission.CLAIMS_WRITE)
def answer_claim(claim_id: str) -> BaseResponse:
    """Add to the conversation about a claim."""
    found = queries.claim_by(claim_id)
    try:
        operations.answer_claim(claim=found, text=request.form.get("note", ""), by=current_actor(), now=clock.now())
    except DomainError as reason:
        return page_of(found, error=reason.message, status=reason.status)
    return web.go(url_for("mdf.claim", claim_id=claim_id), _("Said. Hand the claim in again when it is complete."))


@blueprint.post("/claims/<claim_id>/discard")
@requires(Permission.CLAIMS_WRITE)
def discard_claim(claim_id: str) -> BaseResponse:
    """Throw a draft away."""
    found = queries.claim_by(claim_id)
    operations.discard_claim(claim=found, by=current_actor(), now=clock.now())
    return web.go(url_for("mdf.funds"), _("The draft is gone. The money stays reserved."))


@blueprint.get("/claims/<claim_id>/invoice")
@requires(Permission.FUNDS_READ)
@serves_file
def invoice_file(claim_id: str) -> Response:
    """Give the invoice, as it was written anew."""
    found = queries.claim_by(claim_id)
    return kept_file(require(found.invoice_blob), f"invoice-{found.public_id}")


@blueprint.get("/funds/proofs/<proof_id>/file")
@requires(Permission.FUNDS_READ)
@serves_file
def proof_file(proof_id: str) -> Response:
    """Give a piece of evidence, as it was written anew."""
    proof = queries.proof_by(proof_id)
    return kept_file(require(proof.blob), f"{proof.kind}-{proof.public_id}")


@blueprint.get("/funds/proofs/<proof_id>")
@requires(Permission.FUNDS_READ)
def proof(proof_id: str) -> Response:
    """Show what the platform itself saw, as a page to read and to print."""
    found: Proof = queries.proof_by(proof_id)
    activity = behind.activity_behind(found, actor=current_actor())
    return web.render(
        "mdf/proof.html", proof=found, activity=activity, proof_word=proof_word,
        request_row=behind.request_behind(activity, actor=current_actor()),
        partner_name=queries.name_of(found.partner_id),
    )  # fmt: skip
