"""The money asked for afterwards: an invoice line by line, and its proof."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from tcma.core import audit, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.money import Money, Rounding
from tcma.core.tenancy import crossing
from tcma.core.words import lazy_gettext as _
from tcma.mdf.invoices import invoice_key
from tcma.mdf.models import (
    Activity,
    ActivityState,
    Claim,
    ClaimLine,
    ClaimState,
    Fund,
    FundRequest,
    FundState,
    Note,
    Proof,
    ProofState,
)
from tcma.mdf.operations.contents import claim_hash, lines_of
from tcma.mdf.operations.documents import clean_document
from tcma.mdf.operations.duties import lay_hand
from tcma.mdf.operations.locking import locked_claim, locked_request
from tcma.mdf.operations.notes import add_note
from tcma.mdf.operations.requests import APPROVED, INVOICE, want_proof
from tcma.mdf.operations.reservations import claimable_for

DAYS_TO_DECIDE = 10
MOST_LINES = 50
EDITABLE = frozenset({ClaimState.DRAFT, ClaimState.INFO_REQUESTED})
CLOSED_FUNDS = frozenset({FundState.CLOSED_TO_CLAIMS, FundState.RECONCILED})


class NotApproved(DomainError):
    """Only an approved activity is claimed for, and in time."""


class ClaimMovedOn(Conflict):
    """The claim is no longer where the command expects it."""


class IncompleteClaim(DomainError):
    """Something that the claim needs is missing."""


class OverApproved(DomainError):
    """More is asked for than was approved."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the invoice: net and tax apart; tax that the partner gets back elsewhere is not borne by the fund."""

    text: str
    net: Money
    tax: Money
    tax_code: str = ""
    tax_reclaimable: bool = True


def draft_claim(*, activity: Activity, by: Actor, now: datetime) -> Claim:
    """Begin a claim for an approved activity, or go on with the one begun. Refused: `NotApproved`."""
    request = locked_request(activity.request_id)
    _check_claimable(activity, request, now)
    begun = session.scalar(
        sa.select(Claim).where(Claim.activity_id == activity.id, Claim.state.in_(EDITABLE)).order_by(Claim.id)
    )
    if begun is not None:
        return begun
    with crossing(vendor_id=activity.vendor_id):
        left = claimable_for(activity)
    if not left.minor:
        raise NotApproved(_("Nothing is left to be claimed for this activity."))
    claim = Claim(
        vendor_id=activity.vendor_id,
        partner_id=activity.partner_id,
        activity_id=activity.id,
        currency=activity.currency,
        hands=[],
        created_at=now,
    )
    lay_hand(claim, by)
    session.add(claim)
    session.flush()  # the audit row names it
    activity.state = ActivityState.EXECUTED
    want_proof(activity, now)
    audit.record(by=by, action="claim.drafted", object_type="claim", object_id=claim.id, now=now)
    return claim


def _check_claimable(activity: Activity, request: FundRequest, now: datetime) -> None:
    if request.state not in APPROVED or not activity.approved_minor:
        raise NotApproved(_("This activity was not approved."))
    fund = session.get_one(Fund, request.fund_id)
    if fund.state in CLOSED_FUNDS:
        raise NotApproved(_("This fund takes no more claims."))
    if activity.claim_until and now.date() > activity.claim_until:
        raise NotApproved(
            _("The last day to claim for this activity was %(day)s.", day=activity.claim_until.isoformat())
        )


def discard_claim(*, claim: Claim, by: Actor, now: datetime) -> None:
    """Throw a draft away that was never handed in; the reservation stays for another."""
    current = locked_claim(claim.id)
    if current.state is not ClaimState.DRAFT or current.submitted_at is not None:
        raise ClaimMovedOn(_("This claim was handed in and is not thrown away any more."))
    audit.record(by=by, action="claim.discarded", object_type="claim", object_id=current.id, now=now)
    for model in (ClaimLine, Note):
        session.execute(sa.delete(model).where(model.claim_id == current.id))
    session.execute(sa.update(Proof).where(Proof.claim_id == current.id).values(claim_id=None))
    session.delete(current)
    session.flush()  # its lines are gone already; nothing may name it any more


