"""A version that was withdrawn, who holds files of it, and who has confirmed that they are gone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import SharedScoped, VendorScoped


class Recall(Base, PublicId, VendorScoped):
    """A kit version that its vendor has withdrawn, and why."""

    __tablename__ = "recall"
    __prefix__ = "rcl"
    id: Mapped[Id]
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), unique=True)
    reason: Mapped[str] = mapped_column(sa.String(300))
    recalled_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    recalled_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]


class RecallNotice(Base, PublicId, SharedScoped):
    """One holder of files of a withdrawn version: what it has, when it was told, when it confirmed."""

    __tablename__ = "recall_notice"
    __prefix__ = "rcn"
    id: Mapped[Id]
    recall_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("recall.id"), index=True)
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    files: Mapped[int] = mapped_column(default=0)
    downloads: Mapped[int] = mapped_column(default=0)
    launches: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    __table_args__ = (sa.UniqueConstraint("recall_id", "partner_id"),)
