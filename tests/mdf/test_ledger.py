"""Money is never lost, doubled or made up: the ledger's invariants under any order of events."""

from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.mdf import ledger
from tcma.mdf.ledger import FundsExhausted, KeyUsedOtherwise, Move, Place, Unbalanced
from tcma.mdf.models import Fund, LedgerEntry, LedgerTransaction, Purpose
from tests import factories
from tests.factories import NOW
from tests.people import People


def _fund(people: People) -> Fund:
    return factories.save(
        Fund(
            vendor_id=people.vendor.id,
            name="Spring",
            currency="EUR",
            starts_on=date(2026, 1, 1),
            requests_until=date(2026, 12, 1),
            claims_until=date(2027, 1, 31),
        )
    )


def _book(people: People, fund: Fund, source: Purpose, target: Purpose, minor: int, key: str) -> LedgerTransaction:
    move = Move(Place(fund.id, source), Place(fund.id, target), Money(minor, "EUR"))
    return ledger.post(
        [move],
        vendor_id=people.vendor.id,
        key=key,
        reason="test",
        object_type="fund",
        object_id=fund.id,
        by=Actor.system("test"),
        now=NOW,
    )


def _balance(people: People, fund: Fund, purpose: Purpose) -> int:
    return ledger.balance(Place(fund.id, purpose), vendor_id=people.vendor.id, currency="EUR").minor


def test_what_leaves_one_place_arrives_at_another(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")
        _book(people, fund, Purpose.UNALLOCATED, Purpose.ALLOCATED, 4_000, "share")

        assert _balance(people, fund, Purpose.UNALLOCATED) == 6_000
        assert _balance(people, fund, Purpose.ALLOCATED) == 4_000
        assert ledger.breaches() == []


def test_a_place_never_falls_below_zero(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")

        with pytest.raises(FundsExhausted, match="100.00"):
            _book(people, fund, Purpose.UNALLOCATED, Purpose.ALLOCATED, 10_001, "too much")
        session.rollback()


def test_the_same_key_posts_once_and_another_amount_under_it_is_refused(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        first = _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")
        again = _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")

        assert again.id == first.id
        assert _balance(people, fund, Purpose.UNALLOCATED) == 10_000
        with pytest.raises(KeyUsedOtherwise):
            _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 9_999, "budget")
        session.rollback()


def test_a_correction_is_a_new_transaction_that_names_the_old_one(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        wrong = _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")
        undone = ledger.reverse(wrong, key="budget undone", reason="mistyped", by=Actor.system("test"), now=NOW)

        assert undone.reverses_id == wrong.id
        assert _balance(people, fund, Purpose.UNALLOCATED) == 0
        assert _balance(people, fund, Purpose.FUNDING) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry)) == 4


def test_nothing_and_less_than_nothing_cannot_be_moved(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        for minor in (0, -1):
            with pytest.raises(Unbalanced):
                _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, minor, "odd")


def test_an_entry_on_one_side_only_is_found_by_verify_and_refused_by_postgresql(people: People) -> None:
    fund = _fund(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        made = _book(people, fund, Purpose.FUNDING, Purpose.UNALLOCATED, 10_000, "budget")
        account_id = session.scalar(sa.select(LedgerEntry.account_id))
        session.add(
            LedgerEntry(
                vendor_id=people.vendor.id,
                transaction_id=made.id,
                account_id=account_id,
                amount_minor=5,
                currency="EUR",
            )
        )
        session.flush()

        assert any("sum to 5" in breach for breach in ledger.breaches())
        if session.get_bind().dialect.name == "postgresql":
            with pytest.raises(sa.exc.DBAPIError, match="not balanced"):
                session.commit()
        session.rollback()


MOVES = st.lists(
    st.tuples(st.sampled_from(list(Purpose)), st.sampled_from(list(Purpose)), st.integers(1, 5_000)), max_size=25
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_any_order_of_moves_keeps_the_invariants_and_agrees_with_a_plain_model(people: People, moves: list) -> None:
    fund = _fund(people)
    model = dict.fromkeys(Purpose, 0)
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        for number, (source, target, minor) in enumerate(moves):
            possible = source is not target and (source in ledger.BELOW_ZERO or model[source] >= minor)
            try:
                with session.begin_nested():
                    _book(people, fund, source, target, minor, f"move {number}")
                assert possible
                model[source] -= minor
                model[target] += minor
            except (FundsExhausted, Unbalanced):
                assert not possible

        assert {purpose: _balance(people, fund, purpose) for purpose in Purpose} == model
        assert ledger.breaches() == []
        session.rollback()
