"""Events of a launch, and who comes."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import PartnerScoped, SharedScoped


class EventState(StrEnum):
    """Where an event stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REGISTRATION_OPEN = "registration_open"
    FULL = "full"
    CLOSED = "closed"
    LIVE = "live"
    ENDED = "ended"
    REPORTED = "reported"
    CANCELLED = "cancelled"


class Event(Base, PublicId, SharedScoped):
    """A webinar, seminar or roadshow of a launch."""

    __tablename__ = "event"
    __prefix__ = "evt"
    id: Mapped[Id]
    launch_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("launch.id"), index=True)
    tactic: Mapped[str] = mapped_column(sa.String(80))
    state: Mapped[EventState] = mapped_column(default=EventState.DRAFT)
    title: Mapped[str] = mapped_column(sa.String(200))
    starts_at: Mapped[datetime]
    start_local: Mapped[str] = mapped_column(sa.String(20))
    zone: Mapped[str] = mapped_column(sa.String(60))
    minutes: Mapped[int] = mapped_column(sa.Integer)
    capacity: Mapped[int] = mapped_column(sa.Integer)
    join_url: Mapped[str] = mapped_column(sa.String(300), default="")
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    # Whether the partner looks at each registration first, and whether more may wait; none: as the kit says.
    approval: Mapped[bool | None]
    waiting_list: Mapped[bool | None]
    # How often the date or the place was changed: what calendars tell an old invitation from a new one by.
    sequence: Mapped[int] = mapped_column(sa.Integer, default=0)
    # Up to when reminders and the event's own moves were looked at.
    looked_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]

    @property
    def ends_at(self) -> datetime:
        """When the event is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class RegistrantState(StrEnum):
    """Where a registrant stands."""

    INVITED = "invited"
    REGISTERED = "registered"
    PENDING_APPROVAL = "pending_approval"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Registrant(Base, PublicId, PartnerScoped):
    """Somebody who wants to come to an event: the partner's own data."""

    __tablename__ = "registrant"
    __prefix__ = "reg"
    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("event.id"))
    contact_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("contact.id"))
    state: Mapped[RegistrantState] = mapped_column(default=RegistrantState.REGISTERED)
    lead_id: Mapped[int | None]
    # None: a guest at the door who left no address, or somebody who asked to be forgotten.
    email: Mapped[str | None] = mapped_column(sa.String(320))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    language: Mapped[str] = mapped_column(sa.String(10), default="")
    # What is typed at the door when no camera is at hand.
    code: Mapped[str] = mapped_column(sa.String(8))
    # How often this place changed hands: with the event's own count, the SEQUENCE of its calendar entry.
    turn: Mapped[int] = mapped_column(sa.Integer, default=0)
    walk_in: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    attended_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("event_id", "email"),
        sa.UniqueConstraint("event_id", "code"),
        sa.Index("ix_registrant_event_state", "event_id", "state", "at"),
    )
