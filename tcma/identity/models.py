"""People and the organisations they act for."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import OwnerScoped, PlatformScoped


class OrganisationKind(StrEnum):
    """What an organisation is on the platform."""

    VENDOR = "vendor"
    PARTNER = "partner"
    AGENCY = "agency"


class OrganisationState(StrEnum):
    """Whether an organisation may act."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Organisation(Base, PublicId, PlatformScoped):
    """A company: vendor, partner or agency. `vendor_id` and `partner_id` everywhere point here."""

    __tablename__ = "organisation"
    __prefix__ = "org"
    id: Mapped[Id]
    kind: Mapped[OrganisationKind]
    state: Mapped[OrganisationState] = mapped_column(default=OrganisationState.ACTIVE)
    name: Mapped[str] = mapped_column(sa.String(200))
    country: Mapped[str] = mapped_column(sa.String(2), default="DE")
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    zone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Berlin")
    succeeded_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    created_at: Mapped[datetime]


class User(Base, PublicId, PlatformScoped):
    """A person, once per installation, whatever organisations they work for."""

    __tablename__ = "user_account"
    __prefix__ = "usr"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    password: Mapped[str | None] = mapped_column(sa.String(255))
    locale: Mapped[str] = mapped_column(sa.String(10), default="en")
    zone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Berlin")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", order_by="Membership.id")


class Role(StrEnum):
    """What a member does. Vendors know all but `sales`; partners know admin, marketer, sales and viewer."""

    ADMIN = "admin"
    MARKETER = "marketer"
    CAM = "cam"
    MDF_APPROVER = "mdf_approver"
    FINANCE = "finance"
    SALES = "sales"
    VIEWER = "viewer"


class Membership(Base, PublicId, PlatformScoped):
    """A person's role in one organisation."""

    __tablename__ = "membership"
    __prefix__ = "mem"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("user_account.id"), index=True)
    org_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[Role]
    site_id: Mapped[int | None]
    approval_limit_minor: Mapped[int | None]
    approval_currency: Mapped[str | None] = mapped_column(sa.String(3))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()
    __table_args__ = (sa.UniqueConstraint("user_id", "org_id", "role"),)


class UserSession(Base, PlatformScoped):
    """A signed-in browser, acting for one organisation. Deleting the row signs it out at the next request."""

    __tablename__ = "user_session"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("user_account.id"), index=True)
    membership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("membership.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base, PublicId, OwnerScoped):
    """A key to the API for one organisation, with the scopes it was given.

    Of the key itself only the hash is kept, as a `PublicAddress`: it is asked before anybody is known.
    """

    __tablename__ = "api_token"
    __prefix__ = "tok"
    id: Mapped[Id]
    membership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    hint: Mapped[str] = mapped_column(sa.String(12))
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Invitation(Base, PublicId, OwnerScoped):
    """An organisation's invitation of a person, used once."""

    __tablename__ = "invitation"
    __prefix__ = "inv"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(sa.String(320))
    role: Mapped[Role]
    invited_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
