"""The way in: what lets people in, what keeps them out, and that every change holds at the next request."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import AuditEntry, Message, Switch
from tcma.core.tenancy import acting
from tcma.identity import passwords
from tcma.identity.models import Membership, Organisation, OrganisationState, Role, User, UserSession
from tcma.identity.operations.members import change_role, remove_member
from tests import factories
from tests.people import People
from tests.signing_in import signed_in, with_csrf

PASSWORD = "three or four words"


def user_of(member: Membership) -> User:
    return session.get_one(User, member.user_id)


@pytest.fixture
def alice(people: People) -> Membership:
    user_of(people.alice).password = passwords.hashed(PASSWORD)
    session.commit()
    return people.alice


def sign_in(client: FlaskClient, email: str = "alice@example.com", password: str = PASSWORD, **more: str):
    with_csrf(client)
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_address_and_password_let_a_person_in(client: FlaskClient, alice: Membership) -> None:
    answer = sign_in(client, "  Alice@Example.com ")

    assert (answer.status_code, answer.location) == (303, "/")
    assert "Alice" in client.get("/account").text


def test_a_wrong_password_an_unknown_address_and_a_disabled_person_get_the_same_answer(
    client: FlaskClient, alice: Membership, people: People
) -> None:
    user_of(people.bob).active = False
    user_of(people.bob).password = passwords.hashed(PASSWORD)
    answers = [
        sign_in(client, password="something else"),
        sign_in(client, "nobody@example.com"),
        sign_in(client, "bob@example.com"),
        sign_in(client, "charlie@example.com"),  # has no password
    ]

    pages = {re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {422}
    assert len(pages) == 1


def test_the_cookie_holds_a_secret_that_the_database_does_not(client: FlaskClient, alice: Membership) -> None:
    sign_in(client)

    with client.session_transaction() as cookie:
        assert set(cookie) <= {"sid", "csrf_token", "_permanent", "_flashes"}
        sid = cookie["sid"]
    assert sid not in {row.token_hash for row in session.scalars(sa.select(UserSession))}


def test_a_session_from_before_signing_in_is_worth_nothing_after_it(
    app: Flask, client: FlaskClient, alice: Membership
) -> None:
    with client.session_transaction() as cookie:
        cookie["sid"] = "planted by somebody else"
    sign_in(client)

    with client.session_transaction() as cookie:
        assert cookie["sid"] != "planted by somebody else"
    other = app.test_client()
    with other.session_transaction() as cookie:
        cookie["sid"] = "planted by somebody else"
    assert other.get("/account").status_code == 303


def test_a_cookie_that_was_kept_is_worth_nothing_after_signing_out(
    app: Flask, client: FlaskClient, people: People
) -> None:
    signed_in(client, people.alice)
    with client.session_transaction() as cookie:
        kept = dict(cookie)

    client.post("/sign-out")

    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(kept)
    assert thief.get("/account").location.startswith("/sign-in")


@pytest.mark.parametrize("what", ["person disabled", "membership ended", "company suspended", "session too old"])
def test_who_may_no_longer_act_is_nobody_at_the_next_request(client: FlaskClient, people: People, what: str) -> None:
    signed_in(client, people.alice)
    assert client.get("/account").status_code == 200

    if what == "person disabled":
        user_of(people.alice).active = False
    elif what == "membership ended":
        remove(people, "alice", by="alice")
    elif what == "company suspended":
        session.get_one(Organisation, people.partner.id).state = OrganisationState.SUSPENDED
    else:
        session.execute(sa.update(UserSession).values(expires_at=clock.now() - timedelta(seconds=1)))

    assert client.get("/account").status_code == 303


def remove(people: People, name: str, *, by: str) -> None:
    factories.member(people.partner, Role.ADMIN)
    actor = people.actor(by)
    with acting(actor):
        remove_member(membership_id=getattr(people, name).public_id, by=actor, now=clock.now())


def test_a_role_that_was_taken_away_is_gone_at_the_next_request(client: FlaskClient, people: People) -> None:
    factories.member(people.partner, Role.ADMIN)
    signed_in(client, people.alice)
    assert client.get("/members").status_code == 200
    actor = people.actor("alice")
    with acting(actor):
        change_role(membership_id=people.alice.public_id, role=Role.VIEWER, by=actor, now=clock.now())

    assert client.get("/members").status_code == 403


def test_a_form_without_the_token_changes_nothing(client: FlaskClient, people: People) -> None:
    signed_in(client, people.alice)
    del client.environ_base["HTTP_X_CSRFTOKEN"]

    answer = client.post("/account", data={"name": "Mallory", "locale": "en", "zone": "UTC"})

    assert answer.status_code == 400
    assert session.get_one(User, people.alice.user_id).name == "Alice"


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(client: FlaskClient, alice: Membership, wanted: str) -> None:
    answer = sign_in(client, next=wanted)

    assert answer.location == "/"


def test_who_came_for_a_page_gets_there_after_signing_in(client: FlaskClient, alice: Membership) -> None:
    asked = client.get("/account?x=1")

    assert asked.location == "/sign-in?next=/account?x%3D1"
    assert sign_in(client, next="/account?x=1").location == "/account?x=1"


def test_guessing_is_stopped_after_some_attempts_and_being_right_is_not_counted(
    client: FlaskClient, alice: Membership
) -> None:
    assert [sign_in(client).status_code for _ in range(7)] == [303] * 7

    statuses = [sign_in(client, password=f"guess number {i}").status_code for i in range(6)]

    assert statuses == [422] * 5 + [429]
    assert sign_in(client).status_code == 429


def test_the_company_is_changed_by_a_post_and_only_to_ones_own(client: FlaskClient, people: People) -> None:
    second = factories.save(
        Membership(user_id=people.alice.user_id, org_id=people.vendor.id, role=Role.CAM, created_at=factories.NOW)
    )
    signed_in(client, people.alice)

    assert client.post(f"/company/{people.charlie.public_id}").status_code == 404
    assert client.get(f"/company/{second.public_id}").status_code == 405
    assert client.post(f"/company/{second.public_id}").status_code == 303
    assert "Vera&#39;s vendor" in client.get("/account").text


def ask_for_link(client: FlaskClient, email: str):
    with_csrf(client)
    return client.post("/password/forgotten", data={"email": email})


def mailed_link(email: str = "alice@example.com") -> str:
    session.commit()
    outbox.drain(now=clock.now())
    with acting(Actor.reader("test")), transaction():
        text = session.scalars(sa.select(Message.text).where(Message.to_address == email).order_by(Message.id)).all()[
            -1
        ]
    return re.search(r"http://localhost(/\S+)", text)[1]


def test_asking_for_a_new_password_is_answered_alike_for_every_address(client: FlaskClient, alice: Membership) -> None:
    known, unknown = ask_for_link(client, "alice@example.com"), ask_for_link(client, "wrong@example.com")

    assert known.status_code == unknown.status_code == 200
    assert re.sub(r'content="[^"]*"', "", known.text).replace("alice@", "wrong@") == re.sub(
        r'content="[^"]*"', "", unknown.text
    )


def test_the_mailed_link_sets_a_password_once_and_ends_every_session(
    app: Flask, client: FlaskClient, people: People
) -> None:
    elsewhere = signed_in(app.test_client(), people.alice)
    ask_for_link(client, "alice@example.com")
    link = mailed_link()

    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "four quite new words"}).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    with_csrf(client)
    assert client.post(link, data={"password": "somebody else's words"}).status_code == 410
    assert sign_in(client, password="four quite new words").status_code == 303


def test_a_link_that_is_more_than_an_hour_old_sets_no_password(client: FlaskClient, people: People) -> None:
    ask_for_link(client, "alice@example.com")
    link = mailed_link()
    clock.use_offset(lambda: timedelta(hours=1, minutes=2))

    assert client.get(link).status_code == 410


@pytest.mark.parametrize("weak", ["short", "password1!", "aaaaaaaaaaaa", "1234567890"])
def test_a_password_that_anybody_tries_first_is_refused(weak: str) -> None:
    with pytest.raises(passwords.WeakPassword):
        passwords.hashed(weak)


def test_the_present_password_is_asked_for_before_it_is_changed(client: FlaskClient, alice: Membership) -> None:
    sign_in(client)
    with_csrf(client)

    wrong = client.post("/account/password", data={"present": "not it at all", "password": "four quite new words"})
    right = client.post("/account/password", data={"present": PASSWORD, "password": "four quite new words"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert client.get("/account").status_code == 200


def test_signing_in_and_out_are_written_in_the_trail_once_each(client: FlaskClient, alice: Membership) -> None:
    sign_in(client)
    with_csrf(client)
    client.post("/sign-out")

    with acting(Actor.reader("test")):
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["session.began", "session.ended"]


def test_there_are_no_sign_in_cards_outside_the_demo(client: FlaskClient, people: People) -> None:
    session.add(
        Switch(
            name="demo_cards",
            value={"cards": [{"email": "alice@example.com", "label": "x", "text": "y"}]},
            updated_at=factories.NOW,
        )
    )
    with_csrf(client)

    assert client.post("/demo/sign-in", data={"email": "alice@example.com"}).status_code == 404
    assert "demo" not in client.get("/sign-in").text
