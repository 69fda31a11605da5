"""Colleagues, invitations, keys to the API: who may let whom in, and how it ends."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.errors import DomainError
from tcma.core.models import AuditEntry, Message, PublicAddress
from tcma.core.tenancy import acting
from tcma.identity.models import ApiToken, Membership, Role
from tcma.identity.operations import members
from tcma.identity.operations.tokens import ScopeNotHeld, make_token
from tcma.identity.permissions import Permission
from tcma.identity.words import PERMISSION_WORDS, ROLE_WORDS
from tests import factories
from tests.people import People
from tests.signing_in import signed_in, with_csrf


def invitation_link(address: str) -> str:
    session.commit()
    outbox.drain(now=clock.now())
    with acting(Actor.reader("test")), transaction():
        text = session.scalars(sa.select(Message.text).where(Message.to_address == address).order_by(Message.id)).all()[
            -1
        ]
    return re.search(r"http://localhost(/\S+)", text)[1]


def test_a_new_colleague_joins_with_a_name_and_a_password_and_is_signed_in(
    app: Flask, client: FlaskClient, people: People
) -> None:
    signed_in(client, people.alice)
    assert client.post("/members", data={"email": "Dora@Example.com", "role": "marketer"}).status_code == 303
    dora, link = with_csrf(app.test_client()), invitation_link("dora@example.com")

    assert "Alice&#39;s company" in dora.get(link).text
    assert dora.post(link, data={"name": "Dora", "password": "three or four words"}).status_code == 303
    assert "Dora" in dora.get("/account").text
    assert with_csrf(dora).post(link, data={"name": "Eve", "password": "three or four words"}).status_code == 410


def test_who_has_an_account_joins_with_one_press(app: Flask, client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)
    client.post("/members", data={"email": "charlie@example.com", "role": "viewer"})
    charlie, link = with_csrf(app.test_client()), invitation_link("charlie@example.com")

    assert "charlie@example.com" in charlie.get(link).text
    assert charlie.post(link).status_code == 303
    joined = sa.select(Membership.org_id).where(Membership.user_id == people.charlie.user_id)
    assert set(session.scalars(joined)) == {people.partner.id, people.other_partner.id}


def test_looking_at_an_invitation_changes_nothing(app: Flask, client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)
    client.post("/members", data={"email": "charlie@example.com", "role": "viewer"})
    link = invitation_link("charlie@example.com")

    for _ in range(3):
        app.test_client().get(link)

    assert session.scalar(sa.select(sa.func.count()).where(Membership.user_id == people.charlie.user_id)) == 1


@pytest.mark.parametrize("how", ["withdrawn", "too old"])
def test_an_invitation_ends(app: Flask, client: FlaskClient, people: People, how: str) -> None:
    signed_in(client, people.alice)
    client.post("/members", data={"email": "dora@example.com", "role": "viewer"})
    link = invitation_link("dora@example.com")

    if how == "withdrawn":
        path = re.search(r'action="(/invitations/[^"]+)"', client.get("/members").text)[1]
        assert client.post(path).status_code == 303
    else:
        clock.use_offset(lambda: timedelta(days=15))

    assert app.test_client().get(link).status_code == 410


def test_a_role_of_the_other_side_is_refused(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)

    assert client.post("/members", data={"email": "dora@example.com", "role": "finance"}).status_code == 422
    assert client.post(f"/members/{people.bob.public_id}/role", data={"role": "finance"}).status_code == 422


def test_the_last_administrator_stays(people: People) -> None:
    actor = people.actor("alice")

    with acting(actor), pytest.raises(members.LastAdministrator):
        members.remove_member(membership_id=people.alice.public_id, by=actor, now=factories.NOW)
    with acting(actor), pytest.raises(members.LastAdministrator):
        members.change_role(membership_id=people.alice.public_id, role=Role.VIEWER, by=actor, now=factories.NOW)


def test_nobody_changes_the_people_of_another_company(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)

    foreign = client.post(f"/members/{people.charlie.public_id}/remove")
    absent = client.post("/members/mem_2222222222222222/remove")

    assert without_csrf(foreign.text) == without_csrf(absent.text)
    assert (foreign.status_code, absent.status_code) == (404, 404)


def without_csrf(page: str) -> str:
    """The page without the token that is signed with the second it was made in."""
    return re.sub(r'name="csrf-token" content="[^"]+"|name="csrf_token"[^>]+', "", page)


def token_for(people: People, name: str, *scopes: str) -> str:
    actor = people.actor(name)
    with acting(actor):
        _token, secret = make_token(name="CRM", scopes=scopes, days=30, by=actor, now=clock.now())
    session.commit()
    return secret


def me(client: FlaskClient, secret: str):
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})


def test_a_key_acts_for_its_company_within_its_scopes(client: FlaskClient, people: People) -> None:
    secret = token_for(people, "alice", "kits:read")

    answer = me(client, secret)

    assert (answer.status_code, answer.json["organisation"]) == (200, "Alice's company")
    assert answer.json["permissions"] == ["kits:read"]


def test_the_key_itself_is_kept_nowhere(people: People) -> None:
    secret = token_for(people, "alice", "kits:read")

    address = session.scalars(sa.select(PublicAddress).where(PublicAddress.purpose == "api_token")).one()
    with acting(people.actor("alice")):
        row = session.scalars(sa.select(ApiToken)).one()
    assert secret not in {address.slug, row.hint}
    assert len(row.hint) == 8


def test_a_revoked_key_is_refused_at_the_next_request(client: FlaskClient, people: People) -> None:
    secret = token_for(people, "alice", "kits:read")
    assert me(client, secret).status_code == 200

    signed_in(client, people.alice)
    path = re.search(r'action="(/tokens/tok_[^"]+/revoke)"', client.get("/tokens").text)[1]
    client.post(path)

    answer = me(client, secret)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_may_no_more_than_its_makers_role_still_allows(client: FlaskClient, people: People) -> None:
    factories.member(people.partner, Role.ADMIN)
    secret = token_for(people, "alice", "kits:read", "audit:read")
    actor = people.actor("alice")
    with acting(actor):
        members.change_role(membership_id=people.alice.public_id, role=Role.VIEWER, by=actor, now=clock.now())

    assert me(client, secret).json["permissions"] == ["kits:read"]
    with acting(actor):
        members.remove_member(membership_id=people.alice.public_id, by=actor, now=clock.now())
    assert me(client, secret).status_code == 401


def test_an_expired_key_is_refused(client: FlaskClient, people: People) -> None:
    secret = token_for(people, "alice", "kits:read")
    clock.use_offset(lambda: timedelta(days=31))

    assert me(client, secret).status_code == 401


@pytest.mark.parametrize("scope", ["tokens:write", "members:write", "settlements:release", "nonsense"])
def test_a_key_cannot_be_given_what_its_maker_has_not_or_what_is_for_people_only(people: People, scope: str) -> None:
    actor = people.actor("alice")

    with acting(actor), pytest.raises(ScopeNotHeld):
        make_token(name="CRM", scopes=[scope], days=30, by=actor, now=factories.NOW)


def test_the_cookie_of_a_signed_in_browser_opens_no_api(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)

    assert client.get("/api/v1/me").status_code == 401


def test_the_new_key_is_shown_once(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)

    made = client.post("/tokens", data={"name": "CRM", "scopes": ["kits:read"], "days": "30"})

    secret = re.search(r'value="(tok_[^"]+)"', made.text)[1]
    assert me(client, secret).status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert secret not in client.get("/tokens").text


def test_the_trail_shows_what_was_done_in_ones_own_company_only(client: FlaskClient, people: People) -> None:
    token_for(people, "charlie", "kits:read")
    token_for(people, "alice", "kits:read")
    signed_in(client, people.alice)

    page = client.get("/audit?q=token").text

    assert page.count("Token made") == 1
    assert "Alice" in page
    assert "Charlie" not in page
    assert client.get("/audit?q=nothing+like+it").status_code == 200


def test_every_command_leaves_one_row_in_the_trail(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)
    before = count()

    client.post("/members", data={"email": "dora@example.com", "role": "viewer"})
    client.post(f"/members/{people.bob.public_id}/role", data={"role": "sales"})
    client.post(f"/members/{people.bob.public_id}/remove")
    client.post("/account", data={"name": "Alice B.", "locale": "de", "zone": "Europe/Berlin"})
    client.post("/tokens", data={"name": "CRM", "scopes": ["kits:read"], "days": "30"})

    assert count() - before == 5
    assert "Mein Konto" in client.get("/account").text or "My account" in client.get("/account").text


def count() -> int:
    with acting(Actor.reader("test")):
        return session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) or 0


def test_a_refusal_of_the_domain_is_said_at_its_field(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)

    answer = client.post("/members", data={"email": "bob@example.com", "role": "viewer"})

    assert answer.status_code == 422
    assert "is a member already" in answer.text
    assert issubclass(members.LastAdministrator, DomainError)


def test_every_role_and_permission_is_called_something() -> None:
    assert set(PERMISSION_WORDS) == set(Permission)
    assert set(ROLE_WORDS) == set(Role)
