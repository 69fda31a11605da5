"""Connecting accounts: two presses, and nothing for those who come by a crooked way."""

import logging
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from syndication.channels.social import oauth, peer_of
from syndication.models import AccountState, OAuthState, SocialAccount
from syndication.sandbox.network.store import open_store
from syndication.social.operations import keeping
from tcma.config import Settings
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import AuditEntry, Outbox
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.social_network import NETWORKS, Served, connected, free_port, serving

pytestmark = pytest.mark.real("http")
CANARY = re.compile(r"sb[xr]-[\w-]{20,}")


@pytest.fixture
def listening() -> Iterator[object]:
    with free_port() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, listening: object) -> Settings:
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"  # type: ignore[attr-defined]
    return replace(settings, demo=True, base_url=address, files_url="http://files.localhost")


@pytest.fixture
def served(app: Flask, listening: object) -> Iterator[Served]:
    with serving(app, listening) as found:  # type: ignore[arg-type]
        yield found


@pytest.fixture
def alice(served: Served, people: People, client: FlaskClient) -> FlaskClient:
    return signed_in(client, people.alice)


def leave(client: FlaskClient, network: str) -> str:
    """Press Connect; returns the address at the network."""
    page = client.post(f"/connections/{network}/connect").get_data(as_text=True)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def allow(client: FlaskClient, address: str, page: str = "Alice's company", decision: str = "allow") -> str:
    """Press Allow at the network; returns the address that it sends one back to."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    network = parts.path.split("/")[2]
    assert client.get(f"{parts.path}?{parts.query}").status_code == 200
    answer = client.post(f"/sandbox/{network}/allow", data={**asked, "page": page, "decision": decision})
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def changed(address: str, **values: str | None) -> str:
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return f"{parts.path}?{'&'.join(f'{name}={value}' for name, value in query.items() if value is not None)}"


def accounts(people: People, name: str = "alice") -> list[SocialAccount]:
    session.expire_all()
    with acting(people.actor(name)):
        return list(session.scalars(sa.select(SocialAccount).order_by(SocialAccount.id)))


@pytest.mark.parametrize("network", NETWORKS)
def test_two_presses_connect_an_account(alice: FlaskClient, people: People, network: str) -> None:
    back = alice.get(allow(alice, leave(alice, network)))

    assert back.status_code == 303
    (account,) = accounts(people)
    assert (account.network, account.state) == (network, AccountState.CONNECTED)
    assert "Connections" in alice.get("/connections").get_data(as_text=True)
    assert accounts(people, "charlie") == []


def test_the_state_is_good_once(alice: FlaskClient, people: People) -> None:
    address = allow(alice, leave(alice, "x"))
    alice.get(address)
    with acting(people.actor("alice")):
        session.scalars(sa.select(SocialAccount)).one().name = "marked"
        session.commit()

    alice.get(address)

    assert [account.name for account in accounts(people)] == ["marked"]


@pytest.mark.parametrize("who", ["bob", "charlie"])
def test_the_return_is_worth_nothing_in_another_session(
    alice: FlaskClient, app: Flask, people: People, served: Served, who: str
) -> None:
    address = allow(alice, leave(alice, "x"))
    other = app.test_client()
    signed_in(other, getattr(people, who))

    other.get(address)

    assert accounts(people) == [] == accounts(people, "charlie")


def test_the_return_is_worth_nothing_after_signing_in_anew(alice: FlaskClient, people: People) -> None:
    address = allow(alice, leave(alice, "x"))
    signed_in(alice, people.alice)

    alice.get(address)

    assert accounts(people) == []


def test_nobody_is_connected_without_signing_in(alice: FlaskClient, app: Flask, people: People) -> None:
    address = allow(alice, leave(alice, "x"))

    answer = app.test_client().get(address)

    assert "/sign-in" in answer.headers["Location"]
    assert accounts(people) == []


CROOKED = {
    "another issuer": {"iss": "https://evil.example"},
    "no state": {"state": None},
    "a made-up state": {"state": "made-up"},
    "a made-up code": {"code": "made-up"},
    "no code": {"code": None},
    "an error beside the code": {"error": "access_denied"},
}


@pytest.mark.parametrize("kind", CROOKED)
def test_a_crooked_return_connects_nothing_and_spends_the_state(alice: FlaskClient, people: People, kind: str) -> None:
    address = allow(alice, leave(alice, "x"))

    assert alice.get(changed(address, **CROOKED[kind])).status_code == 303
    assert accounts(people) == []
    if "state" not in CROOKED[kind]:
        alice.get(address)
        assert accounts(people) == []


def test_a_return_from_another_network_connects_nothing(alice: FlaskClient, people: People) -> None:
    address = allow(alice, leave(alice, "x"))

    alice.get(address.replace("/connections/x/", "/connections/linkedin/"))
    alice.get(address)

    assert accounts(people) == []


def test_a_code_for_another_network_connects_nothing(alice: FlaskClient, people: People) -> None:
    mine, other = allow(alice, leave(alice, "x")), allow(alice, leave(alice, "linkedin"))

    alice.get(changed(mine, code=parse_qs(urlsplit(other).query)["code"][0]))

    assert accounts(people) == []


def test_a_code_is_worth_nothing_without_the_verifier(served: Served, people: People) -> None:
    now, store = clock.now(), open_store()
    peer = peer_of("x")
    assert peer is not None
    back = f"{served.base}/connections/x/callback"
    challenge = urlsafe_b64encode(b"0" * 32).rstrip(b"=").decode()
    for verifier in ("", "guessed" * 8):
        code = store.make_code(
            network="x", account=store.account("x", "A"), redirect_uri=back, challenge=challenge, now=now
        )
        with pytest.raises((oauth.Declined, oauth.Unreached)):
            oauth.exchange(peer, code=code, verifier=verifier, redirect_uri=back, now=now)


def test_saying_no_at_the_network_connects_nothing(alice: FlaskClient, people: People) -> None:
    alice.get(allow(alice, leave(alice, "linkedin"), decision="no"))

    assert accounts(people) == []
    assert "You did not allow it" in alice.get("/connections").get_data(as_text=True)


def test_a_connection_that_takes_too_long_is_over(alice: FlaskClient, people: People) -> None:
    address = allow(alice, leave(alice, "linkedin"))
    with acting(people.actor("alice")):
        row = session.scalars(sa.select(OAuthState)).one()
        row.created_at = row.created_at.replace(year=2020)
        session.commit()

    alice.get(address)

    assert accounts(people) == []


def test_the_address_at_the_network_holds_no_secret(alice: FlaskClient) -> None:
    query = parse_qs(urlsplit(leave(alice, "x")).query)

    assert set(query) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"),
    }
    assert query["code_challenge_method"] == ["S256"]


def test_disconnecting_forgets_the_tokens(alice: FlaskClient, people: People) -> None:
    alice.get(allow(alice, leave(alice, "x")))
    (account,) = accounts(people)

    alice.post(f"/connections/accounts/{account.public_id}/disconnect")

    (account,) = accounts(people)
    assert (account.state, account.token_sealed, account.previous_token_sealed) == (AccountState.REVOKED, None, None)
    with acting(people.actor("alice")):
        done = session.scalars(sa.select(AuditEntry.action)).all()
    assert list(done).count("account.disconnected") == 1


def test_a_token_opens_in_its_own_row_only(served: Served, people: People) -> None:
    now = clock.now()
    first, second = connected(people, "x", now), connected(people, "linkedin", now)
    with acting(people.actor("alice")):
        one, other = session.get_one(SocialAccount, first), session.get_one(SocialAccount, second)
        with pytest.raises(Exception, match="changed or moved"):
            keeping.opened(other, one.token_sealed)


def test_tokens_are_nowhere_but_in_their_column(
    alice: FlaskClient, people: People, app: Flask, served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = [alice.get(allow(alice, leave(alice, network))).get_data(as_text=True) for network in NETWORKS]
    shown += [alice.get(path).get_data(as_text=True) for path in ("/connections", "/demo/feed", "/account")]
    viewer = signed_in(app.test_client(), people.vera)
    shown.append(viewer.get("/connections").get_data(as_text=True))

    session.expire_all()
    with acting(Actor.reader("test")):
        rows = [str(row.ids) for row in session.scalars(sa.select(Outbox))]
        rows += [str((row.before, row.after)) for row in session.scalars(sa.select(AuditEntry))]
        sealed = [row.token_sealed for row in session.scalars(sa.select(SocialAccount))]
    assert len(sealed) == 3
    assert all(b"sbx-" not in token for token in sealed if token)
    assert CANARY.findall("\n".join([*shown, *rows])) == []
    logged = [record for record in caplog.records if record.name.split(".")[0] not in {"urllib3", "werkzeug"}]
    ours = [record.getMessage() for record in logged if not record.name.startswith(("requests_oauthlib", "oauthlib"))]
    assert CANARY.findall("\n".join(ours)) == []


def test_a_vendor_has_no_page_of_connections(served: Served, app: Flask, people: People) -> None:
    vera = app.test_client()

    assert signed_in(vera, people.vera).get("/connections").status_code == 403
