"""The tables that know no business: the queue, the audit trail, keys, positions, mail that is not marketing."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, Id, PublicId
from tcma.core.tenancy import OwnerScoped, PlatformScoped


class WorkState(StrEnum):
    """Where a row of the queue stands."""

    READY = "ready"
    DONE = "done"
    PARKED = "parked"


class Outbox(Base, PlatformScoped):
    """Work that must happen: one row per fact and listener, committed with the change that asks for it.

    It holds ids only. The tenant is set from this row when the work is picked up, never from a message.
    """

    __tablename__ = "outbox"
    id: Mapped[Id]
    fact: Mapped[str] = mapped_column(sa.String(80))
    listener: Mapped[str] = mapped_column(sa.String(120))
    queue: Mapped[str] = mapped_column(sa.String(20), default="default")
    vendor_id: Mapped[int | None]
    partner_id: Mapped[int | None]
    ids: Mapped[dict[str, Any]]
    state: Mapped[WorkState] = mapped_column(default=WorkState.READY)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(sa.String(300))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        sa.Index(
            "ix_outbox_due",
            "due_at",
            postgresql_where=sa.text("state = 'ready'"),
            sqlite_where=sa.text("state = 'ready'"),
        ),
    )


class Due(Base, PlatformScoped):
    """When a launch, stream or clock next needs a look: found by query, claimed under a lease.

    `kind` names the tick that looks (`sequence`, `post`, `assignment`, …) and `object_id` what at.
    """

    __tablename__ = "due"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[int]
    vendor_id: Mapped[int | None]
    partner_id: Mapped[int | None]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(sa.Integer, default=0)
    __table_args__ = (sa.UniqueConstraint("kind", "object_id"), sa.Index("ix_due_kind_due_at", "kind", "due_at"))


class JournalPosition(Base, PlatformScoped):
    """How far a segment of the local journal has been taken into the database."""

    __tablename__ = "journal_position"
    id: Mapped[Id]
    segment: Mapped[str] = mapped_column(sa.String(200), unique=True)
    offset: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]


class PublicAddress(Base, PlatformScoped):
    """What an address in the open, or a key by its hash, leads to: ids only, so that the tenant is set before reading."""

    __tablename__ = "public_address"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(30))
    vendor_id: Mapped[int | None]
    partner_id: Mapped[int | None]
    object_id: Mapped[int]
    created_at: Mapped[datetime]


class AuditEntry(Base, OwnerScoped):
    """One command of a person or a policy, written in the same transaction as what it changed."""

    __tablename__ = "audit_entry"
    __append_only__ = True
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[str] = mapped_column(sa.String(20))
    actor_label: Mapped[str] = mapped_column(sa.String(120))
    user_id: Mapped[int | None]
    on_behalf_of: Mapped[int | None]
    action: Mapped[str] = mapped_column(sa.String(80))
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None] = mapped_column(sa.String(40))


class AuditSeal(Base, PlatformScoped):
    """The hash chain over audit entries, written in order by the sealer, apart from any request."""

    __tablename__ = "audit_seal"
    __append_only__ = True
    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("audit_entry.id"), unique=True)
    position: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))


class IdempotencyKey(Base, OwnerScoped):
    """A request that was answered: the same key gets the same bytes again, with no second effect."""

    __tablename__ = "idempotency_key"
    id: Mapped[Id]
    actor_label: Mapped[str] = mapped_column(sa.String(120))
    key: Mapped[str] = mapped_column(sa.String(120))
    request_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int | None] = mapped_column(sa.Integer)
    body: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("org_id", "actor_label", "key"),)


class DataKey(Base, OwnerScoped):
    """A tenant's data key, wrapped by the installation's key; sealed columns hang on it."""

    __tablename__ = "data_key"
    id: Mapped[Id]
    key_id: Mapped[str] = mapped_column(sa.String(40))
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime]


class Switch(Base, PlatformScoped):
    """A switch or figure of the whole installation: outbound quarantine, the demo clock's offset."""

    __tablename__ = "switch"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]


class Heartbeat(Base, PlatformScoped):
    """Which processes live: `/readyz` reads it."""

    __tablename__ = "heartbeat"
    id: Mapped[Id]
    process: Mapped[str] = mapped_column(sa.String(120), unique=True)
    at: Mapped[datetime]


class MessageState(StrEnum):
    """Where a mail that is not marketing stands; the same words as for a delivery."""

    READY = "ready"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Message(Base, PublicId, OwnerScoped):
    """A transactional mail (invitation, assignment, decision, digest), sent like a delivery: once, or named."""

    __tablename__ = "message"
    __prefix__ = "msg"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(sa.String(60))
    to_address: Mapped[str] = mapped_column(sa.String(320))
    to_name: Mapped[str] = mapped_column(sa.String(200), default="")
    locale: Mapped[str] = mapped_column(sa.String(10), default="en")
    subject: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str] = mapped_column(sa.Text)
    # In whose name it goes out and who gets the answers, where that is not the platform itself.
    from_name: Mapped[str] = mapped_column(sa.String(200), default="")
    reply_to: Mapped[str] = mapped_column(sa.String(320), default="")
    calendar: Mapped[str | None] = mapped_column(sa.Text)
    unique_key: Mapped[str] = mapped_column(sa.String(160), unique=True)
    state: Mapped[MessageState] = mapped_column(default=MessageState.READY)
    attempt_id: Mapped[str | None] = mapped_column(sa.String(40))
    answer: Mapped[str | None] = mapped_column(sa.String(300))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ExternalId(Base, OwnerScoped):
    """The name that another system has for a row of ours."""

    __tablename__ = "external_id"
    id: Mapped[Id]
    system: Mapped[str] = mapped_column(sa.String(40))
    object_name: Mapped[str] = mapped_column(sa.String(120))
    object_type: Mapped[str] = mapped_column(sa.String(40))
    object_id: Mapped[int]
    __table_args__ = (sa.UniqueConstraint("org_id", "system", "object_type", "object_name"),)
