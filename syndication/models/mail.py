"""What goes out by mail: recipients, their places in the sequence, deliveries, and who is sending them."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PartitionedId, PublicId
from tcma.core.tenancy import PartnerScoped, PlatformScoped, SharedScoped


class Recipient(Base, PublicId, PartnerScoped):
    """A contact as frozen at launch, or a registrant of its event: language, zone and country.

    Address and fields are read at the moment of sending.
    """

    __tablename__ = "recipient"
    __prefix__ = "rcp"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    contact_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("contact.id"), index=True)
    registrant_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("registrant.id"))
    consent_event_id: Mapped[int | None]
    language: Mapped[str] = mapped_column(sa.String(10))
    zone: Mapped[str] = mapped_column(sa.String(60))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    __table_args__ = (
        sa.UniqueConstraint("launch_id", "contact_id"),
        sa.CheckConstraint("(contact_id IS NULL) <> (registrant_id IS NULL)", name="a_contact_or_a_registrant"),
        sa.Index(
            "ix_recipient_registrant",
            "registrant_id",
            "launch_id",
            "partner_id",
            unique=True,
            postgresql_where=sa.text("registrant_id IS NOT NULL"),
            sqlite_where=sa.text("registrant_id IS NOT NULL"),
        ),
    )


class EnrolmentState(StrEnum):
    """Whether a recipient is still in the sequence, and how it left."""

    ACTIVE = "active"
    COMPLETED = "completed"
    EXITED = "exited"


class Enrolment(Base, PartnerScoped):
    """A recipient's place in the sequence: the next step and when it is due."""

    __tablename__ = "enrolment"
    id: Mapped[Id]
    recipient_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("recipient.id"), unique=True)
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.ACTIVE)
    exit_reason: Mapped[str | None] = mapped_column(sa.String(40))
    next_step: Mapped[str | None] = mapped_column(sa.String(80))
    due_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_enrolment_launch_due", "launch_id", "due_at"),)


class DeliveryState(StrEnum):
    """Where one mail to one recipient stands."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Delivery(Base, PartnerScoped):
    """One mail: unique by recipient and step. `cohort` is the day of the launch, frozen, and picks the partition.

    While a sender holds it, it stays `ready` with the attempt's id (the key of a `SendClaim`). `variant`: which subject
    it carries, `a` or `b`, where the mail has two.
    """

    __tablename__ = "delivery"
    id: Mapped[PartitionedId]
    cohort: Mapped[date] = mapped_column(primary_key=True)
    launch_id: Mapped[int]
    recipient_id: Mapped[int]
    contact_id: Mapped[int]
    step: Mapped[str] = mapped_column(sa.String(80))
    variant: Mapped[str | None] = mapped_column(sa.String(1))
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.READY)
    reason: Mapped[str | None] = mapped_column(sa.String(200))
    attempt_id: Mapped[int | None] = mapped_column(BigId, index=True)
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    lease_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(sa.String(200))
    relay: Mapped[str | None] = mapped_column(sa.String(80))
    answer: Mapped[str | None] = mapped_column(sa.String(300))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("recipient_id", "step", "cohort"),
        sa.Index("ix_delivery_launch_state", "launch_id", "state"),
        sa.Index("ix_delivery_contact_settled", "contact_id", "settled_at"),
        {"postgresql_partition_by": "RANGE (cohort)"},
    )


class Bounce(Base, PartnerScoped):
    """A bounce or complaint on an accepted delivery; `note` is the partner's reason for taking a bounce back."""

    __tablename__ = "bounce"
    id: Mapped[Id]
    delivery_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    detail: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.String(500), default="")


class StepMail(Base, SharedScoped):
    """One mail of a launch in one language, compiled once, with the link set that its links are places of."""

    __tablename__ = "step_mail"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    step: Mapped[str] = mapped_column(sa.String(80))
    language: Mapped[str] = mapped_column(sa.String(10))
    link_set_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("link_set.id"), unique=True)
    compiled: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("launch_id", "step", "language"),)


class SubjectTest(Base, SharedScoped):
    """A mail of a launch that goes out with two subjects first: since when, until when, and what was decided on what.

    The counts are those that the decision was taken on; later clicks change nothing of it.
    """

    __tablename__ = "subject_test"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    step: Mapped[str] = mapped_column(sa.String(80))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    winner: Mapped[str | None] = mapped_column(sa.String(1))
    a_mailed: Mapped[int] = mapped_column(sa.Integer, default=0)
    a_clicked: Mapped[int] = mapped_column(sa.Integer, default=0)
    b_mailed: Mapped[int] = mapped_column(sa.Integer, default=0)
    b_clicked: Mapped[int] = mapped_column(sa.Integer, default=0)
    __table_args__ = (sa.UniqueConstraint("launch_id", "step"),)


class SendClaim(Base, PlatformScoped):
    """What one sender has taken in hand, until every row of it has its outcome. Ids and times only.

    `id` is the attempt's id that deliveries, messages and journal records carry; `sender` names the process,
    and so the folder of its journal.
    """

    __tablename__ = "send_claim"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sender: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[str] = mapped_column(sa.String(20))
    object_id: Mapped[int]
    vendor_id: Mapped[int | None]
    partner_id: Mapped[int | None]
    at: Mapped[datetime]
    lease_until: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        sa.Index(
            "ix_send_claim_turns",
            "partner_id",
            "at",
        ),
        sa.Index(
            "ix_send_claim_open",
            "kind",
            "object_id",
            postgresql_where=sa.text("settled_at IS NULL"),
            sqlite_where=sa.text("settled_at IS NULL"),
        ),
    )
