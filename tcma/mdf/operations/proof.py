"""Proof of performance: what the platform saw itself, and files that the partner brings."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.core import audit, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.words import lazy_gettext as _
from tcma.identity.permissions import Permission
from tcma.mdf.models import Activity, Claim, ClaimState, FundRequest, Proof, ProofState, RequestState
from tcma.mdf.operations.contents import facts_digest
from tcma.mdf.operations.documents import clean_document
from tcma.mdf.operations.duties import check_role
from tcma.mdf.operations.requests import APPROVED, RequestMovedOn

PLATFORM = "platform"
GIVEN_BACK = frozenset({ClaimState.DRAFT, ClaimState.INFO_REQUESTED, ClaimState.REJECTED})


def attach_proof(*, activity: Activity, facts: dict[str, Any], kind: str = PLATFORM, by: Actor, now: datetime) -> Proof:
    """Attach what the platform itself saw of an activity (what ran, when, how often it was answered).

    `kind`: the evidence that was asked for and that this is, such as a list of attendance.

    It is brought up to date until a claim rests on it; for the next claim a new one is written.
    """
    seen: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    proof = _of_kind(activity, kind)
    proof.facts, proof.digest = seen, facts_digest(seen)
    proof.state, proof.at = ProofState.SUBMITTED, now
    audit.record(
        by=by, action="proof.attached", object_type="proof", object_id=proof.id, after={"digest": proof.digest}, now=now
    )
    return proof


def upload_proof(*, activity: Activity, kind: str, data: bytes, file_name: str, by: Actor, now: datetime) -> Proof:
    """Keep a file (PDF or picture, by content) as evidence of `kind`. Refused by `tcma.core.intake`."""
    request = session.get_one(FundRequest, activity.request_id)
    if request.state not in APPROVED | {RequestState.EXPIRED}:
        raise RequestMovedOn(_("This activity was not approved."))
    clean = clean_document(data)
    blob = runtime.uploads().keep(activity.partner_id, clean)
    proof = _of_kind(activity, kind[:40])
    proof.blob, proof.file_name, proof.digest = blob.path, file_name[:200], blob.sha256
    proof.state, proof.at, proof.uploaded_by = ProofState.SUBMITTED, now, by.user_id
    audit.record(
        by=by, action="proof.uploaded", object_type="proof", object_id=proof.id,
        after={"kind": kind, "sha256": blob.sha256}, now=now,
    )  # fmt: skip
    return proof


def review_proof(*, proof: Proof, state: ProofState, by: Actor, now: datetime) -> Proof:
    """Accept a piece of evidence, ask for a better one, or do without it."""
    check_role(by, Permission.CLAIMS_DECIDE)
    before, proof.state = proof.state, state
    audit.record(
        by=by, action="proof.reviewed", object_type="proof", object_id=proof.id, before={"state": before},
        after={"state": state}, now=now,
    )  # fmt: skip
    return proof


def _of_kind(activity: Activity, kind: str) -> Proof:
    """Return the row to write: one that no claim rests on, or whose claim was given back; else a new one."""
    proof = session.scalar(
        sa.select(Proof)
        .outerjoin(Claim, Claim.id == Proof.claim_id)
        .where(Proof.activity_id == activity.id, Proof.kind == kind, Proof.state != ProofState.ACCEPTED)
        .where(sa.or_(Proof.claim_id.is_(None), Claim.state.in_(GIVEN_BACK)))
        .order_by(Proof.id.desc())
        .limit(1)
        .with_for_update(of=Proof)
    )
    if proof is None:
        proof = Proof(vendor_id=activity.vendor_id, partner_id=activity.partner_id, activity_id=activity.id, kind=kind)
        session.add(proof)
        session.flush()  # the audit row names it
    return proof
