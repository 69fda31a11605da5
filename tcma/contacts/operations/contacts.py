"""What people do with single contacts: add, change, erase; and what a form brings in."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.contacts.addresses import address_digest, clean_address
from tcma.contacts.models import (
    Basis,
    Contact,
    ContactList,
    ImportFinding,
    ListEntry,
    Suppression,
    SuppressionScope,
)
from tcma.contacts.operations.confirming import MAIL, ask_to_confirm, forms_are_confirmed, has_agreed
from tcma.contacts.operations.consent import ERASED, append, keep_suppressed
from tcma.contacts.operations.room import count_in, take_room
from tcma.contacts.operations.statements import Statement, collection_point
from tcma.contacts.operations.waiting import ask_anew, forget
from tcma.contacts.people import PLACES, WORDS, clean_value
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError, NotFound
from tcma.core.models import Message
from tcma.core.words import lazy_gettext as _


class KnownAddress(Conflict):
    """Somebody with this address is in the partner's contacts."""


class AskedToBeErased(DomainError):
    """The person asked this partner to be forgotten."""


def add_contact(
    *, email: str | None, fields: Mapping[str, str], basis: Basis, source: str, by: Actor, now: datetime
) -> Contact:
    """Add a person by hand, with the ground on which it may be mailed.

    Refused: `KnownAddress`, `AskedToBeErased`, `NoRoomForContacts`.
    """
    partner_id = require(by.partner_id)
    address = _new_address(email, partner_id)
    take_room(partner_id)
    contact = _made(partner_id, address, fields, now)
    append(contact, granted=True, basis=basis, method="added_by_hand", source=source, by=by, now=now)
    _audited(by, "contact.added", contact, now)
    return contact


def _new_address(email: str | None, partner_id: int) -> str | None:
    if not (email or "").strip():
        return None
    address = clean_address(email or "")
    if _by_address(partner_id, address) is not None:
        raise KnownAddress(_("Somebody with this address is in your contacts already."), field="email")
    asked = sa.select(Suppression.id).where(
        Suppression.digest == address_digest(address),
        Suppression.scope == SuppressionScope.PARTNER,
        Suppression.org_id == partner_id,
        Suppression.reason == ERASED,
    )
    if session.scalar(asked) is not None:
        raise AskedToBeErased(_("This person asked you to be erased and cannot be added again."), field="email")
    return address


def _made(partner_id: int, address: str | None, fields: Mapping[str, str], now: datetime) -> Contact:
    contact = Contact(
        partner_id=partner_id,
        email=address,
        email_hash=address_digest(address) if address else None,
        created_at=now,
        updated_at=now,
        **_cleaned(fields),
    )
    session.add(contact)
    session.flush()  # its first word needs the id
    return contact


def _cleaned(fields: Mapping[str, str]) -> dict[str, str | None]:
    cleaned = {name: clean_value(name, fields[name] or "") for name in (*WORDS, *PLACES) if name in fields}
    return {name: value or None if name in PLACES else value for name, value in cleaned.items()}


def update_contact(
    *, contact_id: int, email: str | None, fields: Mapping[str, str], by: Actor, now: datetime
) -> Contact:
    """Let a contact be as `fields` say. A new address takes no consent or opt-out along: it is asked anew."""
    contact = _in_reach(contact_id)
    address = clean_address(email or "") if (email or "").strip() else None
    changes = {name: value for name, value in _cleaned(fields).items() if getattr(contact, name) != value}
    if address != contact.email:
        address = _new_address(email, contact.partner_id)
        changes |= {"email": address, "email_hash": address_digest(address) if address else None}
    if not changes:
        return contact
    if "email" in changes and contact.email is not None:
        append(contact, granted=False, basis=Basis.UNPROVEN, method="address_changed", by=by, now=now)
    for name, value in changes.items():
        setattr(contact, name, value)
    if "email" in changes:
        ask_anew(contact.id)
    contact.updated_at = now
    _audited(by, "contact.updated", contact, now, fields=sorted(changes.keys() - {"email_hash"}))
    return contact


