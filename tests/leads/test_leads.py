"""A lead is captured once, belongs to who earned it, is offered with a clock, and opens on accepting."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import NotFound
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.leads import operations, queries
from tcma.leads.models import Assignment, AssignmentState, DealState, Evidence, Lead, LeadState
from tcma.leads.operations import Answer
from tcma.leads.operations.assignments import OfferIsOver
from tcma.leads.operations.intake import OddLead
from tcma.partners.models import Partnership, Territory
from tests import factories
from tests.factories import NOW
from tests.people import People

DENTIST = Answer(
    first_name="Dora", email="dora@praxis.example", country="DE", postcode="10115", city="Berlin", need="Wi-Fi"
)


def serve(people: People) -> None:
    for partnership in (people.partnership, people.other_partnership):
        factories.save(
            Territory(
                vendor_id=partnership.vendor_id,
                partner_id=partnership.partner_id,
                partnership_id=partnership.id,
                country="DE",
                postcode_prefix="1",
            )
        )


def offer(people: People) -> Assignment:
    """A lead of the vendor's, offered to Alice's company (whose partnership is the older one)."""
    serve(people)
    with acting(people.actor("vera")) as vera:
        lead = operations.enter_lead(DENTIST, by=vera, now=NOW)
        assignment = operations.route_lead(lead_id=lead.id, by=vera, now=NOW)
    assert assignment is not None
    return assignment


def test_a_lead_goes_to_a_partner_with_a_reason_and_a_clock_in_business_hours(people: People) -> None:
    assignment = offer(people)

    assert assignment.partner_id == people.partner.id
    assert assignment.why.startswith("You serve Berlin")
    assert assignment.expires_at - NOW == timedelta(days=1)  # eight office hours from 11:30 in Berlin: 11:30 next day


def test_the_offer_tells_need_and_town_but_the_person_only_opens_on_accepting(people: People) -> None:
    assignment = offer(people)
    with acting(people.actor("alice")) as alice:
        seen = queries.assignment_by(assignment.public_id)
        assert (seen.need, seen.town) == ("Wi-Fi", "Berlin")
        assert session.scalars(sa.select(Lead)).all() == []

        operations.accept_offer(assignment=seen, by=alice, now=NOW)

        assert session.scalar(sa.select(Lead.email)) == "dora@praxis.example"


def test_another_partner_sees_neither_offer_nor_lead(people: People) -> None:
    assignment = offer(people)
    with acting(people.actor("charlie")):
        with pytest.raises(NotFound):
            queries.assignment_by(assignment.public_id)
        assert session.scalars(sa.select(Lead)).all() == []


def test_a_refusal_asks_the_next_partner_and_nobody_twice(people: People) -> None:
    first = offer(people)
    with acting(people.actor("alice")) as alice:
        operations.reject_offer(assignment=first, reason="too_far", by=alice, now=NOW)
    with acting(people.actor("vera")) as vera:
        second = operations.route_lead(lead_id=first.lead_id, by=vera, now=NOW)
        assert second is not None
        assert (second.hop, second.partner_id) == (2, people.other_partner.id)
    with acting(people.actor("charlie")) as charlie:
        operations.reject_offer(assignment=second, reason="too_far", by=charlie, now=NOW)
    with acting(people.actor("vera")) as vera:
        assert operations.route_lead(lead_id=first.lead_id, by=vera, now=NOW) is None
        assert session.get_one(Lead, first.lead_id).state is LeadState.UNASSIGNED


def test_an_offer_whose_time_ran_out_is_expired_once_and_cannot_be_accepted(people: People) -> None:
    assignment = offer(people)
    late = assignment.expires_at + timedelta(minutes=1)

    assert operations.expire_offers(now=late) == 1
    assert operations.expire_offers(now=late) == 0
    with acting(people.actor("alice")) as alice:
        found = queries.assignment_by(assignment.public_id)
        assert found.state is AssignmentState.EXPIRED
        with pytest.raises(OfferIsOver):
            operations.accept_offer(assignment=found, by=alice, now=late)


def test_a_refused_offer_gives_the_partner_its_room_back(people: People) -> None:
    assignment = offer(people)
    with acting(people.actor("alice")) as alice:
        operations.reject_offer(assignment=assignment, reason="no_capacity", by=alice, now=NOW)
        assert session.scalar(sa.select(Partnership.open_leads)) == 0


def test_one_person_is_one_lead_of_a_vendor(people: People) -> None:
    with acting(people.actor("vera")) as vera:
        first = operations.enter_lead(DENTIST, by=vera, now=NOW)
        again = operations.enter_lead(Answer(email="DORA@praxis.example", phone="1234", country="DE"), by=vera, now=NOW)

    assert again.id == first.id
    assert again.phone == "1234"


def test_a_bad_row_is_listed_and_the_good_ones_go_in(people: People) -> None:
    rows = [(2, DENTIST), (3, Answer(email="not an address", country="DE")), (4, Answer(country="DE"))]
    with acting(people.actor("vera")) as vera:
        good, bad = operations.import_leads(rows, source="fair", by=vera, now=NOW)

    assert len(good) == 1
    assert [(row.line, row.reason) for row in bad] == [
        (3, "This is not an e-mail address."),
        (4, "Give an e-mail address or a telephone number."),
    ]


def test_a_lead_without_a_country_is_refused(people: People) -> None:
    with acting(people.actor("vera")) as vera, pytest.raises(OddLead, match="country"):
        operations.enter_lead(Answer(email="dora@praxis.example"), by=vera, now=NOW)


def test_a_deal_is_won_on_the_partners_word_until_the_vendor_confirms_it(people: People) -> None:
    assignment = offer(people)
    with acting(people.actor("alice")) as alice:
        lead = operations.accept_offer(assignment=assignment, by=alice, now=NOW)
        operations.record_contact(lead=lead, by=alice, now=NOW)
        deal = operations.open_deal(lead=lead, account="Praxis Dora", products=[], currency="EUR", by=alice, now=NOW)
        operations.win_deal(deal=deal, net=Money(120_000, "EUR"), evidence=Evidence.CONFIRMED, by=alice, now=NOW)

        assert (deal.state, deal.evidence, deal.amount_minor) == (DealState.WON, Evidence.REPORTED, 120_000)
        assert session.get_one(Lead, lead.id).state is LeadState.CONVERTED


def test_what_the_partner_does_with_the_lead_is_noted_where_both_read_it(people: People) -> None:
    assignment = offer(people)
    with acting(people.actor("alice")) as alice:
        lead = operations.accept_offer(assignment=assignment, by=alice, now=NOW)
        operations.record_contact(lead=lead, words="Called, wants a visit", by=alice, now=NOW)
        assert [note.kind for note in queries.notes_of(lead.id)] == ["accepted", "called"]
    with acting(people.actor("vera")):
        assert [note.kind for note in queries.notes_of(lead.id)] == ["accepted", "called"]
    assert Actor.anonymous().org_id is None
