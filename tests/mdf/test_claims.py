"""Claiming: an invoice is paid once, line by line, never above the approval, and never with other content."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Role
from tcma.mdf import ledger, operations
from tcma.mdf.invoices import invoice_key
from tcma.mdf.models import Claim, ClaimLine, ClaimState, FundState, Proof, ProofState, Purpose, Settlement
from tcma.mdf.operations import Line
from tcma.mdf.operations.claim_decisions import ReasonWanted
from tcma.mdf.operations.claims import (
    ClaimMovedOn,
    IncompleteClaim,
    NotApproved,
    OverApproved,
    left_to_claim,
)
from tcma.mdf.operations.contents import lines_of
from tcma.mdf.operations.duties import OverLimit, OwnRequest
from tcma.mdf.operations.notes import NothingSaid
from tcma.mdf.operations.settlements import ContentChanged, SettlementMovedOn
from tests import factories
from tests.factories import NOW
from tests.mdf import money
from tests.mdf.test_requests import stands, with_limit
from tests.people import People

EUR = "EUR"


@pytest.fixture
def fund(people: People):  # type: ignore[no-untyped-def]
    return money.fund(people)


@pytest.fixture
def activity(people: People, fund):  # type: ignore[no-untyped-def]
    return money.activities(people, money.approved(people, fund, 60_000))[0]


def test_the_whole_way_of_the_money(people: People, fund, activity) -> None:
    claim = money.handed_in(people, activity, 50_000)
    settlement = money.owed(people, claim)
    assert (stands(people, fund, Purpose.PAYABLE), stands(people, fund, Purpose.RESERVED)) == (25_000, 0)

    with acting(people.actor("fiona")) as fiona:
        operations.release_settlement(settlement=settlement, reference=" A-1 ", by=fiona, now=NOW)

        assert (claim.state, settlement.reference) == (ClaimState.PAID, "A-1")
        assert ledger.breaches() == []
    assert stands(people, fund, Purpose.PAID) == 25_000
    assert stands(people, fund, Purpose.ALLOCATED) == 475_000


def test_a_claim_above_the_approved_amount_is_refused(people: People, activity) -> None:
    claim = money.drafted(people, activity, 60_001)
    with acting(people.actor("alice")) as alice:
        with pytest.raises(OverApproved):
            operations.submit_claim(claim=claim, by=alice, now=NOW)
        operations.lower_to_approved(claim=claim, by=alice, now=NOW)
        operations.submit_claim(claim=claim, by=alice, now=NOW)

        assert sum(line.asked_minor for line in lines_of(claim.id)) == 30_000


def test_no_cent_is_won_by_rounding_line_by_line(people: People, activity) -> None:
    claim = money.drafted(people, activity, 1, 1, 1)
    with acting(people.actor("alice")):
        assert [line.asked_minor for line in lines_of(claim.id)] == [1, 1, 0]


def test_tax_that_the_partner_does_not_get_back_is_borne_too(people: People, activity) -> None:
    claim = money.drafted(people, activity)
    with acting(people.actor("alice")) as alice:
        lines = [
            Line("Ads", Money(10_000, EUR), Money(1_900, EUR), "DE19"),
            Line("Room", Money(10_000, EUR), Money(1_900, EUR), "DE19", tax_reclaimable=False),
        ]
        made = operations.set_lines(claim=claim, lines=lines, by=alice, now=NOW)

        assert [line.asked_minor for line in made] == [5_000, 5_950]


@pytest.mark.parametrize(
    "line",
    [
        Line("", Money(1, EUR), Money(0, EUR)),
        Line("x", Money(0, EUR), Money(0, EUR)),
        Line("x", Money(-1, EUR), Money(0, EUR)),
        Line("x", Money(1, EUR), Money(-1, EUR)),
        Line("x", Money(1, "USD"), Money(0, "USD")),
        Line("x", Money(1, EUR), Money(0, "USD")),
    ],
)
def test_an_odd_line_is_refused(people: People, activity, line: Line) -> None:
    claim = money.drafted(people, activity)
    with acting(people.actor("alice")) as alice, pytest.raises(IncompleteClaim):
        operations.set_lines(claim=claim, lines=[line], by=alice, now=NOW)


def test_what_is_missing_is_named(people: People, fund) -> None:
    (activity,) = money.activities(people, money.approved(people, fund, 60_000, proof=("invoice", "ad_report")))
    with acting(people.actor("alice")) as alice:
        claim = operations.draft_claim(activity=activity, by=alice, now=NOW)
        with pytest.raises(IncompleteClaim) as refusal:
            operations.submit_claim(claim=claim, by=alice, now=NOW)

    for word in ("number, supplier", "as a file", "one line", "ad report"):
        assert word in refusal.value.message


def test_the_fund_bears_what_lines_ask_and_no_reduction_goes_without_a_reason(people: People, fund, activity) -> None:
    claim = money.handed_in(people, activity, 30_000, 30_000)
    with acting(people.actor("amir")) as amir:
        first, second = lines_of(claim.id)
        with pytest.raises(ReasonWanted):
            operations.decide_claim(claim=claim, approved={second.id: Money(10, EUR)}, by=amir, now=NOW)
        for amount in (Money(15_001, EUR), Money(-1, EUR), Money(5, "USD")):
            with pytest.raises(OverApproved):
                operations.decide_claim(
                    claim=claim, approved={second.id: amount}, reasons={second.id: "x"}, by=amir, now=NOW
                )
        operations.decide_claim(
            claim=claim, approved={second.id: Money(5_000, EUR)}, reasons={second.id: "Drinks"}, by=amir, now=NOW
        )

        assert claim.state is ClaimState.PARTIALLY_APPROVED
        assert [(line.approved_minor, line.reason) for line in (first, second)] == [(15_000, None), (5_000, "Drinks")]
    assert stands(people, fund, Purpose.PAYABLE) == 20_000
    assert stands(people, fund, Purpose.RESERVED) == 0


def test_a_line_of_another_claim_is_not_decided_with_this_one(people: People, fund) -> None:
    one, two = money.activities(people, money.approved(people, fund, 60_000, 60_000))
    claim, other = money.handed_in(people, one, 100), money.handed_in(people, two, 100)
    with acting(people.actor("amir")) as amir:
        (foreign,) = lines_of(other.id)
        with pytest.raises(ClaimMovedOn):
            operations.decide_claim(claim=claim, approved={foreign.id: Money(1, EUR)}, by=amir, now=NOW)


def test_an_activity_is_claimed_in_parts_and_the_rest_is_freed_with_the_last(people: People, fund, activity) -> None:
    money.owed(people, money.handed_in(people, activity, 20_000, is_last=False))
    assert stands(people, fund, Purpose.RESERVED) == 20_000
    second = money.drafted(people, activity, 50_000, number="R-2")
    with acting(people.actor("alice")) as alice:
        assert left_to_claim(second) == Money(20_000, EUR)
        with pytest.raises(OverApproved):
            operations.submit_claim(claim=second, by=alice, now=NOW)
        operations.set_lines(claim=second, lines=[Line("Rest", Money(30_000, EUR), Money(0, EUR))], by=alice, now=NOW)
        operations.submit_claim(claim=second, by=alice, now=NOW)
    money.owed(people, second)

    assert stands(people, fund, Purpose.PAYABLE) == 25_000
    assert stands(people, fund, Purpose.RESERVED) == 0
    assert stands(people, fund, Purpose.ALLOCATED) == 475_000


def test_two_claims_that_wait_do_not_ask_for_the_same_money(people: People, activity) -> None:
    money.handed_in(people, activity, 40_000, is_last=False)
    second = money.drafted(people, activity, 40_000, number="R-2")
    with acting(people.actor("alice")) as alice, pytest.raises(OverApproved):
        operations.submit_claim(claim=second, by=alice, now=NOW)


def test_a_draft_is_thrown_away_and_the_reservation_stays(people: People, fund, activity) -> None:
    claim = money.drafted(people, activity, 100)
    with acting(people.actor("alice")) as alice:
        operations.discard_claim(claim=claim, by=alice, now=NOW)

        assert session.scalars(sa.select(Claim)).all() == []
        assert session.scalars(sa.select(ClaimLine)).all() == []
    money.owed(people, money.handed_in(people, activity, 60_000))
    assert stands(people, fund, Purpose.PAYABLE) == 30_000


def test_what_was_handed_in_is_not_changed_or_thrown_away(people: People, activity) -> None:
    claim = money.handed_in(people, activity, 100)
    with acting(people.actor("alice")) as alice:
        for change in (
            lambda: operations.set_invoice(claim=claim, number="1", supplier="x", on=NOW.date(), by=alice, now=NOW),
            lambda: operations.set_lines(claim=claim, lines=[], by=alice, now=NOW),
            lambda: operations.discard_claim(claim=claim, by=alice, now=NOW),
            lambda: operations.submit_claim(claim=claim, by=alice, now=NOW),
        ):
            with pytest.raises(ClaimMovedOn):
                change()


def test_a_rejected_claim_leaves_the_reservation_and_the_evidence_for_a_better_one(
    people: People, fund, activity
) -> None:
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 3}, by=alice, now=NOW)
    claim = money.handed_in(people, activity, 60_000)
    with acting(people.actor("amir")) as amir:
        (line,) = lines_of(claim.id)
        operations.decide_claim(
            claim=claim, approved={line.id: Money(0, EUR)}, reasons={line.id: "Not the ads"}, by=amir, now=NOW
        )
        assert claim.state is ClaimState.REJECTED
        assert session.scalars(sa.select(Settlement)).all() == []
    assert stands(people, fund, Purpose.RESERVED) == 30_000

    better = money.handed_in(people, activity, 60_000)
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Proof.claim_id)).all() == [better.id]


def test_a_claim_given_back_with_a_question_is_changed_and_handed_in_again(people: People, activity) -> None:
    claim = money.handed_in(people, activity, 60_000)
    first = claim.content_hash
    with acting(people.actor("amir")) as amir:
        operations.ask_about_claim(claim=claim, note="The second page?", by=amir, now=NOW)
    again = money.handed_in(people, activity, 40_000)

    assert again.id == claim.id
    assert again.content_hash != first
    with acting(people.actor("amir")) as amir:
        with pytest.raises(ClaimMovedOn):
            operations.decide_claim(claim=claim, seen=first, by=amir, now=NOW)
        operations.decide_claim(claim=claim, seen=again.content_hash, by=amir, now=NOW)


def test_proof_that_comes_after_handing_in_changes_nothing_that_is_being_decided(people: People, activity) -> None:
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 3}, by=alice, now=NOW)
    claim = money.handed_in(people, activity, 60_000)
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 4}, by=alice, now=NOW)
        operations.upload_proof(activity=activity, kind="photo", data=money.PDF, file_name="p.pdf", by=alice, now=NOW)
    settlement = money.owed(people, claim)
    with acting(people.actor("fiona")) as fiona:
        operations.release_settlement(settlement=settlement, reference="", by=fiona, now=NOW)

    assert claim.state is ClaimState.PAID


CHANGES = {
    "claim": "UPDATE claim SET invoice_number = 'other'",
    "payee": "UPDATE claim SET is_last = NOT is_last",
    "file": "UPDATE claim SET invoice_digest = 'other'",
    "line": "UPDATE claim_line SET net_minor = net_minor + 1",
    "approved": "UPDATE claim_line SET approved_minor = approved_minor - 1",
    "proof": "UPDATE proof SET digest = 'other'",
    "facts": "UPDATE proof SET facts = '{\"clicks\": 9}'",
    "amount": "UPDATE settlement SET amount_minor = amount_minor - 1",
}


@pytest.mark.parametrize("what", list(CHANGES))
def test_content_changed_after_the_approval_is_not_paid(people: People, activity, what: str) -> None:
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 3}, by=alice, now=NOW)
    settlement = money.owed(people, money.handed_in(people, activity, 60_000))
    with acting(people.actor("fiona")) as fiona:
        session.execute(sa.text(CHANGES[what]))
        with pytest.raises(ContentChanged):
            operations.release_settlement(settlement=settlement, reference="", by=fiona, now=NOW)


@pytest.mark.parametrize("what", ["claim", "file", "line", "proof", "facts"])
def test_content_changed_before_the_decision_is_not_decided(people: People, activity, what: str) -> None:
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 3}, by=alice, now=NOW)
    claim = money.handed_in(people, activity, 60_000)
    with acting(people.actor("amir")) as amir:
        session.execute(sa.text(CHANGES[what]))
        with pytest.raises(ClaimMovedOn):
            operations.decide_claim(claim=claim, by=amir, now=NOW)


def seat(people: People, person: Membership, role: Role):  # type: ignore[no-untyped-def]
    return factories.actor(
        factories.save(Membership(user_id=person.user_id, org_id=people.vendor.id, role=role, created_at=NOW))
    )


def test_who_had_a_hand_in_a_claim_neither_approves_nor_pays_it(people: People, activity) -> None:
    claim = money.handed_in(people, activity, 60_000)
    with acting(seat(people, people.alice, Role.MDF_APPROVER)) as alice, pytest.raises(OwnRequest):
        operations.decide_claim(claim=claim, by=alice, now=NOW)
    settlement = money.owed(people, claim)
    for person in (people.alice, people.bob, people.amir):
        with acting(seat(people, person, Role.FINANCE)) as payer, pytest.raises(OwnRequest):
            operations.release_settlement(settlement=settlement, reference="", by=payer, now=NOW)


def test_who_wrote_the_lines_does_not_approve_them_after_leaving_the_company(people: People, activity) -> None:
    with acting(people.actor("bob")) as bob:
        claim = operations.draft_claim(activity=activity, by=bob, now=NOW)
    money.handed_in(people, activity, 60_000)
    session.get_one(Membership, people.bob.id).active = False
    session.flush()

    with acting(seat(people, people.bob, Role.MDF_APPROVER)) as bob, pytest.raises(OwnRequest):
        operations.decide_claim(claim=claim, by=bob, now=NOW)


def test_a_claim_above_the_approvers_limit_is_refused(people: People, activity) -> None:
    claim = money.handed_in(people, activity, 60_000)
    with acting(with_limit(people, 29_999, EUR)) as amir, pytest.raises(OverLimit):
        operations.decide_claim(claim=claim, by=amir, now=NOW)


def test_a_claim_is_paid_once(people: People, fund, activity) -> None:
    settlement = money.owed(people, money.handed_in(people, activity, 60_000))
    with acting(people.actor("fiona")) as fiona:
        operations.release_settlement(settlement=settlement, reference="", by=fiona, now=NOW)
        with pytest.raises(SettlementMovedOn):
            operations.release_settlement(settlement=settlement, reference="", by=fiona, now=NOW)
    assert stands(people, fund, Purpose.PAID) == 30_000


def test_a_payment_taken_back_is_reserved_again_and_a_corrected_claim_can_be_made(
    people: People, fund, activity
) -> None:
    settlement = money.owed(people, money.handed_in(people, activity, 40_000))
    with acting(people.actor("fiona")) as fiona:
        with pytest.raises(SettlementMovedOn):
            operations.reverse_settlement(settlement=settlement, reason="Too early", by=fiona, now=NOW)
        operations.release_settlement(settlement=settlement, reference="", by=fiona, now=NOW)
        with pytest.raises(NothingSaid):
            operations.reverse_settlement(settlement=settlement, reason=" ", by=fiona, now=NOW)
        operations.reverse_settlement(settlement=settlement, reason="Wrong bank", by=fiona, now=NOW)
        assert ledger.breaches() == []
    assert stands(people, fund, Purpose.PAID) == 0
    assert stands(people, fund, Purpose.RESERVED) == 20_000

    again = money.owed(people, money.handed_in(people, activity, 40_000, number="R-1b"))
    with acting(people.actor("fiona")) as fiona:
        operations.release_settlement(settlement=again, reference="", by=fiona, now=NOW)
        assert ledger.breaches() == []
    assert stands(people, fund, Purpose.PAID) == 20_000


def test_claims_come_in_time_and_for_a_fund_that_is_open_to_them(people: People, fund, activity) -> None:
    with acting(people.actor("alice")) as alice, pytest.raises(NotApproved):
        operations.draft_claim(activity=activity, by=alice, now=NOW + timedelta(days=80))
    claim = money.drafted(people, activity, 60_000)
    with acting(people.actor("fiona")) as fiona:
        operations.close_fund(fund=fund, to=FundState.CLOSED_TO_CLAIMS, by=fiona, now=NOW)
    with acting(people.actor("alice")) as alice, pytest.raises(NotApproved):
        operations.submit_claim(claim=claim, by=alice, now=NOW)


def test_an_invoice_is_kept_as_a_file_written_anew_and_known_by_what_was_sent(people: People, activity) -> None:
    claim = money.drafted(people, activity, 100, data=money.PDF)

    assert claim.invoice_blob.startswith(f"org-{people.partner.id}/")
    assert len(claim.invoice_digest) == 64
    with acting(people.actor("alice")) as alice, pytest.raises(DomainError):
        operations.set_invoice(
            claim=claim, number="1", supplier="x", on=date(2026, 9, 1), data=b"<script>", file_name="x.pdf",
            by=alice, now=NOW,
        )  # fmt: skip


def test_a_decided_claim_has_its_evidence_accepted(people: People, activity) -> None:
    with acting(people.actor("alice")) as alice:
        operations.attach_proof(activity=activity, facts={"clicks": 3}, by=alice, now=NOW)
    money.owed(people, money.handed_in(people, activity, 60_000))
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Proof.state)).all() == [ProofState.ACCEPTED]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Ads Ltd.", "RE-2026/77"), ("ADS LTD", "re 2026 77"), True),
        (("Müller GmbH", "1"), ("Muller GmbH", "1"), True),
        (("株式会社広告", "1"), ("株式会社印刷", "1"), False),
        (("Ads", "12"), ("Ads1", "2"), False),
    ],
)
def test_an_invoice_is_known_however_it_is_written(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert (invoice_key(*one) == invoice_key(*other)) is same


def test_an_invoice_without_a_number_is_like_no_other() -> None:
    assert invoice_key("Ads", " - ") is None
