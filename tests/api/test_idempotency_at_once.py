"""The same Idempotency-Key many times at once, on PostgreSQL: one effect, the same bytes for everybody."""

import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tcma.core import api, schema
from tcma.core.db import session
from tcma.core.models import IdempotencyKey
from tcma.core.tenancy import acting
from tests.api.sample import effects, program, send, with_sample_route
from tests.factories import NOW
from tests.people import People
from tests.run import POSTGRESQL

pytestmark = pytest.mark.real("postgresql")
AT_ONCE = 64


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture(scope="module")
def database_template() -> Iterator[str]:
    """A database of its own on the server, whatever the rest of the suite runs on."""
    address = POSTGRESQL.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"tcma_api_at_once_{os.getpid()}_{secrets.token_hex(3)}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    own = engine.url.set(database=name)
    owner = sa.create_engine(own)
    schema.upgrade(owner, now=NOW)
    owner.dispose()
    yield own.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def clients(app: Flask, people: People) -> list[FlaskClient]:
    """As many programs with the same key to the API as ask at once."""
    with_sample_route(app)
    first = program(app, people)
    found = [first]
    for _ in range(AT_ONCE - 1):
        one = app.test_client()
        one.environ_base["HTTP_AUTHORIZATION"] = first.environ_base["HTTP_AUTHORIZATION"]
        found.append(one)
    session.commit()
    return found


def at_once(app: Flask, clients: Sequence[FlaskClient], names: Sequence[str], key: str) -> list[TestResponse]:
    """Send one command from every client, all starting at the same instant."""
    gate = threading.Barrier(len(clients))

    def ask(client: FlaskClient, name: str) -> TestResponse:
        with app.app_context():
            gate.wait(60)
            return send(client, name, key)

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(ask, clients, names))


def test_one_key_sent_by_all_at_once_has_one_effect_and_one_answer(app: Flask, clients: list[FlaskClient]) -> None:
    answers = at_once(app, clients, ["a"] * AT_ONCE, "k1")

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert effects() == 1


def test_one_key_for_two_requests_at_once_is_kept_by_the_first_and_refused_to_the_other(
    app: Flask, clients: list[FlaskClient]
) -> None:
    answers = at_once(app, clients, ["a", "b"] * (AT_ONCE // 2), "k1")
    made = [answer for answer in answers if answer.status_code == 201]

    assert {answer.status_code for answer in answers} == {201, 422}
    assert len(made) == AT_ONCE // 2
    assert len({answer.data for answer in made}) == 1
    assert effects() == 1


def test_while_a_request_is_being_answered_its_key_is_taken(
    app: Flask, people: People, clients: list[FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "LOCK_WAIT", "50ms")
    send(clients[0], "a", "k1")
    with acting(people.actor("alice")):
        row = session.scalars(sa.select(IdempotencyKey)).one()
    values = {"org_id": row.org_id, "actor_label": row.actor_label, "request_hash": row.request_hash, "created_at": NOW}
    engine = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as other:
        other.execute(sa.insert(IdempotencyKey).values(key="k2", **values))
        waiting = send(clients[0], "b", "k2")
        other.rollback()
    engine.dispose()

    later = send(clients[0], "b", "k2")

    assert (waiting.status_code, waiting.content_type) == (409, "application/problem+json")
    assert later.status_code == 201
    assert effects() == 2
