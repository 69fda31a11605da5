"""Rendered pieces and what they were made from, so that a recall can find each of them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.grants import Grant, Once
from tcma.core.tenancy import Granted, SharedScoped


class DesignState(StrEnum):
    """Where a design stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    AVAILABLE = "available"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"
    ARCHIVED = "archived"


class Design(Base, PublicId, Granted):
    """A co-brand template of one kit version; its layout stands in the kit's files at `path`."""

    __tablename__ = "design"
    __prefix__ = "dsn"
    __grant__ = Grant(
        table="kit_grant",
        matches="kit_id",
        key="kit_id",
        once=Once("published_at", table="kit_version", key="kit_version_id"),
    )
    id: Mapped[Id]
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    path: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[dict[str, Any]]
    state: Mapped[DesignState] = mapped_column(default=DesignState.AVAILABLE)
    unit: Mapped[str] = mapped_column(sa.String(4))
    width: Mapped[float]
    height: Mapped[float]
    pages: Mapped[int] = mapped_column(sa.Integer, default=1)
    outputs: Mapped[list[Any]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (sa.UniqueConstraint("kit_version_id", "key"),)


class Rendition(Base, PublicId, SharedScoped):
    """A design rendered for one partner: version, time and hash are kept for as long as the file may be about."""

    __tablename__ = "rendition"
    __prefix__ = "ren"
    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(10))
    format: Mapped[str] = mapped_column(sa.String(20))
    shape_hash: Mapped[str] = mapped_column(sa.String(64))
    look: Mapped[dict[str, Any]] = mapped_column(default=dict)
    blob: Mapped[str] = mapped_column(sa.String(200), info={"made_again": True})
    media_type: Mapped[str] = mapped_column(sa.String(60))
    width: Mapped[int] = mapped_column(sa.Integer)
    height: Mapped[int] = mapped_column(sa.Integer)
    size: Mapped[int]
    complaints: Mapped[list[Any]] = mapped_column(default=list)
    version_code: Mapped[str] = mapped_column(sa.String(40), default="", index=True)
    downloads: Mapped[int] = mapped_column(default=0)
    rendered_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "design_id", "shape_hash"),)


class ZoneChoice(Base, SharedScoped):
    """What a partner wrote into an editable zone of a design."""

    __tablename__ = "zone_choice"
    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(10))
    zone: Mapped[str] = mapped_column(sa.String(80))
    value: Mapped[str] = mapped_column(sa.Text)
    updated_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "design_id", "language", "zone", "launch_id"),)


class ZoneStyle(Base, SharedScoped):
    """How a partner has a zone of a design look, word by word; nothing in it is the look that the kit has."""

    __tablename__ = "zone_style"
    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"), index=True)
    launch_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(10))
    zone: Mapped[str] = mapped_column(sa.String(80))
    style: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "design_id", "language", "zone", "launch_id"),)


class RenderRefusal(Base, SharedScoped):
    """A piece that could not be made for a partner as it is, for its vendor to know; one per piece and language."""

    __tablename__ = "render_refusal"
    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    language: Mapped[str] = mapped_column(sa.String(10))
    format: Mapped[str] = mapped_column(sa.String(20))
    complaints: Mapped[list[Any]] = mapped_column(default=list)
    times: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    mended_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("partner_id", "design_id", "language"),)
