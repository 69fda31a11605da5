"""How campaigns of a vendor reach a partner."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import SharedScoped


class Service(StrEnum):
    """Who does what of a campaign."""

    OWN = "own"
    DEFAULTS = "defaults"
    PREPARED = "prepared"
    SUBSCRIBED = "subscribed"


class ServiceChoice(Base, SharedScoped):
    """What a partner has chosen for a vendor's kits of one theme. Without a row it does everything itself."""

    __tablename__ = "service_choice"
    id: Mapped[Id]
    theme: Mapped[str] = mapped_column(sa.String(60))
    service: Mapped[Service] = mapped_column(default=Service.OWN)
    veto_days: Mapped[int] = mapped_column(sa.Integer, default=5)
    chosen_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    chosen_at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("vendor_id", "partner_id", "theme"),
        sa.CheckConstraint("veto_days between 1 and 30", name="veto_days_in_range"),
    )
