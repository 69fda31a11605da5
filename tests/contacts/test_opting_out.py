"""Opt-outs that people declared in the partner's own tool are brought back, counted, and hold for every vendor."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tcma.contacts.addresses import address_digest
from tcma.contacts.models import ConsentEvent, Suppression, SuppressionScope
from tcma.contacts.operations import Line, opt_out_lines, subscribe_again, take_opt_outs, unblock
from tcma.contacts.operations.blocking import NotListed
from tcma.contacts.operations.opting_out import NoOptOuts, OptOuts, TooManyOptOuts, _addresses
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tests.contacts.rows import contact
from tests.people import People

FILE = b"Email Address,First Name\neva@customer.example,Eva\nnobody,Jan\nunknown@customer.example,\n\nEVA@customer.example,E\n"


def brought(people: People, data: bytes, now: datetime, name: str = "alice") -> OptOuts:
    by = people.actor(name)
    with acting(by):
        told = take_opt_outs(lines=opt_out_lines(data), source="campaign lau_1", by=by, now=now)
        session.flush()
    return told


def suppressed(people: People) -> dict[str, str]:
    chosen = sa.select(Suppression.digest, Suppression.reason).where(
        Suppression.scope == SuppressionScope.PARTNER, Suppression.org_id == people.partner.id
    )
    return {row.digest: row.reason for row in session.execute(chosen)}


def test_who_opted_out_elsewhere_is_opted_out_here_with_the_reason_and_bad_rows_are_listed(
    people: People, now: datetime
) -> None:
    eva = contact(people.partner, email="eva@customer.example")

    told = brought(people, FILE, now)

    assert (told.added, told.known, told.odd) == (2, 0, 1)
    assert told.odd_lines == [Line(3, "nobody Jan")]
    assert suppressed(people) == {
        address_digest("eva@customer.example"): "own_tool",
        address_digest("unknown@customer.example"): "own_tool",
    }
    with acting(people.actor("alice")):
        latest = session.scalars(
            sa.select(ConsentEvent).where(ConsentEvent.contact_id == eva.id).order_by(ConsentEvent.id.desc())
        ).first()
        assert latest is not None
        assert (latest.granted, latest.method, latest.source) == (False, "own_tool", "campaign lau_1")


def test_bringing_the_same_file_again_changes_nothing_and_says_so(people: People, now: datetime) -> None:
    contact(people.partner, email="eva@customer.example")
    brought(people, FILE, now)

    told = brought(people, FILE, now)

    assert (told.added, told.known, told.odd) == (0, 2, 1)


def test_another_partners_person_of_the_same_address_is_left_alone(people: People, now: datetime) -> None:
    theirs = contact(people.other_partner, email="eva@customer.example")

    brought(people, FILE, now)

    with acting(people.actor("charlie")):
        events = session.scalars(sa.select(ConsentEvent).where(ConsentEvent.contact_id == theirs.id)).all()
        assert [one.granted for one in events] == [True]


def test_an_opt_out_from_the_own_tool_is_the_persons_to_take_back_and_nobody_elses(
    people: People, now: datetime
) -> None:
    eva = contact(people.partner, email="eva@customer.example")
    brought(people, FILE, now)
    by = people.actor("alice")

    with acting(by):
        with pytest.raises(NotListed):
            unblock(entry="eva@customer.example", by=by, now=now)
        subscribe_again(partner_id=people.partner.id, contact_id=eva.id, by=by, now=now)
        session.flush()

    assert address_digest("eva@customer.example") not in suppressed(people)


def test_no_address_stands_in_the_audit_trail(people: People, now: datetime) -> None:
    brought(people, FILE, now)

    with acting(people.actor("alice")):
        rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "opt_outs.brought_back")).all()
    assert [one.after for one in rows] == [{"source": "campaign lau_1", "added": 2, "known": 0, "odd": 1}]


def test_an_empty_list_and_one_that_is_too_long_are_refused_whole(people: People, now: datetime) -> None:
    by = people.actor("alice")
    too_many = [Line(number, f"p{number}@customer.example") for number in range(10_001)]

    with acting(by):
        with pytest.raises(NoOptOuts):
            take_opt_outs(lines=[], source="x", by=by, now=now)
        with pytest.raises(TooManyOptOuts):
            take_opt_outs(lines=too_many, source="x", by=by, now=now)

    assert suppressed(people) == {}


@given(st.lists(st.one_of(st.emails(), st.text(max_size=12)), max_size=30))
def test_each_line_is_an_address_or_is_counted_as_odd(entries: list[str]) -> None:
    told = OptOuts()

    found = _addresses([Line(number, one) for number, one in enumerate(entries, 1)], told)

    lines = [one for one in entries if one.strip()]
    assert told.odd <= len(lines)
    assert len(found) <= len(lines) - told.odd
    assert len(told.odd_lines) == min(told.odd, 20)
