"""Every route, as owner, colleague, stranger, other vendor and nobody: generated from the table of routes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tcma.cli.routes import routes_of
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity.access import Mark, mark_of
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.people import People
from tests.signing_in import signed_in, with_csrf
from tests.walk import EXAMPLES, PUBLISHED, Example

WALKERS = ("alice", "bob", "charlie", "vera", "viktor")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def mark(app: Flask, rule: Rule) -> Mark:
    found = mark_of(app.view_functions[rule.endpoint])
    assert found is not None
    return found


def walk(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route with each of its methods, those that change something last."""
    found = [(rule, method) for rule in app.url_map.iter_rules() for method in METHODS if method in rule.methods]
    return iter(sorted(found, key=lambda pair: (METHODS.index(pair[1]), pair[0].rule)))


def test_every_route_has_a_mark(app: Flask) -> None:
    assert [route["path"] for route in routes_of(app) if route["permission"] == "none"] == []


def test_what_answers_without_signing_in_is_on_the_published_list(app: Flask) -> None:
    public = {rule.endpoint for rule in app.url_map.iter_rules() if mark(app, rule).kind == "public"}

    assert public == PUBLISHED


def test_every_route_with_an_id_has_an_example_to_be_tried_with(app: Flask) -> None:
    needed = {rule.endpoint for rule in app.url_map.iter_rules() if rule.arguments and mark(app, rule).kind != "public"}

    assert needed - set(EXAMPLES) == set()
    assert set(EXAMPLES) <= set(app.view_functions)


def address(rule: Rule, values: dict[str, Any]) -> str:
    built = rule.build(values, append_unknown=False)
    assert built is not None, f"the example of {rule.endpoint} does not fill {rule.rule}"
    return built[1]


def ask(client: FlaskClient, method: str, path: str, form: dict[str, Any] | None = None) -> tuple[int, str]:
    answer = (
        client.open(path, method=method, json=form or {})
        if "/api/" in path
        else client.open(path, method=method, data=form or {})
    )
    return answer.status_code, _without_chance(answer.get_data().decode(errors="replace"), path)


def _without_chance(body: str, path: str) -> str:
    """What is said, without what differs at each request: tokens against forgery, the time, the address itself."""
    body = re.sub(r'(name="csrf_token" value|name="csrf-token" content|name="server-now" content)="[^"]*"', r"\1", body)
    return body.replace(path, "…")


def absent(values: dict[str, Any]) -> dict[str, Any]:
    """Ids of the same shape that nobody has."""
    return {name: _absent(value) for name, value in values.items()}


def _absent(value: Any) -> Any:
    if isinstance(value, int):
        return 999_999_999
    prefix, underscore, rest = str(value).partition("_")
    return f"{prefix}_{'2' * len(rest)}" if underscore else "2" * len(prefix)


def test_nobody_is_asked_to_sign_in_everywhere_but_on_the_published_list(
    app: Flask, client: FlaskClient, people: People
) -> None:
    with_csrf(client)
    wrong = []
    for rule, method in walk(app):
        if rule.endpoint in PUBLISHED or mark(app, rule).kind == "public":
            continue
        path = address(
            rule,
            {
                name: "kit_2222222222222222" if rule._converters[name].__class__.__name__ != "IntegerConverter" else 1
                for name in rule.arguments
            },
        )
        status, _body = ask(client, method, path)
        if status != (401 if path.startswith("/api/") else 303):
            wrong.append((method, path, status))

    assert not wrong, "\n".join(map(str, wrong))


@pytest.fixture
def walkers(app: Flask, people: People) -> dict[str, FlaskClient]:
    """Everybody's browser; it also carries a key to the API with all that its owner may give."""
    found = {}
    for name in WALKERS:
        actor = people.actor(name)
        with acting(actor):
            _token, secret = make_token(name="walk", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
        found[name] = signed_in(app.test_client(), getattr(people, name))
        found[name].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    session.commit()
    return found


def test_no_page_fails_for_anybody(app: Flask, walkers: dict[str, FlaskClient]) -> None:
    failed = []
    for rule, method in walk(app):
        if rule.arguments or method != "GET" or rule.endpoint == "ops.readyz":
            continue
        for name, client in walkers.items():
            status, _body = ask(client, method, address(rule, {}))
            if status >= 500 or status == 401:  # the other side's pages may be absent
                failed.append((name, rule.rule, status))

    assert not failed, "\n".join(map(str, failed))


def test_an_empty_command_is_refused_and_never_fails(app: Flask, walkers: dict[str, FlaskClient]) -> None:
    failed = []
    for rule, method in walk(app):
        if rule.arguments or method == "GET" or rule.endpoint == "identity.sign_out":
            continue
        for name, client in walkers.items():
            status, _body = ask(client, method, address(rule, {}))
            if status >= 500:
                failed.append((name, method, rule.rule, status))

    assert not failed, "\n".join(map(str, failed))


def test_the_row_of_another_answers_exactly_like_one_that_is_absent(
    app: Flask, people: People, walkers: dict[str, FlaskClient]
) -> None:
    wrong = []
    for rule, method in walk(app):
        example = EXAMPLES.get(rule.endpoint)
        if example is None:
            continue
        values = example.make(people)
        session.commit()  # building an address opens and ends a request
        wrong += list(_told_apart(app, rule, method, example, values, walkers))

    assert not wrong, "\n".join(map(str, wrong))


def _told_apart(
    app: Flask, rule: Rule, method: str, example: Example, values: dict[str, Any], walkers: dict[str, FlaskClient]
) -> Iterator[tuple[Any, ...]]:
    there, nowhere = address(rule, values), address(rule, absent(values))
    for name in example.strangers:
        with walkers[name].session_transaction() as cookie:
            cookie.pop("_flashes", None)  # what an earlier command left to be said is said once only
        foreign, missing = (
            ask(walkers[name], method, there, example.form),
            ask(walkers[name], method, nowhere, example.form),
        )
        if (
            foreign != missing or not 400 <= foreign[0] < 500
        ):  # a form that does not fit is refused before any row is read
            yield name, method, rule.rule, foreign[0], missing[0]
    status, _body = ask(walkers[example.owner], method, there, example.form)
    if status >= 500 or (method == "GET" and status >= 400) or status == 404:
        yield example.owner, method, rule.rule, status
