"""Pages of leads: what a partner, a colleague, another partner and the vendor see and can do."""

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import escape

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.leads import operations
from tcma.leads.models import Assignment, AssignmentState, Deal, DealState, Evidence, Lead, LeadState, RoutingRule
from tests.leads import rows
from tests.people import People
from tests.signing_in import signed_in


@pytest.fixture
def alice(client: FlaskClient, people: People) -> FlaskClient:
    return signed_in(client, people.alice)


@pytest.fixture
def others(client: FlaskClient, people: People) -> dict[str, FlaskClient]:
    return {
        name: signed_in(client.application.test_client(), getattr(people, name))
        for name in ("bob", "charlie", "vera", "viktor")
    }


def said(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def test_a_partner_finds_its_offers_with_clock_and_reason_above_its_leads(alice: FlaskClient, people: People) -> None:
    assignment = rows.offered(people)
    rows.own_lead(people, rows.somebody())

    page = said(alice, "/leads")

    assert str(escape(assignment.why)) in page
    assert "data-deadline" in page
    assert page.index("To accept") < page.index("Your leads")
    assert "dora@praxis.example" not in page


def test_a_colleague_sees_the_leads_and_another_partner_sees_none(
    people: People, others: dict[str, FlaskClient]
) -> None:
    lead = rows.own_lead(people)

    assert lead.name in said(others["bob"], "/leads")
    assert "No leads yet" in said(others["charlie"], "/leads")
    said(others["charlie"], f"/leads/{lead.public_id}", 404)


def test_the_vendor_sees_how_many_leads_partners_made_and_never_who(
    people: People, others: dict[str, FlaskClient]
) -> None:
    lead = rows.own_lead(people)
    ours = rows.vendor_lead(people, rows.somebody())

    page = said(others["vera"], "/leads")

    assert "Made by partners" in page
    assert page.count(lead.name) == 1  # its own lead of the same name
    assert ours.public_id in page
    assert lead.public_id not in page
    said(others["vera"], f"/leads/{lead.public_id}", 404)


def test_what_partners_leads_are_is_out_of_the_vendors_search(people: People, others: dict[str, FlaskClient]) -> None:
    rows.own_lead(people)

    assert "Klein" not in said(others["vera"], "/leads?q=Klein").replace('value="Klein"', "")


def test_search_and_state_narrow_the_list(alice: FlaskClient, people: People) -> None:
    rows.own_lead(people)

    assert "Klein" in said(alice, "/leads?q=praxis&state=open")
    assert "No lead fits" in said(alice, "/leads?q=nobody")
    assert "No lead fits" in said(alice, "/leads?state=closed")


def test_a_search_for_an_odd_letter_finds_nothing_and_does_not_fail(alice: FlaskClient) -> None:
    assert "No lead" in said(alice, "/leads?q=%00&state=%00")
    assert "No deal" in said(alice, "/leads/deals?q=%00&state=%00")


def test_accepting_opens_the_details(alice: FlaskClient, people: People) -> None:
    assignment = rows.offered(people)
    before = said(alice, f"/leads/offers/{assignment.public_id}")

    answer = alice.post(f"/leads/offers/{assignment.public_id}/accept")

    assert "Klein" not in before
    assert answer.status_code == 303
    page = said(alice, answer.location)
    assert "dora@praxis.example" in page
    assert "tel:+49305550101" in page
    assert str(escape(assignment.why)) in page


def test_a_colleague_without_sales_reads_the_offer_and_cannot_take_it(
    people: People, others: dict[str, FlaskClient]
) -> None:
    assignment = rows.offered(people)

    assert "Accept the lead" not in said(others["bob"], f"/leads/offers/{assignment.public_id}")
    assert others["bob"].post(f"/leads/offers/{assignment.public_id}/accept").status_code == 403


def test_refusing_asks_for_a_reason(alice: FlaskClient, people: People) -> None:
    assignment = rows.offered(people)

    without = alice.post(f"/leads/offers/{assignment.public_id}/refuse")
    answer = alice.post(f"/leads/offers/{assignment.public_id}/refuse", data={"reason": "too_far"})

    assert without.status_code == 422
    assert "Choose a reason." in without.get_data(as_text=True)
    assert answer.status_code == 303
    assert "You refused this lead" in said(alice, f"/leads/offers/{assignment.public_id}")


def test_one_tap_records_the_call_and_then_a_deal_can_be_made(alice: FlaskClient, people: People) -> None:
    lead = rows.own_lead(people)

    assert alice.post(f"/leads/{lead.public_id}/called").status_code == 303

    page = said(alice, f"/leads/{lead.public_id}")
    assert "Called, Alice" in page
    assert "Make a deal" in page


def test_a_note_is_read_by_name_and_an_empty_one_is_refused(alice: FlaskClient, people: People) -> None:
    lead = rows.own_lead(people)

    assert alice.post(f"/leads/{lead.public_id}/notes", data={"text": ""}).status_code == 422
    alice.post(f"/leads/{lead.public_id}/notes", data={"text": "Wants <b>two</b> switches"})

    page = said(alice, f"/leads/{lead.public_id}")
    assert "Note, Alice" in page
    assert "Wants &lt;b&gt;two&lt;/b&gt; switches" in page


def test_a_lead_is_closed_with_a_reason_only(alice: FlaskClient, people: People) -> None:
    lead = rows.own_lead(people)

    assert alice.post(f"/leads/{lead.public_id}/close").status_code == 422
    assert alice.post(f"/leads/{lead.public_id}/close", data={"reason": "no_budget"}).status_code == 303
    assert "No budget" in said(alice, f"/leads/{lead.public_id}")
    assert alice.post(f"/leads/{lead.public_id}/close", data={"reason": "no_budget"}).status_code == 409


def test_a_lead_becomes_a_won_deal_that_the_vendor_confirms(
    alice: FlaskClient, people: People, others: dict[str, FlaskClient]
) -> None:
    lead = rows.own_lead(people)
    made = alice.post(f"/leads/{lead.public_id}/deals", data={"account": "Praxis Klein", "currency": "EUR"})

    won = alice.post(f"{made.location}/win", data={"amount": "4,800.00", "evidence_ref": "PO 77"})
    page = said(others["vera"], made.location)
    confirmed = others["vera"].post(f"{made.location}/confirm", data={"reference": "SO-1"})

    assert made.status_code == won.status_code == confirmed.status_code == 303
    assert "Reported" in page
    assert "Dora" not in page  # the person stays the partner's
    assert "Confirmed" in said(alice, made.location)
    assert "€4,800.00" in said(others["vera"], "/leads/deals?state=won")
    with acting(people.actor("vera")):
        deal = session.scalars(sa.select(Deal)).one()
        assert (deal.state, deal.evidence, deal.amount_minor) == (DealState.WON, Evidence.CONFIRMED, 480_000)


def test_an_amount_that_cannot_be_read_is_said_at_its_field_and_stays_typed(alice: FlaskClient, people: People) -> None:
    deal = rows.open_deal(people)

    answer = alice.post(f"/leads/deals/{deal.public_id}/win", data={"amount": "lots"})

    assert answer.status_code == 422
    assert 'value="lots"' in answer.get_data(as_text=True)


def test_a_partner_cannot_confirm_its_own_deal(alice: FlaskClient, people: People) -> None:
    deal = rows.won_deal(people)

    assert alice.post(f"/leads/deals/{deal.public_id}/confirm", data={"reference": "me"}).status_code == 403


def test_a_deal_is_lost_with_a_reason(alice: FlaskClient, people: People) -> None:
    deal = rows.open_deal(people)

    assert alice.post(f"/leads/deals/{deal.public_id}/lose").status_code == 422
    alice.post(f"/leads/deals/{deal.public_id}/lose", data={"reason": "price"})
    assert "The price" in said(alice, f"/leads/deals/{deal.public_id}")
    assert alice.post(f"/leads/deals/{deal.public_id}/win", data={"amount": "1"}).status_code == 409


def test_another_vendor_sees_no_deal(people: People, others: dict[str, FlaskClient]) -> None:
    deal = rows.won_deal(people)

    said(others["viktor"], f"/leads/deals/{deal.public_id}", 404)
    assert "No deals yet" in said(others["viktor"], "/leads/deals")


def test_the_vendor_enters_a_lead_and_follows_its_way(people: People, others: dict[str, FlaskClient]) -> None:
    rows.serve(people)
    vera = others["vera"]
    typed = {"country": "DE", "postcode": "10115", "city": "Berlin", "phone": "+49 30 1", "need": "Wi-Fi"}

    refused = vera.post("/leads/new", data={"country": "DE", "need": "Wi-Fi"})
    entered = vera.post("/leads/new", data=typed)

    assert refused.status_code == 422
    assert "Give an e-mail address or a telephone number." in refused.get_data(as_text=True)
    assert "Looking for the best partner" in said(vera, entered.location)
    with acting(Actor.system("test", vendor_id=people.vendor.id)) as by:
        lead = session.scalars(sa.select(Lead)).one()
        operations.route_lead(lead_id=lead.id, by=by, now=rows.clock.now())
    page = said(vera, entered.location)
    assert "You serve Berlin" in page
    assert "Serves the place: 2 of 2 partners" in page.replace("\xa0", " ")


def test_a_partner_enters_no_lead_of_the_vendors(alice: FlaskClient) -> None:
    for path in ("/leads/new", "/leads/import", "/leads/rules"):
        assert alice.get(path).status_code == 403


def test_a_file_goes_in_by_its_good_rows_and_lists_the_bad_ones(people: People, others: dict[str, FlaskClient]) -> None:
    table = "Vorname;E-Mail;Land;PLZ;Farbe\nDora;dora@praxis.example;Deutschland;10115;blau\nEmil;;DE;1;rot\nFritz;f@x.example;Atlantis;1;\n"

    answer = others["vera"].post(
        "/leads/import", data={"file": (io.BytesIO(table.encode()), "fair.csv"), "source": "Fair"}
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1 lead went in" in page
    assert "Give an e-mail address or a telephone number." in page
    assert "This is not a country." in page
    assert "Farbe" in page
    with acting(people.actor("vera")):
        lead = session.scalars(sa.select(Lead)).one()
        assert (lead.first_name, lead.country, lead.source) == ("Dora", "DE", "Fair")


@pytest.mark.parametrize("content", [b"", b"colour\nblue\n", b"\x00\x01\x02\xff"])
def test_a_file_that_is_no_table_of_leads_is_refused_with_the_reason(
    content: bytes, others: dict[str, FlaskClient]
) -> None:
    answer = others["vera"].post("/leads/import", data={"file": (io.BytesIO(content), "fair.csv")})

    assert answer.status_code == 422
    assert "field__error" in answer.get_data(as_text=True)


def test_the_vendor_gives_a_lead_by_hand_and_nobody_gets_it_twice(
    people: People, others: dict[str, FlaskClient]
) -> None:
    lead = rows.vendor_lead(people)
    with acting(people.actor("vera")) as vera:
        assert operations.route_lead(lead_id=lead.id, by=vera, now=rows.clock.now()) is None
    vera = others["vera"]
    assert "Who should get it?" in said(vera, f"/leads/{lead.public_id}")

    given = vera.post(f"/leads/{lead.public_id}/assign", data={"partner": people.partnership.public_id})
    again = vera.post(f"/leads/{lead.public_id}/assign", data={"partner": people.other_partnership.public_id})

    assert given.status_code == 303
    assert again.status_code == 409
    assert "chose you for this lead by hand" in said(vera, f"/leads/{lead.public_id}")


def test_closing_a_lead_takes_back_the_offer_that_waits(people: People, others: dict[str, FlaskClient]) -> None:
    assignment = rows.offered(people)
    with acting(people.actor("vera")):
        lead = session.get_one(Lead, assignment.lead_id)

    others["vera"].post(f"/leads/{lead.public_id}/take-back", data={"reason": "duplicate"})

    with acting(people.actor("vera")):
        assert session.scalar(sa.select(Assignment.state)) is AssignmentState.WITHDRAWN
        assert session.scalar(sa.select(Lead.state)) is LeadState.CLOSED


def test_rules_are_tried_before_they_hold(people: People, others: dict[str, FlaskClient]) -> None:
    rows.vendor_lead(people, rows.somebody())
    vera = others["vera"]
    chosen = {"territory": "off", "competency": "optional", "first": "competency"}

    assert "Nobody was left at: Serves the place" in said(vera, "/leads/rules")
    tried = vera.post("/leads/rules/preview", data=chosen).get_data(as_text=True)
    assert "Not saved yet" in tried
    assert "Alice&#39;s company" in tried
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(RoutingRule)).all() == []

    assert vera.post("/leads/rules", data=chosen).status_code == 303
    assert "Alice&#39;s company" in said(vera, "/leads/rules")
    with acting(people.actor("vera")):
        found = session.scalars(sa.select(RoutingRule).order_by(RoutingRule.position)).all()
        assert [(rule.kind, rule.required) for rule in found] == [("competency", False), ("capacity", True)]


def test_a_fragment_is_the_rows_alone(alice: FlaskClient) -> None:
    answer = alice.get("/leads", headers={"HX-Request": "true"})

    assert "<html" not in answer.get_data(as_text=True)