def set_invoice(
    *,
    claim: Claim,
    number: str,
    supplier: str,
    on: date,
    total: Money | None = None,
    data: bytes | None = None,
    file_name: str = "",
    by: Actor,
    now: datetime,
) -> Claim:
    """Enter the invoice, with the `total` printed on it, and keep its file (PDF or picture, written anew)."""
    current = _editable(claim)
    if total is not None and (total.currency != current.currency or total.minor < 0):
        raise IncompleteClaim(_("This claim is in %(currency)s.", currency=current.currency), field="total")
    current.invoice_number, current.invoice_supplier = number.strip()[:80], supplier.strip()[:200]
    current.invoice_date = on
    current.invoice_key = invoice_key(current.invoice_supplier, current.invoice_number)
    if total is not None:
        current.invoice_total_minor = total.minor
    if data:
        blob = runtime.uploads().keep(current.partner_id, clean_document(data))
        current.invoice_blob, current.invoice_file_name = blob.path, file_name[:200]
        # Of the file as sent: the same file is the same invoice, whatever is written about it.
        current.invoice_digest = hashlib.sha256(data).hexdigest()
    lay_hand(current, by)
    audit.record(
        by=by, action="claim.invoice_set", object_type="claim", object_id=current.id,
        after={"number": current.invoice_number, "file": current.invoice_digest}, now=now,
    )  # fmt: skip
    return current


def set_lines(
    *, claim: Claim, lines: Sequence[Line], is_last: bool | None = None, by: Actor, now: datetime
) -> Sequence[ClaimLine]:
    """Replace the lines of a claim that is not handed in; what is asked for follows from the fund's share.

    `is_last` says that no further invoice comes for the activity.
    """
    current = _editable(claim)
    activity = session.get_one(Activity, current.activity_id)
    if len(lines) > MOST_LINES:
        raise IncompleteClaim(_("A claim has at most %(most)d lines.", most=MOST_LINES), field="lines")
    bases = [_base(line, current.currency) for line in lines]
    session.execute(sa.delete(ClaimLine).where(ClaimLine.claim_id == current.id))
    session.add_all(
        ClaimLine(
            vendor_id=current.vendor_id,
            partner_id=current.partner_id,
            claim_id=current.id,
            position=position,
            text=line.text.strip()[:200],
            net_minor=line.net.minor,
            tax_minor=line.tax.minor,
            tax_code=line.tax_code.strip()[:20],
            tax_reclaimable=line.tax_reclaimable,
            asked_minor=asked.minor,
        )
        for position, (line, asked) in enumerate(
            zip(lines, _asked(bases, activity.rate_percent, current.currency), strict=True), start=1
        )
    )
    session.flush()  # they are read back in their order
    current.rounding = Rounding.HALF_UP
    current.is_last = current.is_last if is_last is None else is_last
    lay_hand(current, by)
    audit.record(
        by=by, action="claim.lines_set", object_type="claim", object_id=current.id, after={"lines": len(lines)},
        now=now,
    )  # fmt: skip
    return lines_of(current.id)


def _base(line: Line, currency: str) -> Money:
    """Return what of a line the fund bears a share of."""
    if {line.net.currency, line.tax.currency} != {currency}:
        raise IncompleteClaim(_("This claim is in %(currency)s.", currency=currency), field="lines")
    if line.net.minor <= 0 or line.tax.minor < 0 or not line.text.strip():
        raise IncompleteClaim(_("Each line has a text and a net amount above zero."), field="lines")
    return line.net if line.tax_reclaimable else line.net + line.tax


def _asked(bases: Sequence[Money], rate_percent: int, currency: str) -> list[Money]:
    """Share the fund's part of the whole out over the lines, so that no cent is won by rounding line by line."""
    whole = Money.total(bases, currency).percent(rate_percent * 100, rounding=Rounding.HALF_UP)
    return whole.split([base.minor for base in bases]) if bases else []


def lower_to_approved(*, claim: Claim, by: Actor, now: datetime) -> Sequence[ClaimLine]:
    """Ask for what is left of the approval only, shared out over the lines, when the invoice came out higher."""
    current = _editable(claim)
    lines, left = lines_of(current.id), left_to_claim(current)
    asked = sum(line.asked_minor for line in lines)
    if asked > left.minor:
        parts = left.split([line.asked_minor for line in lines])
        for line, part in zip(lines, parts, strict=True):
            line.asked_minor = part.minor
    lay_hand(current, by)
    audit.record(
        by=by, action="claim.lowered", object_type="claim", object_id=current.id,
        before={"asked_minor": asked}, after={"asked_minor": min(asked, left.minor)}, now=now,
    )  # fmt: skip
    return lines


