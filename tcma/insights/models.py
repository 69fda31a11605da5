"""Roll-ups by the hour of UTC, which pages and charts read instead of counting rows; benchmarks; members' calendars."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import OwnerScoped, SharedScoped, VendorScoped


class LaunchHour(Base, SharedScoped):
    """How often something happened in one launch in one hour: counts only, so the vendor may see them.

    `step` is the mail or post that it came from or through, where one is known.
    """

    __tablename__ = "launch_hour"
    id: Mapped[Id]
    launch_id: Mapped[int]
    kit_id: Mapped[int]
    tactic: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(80), default="")
    hour: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(20))
    verdict: Mapped[str] = mapped_column(sa.String(10), default="")
    count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.UniqueConstraint("launch_id", "tactic", "step", "hour", "kind", "verdict"),
        sa.Index("ix_launch_hour_kit_id", "kit_id"),
        sa.Index("ix_launch_hour_vendor_hour", "vendor_id", "hour"),
    )


class KitBenchmark(Base, VendorScoped):
    """How a vendor's partners do with one mail of a kit, or with all its mails where `step` is empty.

    `middles` is what `benchmarks.Benchmark` needs, of all launches that were old enough at `counted_until`, and of what
    happened before. No partner reaches the row; what a partner may know is told by `queries.benchmarks`.
    """

    __tablename__ = "kit_benchmark"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    step: Mapped[str] = mapped_column(sa.String(80), default="")
    partners: Mapped[int] = mapped_column(sa.Integer)
    delivered: Mapped[int]
    middles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted_until: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("kit_id", "step"),)


class CalendarFeed(Base, OwnerScoped):
    """One member's calendar address. Its number stands in the address, so that renewing it ends the one before."""

    __tablename__ = "calendar_feed"
    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    number: Mapped[int] = mapped_column(sa.Integer, default=1)
    renewed_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("membership_id"),)
