"""Many at once, on PostgreSQL: no share is overdrawn, no claim decided or paid twice, whoever presses first."""

import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.core import schema
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tcma.mdf import ledger, operations
from tcma.mdf.models import Activity, Claim, FundRequest, Purpose, Settlement
from tests import factories
from tests.factories import NOW
from tests.mdf import money
from tests.mdf.test_any_order import balances
from tests.people import People
from tests.run import POSTGRESQL

pytestmark = [pytest.mark.real("postgresql"), pytest.mark.own_database]
AT_ONCE = 64


@pytest.fixture(scope="module")
def database_template() -> Iterator[str]:
    """A database of its own on the server, whatever the rest of the suite runs on."""
    address = POSTGRESQL.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"tcma_at_once_{os.getpid()}_{secrets.token_hex(3)}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    own = engine.url.set(database=name)
    owner = sa.create_engine(own)
    schema.upgrade(owner, now=NOW)
    owner.dispose()
    yield own.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def at_once(app: Flask, by: Actor, commands: list[Callable[[Actor], object]]) -> Counter[str]:
    """Run every command in a thread, context and transaction of its own, all starting at the same instant."""
    start = threading.Event()

    def run(command: Callable[[Actor], object]) -> str:
        with app.app_context():
            start.wait(30)
            try:
                with transaction(), acting(by):
                    command(by)
            except DomainError as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(16) as threads:
        answers = threads.map(run, commands)
        start.set()
        return Counter(answers)


def test_approvals_at_once_never_overdraw_a_share(app: Flask, people: People) -> None:
    fund = money.fund(people, share=100_000)
    ids = [money.request(people, fund, 60_000).id for _ in range(AT_ONCE)]
    money.keep()

    def approving(request_id: int) -> Callable[[Actor], object]:
        return lambda by: operations.approve_request(request=session.get_one(FundRequest, request_id), by=by, now=NOW)

    answers = at_once(app, people.actor("amir"), [approving(request_id) for request_id in ids])

    assert answers == {"done": 3, "FundsExhausted": AT_ONCE - 3}
    assert balances(people, fund)[Purpose.RESERVED] == 90_000
    assert balances(people, fund)[Purpose.ALLOCATED] == 10_000
    with acting(Actor.reader("test")):
        assert ledger.breaches() == []


def test_one_request_approved_by_many_is_reserved_once(app: Flask, people: People) -> None:
    fund = money.fund(people)
    request_id = money.request(people, fund, 60_000).id
    money.keep()

    answers = at_once(
        app, people.actor("amir"),
        [lambda by: operations.approve_request(request=session.get_one(FundRequest, request_id), by=by, now=NOW)] * AT_ONCE,
    )  # fmt: skip

    assert answers == {"done": 1, "RequestMovedOn": AT_ONCE - 1}
    assert balances(people, fund)[Purpose.RESERVED] == 30_000


def test_one_claim_is_decided_once_and_paid_once(app: Flask, people: People) -> None:
    fund = money.fund(people)
    (activity,) = money.activities(people, money.approved(people, fund, 60_000))
    claim_id = money.handed_in(people, activity, 60_000).id
    money.keep()

    decided = at_once(
        app, people.actor("amir"),
        [lambda by: operations.decide_claim(claim=session.get_one(Claim, claim_id), by=by, now=NOW)] * AT_ONCE,
    )  # fmt: skip
    assert decided == {"done": 1, "ClaimMovedOn": AT_ONCE - 1}

    def pay(by: Actor) -> object:
        chosen = sa.select(Settlement).where(Settlement.claim_id == claim_id)
        return operations.release_settlement(settlement=session.scalars(chosen).one(), reference="", by=by, now=NOW)

    paid = at_once(app, people.actor("fiona"), [pay] * AT_ONCE)

    assert paid == {"done": 1, "SettlementMovedOn": AT_ONCE - 1}
    assert balances(people, fund)[Purpose.PAID] == 30_000
    with acting(Actor.reader("test")):
        assert ledger.breaches() == []


def test_withdrawing_deciding_and_approving_at_once_end_in_books_that_balance(app: Flask, people: People) -> None:
    fund = money.fund(people)
    whole = [money.approved(people, fund, 20_000) for _ in range(20)]
    waiting = [money.request(people, fund, 20_000) for _ in range(20)]
    bills = [
        money.handed_in(people, money.activities(people, one)[0], 12_000, number=str(one.id)).id for one in whole[10:]
    ]
    withdrawn, waiting_ids = [one.id for one in whole], [one.id for one in waiting]
    admin = factories.actor(factories.member(people.vendor, Role.MDF_APPROVER))
    alice, amir = people.actor("alice"), people.actor("amir")
    money.keep()
    found: list[Counter[str]] = []

    def side(by: Actor, commands: list[Callable[[Actor], object]]) -> None:
        found.append(at_once(app, by, commands))

    sides = [
        (alice, [_withdraw(one) for one in withdrawn]),
        (amir, [_decide(one) for one in bills]),
        (admin, [_approve(one) for one in waiting_ids]),
    ]
    threads = [threading.Thread(target=side, args=one) for one in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert len(found) == 3
    assert sum(found, Counter()) == {"done": 40, "ClaimUnderWay": 10}
    assert balances(people, fund)[Purpose.PAYABLE] == 10 * 6_000
    assert balances(people, fund)[Purpose.RESERVED] == 20 * 10_000
    with acting(Actor.reader("test")):
        assert ledger.breaches() == []


def _withdraw(request_id: int) -> Callable[[Actor], object]:
    return lambda by: operations.withdraw_request(request=session.get_one(FundRequest, request_id), by=by, now=NOW)


def _approve(request_id: int) -> Callable[[Actor], object]:
    return lambda by: operations.approve_request(request=session.get_one(FundRequest, request_id), by=by, now=NOW)


def _decide(claim_id: int) -> Callable[[Actor], object]:
    return lambda by: operations.decide_claim(claim=session.get_one(Claim, claim_id), by=by, now=NOW)


def test_the_last_cents_of_an_activity_are_claimed_by_one_of_many(app: Flask, people: People) -> None:
    fund = money.fund(people)
    (activity,) = money.activities(people, money.approved(people, fund, 60_000))
    activity_id = activity.id
    money.keep()

    def claim(by: Actor) -> object:
        mine = operations.draft_claim(activity=session.get_one(Activity, activity_id), by=by, now=NOW)
        mine.invoice_blob = "org-1/00/" + "0" * 64
        operations.set_invoice(claim=mine, number="1", supplier="Ads", on=money.DAY, by=by, now=NOW)
        line = operations.Line("All of it", Money(60_000, "EUR"), Money(0, "EUR"))
        operations.set_lines(claim=mine, lines=[line], by=by, now=NOW)
        return operations.submit_claim(claim=mine, by=by, now=NOW)

    answers = at_once(app, people.actor("alice"), [claim] * AT_ONCE)

    assert answers["done"] == 1
    assert answers.total() == AT_ONCE
