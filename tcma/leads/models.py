"""People who answered, whom they were passed to, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from assets.address import town_lines
from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.grants import Grant
from tcma.core.money import Money
from tcma.core.tenancy import Granted, SharedScoped, VendorScoped


class LeadKind(StrEnum):
    """Where a lead comes from, and so whose it is."""

    PARTNER_GENERATED = "partner_generated"
    DISTRIBUTED = "distributed"
    REGISTERED = "registered"


class LeadState(StrEnum):
    """How far a lead has come."""

    CAPTURED = "captured"
    SCORED = "scored"
    QUALIFIED = "qualified"
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    WORKING = "working"
    CONVERTED = "converted"
    CLOSED = "closed"
    RECYCLED = "recycled"


def passed_on(*, key: str) -> Grant:
    """Return who reads rows about a lead: its owner, and whoever it was passed to, until that is taken back."""
    return Grant(
        owner="owner_id", table="lead_grant", matches="lead_id", key=key, grantee="org_id", until="withdrawn_at"
    )


class OfLead(Granted):
    """Rows that follow a lead: its owner's, and those it was passed to."""

    __grant__ = passed_on(key="lead_id")
    owner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    lead_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("lead.id"), index=True)


class Lead(Base, PublicId, Granted):
    """Somebody who may buy. `owner_id` is the partner of a partner-generated lead, the vendor of a distributed one.

    Others read it through `lead_grant`: acceptance of an offer, or recorded permission, passes it on.
    """

    __tablename__ = "lead"
    __prefix__ = "led"
    __grant__ = passed_on(key="id")
    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    kind: Mapped[LeadKind]
    state: Mapped[LeadState] = mapped_column(default=LeadState.CAPTURED)
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    kit_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("site.id"))
    tactic: Mapped[str | None] = mapped_column(sa.String(80))
    contact_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("contact.id"))
    identity_key: Mapped[str] = mapped_column(sa.String(64))
    first_name: Mapped[str] = mapped_column(sa.String(120), default="")
    last_name: Mapped[str] = mapped_column(sa.String(120), default="")
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    employees: Mapped[str] = mapped_column(sa.String(40), default="")
    need: Mapped[str] = mapped_column(sa.Text, default="")
    products: Mapped[list[Any]] = mapped_column(default=list)
    competencies: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(sa.String(200), default="")
    score: Mapped[int] = mapped_column(sa.Integer, default=0)
    score_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    idempotency_key: Mapped[str | None] = mapped_column(sa.String(80), unique=True)
    closed_reason: Mapped[str | None] = mapped_column(sa.String(60))
    captured_at: Mapped[datetime]
    contacted_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    # A distributed lead is unique per vendor, a partner-generated one per partnership (owner and vendor).
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "vendor_id", "identity_key"),
        # A key with an empty column is not checked, so a lead that names what is a partner's names the partner.
        sa.CheckConstraint(
            "partner_id IS NOT NULL OR (launch_id IS NULL AND contact_id IS NULL AND site_id IS NULL)",
            name="what_is_a_partners_names_the_partner",
        ),
    )

    @property
    def name(self) -> str:
        """The person's name, or the next best way to say who it is."""
        return f"{self.first_name} {self.last_name}".strip() or self.company or self.email or self.phone

    @property
    def place(self) -> str:
        """Postcode and town, or the country."""
        return " ".join(town_lines(self.postcode, self.city, self.country)) or self.country


class LeadGrant(Base, OfLead):
    """One passing-on of a lead to one organisation, and the permission it rests on."""

    __tablename__ = "lead_grant"
    # The recipient reads its own row; the owner writes it.
    __grant__ = Grant(owner="owner_id", also="org_id")
    id: Mapped[Id]
    org_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    ground: Mapped[str] = mapped_column(sa.String(60))
    consent_event_id: Mapped[int | None]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("lead_id", "org_id"),)


class LeadNote(Base, OfLead):
    """What was done with a lead: a call, a note, a change of state."""

    __tablename__ = "lead_note"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(sa.String(40))
    text: Mapped[str] = mapped_column(sa.Text, default="")
    by_label: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]


class AssignmentState(StrEnum):
    """How an offer of a lead stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Assignment(Base, PublicId, SharedScoped):
    """One hop of a distributed lead to one partner, with a clock. It tells need and town, never the person."""

    __tablename__ = "assignment"
    __prefix__ = "asg"
    id: Mapped[Id]
    lead_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("lead.id"), index=True)
    hop: Mapped[int] = mapped_column(sa.Integer)
    state: Mapped[AssignmentState] = mapped_column(default=AssignmentState.OFFERED)
    need: Mapped[str] = mapped_column(sa.Text, default="")
    town: Mapped[str] = mapped_column(sa.String(160), default="")
    path: Mapped[list[Any]]
    score_parts: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(sa.String(500))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(80))
    __table_args__ = (
        sa.UniqueConstraint("lead_id", "partner_id"),  # nobody twice
        sa.UniqueConstraint("lead_id", "hop"),
    )

    def is_open(self, now: datetime) -> bool:
        """Whether the offer waits for an answer."""
        return self.state is AssignmentState.OFFERED and self.expires_at > now


class RoutingRule(Base, PublicId, VendorScoped):
    """A link in the chain that narrows the candidates of a lead; a required one that leaves nobody stops it."""

    __tablename__ = "routing_rule"
    __prefix__ = "rul"
    id: Mapped[Id]
    position: Mapped[int] = mapped_column(sa.Integer)
    kind: Mapped[str] = mapped_column(sa.String(40))
    required: Mapped[bool] = mapped_column(default=True)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (sa.UniqueConstraint("vendor_id", "position"),)


class DealState(StrEnum):
    """How a deal stands."""

    REGISTERED = "registered"
    APPROVED = "approved"
    REJECTED = "rejected"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Evidence(StrEnum):
    """On whose word an amount rests. Kinds are shown apart and never added silently."""

    REPORTED = "reported"
    REGISTERED = "registered"
    CONFIRMED = "confirmed"


class Deal(Base, PublicId, SharedScoped):
    """An account, products and the vendor's net amount. `won` and amounts live here alone."""

    __tablename__ = "deal"
    __prefix__ = "dea"
    id: Mapped[Id]
    lead_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("lead.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    kit_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    activity_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("mdf_activity.id"))
    account: Mapped[str] = mapped_column(sa.String(200))
    products: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[DealState] = mapped_column(default=DealState.OPEN)
    evidence: Mapped[Evidence] = mapped_column(default=Evidence.REPORTED)
    evidence_ref: Mapped[str] = mapped_column(sa.String(200), default="")
    amount_minor: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    months: Mapped[int | None] = mapped_column(sa.Integer)
    credit: Mapped[list[Any]] = mapped_column(default=list)
    expires_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    lost_reason: Mapped[str | None] = mapped_column(sa.String(80))
    __table_args__ = (sa.CheckConstraint("amount_minor >= 0", name="amount_not_negative"),)

    @property
    def amount(self) -> Money:
        """The vendor's net amount, a monthly one where there are months."""
        return Money(self.amount_minor, self.currency)
