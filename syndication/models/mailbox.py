"""The mailbox of the demo: what its own relay took."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, Id, PublicId
from tcma.core.tenancy import PlatformScoped


class MailboxMail(Base, PublicId, PlatformScoped):
    """A mail that would have gone to somebody. There are none where the demo is off."""

    __tablename__ = "mailbox_mail"
    __prefix__ = "mbx"
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str] = mapped_column(sa.String(400))
    recipient: Mapped[str] = mapped_column(sa.String(400), index=True)
    from_name: Mapped[str] = mapped_column(sa.String(200), default="")
    subject: Mapped[str] = mapped_column(sa.String(500), default="")
    snippet: Mapped[str] = mapped_column(sa.String(300), default="")
    is_marketing: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes]