def erase_contact(*, contact_id: int, by: Actor, now: datetime) -> Contact:
    """Forget a person: the row is blank and keeps its id, and only the suppression's hash knows the address."""
    contact = _in_reach(contact_id)
    count_in(contact.partner_id, -1)
    session.refresh(contact)  # whoever erased it at the same time has done so by now
    if contact.erased_at is not None:
        raise NotFound
    if contact.email:
        keep_suppressed(
            digest=address_digest(contact.email), scope=SuppressionScope.PARTNER, org_id=contact.partner_id,
            reason=ERASED, now=now,
        )  # fmt: skip
        _erase_findings(contact.email)
        _erase_rules(contact.email)
    _erase_mails(contact.id)
    forget(contact.id)
    session.execute(sa.delete(ListEntry).where(ListEntry.contact_id == contact.id))
    contact.email = contact.email_hash = contact.country = contact.language = contact.zone = contact.site_id = None
    for name in WORDS:
        setattr(contact, name, "")
    contact.custom, contact.erased_at, contact.updated_at = {}, now, now
    _audited(by, "contact.erased", contact, now)
    outbox.tell("contact.erased", contact_id=contact.id, partner_id=contact.partner_id, now=now)
    return contact


def _erase_mails(contact_id: int) -> None:
    """Blank the mails that asked this person to confirm."""
    asked = sa.select(Message).where(Message.unique_key.startswith(f"{MAIL}:{contact_id}:"))
    for message in session.scalars(asked):
        message.to_address = message.to_name = message.html = message.text = ""


def _erase_rules(email: str) -> None:
    """Take the address out of the rules of live lists that name it."""
    live = sa.select(ContactList).where(sa.cast(ContactList.rules, sa.Text).icontains(email, autoescape=True))
    for found in session.scalars(live):
        kept = require(found.rules)
        rules = [{**row, "is": "empty", "value": ""} if email in row["value"].lower() else row for row in kept["rules"]]
        found.rules = {**kept, "rules": rules}


def _erase_findings(email: str) -> None:
    """Blank the rows of past imports that name the address."""
    spellings = {email, json.dumps(email)[1:-1]}
    text = sa.cast(ImportFinding.row, sa.Text)
    named = sa.select(ImportFinding).where(sa.or_(*(text.icontains(one, autoescape=True) for one in spellings)))
    for finding in session.scalars(named):
        finding.row = []


def note_export(*, list_id: int | None, by: Actor, now: datetime) -> None:
    """Keep in the audit trail that somebody took the contacts, or those of a list, along."""
    audit.record(by=by, action="contacts.exported", object_type="contact_list", object_id=list_id, now=now)


def capture_person(
    *,
    email: str,
    statement: Statement,
    consent_given: bool,
    partner_id: int,
    by: Actor,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
    company: str = "",
    phone: str = "",
    city: str = "",
    country: str = "",
    language: str = "",
    proof: str = "",
) -> Contact:
    """Keep who filled in a form, with the very statement that stood there. What is known already is only filled up.

    Consent is written when it was given, or asked for by mail first where the partner wants that. An opt-out of before
    stays in force until then: a form proves no mailbox.
    The caller's own command writes the audit row.
    """
    address = clean_address(email)
    said = {"first_name": first_name, "last_name": last_name, "company": company, "phone": phone, "city": city}
    fields = {**said, "country": country, "language": language}
    contact = _by_address(partner_id, address)
    if contact is None:
        count_in(partner_id, 1)  # a form is answered whether there is room or not
        contact = _made(partner_id, address, fields, now)
    else:
        _fill_up(contact, _cleaned(fields), now)
    if consent_given:
        point = collection_point(partner_id, statement, now)
        if forms_are_confirmed(partner_id) and not has_agreed(contact):
            ask_to_confirm(contact, point, by=by, now=now)
        else:
            append(
                contact, granted=True, basis=Basis.CONSENT, method="form", source=statement.kind, proof=proof,
                collection_point_id=point.id, by=by, now=now,
            )  # fmt: skip
    return contact


def _fill_up(contact: Contact, values: Mapping[str, str | None], now: datetime) -> None:
    for name, value in values.items():
        if value and not getattr(contact, name):
            setattr(contact, name, value)
            contact.updated_at = now


def _by_address(partner_id: int, address: str) -> Contact | None:
    return session.scalar(sa.select(Contact).where(Contact.partner_id == partner_id, Contact.email == address))


def _in_reach(contact_id: int) -> Contact:
    return require(session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.erased_at.is_(None))))


def _audited(by: Actor, action: str, contact: Contact, now: datetime, **after: Any) -> None:
    audit.record(by=by, action=action, object_type="contact", object_id=contact.id, after=after or None, now=now)
