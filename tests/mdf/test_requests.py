"""Asking for money: what may be asked for, who may answer, and what an approval holds back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.models import AuditEntry, Outbox
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Role
from tcma.identity.permissions import Permission
from tcma.mdf import ledger, operations, tasks
from tcma.mdf.ledger import FundsExhausted, Place
from tcma.mdf.models import (
    ActivityDecision,
    Allocation,
    Fund,
    FundRequest,
    FundState,
    Note,
    Purpose,
    Rate,
    RequestState,
)
from tcma.mdf.operations import PlannedActivity
from tcma.mdf.operations.duties import NotYourRole, OverLimit, OwnRequest
from tcma.mdf.operations.funds import OddFund, WrongCurrency
from tcma.mdf.operations.notes import NothingSaid
from tcma.mdf.operations.requests import ClaimUnderWay, FundClosed, NothingAsked, RequestMovedOn
from tests import factories
from tests.factories import NOW
from tests.mdf import money
from tests.people import People


def stands(people: People, fund: Fund, purpose: Purpose) -> int:
    with acting(Actor.system("test", vendor_id=people.vendor.id)):
        place = Place(fund.id, purpose, people.partner.id)
        return ledger.balance(place, vendor_id=people.vendor.id, currency=fund.currency).minor


def system(people: People) -> Actor:
    return Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)


def test_an_approval_reserves_the_funds_share_of_the_cost(people: People) -> None:
    fund = money.fund(people)
    request = money.approved(people, fund, 60_000)

    assert request.state is RequestState.APPROVED
    assert stands(people, fund, Purpose.RESERVED) == 30_000
    assert stands(people, fund, Purpose.ALLOCATED) == 470_000


@pytest.mark.parametrize(("currency", "cost", "share"), [("JPY", 33_333, 16_667), ("KWD", 1_001, 501)])
def test_shares_are_whole_minor_units_in_every_currency(people: People, currency: str, cost: int, share: int) -> None:
    fund = money.fund(people, currency=currency)
    money.approved(people, fund, cost)

    assert stands(people, fund, Purpose.RESERVED) == share


def test_each_activity_is_decided_on_its_own_with_a_reason(people: People) -> None:
    fund = money.fund(people)
    asked = money.request(people, fund, 60_000, 40_000, 20_000)
    one, two, three = money.activities(people, asked)
    with acting(people.actor("amir")) as amir:
        operations.approve_request(
            request=asked,
            amounts={two.id: Money(5_000, "EUR"), three.id: Money(0, "EUR")},
            reasons={two.id: "Half of it is print", three.id: "Not this quarter"},
            by=amir,
            now=NOW,
        )

        assert asked.state is RequestState.PARTIALLY_APPROVED
        assert [a.decision for a in (one, two, three)] == [
            ActivityDecision.APPROVED, ActivityDecision.REDUCED, ActivityDecision.DECLINED,
        ]  # fmt: skip
        assert [a.reason for a in (one, two, three)] == [None, "Half of it is print", "Not this quarter"]
    assert stands(people, fund, Purpose.RESERVED) == 35_000


def test_an_approval_of_nothing_is_refused(people: People) -> None:
    asked = money.request(people, money.fund(people))
    (activity,) = money.activities(people, asked)
    with acting(people.actor("amir")) as amir, pytest.raises(NothingAsked):
        operations.approve_request(request=asked, amounts={activity.id: Money(0, "EUR")}, by=amir, now=NOW)


@pytest.mark.parametrize("amount", [Money(30_001, "EUR"), Money(-1, "EUR"), Money(1, "USD")])
def test_nobody_approves_more_than_was_asked_or_in_another_currency(people: People, amount: Money) -> None:
    asked = money.request(people, money.fund(people))
    (activity,) = money.activities(people, asked)
    with acting(people.actor("amir")) as amir, pytest.raises(NothingAsked):
        operations.approve_request(request=asked, amounts={activity.id: amount}, by=amir, now=NOW)


def test_more_than_the_partners_share_is_never_reserved(people: People) -> None:
    fund = money.fund(people, share=20_000)
    asked = money.request(people, fund, 60_000)
    with acting(people.actor("amir")) as amir, pytest.raises(FundsExhausted):
        operations.approve_request(request=asked, by=amir, now=NOW)


def test_what_was_decided_is_not_decided_again(people: People) -> None:
    asked = money.approved(people, money.fund(people))
    with acting(people.actor("amir")) as amir:
        with pytest.raises(RequestMovedOn):
            operations.approve_request(request=asked, by=amir, now=NOW)
        with pytest.raises(RequestMovedOn):
            operations.decline_request(request=asked, note="No", by=amir, now=NOW)


def test_an_approver_who_looked_at_something_else_is_told_to_look_again(people: People) -> None:
    asked = money.request(people, money.fund(people))
    with acting(people.actor("amir")) as amir:
        with pytest.raises(RequestMovedOn):
            operations.approve_request(request=asked, seen="0" * 64, by=amir, now=NOW)
        operations.approve_request(request=asked, seen=asked.content_hash, by=amir, now=NOW)


def test_a_request_changed_behind_the_approvers_back_is_not_approved(people: People) -> None:
    asked = money.request(people, money.fund(people))
    (activity,) = money.activities(people, asked)
    with acting(people.actor("amir")) as amir:
        session.execute(sa.text("UPDATE mdf_activity SET asked_minor = 60000 WHERE id = :id"), {"id": activity.id})
        with pytest.raises(RequestMovedOn):
            operations.approve_request(request=asked, by=amir, now=NOW)


def approver_too(people: People, name: str) -> Actor:
    """The same person, who is an approver of the vendor's as well."""
    person: Membership = getattr(people, name)
    seat = factories.save(
        Membership(user_id=person.user_id, org_id=people.vendor.id, role=Role.MDF_APPROVER, created_at=NOW)
    )
    return factories.actor(seat)


