"""Requests, claims and payments, as lists and one by one, and who has them now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tcma.core.db import require, session
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.identity.models import Membership, Organisation, Role, User
from tcma.mdf.flags import Flag, flags_of
from tcma.mdf.models import (
    Activity,
    Claim,
    ClaimLine,
    ClaimState,
    FundRequest,
    Note,
    Proof,
    ProofState,
    RequestState,
    Settlement,
    SettlementState,
)

PER_PAGE = 50
OPEN_REQUESTS = (RequestState.SUBMITTED, RequestState.IN_REVIEW)
OPEN_CLAIMS = (ClaimState.SUBMITTED, ClaimState.IN_REVIEW)
launch_table = sa.table(
    "launch", *(sa.column(name) for name in ("id", "public_id", "name", "vendor_id", "partner_id", "kit_id"))
)


@dataclass(frozen=True, slots=True)
class OfLaunch:
    """The campaign that a request is beside: its keys and its name."""

    id: int
    public_id: str
    name: str
    vendor_id: int
    kit_id: int


def launch_of(partner_id: int, *, public_id: str | None = None, launch_id: int | None = None) -> OfLaunch | None:
    """Return one of the partner's own campaigns. The table belongs to a higher part and is known by its name only."""
    columns = launch_table.c
    chosen = sa.select(columns.id, columns.public_id, columns.name, columns.vendor_id, columns.kit_id).where(
        columns.partner_id == partner_id,
        columns.public_id == public_id if public_id is not None else columns.id == launch_id,
    )
    row = session.execute(chosen).one_or_none()
    return OfLaunch(*row) if row else None


def request_by(public_id: str) -> FundRequest:
    """Return a request in reach."""
    return require(session.scalar(sa.select(FundRequest).where(FundRequest.public_id == public_id)))


def activity_by(public_id: str) -> Activity:
    """Return an activity in reach."""
    return require(session.scalar(sa.select(Activity).where(Activity.public_id == public_id)))


def claim_by(public_id: str) -> Claim:
    """Return a claim in reach. What a partner has not handed in yet, its vendor does not see."""
    chosen = sa.select(Claim).where(Claim.public_id == public_id)
    if current_actor().is_vendor:
        chosen = chosen.where(Claim.submitted_at.is_not(None))
    return require(session.scalar(chosen))


def proof_by(public_id: str) -> Proof:
    """Return a piece of evidence in reach."""
    return require(session.scalar(sa.select(Proof).where(Proof.public_id == public_id)))


def settlement_by(public_id: str) -> Settlement:
    """Return a payment in reach."""
    return require(session.scalar(sa.select(Settlement).where(Settlement.public_id == public_id)))


def activity_of(claim: Claim) -> Activity:
    """Return the activity that a claim is for."""
    return session.get_one(Activity, claim.activity_id)


def claim_of(settlement: Settlement) -> Claim:
    """Return the claim that a payment pays."""
    return session.get_one(Claim, settlement.claim_id)


def require_launch(partner_id: int | None, public_id: str) -> OfLaunch:
    """Return one of the partner's own campaigns; anything else answers as if it never existed."""
    return require(launch_of(require(partner_id), public_id=public_id))


def name_of(org_id: int) -> str:
    """Return the name of a company."""
    return session.scalar(sa.select(Organisation.name).where(Organisation.id == org_id)) or ""


