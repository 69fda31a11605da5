"""Vendors' programmes, the partnerships in them, and what a partner is: brand, sites, legal entities."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.address import address_lines
from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.grants import Grant
from tcma.core.tenancy import Granted, PartnerScoped, SharedScoped, VendorScoped
from tcma.identity.models import Organisation


class ToPartners(Granted):
    """A vendor's rows that its partners may read."""

    __grant__ = Grant(owner="vendor_id", table="partnership", matches="vendor_id", key="vendor_id")
    vendor_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)


class VendorBrand(Base, PublicId, ToPartners):
    """How a vendor looks: colours, mark, legal block."""

    __tablename__ = "vendor_brand"
    __prefix__ = "vbr"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(120))
    logo_blob: Mapped[str | None] = mapped_column(sa.String(200))
    logo_dark_blob: Mapped[str | None] = mapped_column(sa.String(200))
    colours: Mapped[dict[str, Any]]
    legal: Mapped[dict[str, Any]]
    guideline: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Product(Base, ToPartners):
    """A node of a vendor's product tree."""

    __tablename__ = "product"
    id: Mapped[Id]
    parent_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("product.id"))
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    __table_args__ = (sa.UniqueConstraint("vendor_id", "key"),)


class Period(Base, ToPartners):
    """A stretch of a vendor's fiscal calendar; any start of the year, 4-4-5 too."""

    __tablename__ = "period"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    closed_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("vendor_id", "name"),)


class Programme(Base, PublicId, ToPartners):
    """A vendor's partner programme."""

    __tablename__ = "programme"
    __prefix__ = "prg"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(120))


class Tier(Base, ToPartners):
    """A level of a programme; a higher rank is a better tier."""

    __tablename__ = "tier"
    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("programme.id"))
    key: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(80))
    rank: Mapped[int] = mapped_column(sa.Integer)
    __table_args__ = (sa.UniqueConstraint("programme_id", "key"),)


class PartnershipState(StrEnum):
    """How far a vendor and a partner have come together."""

    PROSPECT = "prospect"
    APPLIED = "applied"
    INVITED = "invited"
    ACTIVE = "active"
    INACTIVE = "inactive"
    OFFBOARDING = "offboarding"
    ARCHIVED = "archived"


class Partnership(Base, PublicId, SharedScoped):
    """One vendor and one partner. All that the vendor may see of the partner, it sees through this row."""

    __tablename__ = "partnership"
    __prefix__ = "psh"
    id: Mapped[Id]
    state: Mapped[PartnershipState] = mapped_column(default=PartnershipState.INVITED)
    partner_type: Mapped[str] = mapped_column(sa.String(40), default="reseller")
    parent_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("partnership.id"))
    cam_membership_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    competencies: Mapped[list[Any]] = mapped_column(default=list)
    industries: Mapped[list[Any]] = mapped_column(default=list)
    lead_capacity: Mapped[int] = mapped_column(sa.Integer, default=10)
    open_leads: Mapped[int] = mapped_column(sa.Integer, default=0)
    last_assigned_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    partner: Mapped[Organisation] = relationship(foreign_keys="Partnership.partner_id", viewonly=True)
    vendor: Mapped[Organisation] = relationship(foreign_keys="Partnership.vendor_id", viewonly=True)
    __table_args__ = (
        sa.UniqueConstraint("vendor_id", "partner_id"),
        sa.CheckConstraint("open_leads >= 0", name="open_leads_not_negative"),
    )


class Standing(Base, SharedScoped):
    """Which tier of a programme a partner is on; one in each programme that it takes part in."""

    __tablename__ = "standing"
    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("partnership.id"))
    programme_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("programme.id"))
    tier_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("tier.id"), index=True)
    __table_args__ = (sa.UniqueConstraint("partnership_id", "programme_id"),)


class PartnerGroup(Base, PublicId, VendorScoped):
    """A vendor's partners by rules, under a name; no partner sees it. Who is in it is asked of the rules each time."""

    __tablename__ = "partner_group"
    __prefix__ = "pgr"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(80))
    rules: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("vendor_id", "name"),)


class Territory(Base, SharedScoped):
    """Where a partner serves a vendor's customers: a country, or postcode prefixes in it."""

    __tablename__ = "territory"
    id: Mapped[Id]
    partnership_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("partnership.id"), index=True)
    country: Mapped[str] = mapped_column(sa.String(2))
    postcode_prefix: Mapped[str] = mapped_column(sa.String(12), default="")
    __table_args__ = (sa.UniqueConstraint("partnership_id", "country", "postcode_prefix"),)


class BrandProfile(Base, PublicId, PartnerScoped):
    """What a partner enters once; every design, mail and page merges from it."""

    __tablename__ = "brand_profile"
    __prefix__ = "bra"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(200))
    claim: Mapped[str] = mapped_column(sa.String(200), default="")
    logo_blob: Mapped[str | None] = mapped_column(sa.String(200))
    logo_dark_blob: Mapped[str | None] = mapped_column(sa.String(200))
    primary: Mapped[str] = mapped_column(sa.String(7), default="#1d4ed8")
    secondary: Mapped[str] = mapped_column(sa.String(7), default="#0f172a")
    accent: Mapped[str] = mapped_column(sa.String(7), default="#f59e0b")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(320), default="")
    website: Mapped[str] = mapped_column(sa.String(300), default="")
    street: Mapped[str] = mapped_column(sa.String(200), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="DE")
    languages: Mapped[list[Any]] = mapped_column(default=list)
    zone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Berlin")
    sender_name: Mapped[str] = mapped_column(sa.String(120), default="")
    sender_email: Mapped[str] = mapped_column(sa.String(320), default="")
    updated_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id"),)


class Site(Base, PublicId, PartnerScoped):
    """A branch of a partner, with its own address, zone, holidays and capacity.

    One that was closed stays for what it has done, and nothing new is done in it.
    """

    __tablename__ = "site"
    __prefix__ = "sit"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(120))
    street: Mapped[str] = mapped_column(sa.String(200), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    country: Mapped[str] = mapped_column(sa.String(2))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    zone: Mapped[str] = mapped_column(sa.String(60))
    language: Mapped[str] = mapped_column(sa.String(10), default="en")
    holidays: Mapped[list[Any]] = mapped_column(default=list)
    opening_hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    capacity: Mapped[int] = mapped_column(sa.Integer, default=10)
    closed_at: Mapped[datetime | None]

    @property
    def address_lines(self) -> list[str]:
        """Street, postcode and town, in the order of the country."""
        return address_lines(
            {"street": self.street, "postcode": self.postcode, "city": self.city, "country": self.country}
        )


class LegalEntity(Base, PublicId, PartnerScoped):
    """What gets paid: tax id, bank (sealed), the vendor's number for it."""

    __tablename__ = "legal_entity"
    __prefix__ = "leg"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(200))
    country: Mapped[str] = mapped_column(sa.String(2))
    tax_id: Mapped[str] = mapped_column(sa.String(40), default="")
    bank_sealed: Mapped[bytes | None]
    vendor_number: Mapped[str] = mapped_column(sa.String(60), default="")


class Mandate(Base, PublicId, PartnerScoped):
    """A dated, revocable permission for an agency or a vendor to act for a partner, by scope."""

    __tablename__ = "mandate"
    __prefix__ = "man"
    id: Mapped[Id]
    holder_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("organisation.id"))
    scopes: Mapped[list[Any]]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
