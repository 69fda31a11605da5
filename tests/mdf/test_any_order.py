"""Any order of commands, by anybody, right or wrong, leaves the ledger as a plain model says it must be.

The model knows nothing of accounts: it keeps what each activity was given, what each claim asked, and adds up.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.mdf import ledger, operations
from tcma.mdf.ledger import Place
from tcma.mdf.models import Activity, Claim, Fund, FundRequest, Purpose, Settlement
from tcma.mdf.operations.contents import lines_of
from tests.factories import NOW
from tests.mdf import money
from tests.people import People

BUDGET, SHARE = 100_000, 40_000


@dataclass
class Plan:
    """An activity in the model: all amounts are the fund's part."""

    asked: int
    given: int = 0
    claims: list["Bill"] = field(default_factory=list)
    freed: int = 0
    state: str = "waiting"

    @property
    def reserved(self) -> int:
        return self.given - self.freed - sum(bill.approved for bill in self.claims if bill.state in {"owed", "paid"})

    @property
    def free_to_claim(self) -> int:
        return self.reserved - sum(bill.asked for bill in self.claims if bill.state == "waiting")


@dataclass
class Bill:
    asked: int
    last: bool
    approved: int = 0
    state: str = "waiting"


@dataclass
class Model:
    """What one partner's share must look like."""

    plans: list[Plan] = field(default_factory=list)
    lapsed: int = 0

    def sums(self) -> dict[Purpose, int]:
        bills = [bill for plan in self.plans for bill in plan.claims]
        reserved = sum(plan.reserved for plan in self.plans)
        payable = sum(bill.approved for bill in bills if bill.state == "owed")
        paid = sum(bill.approved for bill in bills if bill.state == "paid")
        return {
            Purpose.RESERVED: reserved,
            Purpose.PAYABLE: payable,
            Purpose.PAID: paid,
            Purpose.EXPIRED: self.lapsed,
            Purpose.ALLOCATED: SHARE - self.lapsed - reserved - payable - paid,
        }


