"""Roll-ups by the hour of UTC, which pages and charts read instead of counting rows; and members' calendars."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import OwnerScoped, SharedScoped


class LaunchHour(Base, SharedScoped):
    """How often something happened in one launch in one hour: counts only, so the vendor may see them."""

    __tablename__ = "launch_hour"
    id: Mapped[Id]
    launch_id: Mapped[int]
    kit_id: Mapped[int]
    tactic: Mapped[str] = mapped_column(sa.String(80))
    hour: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(20))
    verdict: Mapped[str] = mapped_column(sa.String(10), default="")
    count: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        sa.UniqueConstraint("launch_id", "tactic", "hour", "kind", "verdict"),
        sa.Index("ix_launch_hour_vendor_hour", "vendor_id", "hour"),
    )


class CalendarFeed(Base, OwnerScoped):
    """One member's calendar address. Its number stands in the address, so that renewing it ends the one before."""

    __tablename__ = "calendar_feed"
    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    number: Mapped[int] = mapped_column(sa.Integer, default=1)
    renewed_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("membership_id"),)
