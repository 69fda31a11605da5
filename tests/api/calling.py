"""Programs that call the API as one of the people."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.people import People

Call = Callable[..., Any]


def key_of(people: People, name: str) -> str:
    """A key to the API with all that its owner may give."""
    actor = people.actor(name)
    with acting(actor):
        _token, secret = make_token(name="test", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    session.commit()
    return secret


def caller(app: Flask, people: People, name: str) -> Call:
    """A program with this person's key: `call("POST", "/launches", {...})` returns what was answered, in JSON.

    Every answer must be of the status that is wanted: 200 to 299 unless `status` says otherwise.
    """
    secret, client = key_of(people, name), app.test_client()

    def call(method: str, path: str, body: object = None, *, status: int = 0, key: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}", **({"Idempotency-Key": key} if key else {})}
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
        right = answer.status_code == status if status else 200 <= answer.status_code < 300
        assert right, (method, path, answer.status_code, answer.get_data(as_text=True))
        return answer.get_json()

    return call