class Story:
    """Carries each command out on the product and, if it was taken, on the model."""

    def __init__(self, people: People, currency: str) -> None:
        self.people, self.currency, self.model = people, currency, Model()
        self.fund = money.fund(people, budget=BUDGET, share=SHARE, currency=currency)
        self.requests: list[FundRequest] = []
        self.bills: list[tuple[Plan, Bill, Claim]] = []

    def step(self, name: str, number: int, amount: int) -> None:
        expected = getattr(self, f"may_{name}")(number, amount)
        try:
            with session.begin_nested():
                getattr(self, name)(number, amount)
            taken = True
        except DomainError:
            taken = False
        assert taken is expected, (name, number, amount, self.model)
        if taken:
            getattr(self, f"note_{name}")(number, amount)

    def pick(self, number: int) -> tuple[Plan, FundRequest] | None:
        return (
            (self.model.plans[number % len(self.requests)], self.requests[number % len(self.requests)])
            if self.requests
            else None
        )

    def bill(self, number: int) -> tuple[Plan, Bill, Claim] | None:
        return self.bills[number % len(self.bills)] if self.bills else None

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    # Asking
    def may_ask(self, number: int, amount: int) -> bool:
        return True

    def ask(self, number: int, amount: int) -> None:
        self.made = money.request(self.people, self.fund, 2 * amount)

    def note_ask(self, number: int, amount: int) -> None:
        self.requests.append(self.made)
        self.model.plans.append(Plan(asked=amount))

    # Approving, in full or in part
    def may_approve(self, number: int, amount: int) -> bool:
        found = self.pick(number)
        return (
            found is not None
            and found[0].state == "waiting"
            and min(amount, found[0].asked) <= self.model.sums()[Purpose.ALLOCATED]
        )

    def approve(self, number: int, amount: int) -> None:
        plan, request = self._wanted(self.pick(number))
        with acting(self.people.actor("amir")) as amir:
            activity = session.scalars(sa.select(Activity).where(Activity.request_id == request.id)).one()
            given = self.money(min(amount, plan.asked))
            operations.approve_request(request=request, amounts={activity.id: given}, by=amir, now=NOW)

    def note_approve(self, number: int, amount: int) -> None:
        plan, _request = self._wanted(self.pick(number))
        plan.given, plan.state = min(amount, plan.asked), "approved"

    # Withdrawing
    def may_withdraw(self, number: int, amount: int) -> bool:
        found = self.pick(number)
        if found is None:
            return False
        in_hand = any(bill.state in {"waiting", "owed", "paid"} for bill in found[0].claims)
        return found[0].state in {"waiting", "approved"} and not in_hand

    def withdraw(self, number: int, amount: int) -> None:
        _plan, request = self._wanted(self.pick(number))
        with acting(self.people.actor("alice")) as alice:
            operations.withdraw_request(request=request, by=alice, now=NOW)

    def note_withdraw(self, number: int, amount: int) -> None:
        plan, _request = self._wanted(self.pick(number))
        plan.freed, plan.state = plan.freed + plan.reserved, "withdrawn"

    # Claiming, perhaps in parts
    def may_claim(self, number: int, amount: int) -> bool:
        found = self.pick(number)
        return found is not None and found[0].state == "approved" and 0 < amount <= found[0].free_to_claim

    def claim(self, number: int, amount: int) -> None:
        _plan, request = self._wanted(self.pick(number))
        (activity,) = money.activities(self.people, request)
        self.handed_in = money.handed_in(
            self.people, activity, 2 * amount, number=f"{len(self.bills)}", is_last=number % 2 == 0
        )

    def note_claim(self, number: int, amount: int) -> None:
        plan, _request = self._wanted(self.pick(number))
        bill = Bill(asked=amount, last=number % 2 == 0)
        plan.claims.append(bill)
        self.bills.append((plan, bill, self.handed_in))

    # Deciding
    def may_decide(self, number: int, amount: int) -> bool:
        found = self.bill(number)
        return found is not None and found[1].state == "waiting"

    def decide(self, number: int, amount: int) -> None:
        _plan, bill, claim = self._wanted(self.bill(number))
        with acting(self.people.actor("amir")) as amir:
            (line,) = lines_of(claim.id)
            given = {line.id: self.money(self._given(bill, number, amount))}
            operations.decide_claim(claim=claim, approved=given, reasons={line.id: "So"}, by=amir, now=NOW)

    @staticmethod
    def _given(bill: Bill, number: int, amount: int) -> int:
        return 0 if number % 5 == 0 else min(amount, bill.asked)

    def note_decide(self, number: int, amount: int) -> None:
        plan, bill, _claim = self._wanted(self.bill(number))
        bill.approved = self._given(bill, number, amount)
        bill.state = "owed" if bill.approved else "rejected"
        if bill.approved and bill.last and not any(other.state == "waiting" for other in plan.claims):
            plan.freed += plan.reserved

    # Paying
    def may_pay(self, number: int, amount: int) -> bool:
        found = self.bill(number)
        return found is not None and found[1].state == "owed"

    def pay(self, number: int, amount: int) -> None:
        _plan, _bill, claim = self._wanted(self.bill(number))
        with acting(self.people.actor("fiona")) as fiona:
            operations.release_settlement(settlement=self._settlement(claim), reference="", by=fiona, now=NOW)

    def note_pay(self, number: int, amount: int) -> None:
        self._wanted(self.bill(number))[1].state = "paid"

    # Taking back
    def may_take_back(self, number: int, amount: int) -> bool:
        found = self.bill(number)
        return found is not None and found[1].state == "paid"

    def take_back(self, number: int, amount: int) -> None:
        _plan, _bill, claim = self._wanted(self.bill(number))
        with acting(self.people.actor("fiona")) as fiona:
            operations.reverse_settlement(settlement=self._settlement(claim), reason="So", by=fiona, now=NOW)

    def note_take_back(self, number: int, amount: int) -> None:
        self._wanted(self.bill(number))[1].state = "reversed"

    # Time goes by
    def may_lapse(self, number: int, amount: int) -> bool:
        return True

    def lapse(self, number: int, amount: int) -> None:
        found = self.pick(number)
        if found is None:
            return
        late = NOW + timedelta(days=80)
        with acting(self.people.actor("fiona")) as fiona:
            activity = session.scalars(sa.select(Activity).where(Activity.request_id == found[1].id)).one()
            operations.lapse_activity(activity_id=activity.id, by=fiona, now=late)

    def note_lapse(self, number: int, amount: int) -> None:
        found = self.pick(number)
        if found is None or any(bill.state == "waiting" for bill in found[0].claims):
            return
        plan = found[0]
        plan.freed += plan.reserved
        if plan.state == "approved" and not any(bill.state in {"owed", "paid", "reversed"} for bill in plan.claims):
            plan.state = "expired"

    @staticmethod
    def _settlement(claim: Claim) -> Settlement:
        found = session.scalar(sa.select(Settlement).where(Settlement.claim_id == claim.id))
        if found is None:
            raise DomainError("nothing is owed")
        return found

    @staticmethod
    def _wanted(found):  # type: ignore[no-untyped-def]
        if found is None:
            raise DomainError("there is none")
        return found

    def agrees(self) -> None:
        assert balances(self.people, self.fund) == self.model.sums()
        with acting(self.people.actor("fiona")):
            assert ledger.breaches() == []
            for plan, request in zip(self.model.plans, self.requests, strict=True):
                activity = session.scalars(sa.select(Activity).where(Activity.request_id == request.id)).one()
                assert operations.reservations.reserved_for(activity).minor == plan.reserved >= 0


def balances(people: People, fund: Fund) -> dict[Purpose, int]:
    purposes = (Purpose.ALLOCATED, Purpose.RESERVED, Purpose.PAYABLE, Purpose.PAID, Purpose.EXPIRED)
    with acting(people.actor("fiona")):
        return {
            purpose: ledger.balance(
                Place(fund.id, purpose, people.partner.id), vendor_id=people.vendor.id, currency=fund.currency
            ).minor
            for purpose in purposes
        }


COMMANDS = ("ask", "approve", "approve", "withdraw", "claim", "claim", "decide", "decide", "pay", "take_back", "lapse")
STEPS = st.lists(st.tuples(st.sampled_from(COMMANDS), st.integers(0, 30), st.integers(1, 9_000)), max_size=30)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_order_of_commands_agrees_with_a_plain_model(
    app: Flask, people: People, currency: str, steps: list[tuple[str, int, int]]
) -> None:
    story = Story(people, currency)
    story.step("ask", 0, 7_000)
    story.step("approve", 0, 7_000)
    for name, number, amount in steps:
        story.step(name, number, amount)

    story.agrees()
    session.rollback()


def test_the_model_is_sharp_enough_to_see_a_cent(people: People) -> None:
    story = Story(people, "EUR")
    story.step("ask", 0, 7_000)
    story.step("approve", 0, 7_000)
    story.model.plans[0].given -= 1

    with pytest.raises(AssertionError):
        story.agrees()