def left_to_claim(claim: Claim) -> Money:
    """Return what this claim may ask for at most."""
    activity = session.get_one(Activity, claim.activity_id)
    with crossing(vendor_id=claim.vendor_id):
        return claimable_for(activity, besides=claim)


def submit_claim(*, claim: Claim, by: Actor, now: datetime) -> Claim:
    """Hand the claim in; from now on its content is named by a hash. Refused: `IncompleteClaim`, `OverApproved`."""
    current = _editable(claim)
    activity = session.get_one(Activity, current.activity_id)
    _check_claimable(activity, locked_request(activity.request_id), now)
    lines = lines_of(current.id)
    missing = missing_in(current, lines)
    if missing:
        raise IncompleteClaim(_("Still missing: %(what)s.", what=", ".join(str(word) for word in missing)))
    asked, left = Money(sum(line.asked_minor for line in lines), current.currency), left_to_claim(current)
    if asked.minor > left.minor:
        raise OverApproved(
            _("%(asked)s is asked for and %(left)s is left of what was approved.", asked=asked, left=left)
        )
    for proof in free_proofs(current):
        proof.claim_id = current.id
    session.flush()  # the hash reads the evidence that now belongs to the claim
    current.state, current.submitted_by, current.submitted_at = ClaimState.SUBMITTED, by.user_id, now
    current.due_at = now + timedelta(days=DAYS_TO_DECIDE)
    lay_hand(current, by)
    current.content_hash = claim_hash(current)
    audit.record(
        by=by, action="claim.submitted", object_type="claim", object_id=current.id,
        after={"content": current.content_hash, "asked_minor": asked.minor}, now=now,
    )  # fmt: skip
    _tell("claim.submitted", current, now)
    return current


def free_proofs(claim: Claim) -> Sequence[Proof]:
    """Return the evidence of the activity that belongs to no claim yet."""
    return session.scalars(
        sa.select(Proof)
        .where(Proof.activity_id == claim.activity_id, Proof.claim_id.is_(None), Proof.state != ProofState.REQUIRED)
        .order_by(Proof.id)
    ).all()


def missing_in(claim: Claim, lines: Sequence[ClaimLine]) -> list[object]:
    """Return in words what the claim still needs before it can be handed in."""
    missing: list[object] = []
    if not claim.invoice_number or not claim.invoice_supplier or not claim.invoice_date:
        missing.append(_("number, supplier and date of the invoice"))
    if not claim.invoice_blob:
        missing.append(_("the invoice as a file"))
    if not sum(line.asked_minor for line in lines):
        missing.append(_("at least one line"))
    return missing + [_("proof: %(kind)s", kind=kind.replace("_", " ")) for kind in missing_proofs(claim)]


def missing_proofs(claim: Claim) -> Sequence[str]:
    """Return the kinds of evidence that are wanted and were not brought, or are to be brought anew."""
    open_states = (ProofState.REQUIRED, ProofState.CHANGE_REQUESTED)
    return session.scalars(
        sa.select(Proof.kind)
        .where(Proof.activity_id == claim.activity_id, Proof.state.in_(open_states), Proof.kind != INVOICE)
        .where(sa.or_(Proof.claim_id.is_(None), Proof.claim_id == claim.id))
        .order_by(Proof.id)
    ).all()


def answer_claim(*, claim: Claim, text: str, by: Actor, now: datetime) -> Claim:
    """Add an answer to the conversation about a claim; it is handed in again with `submit_claim`."""
    current = locked_claim(claim.id)
    add_note(current, text, by=by, now=now)
    lay_hand(current, by)
    audit.record(by=by, action="claim.answered", object_type="claim", object_id=current.id, now=now)
    return current


def _editable(claim: Claim) -> Claim:
    current = locked_claim(claim.id)
    if current.state not in EDITABLE:
        raise ClaimMovedOn(_("This claim was handed in and is not changed any more."))
    return require(current)


def _tell(fact: Literal["claim.submitted"], claim: Claim, now: datetime) -> None:
    outbox.tell(fact, claim_id=claim.id, vendor_id=claim.vendor_id, partner_id=claim.partner_id, now=now)
