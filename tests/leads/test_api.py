"""The API of leads does what the pages do, once per key, within the reach of the token."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tcma.leads.models import Lead
from tests.leads import rows
from tests.people import People

Client = FlaskClient


def with_token(client: FlaskClient, people: People, name: str) -> FlaskClient:
    actor = people.actor(name)
    with acting(actor):
        _row, secret = make_token(name="test", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    mine = client.application.test_client()
    mine.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return mine


@pytest.fixture
def tokens(client: FlaskClient, people: People) -> dict[str, FlaskClient]:
    return {name: with_token(client, people, name) for name in ("alice", "bob", "charlie", "vera", "viktor")}


NEW = {"country": "DE", "postcode": "10115", "city": "Berlin", "email": "dora@praxis.example", "need": "Wi-Fi"}


def test_the_vendor_creates_a_lead_and_the_same_key_makes_it_once(people: People, tokens: dict[str, Client]) -> None:
    keyed = {"Idempotency-Key": "lead-1"}

    first = tokens["vera"].post("/api/v1/leads", json=NEW, headers=keyed)
    again = tokens["vera"].post("/api/v1/leads", json=NEW, headers=keyed)
    other = tokens["vera"].post("/api/v1/leads", json={**NEW, "city": "Potsdam"}, headers=keyed)

    assert first.status_code == 201
    assert (again.status_code, again.data) == (201, first.data)
    assert other.status_code == 422
    with acting(people.actor("vera")):
        assert session.scalar(sa.select(sa.func.count(Lead.id))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "Germany"},
        {"country": "XX"},
        {"email": "dora"},
        {"email": "", "phone": ""},
        {"colour": "red"},
        {"need": "a\0b"},
    ],
)
def test_a_lead_that_cannot_be_used_is_a_problem(wrong: dict[str, str], tokens: dict[str, Client]) -> None:
    answer = tokens["vera"].post("/api/v1/leads", json={**NEW, **wrong})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_a_partner_accepts_an_offer_and_works_on_the_lead_to_a_confirmed_deal(
    people: People, tokens: dict[str, Client]
) -> None:
    rows.offered(people)
    alice, vera = tokens["alice"], tokens["vera"]
    (offer,) = alice.get("/api/v1/offers").json["items"]

    lead = alice.post(f"/api/v1/offers/{offer['public_id']}/accept").json
    contacted = alice.post(f"/api/v1/leads/{lead['public_id']}/contact", json={"words": "Wants a visit"}).json
    deal = alice.post(f"/api/v1/leads/{lead['public_id']}/deals", json={"currency": "EUR"}).json
    won = alice.post(f"/api/v1/deals/{deal['public_id']}/win", json={"minor": 480_000, "currency": "EUR"}).json
    confirmed = vera.post(f"/api/v1/deals/{deal['public_id']}/confirm", json={"reference": "SO-1"}).json

    assert "email" not in offer
    assert lead["email"] == "dora@praxis.example"
    assert contacted["state"] == "contacted"
    assert (won["state"], won["evidence"], won["amount"]) == ("won", "reported", {"minor": 480_000, "currency": "EUR"})
    assert confirmed["evidence"] == "confirmed"


def test_an_offer_is_accepted_once_and_refused_with_a_reason_that_counts(
    people: People, tokens: dict[str, Client]
) -> None:
    offer = rows.offered(people).public_id
    other = rows.offered(people, rows.somebody()).public_id
    alice = tokens["alice"]

    assert alice.post(f"/api/v1/offers/{offer}/accept").status_code == 200
    assert alice.post(f"/api/v1/offers/{offer}/accept").status_code == 409
    assert alice.post(f"/api/v1/offers/{other}/reject", json={"reason": "because"}).status_code == 422
    assert alice.post(f"/api/v1/offers/{other}/reject", json={"reason": "too_far"}).json["state"] == "rejected"


def test_who_may_not_is_told_so_and_who_is_elsewhere_finds_nothing(people: People, tokens: dict[str, Client]) -> None:
    offer = rows.offered(people).public_id
    own = rows.own_lead(people, rows.somebody()).public_id

    assert tokens["bob"].post(f"/api/v1/offers/{offer}/accept").status_code == 403
    assert tokens["charlie"].post(f"/api/v1/offers/{offer}/accept").status_code == 404
    assert tokens["alice"].post("/api/v1/leads", json=NEW).status_code == 403
    for name in ("charlie", "vera", "viktor"):
        assert tokens[name].get(f"/api/v1/leads/{own}").status_code == 404
    assert [lead["kind"] for lead in tokens["vera"].get("/api/v1/leads").json["items"]] == ["distributed"]


def test_an_amount_in_another_currency_or_none_at_all_is_refused(people: People, tokens: dict[str, Client]) -> None:
    deal = rows.open_deal(people).public_id

    for wrong in ({"minor": 0, "currency": "EUR"}, {"minor": 1.5, "currency": "EUR"}, {"minor": 5, "currency": "USD"}):
        assert tokens["alice"].post(f"/api/v1/deals/{deal}/win", json=wrong).status_code == 422
    assert tokens["alice"].post(f"/api/v1/deals/{deal}/confirm", json={"reference": "x"}).status_code == 403
    assert tokens["alice"].post(f"/api/v1/deals/{deal}/lose", json={"reason": "price"}).json["lost_reason"] == "price"


def test_lists_are_paged_and_searched(people: People, tokens: dict[str, Client]) -> None:
    for _number in range(3):
        rows.own_lead(people, rows.somebody())

    page = tokens["alice"].get("/api/v1/leads?per_page=2&page=2").json

    assert (len(page["items"]), page["pages"], page["total"]) == (1, 2, 3)
    assert tokens["alice"].get("/api/v1/leads?q=nobody").json["total"] == 0
    assert tokens["alice"].get("/api/v1/leads?colour=red").status_code == 422
