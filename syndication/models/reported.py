"""What a partner says of the mails that it sent from its own tool."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import SharedScoped


class ReportedMail(Base, SharedScoped):
    """How one mail of a launch did, as the partner's own tool counts it: people, not times; none where it does not say.

    It is the partner's word. No number of ours is ever added to it.
    """

    __tablename__ = "reported_mail"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    step: Mapped[str] = mapped_column(sa.String(80))
    sent: Mapped[int]
    delivered: Mapped[int | None]
    opened: Mapped[int | None]
    clicked: Mapped[int | None]
    as_of: Mapped[datetime]
    reported_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    reported_at: Mapped[datetime]
    __table_args__ = (
        sa.UniqueConstraint("launch_id", "step"),
        sa.CheckConstraint("sent >= 0 AND delivered >= 0 AND opened >= 0 AND clicked >= 0", name="not_negative"),
        sa.CheckConstraint("delivered <= sent", name="no_more_than_sent"),
        sa.CheckConstraint(
            "opened <= coalesce(delivered, sent) AND clicked <= coalesce(delivered, sent)",
            name="no_more_than_delivered",
        ),
    )