def person_name(user_id: int | None) -> str:
    """Return the name of a person, or nothing for the system."""
    return session.scalar(sa.select(User.name).where(User.id == user_id)) or ""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the conversation with who said it."""

    text: str
    author: str
    from_vendor: bool
    at: datetime


def thread_of(about: FundRequest | Claim) -> list[Said]:
    """Return the conversation, oldest first."""
    column = Note.request_id if isinstance(about, FundRequest) else Note.claim_id
    rows = session.execute(
        sa.select(Note, User.name)
        .outerjoin(User, User.id == Note.author_id)
        .where(column == about.id)
        .order_by(Note.at, Note.id)
        .limit(200)
    )
    return [Said(note.text, name or "", note.from_vendor, note.at) for note, name in rows]


def claims_for(activity_ids: Sequence[int]) -> Sequence[Claim]:
    """Return the claims for activities, oldest first."""
    return session.scalars(
        sa.select(Claim).where(Claim.activity_id.in_(activity_ids)).order_by(Claim.created_at, Claim.id)
    ).all()


def asked_in(claim_id: int) -> int:
    """Return what a claim asks for, in minor units."""
    found = session.scalar(sa.select(sa.func.sum(ClaimLine.asked_minor)).where(ClaimLine.claim_id == claim_id))
    return int(found or 0)


def evidence_for(claim: Claim) -> Sequence[Proof]:
    """Return the evidence of a claim: what belongs to it, and before it is handed in what is there."""
    mine = Proof.claim_id == claim.id
    if claim.state in {ClaimState.DRAFT, ClaimState.INFO_REQUESTED}:
        mine = sa.or_(mine, Proof.claim_id.is_(None))
    return session.scalars(
        sa.select(Proof).where(Proof.activity_id == claim.activity_id, mine).order_by(Proof.kind, Proof.id)
    ).all()


def evidence_of_activity(activity_id: int) -> Sequence[Proof]:
    """Return all evidence of an activity that was brought."""
    return session.scalars(
        sa.select(Proof)
        .where(Proof.activity_id == activity_id, Proof.state != ProofState.REQUIRED)
        .order_by(Proof.kind, Proof.id)
    ).all()


def requests_of_partner(
    *, page: int = 1, state: str = "", per_page: int = PER_PAGE
) -> tuple[list[tuple[FundRequest, Money, str]], int]:
    """Return one page of the acting side's requests with what is asked for and a title, the newest first."""
    chosen = sa.select(FundRequest)
    if state:
        chosen = chosen.where(FundRequest.state == state)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(FundRequest.created_at.desc(), FundRequest.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    sums = _asked([row.id for row in rows])
    return [(row, *sums.get(row.id, (Money(0, "EUR"), ""))) for row in rows], total


def _asked(request_ids: Sequence[int]) -> dict[int, tuple[Money, str]]:
    rows = session.execute(
        sa.select(
            Activity.request_id,
            Activity.currency,
            sa.func.sum(Activity.asked_minor).label("minor"),
            sa.func.min(Activity.title).label("title"),
        )
        .where(Activity.request_id.in_(request_ids))
        .group_by(Activity.request_id, Activity.currency)
    )
    return {row.request_id: (Money(int(row.minor), row.currency), row.title) for row in rows}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something in an inbox: a request or a claim, whose it is, how much, and by when."""

    kind: str
    public_id: str
    partner: str
    partner_id: int
    title: str
    amount: Money
    due_at: datetime | None
    row: FundRequest | Claim
    flags: list[Flag] = field(default_factory=list)


def inbox(*, limit: int = 100) -> list[Waiting]:
    """Return what waits for the acting vendor's decision, the oldest clock first."""
    found = [*_waiting_requests(limit), *_waiting_claims(limit // 2)]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at, one.public_id))[:limit]


def _waiting_requests(limit: int) -> list[Waiting]:
    rows = session.execute(
        sa.select(FundRequest, Organisation.name)
        .join(Organisation, Organisation.id == FundRequest.partner_id)
        .where(FundRequest.state.in_(OPEN_REQUESTS))
        .order_by(FundRequest.due_at, FundRequest.id)
        .limit(limit)
    ).all()
    sums = _asked([request.id for request, _name in rows])
    return [
        Waiting("request", row.public_id, name, row.partner_id, title, amount, row.due_at, row)
        for row, name in rows
        for amount, title in [sums.get(row.id, (Money(0, "EUR"), ""))]
    ]


def _waiting_claims(limit: int) -> list[Waiting]:
    rows = session.execute(
        sa.select(Claim, Organisation.name, Activity.title, sa.func.coalesce(sa.func.sum(ClaimLine.asked_minor), 0))
        .join(Organisation, Organisation.id == Claim.partner_id)
        .join(Activity, Activity.id == Claim.activity_id)
        .outerjoin(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(Claim.state.in_(OPEN_CLAIMS))
        .group_by(Claim.id, Organisation.name, Activity.title)
        .order_by(Claim.due_at, Claim.id)
        .limit(limit)
    ).all()
    return [
        Waiting(
            "claim", claim.public_id, name, claim.partner_id, title, Money(int(minor), claim.currency), claim.due_at,
            claim, flags_of(claim),
        )
        for claim, name, title, minor in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in a list."""

    claim: Claim
    partner: str
    title: str
    asked: Money
    approved: Money


def claims_page(
    *, state: str = "", page: int = 1, drafts: bool = True, per_page: int = PER_PAGE
) -> tuple[list[ClaimRow], int]:
    """Return one page of the claims in reach, the newest first, and how many there are."""
    chosen = sa.select(Claim.id)
    if state:
        chosen = chosen.where(Claim.state == state)
    if not drafts:
        chosen = chosen.where(Claim.state != ClaimState.DRAFT)
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rows = session.execute(
        sa.select(
            Claim,
            Organisation.name,
            Activity.title,
            sa.func.coalesce(sa.func.sum(ClaimLine.asked_minor), 0),
            sa.func.coalesce(sa.func.sum(ClaimLine.approved_minor), 0),
        )
        .join(Organisation, Organisation.id == Claim.partner_id)
        .join(Activity, Activity.id == Claim.activity_id)
        .outerjoin(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(Claim.id.in_(chosen))
        .group_by(Claim.id, Organisation.name, Activity.title)
        .order_by(Claim.created_at.desc(), Claim.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return [
        ClaimRow(claim, name, title, Money(int(asked), claim.currency), Money(int(approved), claim.currency))
        for claim, name, title, asked, approved in rows
    ], total


@dataclass(frozen=True, slots=True)
class Payment:
    """A settlement in a list."""

    settlement: Settlement
    claim: Claim
    partner: str
    title: str

    @property
    def amount(self) -> Money:
        """What is or was to be paid."""
        return Money(self.settlement.amount_minor, self.settlement.currency)


def payments(*states: SettlementState, page: int = 1, per_page: int = PER_PAGE) -> tuple[list[Payment], int]:
    """Return one page of payments in these states: what waits oldest first, what is done newest first."""
    chosen = (
        sa.select(Settlement, Claim, Organisation.name, Activity.title)
        .join(Claim, Claim.id == Settlement.claim_id)
        .join(Organisation, Organisation.id == Settlement.partner_id)
        .join(Activity, Activity.id == Claim.activity_id)
        .where(Settlement.state.in_(states))
    )
    total = (
        session.scalar(sa.select(sa.func.count()).select_from(chosen.with_only_columns(Settlement.id).subquery())) or 0
    )
    order = (
        (Settlement.created_at, Settlement.id)
        if states == (SettlementState.PENDING,)
        else (Settlement.released_at.desc(), Settlement.id.desc())
    )
    rows = session.execute(chosen.order_by(*order).limit(per_page).offset((page - 1) * per_page))
    return [Payment(*row) for row in rows], total


def settlement_of(claim: Claim) -> Settlement | None:
    """Return the payment of a claim, if it was approved."""
    return session.scalar(sa.select(Settlement).where(Settlement.claim_id == claim.id))


def people_with(org_id: int, *roles: Role) -> list[tuple[Membership, User]]:
    """Return the active members of a company in these roles."""
    rows = session.execute(
        sa.select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.org_id == org_id, Membership.role.in_(roles), Membership.active, User.active)
        .order_by(User.name, Membership.id)
        .limit(50)
    )
    return [(membership, user) for membership, user in rows]


def holder_of(request_or_claim: FundRequest | Claim) -> str:
    """Return who has it now: the company, and the person where there is only one to ask."""
    row = request_or_claim
    waits_for_partner = row.state.value in {"draft", "info_requested"}
    org_id = row.partner_id if waits_for_partner else row.vendor_id
    if waits_for_partner:
        return name_of(org_id)
    approvers = people_with(org_id, Role.MDF_APPROVER)
    return approvers[0][1].name if len(approvers) == 1 else name_of(org_id)
