"""Tokens that rotate: refreshed once however many come, and never lost in silence."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from syndication.channels.social.oauth import Unreached
from syndication.models import AccountState, SocialAccount
from syndication.social import tasks
from syndication.social.operations import keeping
from syndication.social.tokens import Disconnected, usable_token
from tcma.config import Settings
from tcma.core import clock
from tcma.core.db import session
from tcma.core.models import Message, Outbox
from tcma.core.outbox import drain
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.social_network import Served, connected, free_port, serving, system

pytestmark = pytest.mark.real("http")
WORKERS = 16


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with free_port() as found:
        yield found


@pytest.fixture
def settings(settings: Settings, listening: socket.socket) -> Settings:
    return replace(settings, demo=True, base_url=f"http://127.0.0.1:{listening.getsockname()[1]}")


@pytest.fixture
def served(app: Flask, listening: socket.socket) -> Iterator[Served]:
    with serving(app, listening) as found:
        yield found


def account(people: People, account_id: int) -> SocialAccount:
    session.expire_all()
    with acting(people.actor("alice")):
        return session.get_one(SocialAccount, account_id)


def refreshes(served: Served, network: str = "x") -> int:
    return int(served.control(network)["calls"].get("token.refresh_token", 0))


def at_once(served: Served, people: People, account_id: int, spurned: str = "") -> list[str]:
    """Sixteen workers that ask for a token in the same moment."""
    got: list[str] = []
    together = threading.Barrier(WORKERS)
    later = clock.now() + timedelta(hours=3)

    def one() -> None:
        together.wait()
        with served.app.app_context():
            got.append(usable_token(account_id=account_id, spurned=spurned, by=system(people), now=later))

    threads = [threading.Thread(target=one) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_sixteen_workers_that_meet_an_expired_token_refresh_it_once(served: Served, people: People) -> None:
    account_id = connected(people, "x", clock.now())

    got = at_once(served, people, account_id)

    assert (len(got), len(set(got)), refreshes(served)) == (WORKERS, 1, 1)


def test_sixteen_workers_whose_token_was_refused_refresh_it_once(served: Served, people: People) -> None:
    account_id = connected(people, "linkedin", clock.now())
    with acting(people.actor("alice")):
        held = keeping.opened(found := account(people, account_id), found.token_sealed)
    assert held is not None
    session.commit()

    got = at_once(served, people, account_id, spurned=held.access)

    assert (len(got), len(set(got)), refreshes(served, "linkedin")) == (WORKERS, 1, 1)
    assert held.access not in got


def test_the_pair_before_is_kept_until_the_new_one_was_used(served: Served, people: People) -> None:
    account_id = connected(people, "x", clock.now())
    before = account(people, account_id).token_sealed
    session.commit()

    usable_token(account_id=account_id, by=system(people), now=clock.now() + timedelta(hours=3))

    found = account(people, account_id)
    assert found.previous_token_sealed == before
    assert found.token_sealed != before


def test_a_network_that_is_away_disconnects_nothing(served: Served, people: People) -> None:
    account_id = connected(people, "x", clock.now())
    served.control("x", call="token.refresh_token", faults=["unavailable"] * 3)
    later = clock.now() + timedelta(hours=3)

    for _ in range(3):
        with pytest.raises(Unreached):
            usable_token(account_id=account_id, by=system(people), now=later)

    assert account(people, account_id).state is AccountState.CONNECTED
    session.commit()
    assert usable_token(account_id=account_id, by=system(people), now=later)


def test_a_pair_that_was_lost_on_the_way_is_told_to_a_person(
    served: Served, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = connected(people, "x", clock.now())
    later = clock.now() + timedelta(hours=3)

    def died(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(keeping, "keep", died)
        with pytest.raises(KeyboardInterrupt):
            usable_token(account_id=account_id, by=system(people), now=later)
    with pytest.raises(Disconnected):
        usable_token(account_id=account_id, by=system(people), now=later)

    assert account(people, account_id).state is AccountState.EXPIRED
    assert "account.lost" in session.scalars(sa.select(Outbox.fact)).all()
    session.commit()
    drain(now=later)
    with acting(people.actor("alice")):
        told = session.scalars(sa.select(Message).where(Message.kind == "account_lost")).all()
        assert {message.to_address for message in told} == {"alice@example.com", "bob@example.com"}


def test_long_connections_renew_themselves_a_week_before_their_end(served: Served, people: People) -> None:
    start = clock.now()
    account_id = connected(people, "linkedin", start)

    tasks.look_after_accounts(start + timedelta(days=50))
    assert refreshes(served, "linkedin") == 0
    tasks.look_after_accounts(start + timedelta(days=54))

    assert refreshes(served, "linkedin") == 1
    assert account(people, account_id).state is AccountState.CONNECTED


def test_a_connection_that_cannot_renew_itself_warns_two_weeks_before(served: Served, people: People) -> None:
    start = clock.now()
    account_id = connected(people, "facebook", start)

    tasks.look_after_accounts(start + timedelta(days=47))

    assert account(people, account_id).state is AccountState.EXPIRING
    session.commit()
    tasks.look_after_accounts(start + timedelta(days=61))
    assert account(people, account_id).state is AccountState.EXPIRED
