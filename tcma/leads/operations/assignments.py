"""A vendor's lead goes to the best partner, with the reason and a clock; a refusal or an expiry goes to the next."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import force_locale

from tcma.core import audit, calendar, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.tenancy import acting, crossing
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation
from tcma.leads import candidates, queries
from tcma.leads.models import Assignment, AssignmentState, Lead, LeadGrant, LeadState
from tcma.leads.operations.room import give_room_back, take_room
from tcma.leads.operations.work import move, note
from tcma.leads.routing import Choice, reason_in_words
from tcma.leads.teaser import without_person
from tcma.leads.words import REFUSALS
from tcma.partners.models import Partnership, PartnershipState
from tcma.partners.queries import tiers_of

BUSINESS_HOURS_TO_ACCEPT = 8
MOST_HOPS = 5


class OfferIsOver(Conflict):
    """The offer was answered, withdrawn, or its time has run out."""


class OddReason(DomainError):
    """The reason is not one of those that can be counted."""


class CannotBeAssigned(Conflict):
    """The lead is with somebody or done with, or the partner had it before, or is not active, or has no room."""


def route_lead(*, lead_id: int, by: Actor, now: datetime) -> Assignment | None:
    """Offer the vendor's lead to the best partner that has not had it; nobody is left: the account manager looks.

    Capacity is settled here by one conditional update, so that two routers never pass a partner's limit.
    """
    lead = require(session.scalar(sa.select(Lead).where(Lead.id == lead_id).with_for_update()))
    if lead.state not in {LeadState.QUALIFIED, LeadState.ASSIGNED, LeadState.UNASSIGNED}:
        return None
    if queries.open_offer(lead.id) is not None:
        return None
    had = queries.had_by(lead.id)
    choice = _choose_with_room(lead, had, now) if len(had) < MOST_HOPS else Choice(None, ())
    if choice.partnership_id is None:
        _for_review(lead, choice, by=by, now=now)
        return None
    return _offer(lead, choice, hop=len(had) + 1, by=by, now=now)


def _choose_with_room(lead: Lead, had: frozenset[int], now: datetime) -> Choice:
    index = candidates.index_of(lead.vendor_id, now=now)
    rules = queries.rules()
    full: frozenset[int] = frozenset()
    while True:
        choice = index.choose(candidates.wanted_by(lead), rules=rules, without=had | full)
        if choice.partnership_id is None:
            return choice
        if take_room(choice.partnership_id, now):
            index.assigned(choice.partnership_id, now)
            return choice
        full |= {choice.partnership_id}  # somebody else took the last place meanwhile


def assign_lead(*, lead: Lead, partnership: Partnership, by: Actor, now: datetime) -> Assignment:
    """Offer a lead to the partner that a person chose; it takes or refuses it like any other offer.

    Refused: `CannotBeAssigned`.
    """
    session.refresh(lead, with_for_update=True)
    had = queries.had_by(lead.id)
    if lead.state not in {LeadState.QUALIFIED, LeadState.UNASSIGNED, LeadState.ASSIGNED} or queries.open_offer(lead.id):
        raise CannotBeAssigned(_("Somebody has this lead already. Load the page again to see who."))
    if partnership.id in had:
        raise CannotBeAssigned(_("This partner was asked before. Choose another one."), field="partner")
    if partnership.state is not PartnershipState.ACTIVE:
        raise CannotBeAssigned(_("This partner is not active."), field="partner")
    if not take_room(partnership.id, now):
        raise CannotBeAssigned(
            _("This partner has as many leads as it may have. Choose another one, or let it have more on its page."),
            field="partner",
        )
    choice = Choice(partnership.id, (), {})
    note(lead, kind="by_hand", text="", by=by, now=now)
    return _offer(lead, choice, hop=len(had) + 1, by=by, now=now)


def _offer(lead: Lead, choice: Choice, *, hop: int, by: Actor, now: datetime) -> Assignment:
    partnership = session.get_one(Partnership, choice.partnership_id, populate_existing=True)
    partner = session.get_one(Organisation, partnership.partner_id)
    assignment = Assignment(
        vendor_id=lead.vendor_id,
        partner_id=partnership.partner_id,
        lead_id=lead.id,
        hop=hop,
        need=without_person(lead.need, names=_names(lead)),
        town=(lead.city or lead.postcode or lead.country)[:160],
        path=[{"rule": step.rule, "before": step.before, "after": step.after} for step in choice.path],
        score_parts=choice.parts,
        why=_why(lead, choice, partnership, partner)[:500],
        offered_at=now,
        expires_at=_deadline(partner, now),
    )
    session.add(assignment)
    lead.state = LeadState.ASSIGNED
    lead.updated_at = now
    session.flush()  # the clock and the mail name it
    schedule.set_due(
        "assignment", assignment.id, assignment.expires_at, vendor_id=lead.vendor_id, partner_id=assignment.partner_id
    )
    audit.record(
        by=by, action="lead.offered", object_type="assignment", object_id=assignment.id,
        after={"lead_id": lead.id, "hop": hop, "partner_id": assignment.partner_id}, now=now,
    )  # fmt: skip
    outbox.tell(
        "assignment.offered", assignment_id=assignment.id, vendor_id=lead.vendor_id,
        partner_id=assignment.partner_id, now=now,
    )  # fmt: skip
    return assignment


def _names(lead: Lead) -> tuple[str, ...]:
    return lead.first_name, lead.last_name, f"{lead.first_name} {lead.last_name}", lead.company, lead.email


def _why(lead: Lead, choice: Choice, partnership: Partnership, partner: Organisation) -> str:
    """Return the reason in the partner's language."""
    with force_locale(partner.language):
        if not choice.path:
            vendor = session.get_one(Organisation, lead.vendor_id)
            return str(_("%(vendor)s chose you for this lead by hand.", vendor=vendor.name))
        best = next(iter(tiers_of([partnership.id])[partnership.id]), None)
        return reason_in_words(candidates.wanted_by(lead), choice, town=lead.city, tier=best.name if best else None)


