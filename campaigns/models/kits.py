"""Kits, their versions and files, and who may read them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.grants import Grant, Once
from tcma.core.tenancy import Granted, SharedScoped, VendorScoped


class OfKit(Granted):
    """A vendor's rows that belong to a kit; partners with a grant on the kit read those of published versions."""

    __grant__ = Grant(
        table="kit_grant",
        matches="kit_id",
        key="kit_id",
        once=Once("published_at", table="kit_version", key="kit_version_id"),
    )
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)


class Kit(Base, PublicId, Granted):
    """A campaign-in-a-box. What is in it stands in its versions; the one in use is the newest published."""

    __tablename__ = "kit"
    __prefix__ = "kit"
    __grant__ = Grant(table="kit_grant", matches="kit_id", key="id")
    id: Mapped[Id]
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(80))
    theme: Mapped[str] = mapped_column(sa.String(60))
    approvals_needed: Mapped[int] = mapped_column(sa.Integer, default=0)
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("vendor_id", "slug"),)


class KitState(StrEnum):
    """Where a kit version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    PAUSED = "paused"
    EXPIRED = "expired"
    RECALLED = "recalled"
    ARCHIVED = "archived"


class KitVersion(Base, PublicId, OfKit):
    """One version of a kit. Once published it never changes; a launch pins one."""

    __tablename__ = "kit_version"
    __prefix__ = "kve"
    __grant__ = Grant(table="kit_grant", matches="kit_id", key="kit_id", once=Once("published_at"))
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(sa.Integer)
    label: Mapped[str] = mapped_column(sa.String(40), default="")
    state: Mapped[KitState] = mapped_column(default=KitState.DRAFT)
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    languages: Mapped[list[Any]]
    default_language: Mapped[str] = mapped_column(sa.String(10))
    products: Mapped[list[Any]] = mapped_column(default=list)
    eligibility: Mapped[dict[str, Any]] = mapped_column(default=dict)
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    package_hash: Mapped[str] = mapped_column(sa.String(64))
    findings: Mapped[list[Any]] = mapped_column(default=list)
    # By language and key: the words that a translation was made from, where the kit says something else by now.
    outdated: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None] = mapped_column(sa.String(300))
    kit: Mapped[Kit] = relationship(foreign_keys="KitVersion.kit_id", viewonly=True)
    __table_args__ = (sa.UniqueConstraint("kit_id", "number"),)


class KitFile(Base, OfKit):
    """A file of a kit version, by path; the folder on disk and these rows are the same thing."""

    __tablename__ = "kit_file"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(200))
    blob: Mapped[str] = mapped_column(sa.String(200))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    clean_blob: Mapped[str | None] = mapped_column(sa.String(200))
    clean_type: Mapped[str | None] = mapped_column(sa.String(60))
    __table_args__ = (sa.UniqueConstraint("kit_version_id", "path"),)


class Tactic(Base, PublicId, OfKit):
    """One activity of a kit version, as its manifest tells it."""

    __tablename__ = "tactic"
    __prefix__ = "tac"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[str] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(sa.Integer)
    content: Mapped[dict[str, Any]]
    __table_args__ = (sa.UniqueConstraint("kit_version_id", "key"),)


class KitGrant(Base, SharedScoped):
    """A partner may read a kit, why it fits, and what came of it (`campaigns.past`); `promise` is leads per campaign.

    One that no longer fits keeps its row while the partner has campaigns of the kit, so that they stay readable.
    """

    __tablename__ = "kit_grant"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)
    fits: Mapped[bool] = mapped_column(default=True)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    past: Mapped[dict[str, Any]] = mapped_column(default=dict)
    promise: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("kit_id", "partner_id"),)


class KitFit(Base, VendorScoped):
    """How far it is worked out whom a kit is for. A change begins a new run; whatever belongs to an older one ends."""

    __tablename__ = "kit_fit"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), unique=True)
    run: Mapped[int] = mapped_column(sa.Integer, default=0)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    last_partner_id: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class KitGroup(Base, VendorScoped):
    """A kit is for the partners of a group; of several, for those of any. Without a row it is for all that it fits."""

    __tablename__ = "kit_group"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    group_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("partner_group.id"), index=True)
    __table_args__ = (sa.UniqueConstraint("kit_id", "group_id"),)
