"""A command with an Idempotency-Key happens once and is answered with the same bytes, however often it comes."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tcma.core.db import session
from tcma.core.models import Switch
from tests.api.sample import effects, program, send, with_sample_route
from tests.people import People


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def client(app: Flask, people: People) -> FlaskClient:
    with_sample_route(app)
    return program(app, people)


def test_the_same_key_gets_the_same_bytes_and_nothing_happens_twice(client: FlaskClient) -> None:
    first, again = send(client, "a", "k1"), send(client, "a", "k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert session.query(Switch).count() == 1


def test_the_same_key_for_another_request_is_refused(client: FlaskClient) -> None:
    send(client, "a", "k1")

    answer = send(client, "b", "k1")

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert session.query(Switch).count() == 1


def test_a_refusal_keeps_no_key_so_that_it_can_be_tried_again(client: FlaskClient) -> None:
    refused = send(client, "refused", "k1")

    assert (refused.status_code, refused.json["field"]) == (422, "name")
    assert send(client, "a", "k1").status_code == 201


def test_without_a_key_each_request_counts(client: FlaskClient) -> None:
    send(client, "a", None)
    send(client, "a", None)

    assert session.query(Switch).count() == 2


@pytest.mark.parametrize(
    "body", ['{"name": 1}', '{"name": "a", "id": 7}', "{}", "[]", "null", '{"name": "\\ud800"}', '{"name": NaN}']
)
def test_fields_of_another_type_and_fields_that_nobody_asked_for_are_refused(client: FlaskClient, body: str) -> None:
    answer = client.post("/api/v1/sample", data=body, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json["errors"]
    assert session.query(Switch).count() == 0


@pytest.mark.parametrize("body", ["", "{", "name=a"])
def test_a_body_that_is_no_json_cannot_be_read(client: FlaskClient, body: str) -> None:
    answer = client.post("/api/v1/sample", data=body, content_type="application/json")

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_an_address_that_is_not_there_and_a_method_that_is_not_are_problems_too(client: FlaskClient) -> None:
    nowhere, wrong_method = client.get("/api/v1/nothing"), client.delete("/api/v1/me")

    assert (nowhere.status_code, nowhere.content_type) == (404, "application/problem+json")
    assert wrong_method.status_code == 405
    assert "GET" in wrong_method.headers["Allow"]


class Killed(BaseException):
    """The process is gone."""


def test_a_command_whose_reply_was_lost_after_the_commit_is_answered_by_the_retry(
    app: Flask, client: FlaskClient
) -> None:
    def die(_response: object) -> None:
        raise Killed

    app.after_request_funcs[None].insert(0, die)  # the first to be named runs last, after the commit
    with pytest.raises(Killed):
        send(client, "a", "k1")
    app.after_request_funcs[None].remove(die)

    first, again = send(client, "a", "k1"), send(client, "a", "k1")

    assert (first.status_code, first.headers["Idempotency-Replayed"]) == (201, "true")
    assert first.data == again.data
    assert effects() == 1


def test_a_command_that_died_before_its_commit_left_nothing_and_may_be_tried_again(
    app: Flask, client: FlaskClient
) -> None:
    def die(_response: object) -> None:
        raise Killed

    app.after_request_funcs[None].append(die)  # the last to be named runs first, before the commit
    with pytest.raises(Killed):
        send(client, "a", "k1")
    app.after_request_funcs[None].remove(die)

    assert effects() == 0
    answer = send(client, "a", "k1")
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