def test_nobody_approves_their_own_request_even_from_another_company(people: People) -> None:
    asked = money.request(people, money.fund(people))
    with acting(approver_too(people, "alice")) as alice, pytest.raises(OwnRequest):
        operations.approve_request(request=asked, by=alice, now=NOW)


def test_nobody_approves_what_a_colleague_of_their_own_company_asked_for(people: People) -> None:
    asked = money.request(people, money.fund(people), who="bob")
    with acting(approver_too(people, "alice")) as alice:
        for decide in (operations.approve_request, operations.decline_request):
            note = {"note": "No"}
            with pytest.raises(OwnRequest):
                decide(request=asked, by=alice, now=NOW, **note)


def test_a_role_that_was_taken_away_meanwhile_counts_at_once(people: People) -> None:
    asked = money.request(people, money.fund(people))
    amir = people.actor("amir")
    seat = session.get_one(Membership, people.amir.id)
    seat.role = Role.VIEWER
    session.flush()
    with acting(amir), pytest.raises(NotYourRole):
        operations.approve_request(request=asked, by=amir, now=NOW)

    seat.role, seat.active = Role.MDF_APPROVER, False
    session.flush()
    with acting(amir), pytest.raises(NotYourRole):
        operations.approve_request(request=asked, by=amir, now=NOW)


def test_a_key_without_the_scope_does_not_approve_though_its_owner_may(people: People) -> None:
    asked = money.request(people, money.fund(people))
    token = replace(people.actor("amir"), permissions=frozenset({Permission.FUNDS_READ}))
    with acting(token), pytest.raises(NotYourRole):
        operations.approve_request(request=asked, by=token, now=NOW)


def with_limit(people: People, minor: int, currency: str) -> Actor:
    seat = session.get_one(Membership, people.amir.id)
    seat.approval_limit_minor, seat.approval_currency = minor, currency
    session.flush()
    return people.actor("amir")


def test_a_limit_is_kept_to_the_cent(people: People) -> None:
    fund = money.fund(people)
    asked, small = money.request(people, fund, 60_000), money.request(people, fund, 59_998)
    with acting(with_limit(people, 29_999, "EUR")) as amir:
        with pytest.raises(OverLimit):
            operations.approve_request(request=asked, by=amir, now=NOW)
        operations.approve_request(request=small, by=amir, now=NOW)


