"""What a person sees first: money, leads, the next two things to do, what needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from assets.library.governance import open_notices
from campaigns.models import Kit, KitGrant, KitState, KitVersion, Launch, LaunchState, PreflightFinding
from campaigns.queries.launch_tasks import to_do_page
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import crossing, current_actor
from tcma.identity.permissions import Permission
from tcma.insights.queries.returns import kit_titles
from tcma.leads.models import Lead, LeadKind, LeadState
from tcma.mdf import ledger
from tcma.mdf.ledger import Place
from tcma.mdf.models import (
    Activity,
    ActivityDecision,
    Allocation,
    Claim,
    ClaimState,
    Fund,
    FundRequest,
    FundState,
    Purpose,
    RequestState,
)
from tcma.partners.models import BrandProfile
from tcma.partners.queries import missing_in

NOT_CALLED = (LeadState.CAPTURED, LeadState.SCORED, LeadState.QUALIFIED, LeadState.ACCEPTED)
MOST_ACTIONS = 2


@dataclass(frozen=True, slots=True)
class MoneyLeft:
    """A partner's share of one fund that is still free, and when it lapses."""

    fund: str
    left: Money
    lapses_on: date


def money_left() -> list[MoneyLeft]:
    """Return the acting partner's free money, what lapses first on top."""
    rows = session.execute(
        sa.select(Allocation, Fund)
        .join(Fund, Fund.id == Allocation.fund_id)
        .where(Fund.state == FundState.OPEN)
        .order_by(Allocation.lapses_on, Allocation.id)
        .limit(10)
    ).all()
    found: list[MoneyLeft] = []
    for allocation, fund in rows:
        with crossing(vendor_id=fund.vendor_id):
            place = Place(fund.id, Purpose.ALLOCATED, allocation.partner_id)
            left = ledger.balance(place, vendor_id=fund.vendor_id, currency=fund.currency)
        if left.minor:
            found.append(MoneyLeft(fund.name, left, allocation.lapses_on))
    return found


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do next: what, why, and where."""

    title: str
    text: str
    endpoint: str
    values: dict[str, str]
    icon: str


def next_actions(profile: BrandProfile | None, *, now: datetime) -> list[Action]:
    """Return the two things that bring the acting partner furthest; what must not be seen any more goes before them."""
    steps = (
        _throw_away(),
        _finish_brand(profile),
        _start_first_campaign(),
        _claim_money(now),
        _call_leads(),
        _do_task(),
    )
    return [step for step in steps if step is not None][:MOST_ACTIONS]


def _throw_away() -> Action | None:
    """Files of a withdrawn campaign that nobody has yet said are gone."""
    partner_id = current_actor().partner_id
    waiting = (
        open_notices(partner_id=partner_id) if partner_id and current_actor().may(Permission.LAUNCHES_WRITE) else ()
    )
    if not waiting:
        return None
    return Action(
        ngettext("Confirm what is withdrawn", "Confirm %(num)s withdrawn campaigns", len(waiting)),
        _("A vendor took a campaign back. Throw away what you have of it, and say so."),
        "campaigns.notices",
        {},
        "ban",
    )


def _finish_brand(profile: BrandProfile | None) -> Action | None:
    missing = missing_in(profile)
    if not missing:
        return None
    text = _("It takes a minute, and every piece you send shows it.")
    return Action(_("Complete your brand"), text, "partners.brand", {}, "palette")


def _start_first_campaign() -> Action | None:
    started = session.scalar(sa.select(Launch.id).where(Launch.launched_at.is_not(None)).limit(1))
    if started is not None:
        return None
    kit = session.execute(
        sa.select(Kit.id, Kit.public_id)
        .join(KitGrant, KitGrant.kit_id == Kit.id)
        .join(KitVersion, KitVersion.kit_id == Kit.id)
        .where(KitVersion.state == KitState.PUBLISHED)
        .order_by(Kit.id)
        .limit(1)
    ).first()
    if kit is None:
        return None
    title = kit_titles([kit.id])[kit.id]
    return Action(
        _("Start your first campaign"),
        _("“%(kit)s” is ready in your colours. It takes two minutes.", kit=title),
        "campaigns.offers",
        {},
        "rocket",
    )


def _claim_money(now: datetime) -> Action | None:
    claimed = sa.select(Claim.activity_id).where(Claim.state != ClaimState.DRAFT)
    activity = session.execute(
        sa.select(Activity.title, Activity.approved_minor, Activity.currency, FundRequest.public_id)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(
            Activity.decision.in_((ActivityDecision.APPROVED, ActivityDecision.REDUCED)),
            Activity.happens_on <= now.date(),
            Activity.id.not_in(claimed),
            FundRequest.state.in_((RequestState.APPROVED, RequestState.PARTIALLY_APPROVED)),
        )
        .order_by(Activity.claim_until, Activity.id)
        .limit(1)
    ).first()
    if activity is None:
        return None
    amount = Money(activity.approved_minor, activity.currency)
    return Action(
        _("Claim %(amount)s", amount=amount),
        _("“%(title)s” was approved. Add the invoice; the proof is there already.", title=activity.title),
        "mdf.funds",
        {},
        "receipt",
    )


def _call_leads() -> Action | None:
    waiting = uncalled(limit=1)
    if not waiting:
        return None
    name = " ".join(filter(None, (waiting[0].first_name, waiting[0].last_name))) or waiting[0].company
    return Action(
        _("Call %(name)s", name=name),
        _("The sooner you call, the more likely the answer."),
        "leads.leads",
        {},
        "phone",
    )


def _do_task() -> Action | None:
    mine, _total = to_do_page(membership_id=current_actor().membership_id, most=1)
    if not mine:
        return None
    text = _("It belongs to “%(campaign)s”. Tick it off when it is done.", campaign=mine[0].launch_name)
    return Action(mine[0].title, text, "campaigns.task", {"public_id": mine[0].public_id}, "circle-check")


def uncalled(*, limit: int = 5) -> Sequence[Lead]:
    """Return the acting partner's leads that nobody has called yet, the newest first."""
    chosen = sa.select(Lead).where(
        Lead.contacted_at.is_(None), Lead.state.in_(NOT_CALLED), Lead.partner_id.is_not(None)
    )
    return session.scalars(chosen.order_by(Lead.captured_at.desc(), Lead.id.desc()).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the acting vendor's people, and how many of it."""

    words: str
    count: int
    endpoint: str
    icon: str


def needs() -> list[Need]:
    """Return what waits for the acting vendor, without what waits for nobody."""
    unassigned = _count(Lead.id, Lead.kind == LeadKind.DISTRIBUTED, Lead.state == LeadState.UNASSIGNED)
    unclean = _count(PreflightFinding.id, PreflightFinding.acknowledged_at.is_(None))
    waiting = _count(Launch.id, Launch.state == LaunchState.PENDING_VENDOR_APPROVAL)
    asked = _count(FundRequest.id, FundRequest.state.in_((RequestState.SUBMITTED, RequestState.IN_REVIEW)))
    claimed = _count(Claim.id, Claim.state.in_((ClaimState.SUBMITTED, ClaimState.IN_REVIEW)))
    found = [
        Need(_("Leads that fit no partner"), unassigned, "leads.leads", "target"),
        Need(_("Pieces that do not render clean for a partner"), unclean, "campaigns.kits", "image"),
        Need(_("Campaigns that wait for your approval"), waiting, "campaigns.kits", "megaphone"),
        Need(_("Requests for funds"), asked, "mdf.inbox", "wallet"),
        Need(_("Claims to decide"), claimed, "mdf.inbox", "receipt"),
    ]
    return [need for need in found if need.count]


def _count(column: sa.orm.InstrumentedAttribute[int], *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count(column)).where(*conditions)) or 0
