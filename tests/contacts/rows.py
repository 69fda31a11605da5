"""Contacts of the tests, with as little said about them as a test wants."""

import itertools
from typing import Any

from tcma.contacts.addresses import address_digest
from tcma.contacts.models import Basis, ConsentEvent, Contact, ContactList, ListEntry
from tcma.core.db import session
from tests.factories import NOW, save

_numbers = itertools.count(1)


def contact(
    partner: Any,
    *,
    email: str | None = "",
    on: ContactList | None = None,
    basis: Basis | None = Basis.CONSENT,
    granted: bool = True,
    **more: Any,
) -> Contact:
    """A person of this partner, with consent unless the test says otherwise, on a list if one is given."""
    address = f"person{next(_numbers)}@customer.example" if email == "" else email
    found = save(
        Contact(
            partner_id=partner.id,
            email=address,
            email_hash=address_digest(address) if address else None,
            created_at=NOW,
            updated_at=NOW,
            **more,
        )
    )
    if basis is not None:
        save(consent(found, basis=basis, granted=granted))
    if on is not None:
        put_on(on, found)
    return loose(found)


def consent(person: Contact, *, basis: Basis = Basis.CONSENT, granted: bool = True) -> ConsentEvent:
    """A word of this person about marketing by e-mail."""
    return ConsentEvent(
        partner_id=person.partner_id,
        contact_id=person.id,
        basis=basis,
        granted=granted,
        method="test",
        actor_label="factory",
        at=NOW,
    )


def a_list(partner: Any, name: str | None = None) -> ContactList:
    """A list of this partner."""
    return loose(save(ContactList(partner_id=partner.id, name=name or f"List {next(_numbers)}", created_at=NOW)))


def loose(row: Any) -> Any:
    """Let a test go on reading a row after the session it was written in."""
    session.flush()
    session.expunge(row)
    return row


def put_on(the_list: ContactList, person: Contact) -> None:
    """Put a person on a list."""
    save(ListEntry(partner_id=person.partner_id, list_id=the_list.id, contact_id=person.id))