def test_a_limit_in_another_currency_counts_at_the_newest_rate_and_refuses_without_one(people: People) -> None:
    fund = money.fund(people, currency="JPY")
    asked = money.request(people, fund, 60_000)  # 30,000 yen are asked for
    with acting(with_limit(people, 20_000, "EUR")) as amir:
        with pytest.raises(OverLimit):
            operations.approve_request(request=asked, by=amir, now=NOW)
        session.rollback()
    for on, millionths in ((date(2026, 9, 1), 6_000), (date(2026, 8, 1), 9_000)):
        factories.save(Rate(vendor_id=people.vendor.id, base="JPY", quote="EUR", on=on, millionths=millionths))
    fund = money.fund(people, currency="JPY")
    asked = money.request(people, fund, 60_000)
    with acting(with_limit(people, 17_999, "EUR")) as amir, pytest.raises(OverLimit):
        operations.approve_request(request=asked, by=amir, now=NOW)
    with acting(with_limit(people, 18_000, "EUR")) as amir:
        operations.approve_request(request=asked, by=amir, now=NOW)


def test_the_same_form_sent_twice_is_one_request(people: People) -> None:
    fund = money.fund(people)
    first, again = (money.request(people, fund, form_key="once") for _ in range(2))

    assert first.id == again.id


def test_a_day_outside_the_fund_or_in_the_past_is_refused(people: People) -> None:
    fund = money.fund(people)
    with acting(people.actor("alice")) as alice:
        for day in (date(2026, 9, 1), date(2027, 2, 1)):
            planned = PlannedActivity("print", "Flyers", day, Money(100, "EUR"))
            with pytest.raises((FundClosed, NothingAsked)):
                operations.request_funds(fund=fund, activities=[planned], by=alice, now=NOW)


@pytest.mark.parametrize("cost", [Money(0, "EUR"), Money(-5, "EUR"), Money(100, "USD")])
def test_a_cost_that_makes_no_sense_is_refused(people: People, cost: Money) -> None:
    fund = money.fund(people)
    with acting(people.actor("alice")) as alice, pytest.raises(NothingAsked):
        operations.request_funds(
            fund=fund, activities=[PlannedActivity("print", "Flyers", money.DAY, cost)], by=alice, now=NOW
        )


def test_a_fund_that_is_closed_takes_no_request(people: People) -> None:
    fund = money.fund(people)
    with acting(people.actor("fiona")) as fiona:
        operations.close_fund(fund=fund, to=FundState.CLOSED_TO_REQUESTS, by=fiona, now=NOW)
        with pytest.raises(OddFund):
            operations.close_fund(fund=fund, to=FundState.OPEN, by=fiona, now=NOW)
    with pytest.raises(FundClosed):
        money.request(people, fund)


def test_a_question_is_answered_in_the_thread_and_the_clock_starts_again(people: People) -> None:
    asked = money.request(people, money.fund(people))
    later = NOW + timedelta(days=1)
    with acting(people.actor("amir")) as amir:
        with pytest.raises(NothingSaid):
            operations.ask_for_information(request=asked, note="  ", by=amir, now=NOW)
        operations.ask_for_information(request=asked, note="Which town?", by=amir, now=NOW)
        assert asked.state is RequestState.INFO_REQUESTED
    with acting(people.actor("bob")) as bob:
        operations.answer_request(request=asked, text="Berlin", by=bob, now=later)

        assert asked.state is RequestState.SUBMITTED
        assert asked.due_at == later + timedelta(days=2)
        assert [note.text for note in session.scalars(sa.select(Note).order_by(Note.id))] == ["Which town?", "Berlin"]


def test_a_withdrawn_request_frees_its_money_and_cannot_be_claimed(people: People) -> None:
    fund = money.fund(people)
    asked = money.approved(people, fund)
    (activity,) = money.activities(people, asked)
    with acting(people.actor("alice")) as alice:
        operations.withdraw_request(request=asked, by=alice, now=NOW)
        with pytest.raises(operations.claims.NotApproved):
            operations.draft_claim(activity=activity, by=alice, now=NOW)

    assert stands(people, fund, Purpose.RESERVED) == 0
    assert stands(people, fund, Purpose.ALLOCATED) == 500_000


