"""What comes back: tracked addresses, what reached them, and what was made of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PartitionedId
from tcma.core.tenancy import PartnerScoped, PlatformScoped, SharedScoped


class LinkSet(Base, PlatformScoped):
    """The links of one mail, one post or one printed code. Ids and keys only, so that the tenant is known at once."""

    __tablename__ = "link_set"
    id: Mapped[Id]
    vendor_id: Mapped[int]
    partner_id: Mapped[int]
    launch_id: Mapped[int] = mapped_column(index=True)
    tactic: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(80), default="")
    channel: Mapped[str] = mapped_column(sa.String(20))
    language: Mapped[str] = mapped_column(sa.String(10), default="")
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("launch_id", "tactic", "step", "channel", "language"),)


class Link(Base, SharedScoped):
    """A tracked address of a launch: its place in its set, where it leads, and which tactic and channel carry it."""

    __tablename__ = "link"
    id: Mapped[Id]
    link_set_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("link_set.id"))
    place: Mapped[int] = mapped_column(sa.Integer)
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    tactic: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(80), default="")
    channel: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    url: Mapped[str] = mapped_column(sa.String(1000))
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("link_set_id", "place"),)


class Hit(Base, PlatformScoped):
    """What reached a tracking address: raw, append-only, judged later. Ids only, and no address of a person."""

    __tablename__ = "hit"
    __append_only__ = True
    id: Mapped[PartitionedId]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    segment: Mapped[str] = mapped_column(sa.String(200))
    offset: Mapped[int]
    vendor_id: Mapped[int]
    partner_id: Mapped[int]
    launch_id: Mapped[int]
    link_set_id: Mapped[int]
    place: Mapped[int] = mapped_column(sa.Integer)
    link_id: Mapped[int | None]
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    recipient_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(20))
    method: Mapped[str] = mapped_column(sa.String(8))
    agent: Mapped[str] = mapped_column(sa.String(500), default="")
    network_hash: Mapped[str] = mapped_column(sa.String(32), default="")
    __table_args__ = (
        sa.UniqueConstraint("segment", "offset", "at"),
        sa.Index("ix_hit_link_set_at", "link_set_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class Verdict(StrEnum):
    """Who was behind a touch, as far as can be told."""

    HUMAN = "human"
    SUSPECT = "suspect"
    MACHINE = "machine"


class Touch(Base, PartnerScoped):
    """A hit, form, registration or reply with its verdict, the reasons, and the version of the rules."""

    __tablename__ = "touch"
    id: Mapped[PartitionedId]
    at: Mapped[datetime] = mapped_column(primary_key=True)
    vendor_id: Mapped[int]
    launch_id: Mapped[int]
    hit_id: Mapped[int | None]
    link_id: Mapped[int | None]
    recipient_id: Mapped[int | None] = mapped_column(index=True)
    lead_id: Mapped[int | None] = mapped_column(index=True)
    tactic: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(80), default="")
    channel: Mapped[str] = mapped_column(sa.String(20))
    kind: Mapped[str] = mapped_column(sa.String(20))
    verdict: Mapped[Verdict]
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    rules_version: Mapped[int] = mapped_column(sa.Integer)
    answer_key: Mapped[str | None] = mapped_column(sa.String(80))
    __table_args__ = (
        sa.UniqueConstraint("hit_id", "at"),
        sa.UniqueConstraint("answer_key", "at"),
        sa.Index("ix_touch_launch_at", "launch_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )
