"""A route of the API that leaves a row each time it is called, and a program with a key to it."""

from apiflask import APIFlask
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tcma.core import clock
from tcma.core.api import Answer, Body, api_blueprint
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.models import Switch
from tcma.identity.access import signed_in as for_members
from tests.api.calling import key_of
from tests.people import People


class NewSwitch(Body):
    name: str


class SwitchOut(Answer):
    id: int
    name: str


def with_sample_route(app: Flask) -> None:
    """Give `app` the route."""
    blueprint = api_blueprint("sample")

    @blueprint.post("/sample")
    @for_members
    @blueprint.input(NewSwitch)
    @blueprint.output(SwitchOut, status_code=201)
    def make(json_data: NewSwitch) -> Switch:
        if json_data.name == "refused":
            raise DomainError("Not that one.", field="name")
        row = Switch(name=f"{json_data.name}-{clock.now().timestamp()}", value={}, updated_at=clock.now())
        session.add(row)
        session.flush()
        return row

    assert isinstance(app, APIFlask)
    app.register_blueprint(blueprint)


def program(app: Flask, people: People) -> FlaskClient:
    """A program with Alice's key."""
    found = app.test_client()
    found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key_of(people, 'alice')}"
    return found


def send(client: FlaskClient, name: str, key: str | None) -> TestResponse:
    """Call the route."""
    return client.post("/api/v1/sample", json={"name": name}, headers={"Idempotency-Key": key} if key else {})


def effects() -> int:
    """How many rows the route has left."""
    return session.scalar(select(func.count()).select_from(Switch)) or 0
