"""What pages, mails and the router read of leads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.tenancy import acting, current_actor
from tcma.identity.models import Organisation
from tcma.leads.models import (
    Assignment,
    AssignmentState,
    Deal,
    DealState,
    Evidence,
    Lead,
    LeadKind,
    LeadNote,
    LeadState,
    RoutingRule,
)
from tcma.leads.people import companies, names_of
from tcma.leads.routing import DEFAULT_RULES, Rule, RuleKind
from tcma.partners.models import Partnership, PartnershipState

PER_PAGE = 50
OVER = (LeadState.CONVERTED, LeadState.CLOSED)


def lead_by(public_id: str) -> Lead:
    """Return the lead at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(Lead).where(Lead.public_id == public_id)))


def assignment_by(public_id: str) -> Assignment:
    """Return the offer at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(Assignment).where(Assignment.public_id == public_id)))


def deal_by(public_id: str) -> Deal:
    """Return the deal at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(Deal).where(Deal.public_id == public_id)))


def open_offer(lead_id: int) -> Assignment | None:
    """Return the offer of the lead that waits for an answer, if there is one."""
    return session.scalar(
        sa.select(Assignment).where(Assignment.lead_id == lead_id, Assignment.state == AssignmentState.OFFERED)
    )


def had_by(lead_id: int) -> frozenset[int]:
    """Return the partnerships that were offered the lead before."""
    chosen = (
        sa.select(Partnership.id)
        .join(Assignment, Assignment.partner_id == Partnership.partner_id)
        .where(Assignment.lead_id == lead_id, Assignment.vendor_id == Partnership.vendor_id)
    )
    return frozenset(session.scalars(chosen))


def rules() -> Sequence[Rule]:
    """Return the acting vendor's chain of rules, or the usual one."""
    rows = session.scalars(sa.select(RoutingRule).order_by(RoutingRule.position)).all()
    return [Rule(RuleKind(row.kind), row.required) for row in rows] or DEFAULT_RULES