def _deadline(partner: Organisation, now: datetime) -> datetime:
    office = calendar.WorkCalendar.weekdays(partner.zone, time(9), time(17))
    return office.add_business_hours(now, BUSINESS_HOURS_TO_ACCEPT)


def _for_review(lead: Lead, choice: Choice, *, by: Actor, now: datetime) -> None:
    lead.state = LeadState.UNASSIGNED
    lead.updated_at = now
    last = choice.path[-1] if choice.path else None
    stopped_at = str(last.rule) if last and not last.after else "hops"
    note(lead, kind="unassigned", text=stopped_at, by=by, now=now)
    audit.record(
        by=by, action="lead.unassigned", object_type="lead", object_id=lead.id, after={"rule": stopped_at}, now=now
    )
    outbox.tell("lead.unassigned", lead_id=lead.id, vendor_id=lead.vendor_id, now=now)


def accept_offer(*, assignment: Assignment, by: Actor, now: datetime) -> Lead:
    """Take the offered lead: its details open, and the second clock starts. Refused: `OfferIsOver`."""
    _decide(assignment, AssignmentState.ACCEPTED, now=now)
    with crossing(vendor_id=assignment.vendor_id, partner_id=assignment.partner_id):
        lead = session.get_one(Lead, assignment.lead_id)
        move(lead, LeadState.ACCEPTED, now=now)
        lead.partner_id = assignment.partner_id
        session.add(
            LeadGrant(
                owner_id=lead.owner_id,
                lead_id=lead.id,
                org_id=assignment.partner_id,
                ground="assignment_accepted",
                at=now,
            )
        )
        note(lead, kind="accepted", text="", by=by, now=now)
    audit.record(by=by, action="assignment.accepted", object_type="assignment", object_id=assignment.id, now=now)
    outbox.tell(
        "assignment.accepted", assignment_id=assignment.id, vendor_id=assignment.vendor_id,
        partner_id=assignment.partner_id, now=now,
    )  # fmt: skip
    return lead


def reject_offer(*, assignment: Assignment, reason: str, by: Actor, now: datetime) -> Assignment:
    """Refuse the offered lead with one of `words.REFUSALS`; the next partner is asked within a minute."""
    if reason not in REFUSALS:
        raise OddReason(_("Choose one of the reasons."), field="reason")
    _decide(assignment, AssignmentState.REJECTED, now=now)
    assignment.reason = reason
    _pass_on(assignment)
    audit.record(
        by=by, action="assignment.rejected", object_type="assignment", object_id=assignment.id,
        after={"reason": reason}, now=now,
    )  # fmt: skip
    _ask_next(assignment, now)
    return assignment


def expire_offers(*, now: datetime) -> int:
    """Let every offer whose time has run out go to the next partner; returns how many. For the tick."""
    claimed = schedule.claim("assignment", now=now, lease=timedelta(minutes=1), limit=100)
    for row in claimed:
        actor = row.actor("offers")
        with acting(actor):
            assignment = session.get(Assignment, row.object_id, with_for_update=True, populate_existing=True)
            if assignment is not None and assignment.state is AssignmentState.OFFERED:
                assignment.state = AssignmentState.EXPIRED
                assignment.decided_at = now
                _pass_on(assignment)
                audit.record(
                    by=actor, action="assignment.expired", object_type="assignment", object_id=assignment.id, now=now
                )
                _ask_next(assignment, now)
        schedule.release(row, due_at=None)
    return len(claimed)


def _decide(assignment: Assignment, to: AssignmentState, *, now: datetime) -> None:
    current = require(
        session.scalar(
            sa.select(Assignment)
            .where(Assignment.id == assignment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if current.state is not AssignmentState.OFFERED or current.expires_at <= now:
        raise OfferIsOver(_("This offer is over: it was answered, or its time has run out."))
    current.state = to
    current.decided_at = now
    schedule.set_due("assignment", current.id, None, vendor_id=current.vendor_id, partner_id=current.partner_id)


def _pass_on(assignment: Assignment) -> None:
    give_room_back(vendor_id=assignment.vendor_id, partner_id=assignment.partner_id)


def _ask_next(assignment: Assignment, now: datetime) -> None:
    outbox.tell("assignment.passed_on", lead_id=assignment.lead_id, vendor_id=assignment.vendor_id, now=now)
