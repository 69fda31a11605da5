"""How many contacts a partner keeps: told by one row, right whatever is added and erased, and by however many at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from tcma.config import Settings
from tcma.contacts import operations
from tcma.contacts.models import Basis, Contact, ContactTally
from tcma.contacts.operations import NoRoomForContacts
from tcma.contacts.operations.room import room_for_contacts
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import db, session
from tcma.core.errors import NotFound
from tcma.core.tenancy import acting
from tests.contacts.rows import contact
from tests.contacts.test_imports import bring_in, row, table
from tests.mdf.test_at_once import at_once, database_template
from tests.people import People

__all__ = ["database_template"]


def add(email: str, by: Actor, now: datetime) -> Contact:
    return operations.add_contact(email=email, fields={}, basis=Basis.CONSENT, source="Fair", by=by, now=now)


def kept(people: People) -> tuple[int, int]:
    """What the row says, and how many there are."""
    with acting(people.actor("alice")):
        counted = sa.select(sa.func.count()).select_from(Contact).where(Contact.erased_at.is_(None))
        return session.scalars(sa.select(ContactTally.contacts)).one(), session.scalar(counted) or 0


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield said
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_adding_one_contact_counts_none(people: People, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        add("first@kunde.example", by, now)

        with statements() as said:
            add("second@kunde.example", by, now)

    assert said
    assert [one for one in said if "count(" in one.lower()] == []
    assert kept(people) == (2, 2)


def test_contacts_from_before_the_row_are_counted_once(people: People, now: datetime) -> None:
    for _number in range(3):
        contact(people.partner)
    contact(people.partner, email=None, erased_at=now)
    contact(people.other_partner)
    by = people.actor("alice")

    with acting(by):
        add("new@kunde.example", by, now)

    assert kept(people) == (4, 4)


def test_erasing_somebody_makes_room_once(people: People, settings: Settings, now: datetime) -> None:
    runtime.start(replace(settings, contact_quota=1))
    by = people.actor("alice")
    with acting(by):
        person = add("eva@kunde.example", by, now)
        with pytest.raises(NoRoomForContacts):
            add("ben@kunde.example", by, now)

        operations.erase_contact(contact_id=person.id, by=by, now=now)
        with pytest.raises(NotFound):
            operations.erase_contact(contact_id=person.id, by=by, now=now)
        session.flush()

        assert room_for_contacts(people.partner.id) == 1
        add("ben@kunde.example", by, now)
    assert kept(people) == (1, 1)


@given(steps=st.lists(st.sampled_from(["add", "erase", "form", "again", "import"]), min_size=1, max_size=8))
@given_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_row_says_how_many_there_are_whatever_is_done(people: People, now: datetime, steps: list[str]) -> None:
    by = people.actor("alice")
    for step in steps:
        with acting(by):
            number = session.scalar(sa.select(sa.func.max(Contact.id))) or 0
            if step == "add":
                add(f"new{number}@kunde.example", by, now)
            elif step == "erase":
                last = session.scalar(sa.select(sa.func.max(Contact.id)).where(Contact.erased_at.is_(None)))
                if last is not None:
                    operations.erase_contact(contact_id=last, by=by, now=now)
            elif step in {"form", "again"}:
                email = f"form{number}@kunde.example" if step == "form" else "same@kunde.example"
                operations.capture_person(
                    email=email, statement=operations.Statement(text="x"), consent_given=False,
                    partner_id=people.partner.id, by=by, now=now,
                )  # fmt: skip
        session.commit()
        if step == "import":
            bring_in(people, table([row(f"a{number}@kunde.example"), row("same@kunde.example")]), now)
        with acting(by):
            room_for_contacts(people.partner.id)
        session.commit()
        told, there = kept(people)
        assert told == there


@pytest.mark.real("postgresql")
@pytest.mark.own_database
def test_of_many_at_once_only_as_many_are_added_as_there_is_room_for(
    app: Flask, people: People, settings: Settings, now: datetime
) -> None:
    runtime.start(replace(settings, contact_quota=5))
    by = people.actor("alice")

    commands = [lambda by, number=number: add(f"p{number}@kunde.example", by, now) for number in range(20)]

    assert at_once(app, by, commands) == {"done": 5, "NoRoomForContacts": 15}
    assert kept(people) == (5, 5)
