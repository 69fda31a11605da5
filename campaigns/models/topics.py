"""Which of a partner's own topics its campaigns belong to. No vendor sees it."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id
from tcma.core.tenancy import PartnerScoped


class KitTopic(Base, PartnerScoped):
    """A partner's campaigns of a kit belong to this topic of its own instead of the kit's theme."""

    __tablename__ = "kit_topic"
    id: Mapped[Id]
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    kit_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("kit.id"))
    topic_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("topic.id"))
    __table_args__ = (sa.UniqueConstraint("kit_id", "partner_id"),)


class LaunchTopic(Base, PartnerScoped):
    """One campaign belongs to this topic, whatever its kit's campaigns belong to."""

    __tablename__ = "launch_topic"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"))
    topic_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("topic.id"))
    __table_args__ = (sa.UniqueConstraint("launch_id"),)
