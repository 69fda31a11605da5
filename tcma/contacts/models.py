"""A partner's own people: no vendor is on the row, and no vendor role can read it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tcma.core.db import Base, BigId, Id, PublicId
from tcma.core.tenancy import PartnerScoped, PlatformScoped


class Basis(StrEnum):
    """On which ground a contact may be written to."""

    CONSENT = "consent"
    EXISTING_CUSTOMER = "existing_customer"
    LEGITIMATE_INTEREST = "legitimate_interest"
    UNPROVEN = "unproven"


class Contact(Base, PublicId, PartnerScoped):
    """A person in a partner's own list. Erasure blanks the row and keeps its id."""

    __tablename__ = "contact"
    __prefix__ = "con"
    id: Mapped[Id]
    site_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("site.id"))
    email: Mapped[str | None] = mapped_column(sa.String(320))
    email_hash: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    first_name: Mapped[str] = mapped_column(sa.String(120), default="")
    last_name: Mapped[str] = mapped_column(sa.String(120), default="")
    company: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    country: Mapped[str | None] = mapped_column(sa.String(2))
    language: Mapped[str | None] = mapped_column(sa.String(10))
    zone: Mapped[str | None] = mapped_column(sa.String(60))
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "email"),)


class ContactTally(Base, PartnerScoped):
    """How many contacts a partner keeps, without those that were erased."""

    __tablename__ = "contact_tally"
    id: Mapped[Id]
    contacts: Mapped[int] = mapped_column(default=0)
    __table_args__ = (sa.UniqueConstraint("partner_id"),)


class ContactList(Base, PublicId, PartnerScoped):
    """A named list of contacts. One with rules is live: whoever they fit is on it, and nobody is put there by hand.

    Who is put on one that `asks` has to confirm by mail first.
    """

    __tablename__ = "contact_list"
    __prefix__ = "lst"
    id: Mapped[Id]
    site_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    rules: Mapped[dict[str, Any] | None]
    asks: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "name"),)


class ListEntry(Base, PartnerScoped):
    """A contact on a list."""

    __tablename__ = "list_entry"
    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact_list.id"), index=True)
    contact_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact.id"), index=True)
    __table_args__ = (sa.UniqueConstraint("list_id", "contact_id"),)


class Confirmation(Base, PartnerScoped):
    """A contact that was put on a list that asks, and what became of it: until it confirms, nothing is mailed to it.

    `mailed_at` is when the one mail that asks was written; it waits while the contact may not be mailed at all.
    """

    __tablename__ = "confirmation"
    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact.id"))
    list_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact_list.id"), index=True)
    asked_by: Mapped[str] = mapped_column(sa.String(120))
    asked_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("contact_id"),)


class Topic(Base, PublicId, PartnerScoped):
    """What a partner writes about, in its own words and perhaps in other languages.

    `key` is how consent names it: the theme of kits that it stands for, or its own address.
    """

    __tablename__ = "topic"
    __prefix__ = "top"
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(sa.String(30))
    name: Mapped[str] = mapped_column(sa.String(60))
    names: Mapped[dict[str, Any]] = mapped_column(default=dict)
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "key"),)


class ContactField(Base, PartnerScoped):
    """The name of a field of the partner's own, as its files or its people brought it in."""

    __tablename__ = "contact_field"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(sa.String(60))
    __table_args__ = (sa.UniqueConstraint("partner_id", "name"),)


class ImportState(StrEnum):
    """Where an import stands."""

    MAPPING = "mapping"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Merge(StrEnum):
    """What becomes of somebody whom a file knows and the partner too."""

    FILE = "file"
    FILL = "fill"
    KEEP = "keep"


class ContactImport(Base, PublicId, PartnerScoped):
    """A file of contacts: its mapping, its progress, and what was wrong row by row.

    The file itself goes when its rows are in; the header's hash brings the mapping back for the next file like it.
    """

    __tablename__ = "contact_import"
    __prefix__ = "imp"
    id: Mapped[Id]
    list_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("contact_list.id"))
    state: Mapped[ImportState] = mapped_column(default=ImportState.MAPPING)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    blob: Mapped[str | None] = mapped_column(sa.String(200))
    header_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merge: Mapped[Merge] = mapped_column(default=Merge.FILE)
    basis: Mapped[Basis | None]
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    suppressed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(sa.String(300), default="")
    imported_by: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("membership.id"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportFinding(Base, PartnerScoped):
    """A row of an import that did not go in, and why."""

    __tablename__ = "import_finding"
    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact_import.id"), index=True)
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(200))
    row: Mapped[list[Any]]


class CollectionPoint(Base, PublicId, PartnerScoped):
    """A versioned statement shown where people's data are collected: text, parties, roles, purposes."""

    __tablename__ = "collection_point"
    __prefix__ = "cpt"
    __append_only__ = True
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int] = mapped_column(sa.Integer, default=1)
    language: Mapped[str] = mapped_column(sa.String(10))
    text: Mapped[str] = mapped_column(sa.Text)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    parties: Mapped[list[Any]]
    purposes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("partner_id", "text_hash"),)


class ContactRule(Base, PartnerScoped):
    """What a partner chose for all its contacts: whether who agrees on a form has to confirm by mail."""

    __tablename__ = "contact_rule"
    id: Mapped[Id]
    confirm_forms: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (sa.UniqueConstraint("partner_id"),)


class ConsentEvent(Base, PartnerScoped):
    """Consent is evidence: who, when, how, which text, for which channel and purpose. A withdrawal is one more row."""

    __tablename__ = "consent_event"
    __append_only__ = True
    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(BigId, sa.ForeignKey("contact.id"))
    channel: Mapped[str] = mapped_column(sa.String(20), default="email")
    purpose: Mapped[str] = mapped_column(sa.String(40), default="marketing")
    basis: Mapped[Basis]
    granted: Mapped[bool]
    method: Mapped[str] = mapped_column(sa.String(60))
    source: Mapped[str] = mapped_column(sa.String(300), default="")
    proof: Mapped[str] = mapped_column(sa.String(120), default="")
    collection_point_id: Mapped[int | None] = mapped_column(BigId, sa.ForeignKey("collection_point.id"))
    actor_label: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    # Both columns in one index: the planner takes it even before it has figures about a table that is being filled.
    __table_args__ = (sa.Index("ix_consent_event_contact_partner", "contact_id", "partner_id"),)


class SuppressionScope(StrEnum):
    """For whom a suppression holds."""

    PLATFORM = "platform"
    VENDOR = "vendor"
    PARTNER = "partner"


class Suppression(Base, PlatformScoped):
    """An address or domain that must not be mailed, as a keyed hash. It outlives re-import and erasure.

    It stands without a row policy: it holds hashes and tenant ids, and senders of every tenant ask it.
    """

    __tablename__ = "suppression"
    id: Mapped[Id]
    scope: Mapped[SuppressionScope]
    org_id: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(sa.String(10), default="address")
    digest: Mapped[str] = mapped_column(sa.String(64))
    reason: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    __table_args__ = (sa.UniqueConstraint("digest", "scope", "org_id"),)
