"""The approver's answer to a claim, line by line; it names the content that may be paid, and no other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.words import lazy_gettext as _
from tcma.identity.permissions import Permission
from tcma.mdf.models import Activity, Claim, ClaimLine, ClaimState, Proof, ProofState, Settlement
from tcma.mdf.operations.claims import ClaimMovedOn, OverApproved
from tcma.mdf.operations.contents import claim_hash, lines_of, proofs_of
from tcma.mdf.operations.duties import check_limit, check_other_person, check_role, persons
from tcma.mdf.operations.locking import locked_claim, locked_fund, locked_request
from tcma.mdf.operations.notes import add_note
from tcma.mdf.operations.reservations import make_payable, open_claims, release_rest, reserved_for

WAITING = frozenset({ClaimState.SUBMITTED, ClaimState.IN_REVIEW})


class ReasonWanted(DomainError):
    """A line is reduced with a reason."""


def decide_claim(
    *,
    claim: Claim,
    approved: Mapping[int, Money] | None = None,
    reasons: Mapping[int, str] | None = None,
    seen: str | None = None,
    by: Actor,
    now: datetime,
) -> Claim:
    """Approve the claim, line by line: `approved` (line id to amount) lowers single lines, with `reasons`.

    The amount becomes payable and a settlement waits for finance; with the last claim of an activity the rest of
    its reservation is freed. Nothing approved at all is a rejection. `seen` is the hash of what the approver
    looked at. Refused: `OwnRequest`, `OverLimit`, `NotYourRole`, `ReasonWanted`, `ClaimMovedOn`.
    """
    membership = check_role(by, Permission.CLAIMS_DECIDE)
    current = _waiting(claim)
    check_other_person(by, *_hands(current), claimant_id=current.partner_id)
    if current.content_hash != claim_hash(current) or (seen is not None and seen != current.content_hash):
        raise ClaimMovedOn(_("The content of this claim changed. Load the page again."))
    lines = lines_of(current.id)
    total = _decide_lines(lines, dict(approved or {}), dict(reasons or {}), current.currency)
    check_limit(membership, total, now=now)
    activity = session.get_one(Activity, current.activity_id)
    request = locked_request(activity.request_id)
    current.decided_by, current.decided_at = by.user_id, now
    if total.minor:
        full = all(line.approved_minor == line.asked_minor for line in lines)
        current.state = ClaimState.APPROVED if full else ClaimState.PARTIALLY_APPROVED
        _owe(current, activity, request.fund_id, total, by=by, now=now)
    else:
        current.state = ClaimState.REJECTED
        _give_proofs_back(current)
    audit.record(
        by=by, action="claim.decided", object_type="claim", object_id=current.id,
        after={"approved_minor": total.minor, "content": current.content_hash, "state": current.state}, now=now,
    )  # fmt: skip
    _tell("claim.decided", current, now)
    return current


def _hands(claim: Claim) -> list[int]:
    uploaders = session.scalars(sa.select(Proof.uploaded_by).where(Proof.claim_id == claim.id)).all()
    return persons(claim.submitted_by, claim.hands, uploaders)


def _decide_lines(
    lines: Sequence[ClaimLine], approved: dict[int, Money], reasons: dict[int, str], currency: str
) -> Money:
    if set(approved) - {line.id for line in lines}:
        raise ClaimMovedOn(_("The content of this claim changed. Load the page again."))
    for line in lines:
        amount = approved.get(line.id, Money(line.asked_minor, currency))
        reason = reasons.get(line.id, "").strip()
        if amount.currency != currency or not 0 <= amount.minor <= line.asked_minor:
            raise OverApproved(_("Approve no more than what was asked for."), field=f"line-{line.id}")
        if amount.minor < line.asked_minor and not reason:
            raise ReasonWanted(_("Give a reason for each line that you reduce."), field=f"line-{line.id}")
        line.approved_minor = amount.minor
        line.reason = reason[:200] if amount.minor < line.asked_minor else None
    return Money(sum(line.approved_minor or 0 for line in lines), currency)


def _owe(claim: Claim, activity: Activity, fund_id: int, total: Money, *, by: Actor, now: datetime) -> None:
    """Move the amount from the reservation to what is owed, and let finance know by a settlement."""
    fund = locked_fund(fund_id)
    if total > reserved_for(activity):
        raise OverApproved(_("Less is reserved for this activity than would be approved."))
    make_payable(claim, activity, total, fund=fund, by=by, now=now)
    if claim.is_last and not open_claims(activity, besides=claim):
        release_rest(activity, fund_id=fund.id, by=by, now=now)
    for proof in proofs_of(claim):
        if proof.state is ProofState.SUBMITTED:
            proof.state = ProofState.ACCEPTED
    session.add(
        Settlement(
            vendor_id=claim.vendor_id,
            partner_id=claim.partner_id,
            claim_id=claim.id,
            payee_id=claim.legal_entity_id,
            amount_minor=total.minor,
            currency=total.currency,
            content_hash=require(claim.content_hash),
            created_at=now,
        )
    )


def _give_proofs_back(claim: Claim) -> None:
    """Let a new claim for the activity rest on the same evidence."""
    for proof in proofs_of(claim):
        proof.claim_id = None


def ask_about_claim(*, claim: Claim, note: str, by: Actor, now: datetime) -> Claim:
    """Give the claim back to the partner with a question; it can be changed and handed in again."""
    check_role(by, Permission.CLAIMS_DECIDE)
    current = _waiting(claim)
    add_note(current, note, by=by, now=now)
    current.state = ClaimState.INFO_REQUESTED
    audit.record(by=by, action="claim.information_asked", object_type="claim", object_id=current.id, now=now)
    _tell("claim.information_asked", current, now)
    return current


def _waiting(claim: Claim) -> Claim:
    current = locked_claim(claim.id)
    if current.state not in WAITING:
        raise ClaimMovedOn(_("This claim was decided in the meantime. Load the page again."))
    return current


def _tell(fact: Literal["claim.decided", "claim.information_asked"], claim: Claim, now: datetime) -> None:
    outbox.tell(fact, claim_id=claim.id, vendor_id=claim.vendor_id, partner_id=claim.partner_id, now=now)
