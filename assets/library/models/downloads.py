"""Who took which file along and by which way, and who accepted the terms of a piece."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import SharedScoped


class DownloadChannel(StrEnum):
    """By which way a file left the library."""

    PAGE = "page"
    ZIP = "zip"
    API = "api"
    POST = "post"


class Download(Base, SharedScoped):
    """One file handed out; counts by version, partner and channel are sums of these."""

    __tablename__ = "download"
    id: Mapped[Id]
    rendition_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("rendition.id"), index=True)
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"))
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    channel: Mapped[DownloadChannel]
    by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    at: Mapped[datetime]


class TermsAcceptance(Base, SharedScoped):
    """A partner's person has accepted the terms that stand before a piece; other words are asked for anew."""

    __tablename__ = "terms_acceptance"
    id: Mapped[Id]
    design_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("design.id"), index=True)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    accepted_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    accepted_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "design_id", "text_hash"),)
