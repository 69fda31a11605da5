"""Mail that came back: that it was taken in, and which partners let answers come here first."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, Id
from tcma.core.tenancy import PartnerScoped, PlatformScoped


class InboundMail(Base, PlatformScoped):
    """That a mail was taken in, so that it is taken in once: a hash, its place in the mailbox, and what it was.

    No word of the mail and no address is in it.
    """

    __tablename__ = "inbound_mail"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    place: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    at: Mapped[datetime] = mapped_column(index=True)


class ReplyChoice(Base, PartnerScoped):
    """Whether answers to a partner's mails come here first, end the sequence of who wrote, and are passed on."""

    __tablename__ = "reply_choice"
    id: Mapped[Id]
    come_here: Mapped[bool]
    chosen_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id"),)
