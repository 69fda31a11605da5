"""No row hangs on a row of another tenant, and none is refused because of one."""

import pytest
import sqlalchemy as sa
from flask import Flask

from syndication.models import Recipient
from tcma.contacts.models import Contact, ContactList, ListEntry
from tcma.core import keys
from tcma.core.db import Base, session
from tcma.core.tenancy import acting
from tcma.leads.models import Lead, LeadKind
from tests import factories
from tests.factories import NOW
from tests.people import People


def _foreign_keys() -> list[sa.ForeignKeyConstraint]:
    return [key for table in Base.metadata.sorted_tables for key in table.foreign_key_constraints]


def _stands_alone(key: sa.ForeignKeyConstraint) -> bool:
    return key.referred_table.name in keys.PLAIN or f"{key.table.name}.{key.column_keys[-1]}" in keys.PLAIN


def test_every_key_to_a_row_of_a_tenant_carries_the_tenant(app: Flask) -> None:
    between = [key for key in _foreign_keys() if not _stands_alone(key)]
    plain = [f"{key.table.name}: {key.column_keys}" for key in between if len(key.column_keys) < 2]
    short = [
        f"{key.table.name}: {key.column_keys}"
        for key in between
        if set(key.column_keys[:-1]) != set(keys.tenants_of(key)) or not keys.tenants_of(key)
    ]

    assert (plain, short) == ([], [])
    assert len(between) > 70


def test_a_key_names_the_same_tenant_on_both_sides(app: Flask) -> None:
    for key in _foreign_keys():
        if not _stands_alone(key):
            pairs = [(e.parent.name, e.column.name) for e in key.elements]
            assert pairs == [(name, name) for name in key.column_keys[:-1]] + [(key.column_keys[-1], "id")]


def test_no_exception_is_kept_in_vain(app: Flask) -> None:
    used = {key.referred_table.name for key in _foreign_keys()}
    used |= {f"{key.table.name}.{key.column_keys[-1]}" for key in _foreign_keys()}

    assert used >= keys.PLAIN.keys() | keys.NARROWER.keys()


def test_what_is_unique_is_so_within_its_tenant(app: Flask) -> None:
    without = [
        f"{table.name}: {unique.columns.keys()}"
        for table in Base.metadata.sorted_tables
        for unique in keys.unique_keys(table)
        if keys.scope_columns(table) and not set(unique.columns.keys()) & set(keys.scope_columns(table))
    ]

    assert without == []


def test_a_tenant_that_may_be_missing_is_held_by_a_check(app: Flask) -> None:
    loose = {key.table.name for key in _foreign_keys() for name in key.column_keys[:-1] if key.table.c[name].nullable}

    # With an empty column a key of several is not checked at all; `lead` asks for the partner where one is named.
    assert loose == {"lead"}


def test_making_the_keys_again_changes_nothing(app: Flask) -> None:
    def told() -> list[str]:
        tables = Base.metadata.sorted_tables
        return sorted(f"{t.name} {type(c).__name__} {c.name} {c.columns.keys()}" for t in tables for c in t.constraints)

    before = told()
    keys.carry_tenants()

    assert told() == before


def _contact(partner_id: int, email: str) -> int:
    row = Contact(partner_id=partner_id, email=email, created_at=NOW, updated_at=NOW)
    return factories.save(row).id


def test_a_contact_of_another_partner_goes_on_no_list(people: People) -> None:
    mine = factories.save(ContactList(partner_id=people.partner.id, name="Customers", created_at=NOW)).id
    theirs = _contact(people.other_partner.id, "ann@example.com")
    session.commit()

    with acting(people.actor("alice")), pytest.raises(sa.exc.IntegrityError):
        session.execute(
            sa.insert(ListEntry.__table__).values(partner_id=people.partner.id, list_id=mine, contact_id=theirs)
        )
    session.rollback()


def _lead(people: People, *, partner_id: int | None, owner_id: int, **more: object) -> Lead:
    return Lead(
        owner_id=owner_id, vendor_id=people.vendor.id, partner_id=partner_id, kind=LeadKind.PARTNER_GENERATED,
        captured_at=NOW, updated_at=NOW, **more,
    )  # fmt: skip


def test_a_key_that_one_partner_has_used_is_free_for_another(people: People) -> None:
    for partner in (people.partner, people.other_partner):
        factories.save(
            _lead(people, partner_id=partner.id, owner_id=partner.id, identity_key="same", idempotency_key="form:1")
        )

    session.commit()


def test_a_contact_without_its_partner_is_no_part_of_a_lead(people: People) -> None:
    theirs = _contact(people.other_partner.id, "ann@example.com")
    session.commit()

    with pytest.raises(sa.exc.IntegrityError):
        factories.save(
            _lead(people, partner_id=None, owner_id=people.vendor.id, identity_key="same", contact_id=theirs)
        )
    session.rollback()


@pytest.mark.parametrize(("contact_id", "registrant_id"), [(None, None), (1, 1)])
def test_a_recipient_is_a_contact_or_a_registrant_and_never_both(
    people: People, contact_id: int | None, registrant_id: int | None
) -> None:
    row = {"partner_id": people.partner.id, "launch_id": 1, "language": "en", "zone": "UTC", "public_id": "rcp_1"}
    wrong = sa.insert(Recipient.__table__).values(**row, contact_id=contact_id, registrant_id=registrant_id)

    with acting(people.actor("alice")), pytest.raises(sa.exc.IntegrityError, match="a_contact_or_a_registrant"):
        session.execute(wrong)
    session.rollback()
