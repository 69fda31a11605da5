"""What people of the vendor said about a version before it went out."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import VendorScoped


class Verdict(StrEnum):
    """What a reviewer says of a version."""

    COMMENT = "comment"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


class KitReview(Base, PublicId, VendorScoped):
    """One word of one person about one state of a version's files; an approval holds for those files only."""

    __tablename__ = "kit_review"
    __prefix__ = "krv"
    id: Mapped[Id]
    kit_version_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit_version.id"), index=True)
    package_hash: Mapped[str] = mapped_column(sa.String(64))
    verdict: Mapped[Verdict]
    piece: Mapped[str | None] = mapped_column(sa.String(80))
    words: Mapped[str] = mapped_column(sa.Text, default="")
    by: Mapped[int] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    person_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("user_account.id"))
    at: Mapped[datetime]