def test_a_request_with_a_claim_in_hand_is_not_withdrawn(people: People) -> None:
    asked = money.approved(people, money.fund(people))
    (activity,) = money.activities(people, asked)
    money.handed_in(people, activity, 60_000)
    with acting(people.actor("alice")) as alice, pytest.raises(ClaimUnderWay):
        operations.withdraw_request(request=asked, by=alice, now=NOW)


def test_another_partner_and_another_vendor_reach_nothing(people: People) -> None:
    asked = money.request(people, money.fund(people))
    for name, decide in (("charlie", operations.withdraw_request), ("viktor", operations.approve_request)):
        with acting(people.actor(name)) as stranger, pytest.raises((NotFound, NotYourRole)):
            decide(request=asked, by=stranger, now=NOW)


def test_what_nobody_claims_in_time_is_freed_and_then_lapses_with_its_share(app: object, people: People) -> None:
    fund = money.fund(people)
    asked_id = money.approved(people, fund).id
    money.keep()

    tasks.look_at_lapses(NOW + timedelta(days=80))  # after the last day to claim, 19 November
    assert stands(people, fund, Purpose.RESERVED) == 0
    assert stands(people, fund, Purpose.ALLOCATED) == 500_000
    tasks.look_at_lapses(NOW + timedelta(days=90))  # after 1 December
    tasks.look_at_lapses(NOW + timedelta(days=91))

    assert stands(people, fund, Purpose.ALLOCATED) == 0
    assert stands(people, fund, Purpose.EXPIRED) == 500_000
    with acting(people.actor("alice")):
        assert session.get_one(FundRequest, asked_id).state is RequestState.EXPIRED


def test_money_freed_after_its_share_lapsed_lapses_too(app: object, people: People) -> None:
    fund = money.fund(people)
    asked_id = money.approved(people, fund).id
    money.keep()
    late = NOW + timedelta(days=88)  # 4 December
    tasks.look_at_lapses(NOW + timedelta(days=60))
    with acting(system(people)) as by:
        share = session.scalars(sa.select(Allocation)).one()
        share.lapses_on = date(2026, 9, 10)
        operations.expire_allocation(allocation=share, by=by, now=NOW)
    with acting(people.actor("alice")) as alice:
        asked = session.get_one(FundRequest, asked_id)
        operations.withdraw_request(request=asked, by=alice, now=late)
    money.keep()

    tasks.look_at_lapses(late)

    assert stands(people, fund, Purpose.ALLOCATED) == 0
    assert stands(people, fund, Purpose.EXPIRED) == 500_000


def test_a_fund_makes_sense_or_is_refused(people: People) -> None:
    for odd in ({"name": " "}, {"budget": 0}, {"rate_percent": 0}, {"requests_until": date(2025, 1, 1)}):
        with pytest.raises(OddFund):
            money.fund(people, **odd)


def test_no_more_is_allocated_than_there_is_and_a_second_press_gives_nothing_more(people: People) -> None:
    fund = money.fund(people, budget=10_000, share=0)
    with acting(people.actor("fiona")) as fiona:
        for _press in range(2):
            operations.allocate(
                fund=fund, partner_id=people.partner.id, amount=Money(9_000, "EUR"), form_key="f", by=fiona, now=NOW
            )
        with pytest.raises(FundsExhausted):
            operations.allocate(fund=fund, partner_id=people.partner.id, amount=Money(1_001, "EUR"), by=fiona, now=NOW)
        with pytest.raises(WrongCurrency):
            operations.allocate(fund=fund, partner_id=people.partner.id, amount=Money(1, "USD"), by=fiona, now=NOW)

    assert stands(people, fund, Purpose.ALLOCATED) == 9_000


def test_every_command_leaves_one_row_in_the_audit_trail(people: People) -> None:
    money.approved(people, money.fund(people))
    with acting(Actor.reader("test")):
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()

    assert actions == ["fund.opened", "fund.allocated", "fund.allocated", "request.submitted", "request.approved"]
    assert session.scalars(sa.select(Outbox)).all() is not None
