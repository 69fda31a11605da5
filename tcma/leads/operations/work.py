"""What is done with a lead once somebody has it."""

from datetime import datetime

from tcma.core import audit, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Conflict, DomainError
from tcma.core.tenancy import crossing
from tcma.core.words import lazy_gettext as _
from tcma.leads import queries
from tcma.leads.models import AssignmentState, Lead, LeadKind, LeadNote, LeadState
from tcma.leads.operations.room import give_room_back
from tcma.leads.words import CLOSINGS

MOVES: dict[LeadState, frozenset[LeadState]] = {
    LeadState.CAPTURED: frozenset({LeadState.SCORED, LeadState.QUALIFIED, LeadState.CONTACTED, LeadState.CLOSED}),
    LeadState.SCORED: frozenset({LeadState.QUALIFIED, LeadState.CONTACTED, LeadState.CLOSED}),
    LeadState.QUALIFIED: frozenset(
        {
            LeadState.ASSIGNED,
            LeadState.UNASSIGNED,
            LeadState.CONTACTED,
            LeadState.WORKING,
            LeadState.CONVERTED,
            LeadState.CLOSED,
        }
    ),
    LeadState.UNASSIGNED: frozenset({LeadState.ASSIGNED, LeadState.CLOSED}),
    LeadState.ASSIGNED: frozenset({LeadState.ACCEPTED, LeadState.ASSIGNED, LeadState.UNASSIGNED, LeadState.CLOSED}),
    LeadState.ACCEPTED: frozenset({LeadState.CONTACTED, LeadState.WORKING, LeadState.CONVERTED, LeadState.CLOSED}),
    LeadState.CONTACTED: frozenset({LeadState.WORKING, LeadState.CONVERTED, LeadState.CLOSED}),
    LeadState.WORKING: frozenset({LeadState.CONVERTED, LeadState.CLOSED, LeadState.RECYCLED}),
    LeadState.CONVERTED: frozenset({LeadState.CLOSED}),
    LeadState.CLOSED: frozenset({LeadState.RECYCLED}),
    LeadState.RECYCLED: frozenset({LeadState.QUALIFIED, LeadState.CLOSED}),
}


class OddClosing(DomainError):
    """The reason is not one of those that can be counted."""


class LeadMovedOn(Conflict):
    """The lead is no longer where the command expects it."""


def move(lead: Lead, to: LeadState, *, now: datetime) -> None:
    """Let the lead be in state `to`, where the table of moves leads there (`LeadMovedOn`)."""
    if to not in MOVES[lead.state]:
        raise LeadMovedOn(_("This lead has moved on in the meantime. Load the page again."))
    lead.state = to
    lead.updated_at = now


def record_contact(*, lead: Lead, words: str = "", by: Actor, now: datetime) -> Lead:
    """Record that the person was called or written to; the first time is kept, a later one is a note more."""
    with crossing(vendor_id=_owning_vendor(lead)):
        if lead.contacted_at is None:
            lead.contacted_at = now
            if LeadState.CONTACTED in MOVES[lead.state]:
                move(lead, LeadState.CONTACTED, now=now)
        note(lead, kind="called", text=words, by=by, now=now)
    audit.record(by=by, action="lead.contacted", object_type="lead", object_id=lead.id, now=now)
    outbox.tell(
        "lead.contacted",
        lead_id=lead.id,
        vendor_id=lead.vendor_id,
        partner_id=lead.partner_id or by.partner_id,
        now=now,
    )
    return lead


def add_note(*, lead: Lead, text: str, by: Actor, now: datetime) -> None:
    """Write a note on the lead; everybody who has the lead reads it."""
    with crossing(vendor_id=_owning_vendor(lead)):
        note(lead, kind="note", text=text, by=by, now=now)
    audit.record(by=by, action="lead.noted", object_type="lead", object_id=lead.id, now=now)


def close_lead(*, lead: Lead, reason: str, by: Actor, now: datetime) -> Lead:
    """Close the lead with one of `words.CLOSINGS`; an offer that waits is withdrawn, and its partner has room again."""
    if reason not in CLOSINGS:
        raise OddClosing(_("Choose one of the reasons."), field="reason")
    with crossing(vendor_id=_owning_vendor(lead)):
        session.refresh(lead, with_for_update=True)
        before = lead.state
        move(lead, LeadState.CLOSED, now=now)
        if before is not LeadState.CONVERTED:
            done_with(lead, now=now)
        lead.closed_reason = reason
        note(lead, kind="closed", text=reason, by=by, now=now)
    audit.record(
        by=by, action="lead.closed", object_type="lead", object_id=lead.id, before={"state": before},
        after={"reason": reason}, now=now,
    )  # fmt: skip
    return lead


def done_with(lead: Lead, *, now: datetime) -> None:
    """Give the partner its room back for the next lead, and take back an offer that still waits."""
    if lead.kind is not LeadKind.DISTRIBUTED:
        return
    offer = queries.open_offer(lead.id)
    if offer is not None:
        offer.state, offer.decided_at = AssignmentState.WITHDRAWN, now
        schedule.set_due("assignment", offer.id, None, vendor_id=offer.vendor_id, partner_id=offer.partner_id)
    partner_id = offer.partner_id if offer is not None else lead.partner_id
    if partner_id is not None:
        give_room_back(vendor_id=lead.vendor_id, partner_id=partner_id)


def _owning_vendor(lead: Lead) -> int | None:
    # The rows of a distributed lead are the vendor's; the partner who has it works on them through this door.
    return lead.vendor_id if lead.kind is LeadKind.DISTRIBUTED else None


def note(lead: Lead, *, kind: str, text: str, by: Actor, now: datetime) -> None:
    """Add a line to what was done with the lead."""
    session.add(LeadNote(owner_id=lead.owner_id, lead_id=lead.id, kind=kind, text=text, by_label=by.label, at=now))
