"""The dry run before publishing: its batches, what came out for whom, and what does not."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import VendorScoped


class PreflightState(StrEnum):
    """Where the dry run over all eligible partners stands."""

    RUNNING = "running"
    CLEAN = "clean"
    FINDINGS = "findings"
    STOPPED = "stopped"


class Preflight(Base, VendorScoped):
    """The dry run of a kit version: every piece for every eligible partner, in batches, before it is published."""

    __tablename__ = "preflight"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), unique=True)
    package_hash: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[PreflightState] = mapped_column(default=PreflightState.RUNNING)
    run: Mapped[int] = mapped_column(sa.Integer, default=1)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    rendered: Mapped[int] = mapped_column(default=0)
    last_partner_id: Mapped[int] = mapped_column(default=0)
    publish_when_clean: Mapped[bool] = mapped_column(default=True)
    asked_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class PreflightFinding(Base, VendorScoped):
    """A partner for whom a version does not render clean, and whether somebody has looked at it."""

    __tablename__ = "preflight_finding"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    for_partner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    piece: Mapped[str] = mapped_column(sa.String(80))
    language: Mapped[str] = mapped_column(sa.String(10))
    complaint: Mapped[dict[str, Any]]
    picture: Mapped[str | None] = mapped_column(sa.String(200))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))


class PreflightBatch(Base, VendorScoped):
    """Some partners of a dry run, in order of their keys; what is done of the run is the sum of its batches."""

    __tablename__ = "preflight_batch"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    run: Mapped[int] = mapped_column(sa.Integer)
    after_id: Mapped[int]
    until_id: Mapped[int]
    partners: Mapped[int] = mapped_column(sa.Integer)
    rendered: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("kit_version_id", "run", "after_id"),)


class PreflightResult(Base, VendorScoped):
    """What came of one piece for one partner, so that only what has changed since is rendered again."""

    __tablename__ = "preflight_result"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)
    for_partner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    piece: Mapped[str] = mapped_column(sa.String(80))
    language: Mapped[str] = mapped_column(sa.String(10))
    shape_hash: Mapped[str] = mapped_column(sa.String(64))
    complaints: Mapped[list[Any]] = mapped_column(default=list)
    picture: Mapped[str | None] = mapped_column(sa.String(200))
    at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("kit_id", "for_partner_id", "piece", "language"),)
