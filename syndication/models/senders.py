"""In whose name mail goes out, how fast, and when it must not: sender domains, signing keys, paces and holds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import PartnerScoped, PlatformScoped, SharedScoped


class SenderDomainState(StrEnum):
    """Whether mail may go out from a partner's own domain."""

    WAITING = "waiting"  # the records were not all seen yet
    VERIFIED = "verified"
    LAPSED = "lapsed"  # they were all there once and are not any more


class SenderDomain(Base, PublicId, PartnerScoped):
    """The address that a partner wants its mail to come from, and what the domain's records said when last asked.

    `found` is one word per record: `there`, `missing`, `wrong` or `unanswered`.
    """

    __tablename__ = "sender_domain"
    __prefix__ = "sdo"
    id: Mapped[Id]
    domain: Mapped[str] = mapped_column(sa.String(253))
    address: Mapped[str] = mapped_column(sa.String(320))
    state: Mapped[SenderDomainState] = mapped_column(default=SenderDomainState.WAITING)
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("partner_id"),)


class SigningKey(Base, PartnerScoped):
    """A key that signs for a sender domain. The newest that signs is used; one that was replaced keeps its public half.

    `private_sealed` is gone from the moment on at which the key signs no more.
    """

    __tablename__ = "signing_key"
    id: Mapped[Id]
    domain_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("sender_domain.id"), index=True)
    selector: Mapped[str] = mapped_column(sa.String(63))
    public: Mapped[str] = mapped_column(sa.Text)
    private_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime]
    signs_since: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("domain_id", "selector"),)


class SendingHold(Base, PublicId, SharedScoped):
    """Mail of a partner for a vendor's campaigns is held, because too much came back, until a person lets it go on."""

    __tablename__ = "sending_hold"
    __prefix__ = "hld"
    id: Mapped[Id]
    cause: Mapped[str] = mapped_column(sa.String(20))
    mails: Mapped[int] = mapped_column(sa.Integer)
    came_back: Mapped[int] = mapped_column(sa.Integer)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    note: Mapped[str] = mapped_column(sa.String(500), default="")
    __table_args__ = (
        sa.Index(
            "uq_sending_hold_open",
            "vendor_id",
            "partner_id",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        ),
    )


class SendPace(Base, PlatformScoped):
    """How fast mail may go to one domain, over one relay or for one sender; shared by all workers.

    `free_at`: until when the tokens last that were given out. `queued_at`: behind whom the next one lines up.
    `paused_until`: nothing goes before; `strikes`: how often in a row the domain has said that it is too much.
    """

    __tablename__ = "send_pace"
    key: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    free_at: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    strikes: Mapped[int] = mapped_column(sa.Integer, default=0)
