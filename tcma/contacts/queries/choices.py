"""What the pages behind a mail's links show: no more than the reader knows."""

from dataclasses import dataclass

import sqlalchemy as sa

from tcma.contacts.models import Contact
from tcma.contacts.queries.audience import LeftOut
from tcma.contacts.queries.people import reason_for
from tcma.core.db import session
from tcma.identity.models import Organisation
from tcma.partners.models import Site

STOPPED = frozenset({LeftOut.SUPPRESSED.value, LeftOut.NO_CONSENT.value})


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a hint of the address, the language, and whether mail is stopped already."""

    address: str
    language: str
    stopped: bool


def reader_of(partner_id: int, contact_id: int) -> Reader | None:
    """Return the person behind a link, or None when the row is blank or gone."""
    row = session.execute(
        sa.select(Contact.email, sa.func.coalesce(Contact.language, Site.language, Organisation.language))
        .join(Organisation, Organisation.id == Contact.partner_id)
        .outerjoin(Site, Site.id == Contact.site_id)
        .where(Contact.id == contact_id, Contact.partner_id == partner_id, Contact.email.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return Reader(_hint(row[0]), row[1], reason_for(contact_id) in STOPPED)


def language_of(contact: Contact) -> str:
    """Return the language that a contact is written to in: its own, else its site's, else the partner's."""
    chosen = (
        sa.select(sa.func.coalesce(Contact.language, Site.language, Organisation.language))
        .join(Organisation, Organisation.id == Contact.partner_id)
        .outerjoin(Site, Site.id == Contact.site_id)
    )
    return session.scalar(chosen.where(Contact.id == contact.id)) or "en"


def _hint(address: str) -> str:
    """Return enough of an address to be known by its owner, and too little for anybody else."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:2]}…@{domain}"
