"""Which accounts a vendor's partners are about to reach, as keyed hashes of their domains."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import VendorScoped


class ReachedAccount(Base, VendorScoped):
    """A company that a launch writes to. The hash names nobody, and no partner reads these rows."""

    __tablename__ = "reached_account"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    of_partner_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("launch_id", "digest"),
        sa.Index("ix_reached_account_vendor_digest", "vendor_id", "digest"),
    )
