"""What a decision rests on, as one hash: change anything of it, and it is not what was approved."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tcma.core.db import session
from tcma.mdf.models import Activity, Claim, ClaimLine, FundRequest, Proof


def claim_hash(claim: Claim) -> str:
    """Return the hash of a claim: payee, invoice, lines, and the evidence that belongs to it."""
    return _digest(
        {
            "claim": [claim.vendor_id, claim.partner_id, claim.activity_id, claim.legal_entity_id, claim.is_last],
            "invoice": [
                claim.invoice_number,
                claim.invoice_supplier,
                str(claim.invoice_date),
                claim.invoice_digest,
                claim.invoice_blob,
                claim.invoice_total_minor,
            ],
            "currency": claim.currency,
            "lines": [_line(line) for line in lines_of(claim.id)],
            "proofs": [_proof(proof) for proof in proofs_of(claim)],
        }
    )


def _line(line: ClaimLine) -> list[Any]:
    return [
        line.position,
        line.text,
        line.net_minor,
        line.tax_minor,
        line.tax_code,
        line.tax_reclaimable,
        line.asked_minor,
    ]


def _proof(proof: Proof) -> list[Any]:
    told = facts_digest(proof.facts) if proof.facts is not None else None
    return [proof.id, proof.kind, proof.digest, proof.blob, told]


def facts_digest(facts: dict[str, Any]) -> str:
    """Return the hash of what the platform itself saw."""
    return _digest(facts)


def request_hash(request: FundRequest, activities: Sequence[Activity]) -> str:
    """Return the hash of what is asked for: each activity with its day, cost, share and quote."""
    return _digest(
        {
            "request": [request.vendor_id, request.partner_id, request.fund_id, request.launch_id, request.kit_id],
            "activities": [
                [
                    one.id,
                    one.tactic,
                    one.activity_type,
                    one.title,
                    str(one.happens_on),
                    one.cost_minor,
                    one.asked_minor,
                    one.currency,
                    one.rate_percent,
                    one.proof_wanted,
                    str(one.claim_until),
                    one.quote_digest,
                ]
                for one in activities
            ],
        }
    )


def lines_of(claim_id: int) -> Sequence[ClaimLine]:
    """Return the lines of a claim as they stand now, in their order."""
    chosen = sa.select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(ClaimLine.position)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def proofs_of(claim: Claim) -> Sequence[Proof]:
    """Return the evidence that belongs to a claim that was handed in."""
    chosen = sa.select(Proof).where(Proof.claim_id == claim.id).order_by(Proof.kind, Proof.id)
    return session.scalars(chosen.execution_options(populate_existing=True)).all()


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