def leads_page(
    *,
    words: str = "",
    kind: str = "",
    state: str = "",
    launch_id: int | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> tuple[Sequence[Lead], int]:
    """Return a page of the leads in reach, newest first, and how many there are in all."""
    chosen = sa.select(Lead)
    if words := words.replace("\0", ""):
        columns = (Lead.first_name, Lead.last_name, Lead.company, Lead.email, Lead.city)
        chosen = chosen.where(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if kind in set(LeadKind):
        chosen = chosen.where(Lead.kind == kind)
    if state == "open":
        chosen = chosen.where(Lead.state.not_in(OVER))
    elif state in set(LeadState):
        chosen = chosen.where(Lead.state == state)
    if launch_id is not None:
        chosen = chosen.where(Lead.launch_id == launch_id)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    chosen = chosen.order_by(Lead.captured_at.desc(), Lead.id.desc())
    return session.scalars(chosen.limit(per_page).offset((page - 1) * per_page)).all(), total


def offers_to_accept(now: datetime, *, limit: int = 20) -> Sequence[Assignment]:
    """Return the offers in reach that wait for an answer, the shortest clock first."""
    return offers_page(now, per_page=limit)[0]


def offers_page(now: datetime, *, page: int = 1, per_page: int = PER_PAGE) -> tuple[Sequence[Assignment], int]:
    """Return a page of the offers that wait for an answer, the shortest clock first, and how many there are."""
    chosen = sa.select(Assignment).where(Assignment.state == AssignmentState.OFFERED, Assignment.expires_at > now)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    chosen = chosen.order_by(Assignment.expires_at, Assignment.id)
    return session.scalars(chosen.limit(per_page).offset((page - 1) * per_page)).all(), total


def notes_of(lead_id: int) -> Sequence[LeadNote]:
    """Return what was done with the lead, oldest first."""
    return session.scalars(
        sa.select(LeadNote).where(LeadNote.lead_id == lead_id).order_by(LeadNote.at, LeadNote.id).limit(200)
    ).all()


@dataclass(frozen=True, slots=True)
class Done:
    """One line of what was done with a lead, with the name of who did it (empty for the platform itself)."""

    kind: str
    text: str
    at: datetime
    who: str


def done_with(lead_id: int) -> list[Done]:
    """Return what was done with the lead, newest first, by names."""
    notes = notes_of(lead_id)
    members = {note.by_label: _member(note.by_label) for note in notes}
    names = names_of(one for one in members.values() if one is not None)
    return [Done(one.kind, one.text, one.at, names.get(members[one.by_label] or 0, "")) for one in reversed(notes)]


def _member(label: str) -> int | None:
    found = re.fullmatch(r"member:(\d+)", label)
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Hop:
    """One offer of a lead, with the partner's name."""

    assignment: Assignment
    partner: str


def hops_of(lead_id: int) -> list[Hop]:
    """Return the way of a lead from partner to partner, first hop first."""
    chosen = (
        sa.select(Assignment, Organisation.name)
        .join(Organisation, Organisation.id == Assignment.partner_id)
        .where(Assignment.lead_id == lead_id)
        .order_by(Assignment.hop)
    )
    return [Hop(*row) for row in session.execute(chosen)]


def deals_of(lead_id: int) -> Sequence[Deal]:
    """Return the deals that a lead became."""
    return session.scalars(sa.select(Deal).where(Deal.lead_id == lead_id).order_by(Deal.id)).all()


def deals_page(
    *, state: str = "", words: str = "", page: int = 1, per_page: int = PER_PAGE
) -> tuple[Sequence[Deal], int]:
    """Return a page of the deals in reach, newest first, and how many there are in all."""
    chosen = sa.select(Deal)
    if state == "to_confirm":
        chosen = chosen.where(Deal.state == DealState.WON, Deal.evidence != Evidence.CONFIRMED)
    elif state in set(DealState):
        chosen = chosen.where(Deal.state == state)
    if words:
        chosen = chosen.where(Deal.account.icontains(words, autoescape=True))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    chosen = chosen.order_by(Deal.opened_at.desc(), Deal.id.desc())
    return session.scalars(chosen.limit(per_page).offset((page - 1) * per_page)).all(), total


def names_on(rows: Sequence[Lead | Deal | Assignment]) -> dict[int, str]:
    """Return the names of the companies on these rows."""
    return companies([*(row.vendor_id for row in rows), *(row.partner_id for row in rows)])


@dataclass(frozen=True, slots=True)
class GeneratedCounts:
    """How many leads the vendor's campaigns brought its partners, and no more than that."""

    leads: int
    contacted: int
    converted: int


def generated_counts() -> GeneratedCounts:
    """Count the leads that partners' launches of the acting vendor's kits made. Nothing of a lead itself is read."""
    vendor_id = require(current_actor().vendor_id)
    chosen = sa.select(
        sa.func.count(Lead.id),
        sa.func.count(Lead.contacted_at),
        sa.func.count(Lead.id).filter(Lead.state == LeadState.CONVERTED),
    ).where(Lead.vendor_id == vendor_id, Lead.kind == LeadKind.PARTNER_GENERATED)
    with acting(Actor.reader("lead counts")):
        return GeneratedCounts(*session.execute(chosen).one())


def counts_by_state() -> dict[LeadState, int]:
    """Return how many leads in reach stand where."""
    chosen = sa.select(Lead.state, sa.func.count()).group_by(Lead.state)
    return {row[0]: row[1] for row in session.execute(chosen)}


def last_distributed(limit: int) -> Sequence[Lead]:
    """Return the acting vendor's newest leads of its own."""
    chosen = sa.select(Lead).where(Lead.kind == LeadKind.DISTRIBUTED)
    return session.scalars(chosen.order_by(Lead.captured_at.desc(), Lead.id.desc()).limit(limit)).all()


def last_hops(lead_ids: Sequence[int]) -> dict[int, Hop]:
    """Return the latest offer of each of these leads."""
    chosen = (
        sa.select(Assignment, Organisation.name)
        .join(Organisation, Organisation.id == Assignment.partner_id)
        .where(Assignment.lead_id.in_(lead_ids))
        .order_by(Assignment.hop)
    )
    return {row[0].lead_id: Hop(*row) for row in session.execute(chosen)}


def partners_to_choose(lead_id: int, *, words: str = "", limit: int = 20) -> list[tuple[Partnership, str]]:
    """Return active partners that have not had the lead and have room, with their names, by name."""
    had = sa.select(Assignment.partner_id).where(Assignment.lead_id == lead_id)
    chosen = (
        sa.select(Partnership, Organisation.name)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(Partnership.state == PartnershipState.ACTIVE, Partnership.partner_id.not_in(had))
        .where(Partnership.open_leads < Partnership.lead_capacity)
    )
    if words:
        chosen = chosen.where(Organisation.name.icontains(words, autoescape=True))
    rows = session.execute(chosen.order_by(sa.func.lower(Organisation.name), Partnership.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def lead(lead_id: int) -> Lead | None:
    """Return the lead with this key, where it is in reach."""
    return session.scalar(sa.select(Lead).where(Lead.id == lead_id))


def assignment(assignment_id: int) -> Assignment | None:
    """Return the offer with this key, where it is in reach."""
    return session.scalar(sa.select(Assignment).where(Assignment.id == assignment_id))


def lead_of(assignment: Assignment) -> Lead | None:
    """Return the lead behind an offer, once it is open to who acts."""
    return lead(assignment.lead_id)


def public_id_of(lead_id: int) -> str | None:
    """Return the address of a lead, where it is in reach."""
    return session.scalar(sa.select(Lead.public_id).where(Lead.id == lead_id))


def lead_behind(deal: Deal) -> Lead | None:
    """Return the lead that became the deal, where it is in reach: a partner's own stays its own."""
    return lead(deal.lead_id) if deal.lead_id is not None else None
