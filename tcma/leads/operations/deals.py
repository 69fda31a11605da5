"""A lead becomes a deal; `won` and amounts live on the deal alone."""

from datetime import datetime

from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError, Forbidden
from tcma.core.money import Money
from tcma.core.tenancy import crossing
from tcma.core.words import lazy_gettext as _
from tcma.leads.models import Deal, DealState, Evidence, Lead, LeadKind, LeadState
from tcma.leads.operations.work import done_with, move, note
from tcma.leads.words import LOSSES


class DealIsDecided(Conflict):
    """The deal was won or lost already."""


class OnlyTheVendor(Forbidden):
    """A partner's word is no confirmation."""


class OddLoss(DomainError):
    """The reason is not one of those that can be counted."""


class NoAmount(DomainError):
    """A deal is won with an amount."""


def open_deal(
    *,
    lead: Lead,
    account: str,
    products: list[str],
    currency: str,
    activity_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Deal:
    """Make a deal of the lead; kit, launch and partner travel with it, and the lead counts as converted."""
    partner_id = require(lead.partner_id)
    _known_currency(currency)
    deal = Deal(
        vendor_id=lead.vendor_id,
        partner_id=partner_id,
        lead_id=lead.id,
        launch_id=lead.launch_id,
        kit_id=lead.kit_id,
        activity_id=activity_id,
        account=account.strip() or lead.company,
        products=products,
        currency=currency,
        credit=[{"partner_id": partner_id, "share": 1}],
        opened_at=now,
    )
    session.add(deal)
    with crossing(vendor_id=lead.vendor_id if lead.kind is LeadKind.DISTRIBUTED else None):
        session.refresh(lead, with_for_update=True)
        move(lead, LeadState.CONVERTED, now=now)
        done_with(lead, now=now)
        note(lead, kind="deal", text=deal.account, by=by, now=now)
    session.flush()  # the audit row names it
    audit.record(
        by=by, action="deal.opened", object_type="deal", object_id=deal.id, after={"lead_id": lead.id}, now=now
    )
    outbox.tell("deal.opened", deal_id=deal.id, vendor_id=deal.vendor_id, partner_id=deal.partner_id, now=now)
    return deal


def credit_activity(*, deal: Deal, activity_id: int, by: Actor, now: datetime) -> Deal:
    """Let a deal name the paid activity that it came from."""
    deal.activity_id = activity_id
    audit.record(
        by=by,
        action="deal.credited",
        object_type="deal",
        object_id=deal.id,
        after={"activity_id": activity_id},
        now=now,
    )
    return deal


def win_deal(
    *,
    deal: Deal,
    net: Money,
    months: int | None = None,
    evidence: Evidence = Evidence.REPORTED,
    evidence_ref: str = "",
    by: Actor,
    now: datetime,
) -> Deal:
    """Record that the deal was won, with the vendor's net amount and on whose word it rests.

    `months` makes the amount a monthly one. A partner reports; only the vendor confirms.
    """
    if net.minor <= 0:
        raise NoAmount(_("Enter the net amount of the order."), field="amount")
    if net.currency != deal.currency:
        raise NoAmount(_("This deal is in %(currency)s.", currency=deal.currency), field="currency")
    if evidence is Evidence.CONFIRMED and by.is_partner:
        evidence = Evidence.REPORTED
    _open(deal)
    deal.state, deal.decided_at = DealState.WON, now
    deal.amount_minor, deal.months = net.minor, months
    deal.evidence, deal.evidence_ref = evidence, evidence_ref
    audit.record(
        by=by, action="deal.won", object_type="deal", object_id=deal.id,
        after={"net_minor": net.minor, "currency": net.currency, "evidence": evidence}, now=now,
    )  # fmt: skip
    outbox.tell("deal.won", deal_id=deal.id, vendor_id=deal.vendor_id, partner_id=deal.partner_id, now=now)
    return deal


def confirm_deal(*, deal: Deal, reference: str, by: Actor, now: datetime) -> Deal:
    """Let the vendor confirm a won deal from its own books; the amount stays, its evidence is `confirmed`."""
    if not by.is_vendor:
        raise OnlyTheVendor(_("Only the vendor confirms a deal, from its own books."))
    _lock(deal)
    if deal.state is not DealState.WON or deal.evidence is Evidence.CONFIRMED:
        raise DealIsDecided(_("A deal is confirmed once, after it was won."))
    before = deal.evidence
    deal.evidence, deal.evidence_ref = Evidence.CONFIRMED, reference
    audit.record(
        by=by, action="deal.confirmed", object_type="deal", object_id=deal.id, before={"evidence": before},
        after={"evidence": deal.evidence}, now=now,
    )  # fmt: skip
    return deal


def lose_deal(*, deal: Deal, reason: str, by: Actor, now: datetime) -> Deal:
    """Record that the deal was lost, and why: one of `words.LOSSES`."""
    if reason not in LOSSES:
        raise OddLoss(_("Choose one of the reasons."), field="reason")
    _open(deal)
    deal.state, deal.decided_at, deal.lost_reason = DealState.LOST, now, reason
    audit.record(by=by, action="deal.lost", object_type="deal", object_id=deal.id, after={"reason": reason}, now=now)
    return deal


def _lock(deal: Deal) -> None:
    session.refresh(deal, with_for_update=True)


def _known_currency(currency: str) -> None:
    Money.zero(currency)  # refuses what ISO 4217 does not know


def _open(deal: Deal) -> None:
    _lock(deal)
    if deal.state not in {DealState.OPEN, DealState.APPROVED, DealState.REGISTERED}:
        raise DealIsDecided(_("This deal was decided already."))
