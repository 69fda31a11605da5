"""Finance pays what was approved: once, and never anything but the content that was approved."""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.money import Money
from tcma.core.words import lazy_gettext as _
from tcma.identity.permissions import Permission
from tcma.mdf import ledger
from tcma.mdf.ledger import Move, Place
from tcma.mdf.models import (
    Activity,
    Claim,
    ClaimState,
    FundRequest,
    LedgerTransaction,
    Purpose,
    Settlement,
    SettlementState,
)
from tcma.mdf.operations.contents import claim_hash, lines_of
from tcma.mdf.operations.duties import check_other_person, check_role, persons
from tcma.mdf.operations.locking import locked_claim, locked_fund, locked_settlement
from tcma.mdf.operations.notes import NothingSaid
from tcma.mdf.operations.reservations import payable_key

PAYABLE = frozenset({ClaimState.APPROVED, ClaimState.PARTIALLY_APPROVED, ClaimState.SETTLEMENT_SCHEDULED})


class SettlementMovedOn(Conflict):
    """The settlement was released, or its claim changed, in the meantime."""


class ContentChanged(Conflict):
    """What would be paid is not what was approved."""


def release_settlement(*, settlement: Settlement, reference: str, by: Actor, now: datetime) -> Settlement:
    """Pay the settlement: the amount stands as paid on the ledger, and the claim is paid.

    Refused: `OwnRequest` for who submitted or approved it, `ContentChanged`, `SettlementMovedOn`, `NotYourRole`.
    """
    check_role(by, Permission.SETTLEMENTS_RELEASE)
    claim, current = _locked(settlement)
    if current.state is not SettlementState.PENDING or claim.state not in PAYABLE:
        raise SettlementMovedOn(_("This payment was released in the meantime."))
    _check_persons(by, claim)
    if _is_changed(claim, current):
        raise ContentChanged(_("The claim is not what was approved any more. Give it back to the approver."))
    fund_id = _fund_id(claim)
    ledger.post(
        [Move(Place(fund_id, Purpose.PAYABLE, claim.partner_id), Place(fund_id, Purpose.PAID, claim.partner_id),
              Money(current.amount_minor, current.currency))],
        vendor_id=current.vendor_id, key=_paid_key(current), reason="settlement",
        object_type="settlement", object_id=current.id, by=by, now=now,
    )  # fmt: skip
    current.state, current.released_by, current.released_at = SettlementState.SENT, by.user_id, now
    current.reference = reference.strip()[:80]
    claim.state = ClaimState.PAID
    audit.record(
        by=by, action="settlement.released", object_type="settlement", object_id=current.id,
        after={"minor": current.amount_minor, "currency": current.currency, "reference": current.reference}, now=now,
    )  # fmt: skip
    _tell("settlement.released", current, now)
    return current


def _is_changed(claim: Claim, settlement: Settlement) -> bool:
    approved = sum(line.approved_minor or 0 for line in lines_of(claim.id))
    return (
        claim_hash(claim) != settlement.content_hash
        or claim.content_hash != settlement.content_hash
        or approved != settlement.amount_minor
        or claim.currency != settlement.currency
        or claim.legal_entity_id != settlement.payee_id
    )


def reverse_settlement(*, settlement: Settlement, reason: str, by: Actor, now: datetime) -> Settlement:
    """Take a payment back with reversing transactions that name the first ones.

    The amount is reserved for its activity again, so that a corrected claim can be made or the rest lapses.
    """
    check_role(by, Permission.SETTLEMENTS_RELEASE)
    if not reason.strip():
        raise NothingSaid(_("Say why the payment is taken back."), field="reason")
    claim, current = _locked(settlement)
    if current.state not in {SettlementState.SENT, SettlementState.CONFIRMED}:
        raise SettlementMovedOn(_("Only what was paid can be taken back."))
    _check_persons(by, claim)
    locked_fund(_fund_id(claim))
    for key, name in ((_paid_key(current), "settlement"), (payable_key(claim.id), "claim")):
        posted = _posted(current.vendor_id, key)
        object_id = current.id if name == "settlement" else claim.id
        ledger.reverse(posted, key=f"{name} {object_id} reversed", reason="reversal", by=by, now=now)
    current.state = SettlementState.REVERSED
    claim.state = ClaimState.REVERSED
    audit.record(
        by=by, action="settlement.reversed", object_type="settlement", object_id=current.id,
        after={"reason": reason.strip()[:200]}, now=now,
    )  # fmt: skip
    _tell("settlement.reversed", current, now)
    return current


def _check_persons(by: Actor, claim: Claim) -> None:
    check_other_person(by, *persons(claim.submitted_by, claim.decided_by, claim.hands), claimant_id=claim.partner_id)


def _locked(settlement: Settlement) -> tuple[Claim, Settlement]:
    claim = locked_claim(settlement.claim_id)
    return claim, locked_settlement(settlement.id)


def _fund_id(claim: Claim) -> int:
    activity = session.get_one(Activity, claim.activity_id)
    return session.get_one(FundRequest, activity.request_id).fund_id


def _paid_key(settlement: Settlement) -> str:
    return f"settlement {settlement.id} paid"


def _posted(vendor_id: int, key: str) -> LedgerTransaction:
    chosen = sa.select(LedgerTransaction).where(LedgerTransaction.vendor_id == vendor_id, LedgerTransaction.key == key)
    return require(session.scalar(chosen))


def _tell(fact: Literal["settlement.released", "settlement.reversed"], settlement: Settlement, now: datetime) -> None:
    outbox.tell(
        fact, settlement_id=settlement.id, vendor_id=settlement.vendor_id, partner_id=settlement.partner_id, now=now
    )
