"""Every route by role: who lacks the right is told so, who holds it gets in, and the demo's own routes stay in the demo."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tcma.app import create_app
from tcma.cli.routes import routes_of
from tcma.config import Settings
from tcma.core import clock
from tcma.core.db import db, session
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, OrganisationKind
from tcma.identity.operations.tokens import make_token, scopes_for
from tcma.identity.permissions import ROLES, permissions_of
from tests import factories
from tests.people import People
from tests.signing_in import Browser, signed_in, with_csrf
from tests.test_routes import absent, address, ask, mark, walk
from tests.walk import DEMO_ONLY, EXAMPLES

SHAPED_LIKE_ONE = "kit_2222222222222222"


def seated(app: Flask, membership: Membership) -> FlaskClient:
    """A member's browser, which also carries a key to the API with all that the member may give."""
    actor = factories.actor(membership)
    with acting(actor):
        _token, secret = make_token(name="walk", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    client = signed_in(app.test_client(), membership)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def seats(app: Flask, people: People) -> dict[tuple[str, str], FlaskClient]:
    """A browser for every role there is, at Vera's vendor and at Alice's company."""
    found = {}
    for kind, role in ROLES:
        org = people.vendor if kind is OrganisationKind.VENDOR else people.partner
        found[kind.value, role.value] = seated(app, factories.member(org, role, name=f"{kind} {role}"))
    session.commit()
    return found


def held(kind: str, role: str) -> frozenset[str]:
    return next(frozenset(map(str, p)) for (k, r), p in ROLES.items() if (k.value, r.value) == (kind, role))


def test_whoever_lacks_the_right_of_a_route_is_told_so_before_any_row_is_looked_for(
    app: Flask, people: People, seats: dict[tuple[str, str], FlaskClient]
) -> None:
    wrong, tried = [], 0
    for rule, method in walk(app):
        wanted = mark(app, rule).permission
        if wanted is None:
            continue
        path = address(rule, dict.fromkeys(rule.arguments, 1 if "int:" in rule.rule else SHAPED_LIKE_ONE))
        for (kind, role), client in seats.items():
            if wanted in held(kind, role):
                continue
            tried += 1
            status, _body = ask(client, method, path)
            if status != 403:
                wrong.append((kind, role, method, rule.rule, status))

    assert not wrong, "\n".join(map(str, wrong))
    assert tried > 1000


def test_every_role_that_holds_the_right_reads_what_its_company_has(
    app: Flask, people: People, seats: dict[tuple[str, str], FlaskClient]
) -> None:
    wrong = []
    for rule, method in walk(app):
        example, wanted = EXAMPLES.get(rule.endpoint), mark(app, rule).permission
        if example is None or wanted is None or method != "GET":
            continue
        values = example.make(people)
        session.commit()
        side = "vendor" if example.owner in {"vera", "amir", "fiona"} else "partner"
        for (kind, role), client in seats.items():
            if kind == side and wanted in held(kind, role):
                status, _body = ask(client, method, address(rule, values))
                if status >= 400:
                    wrong.append((kind, role, rule.rule, status))

    assert not wrong, "\n".join(map(str, wrong))


def test_a_colleague_does_what_the_role_allows_on_rows_that_somebody_else_has_made(app: Flask, people: People) -> None:
    bob = seated(app, people.bob)
    may = permissions_of(OrganisationKind.PARTNER, people.bob.role)
    wrong, done = [], 0
    for rule, method in walk(app):
        example, wanted = EXAMPLES.get(rule.endpoint), mark(app, rule).permission
        if example is None or example.owner != "alice" or wanted not in may:
            continue
        values = example.make(people)
        session.commit()
        status, _body = ask(bob, method, address(rule, values), example.form)
        done += 1
        if status in {401, 403, 404} or status >= 500:
            wrong.append((method, rule.rule, status))

    assert not wrong, "\n".join(map(str, wrong))
    assert done > 80


@pytest.fixture
def demo(app: Flask, people: People, settings: Settings) -> Iterator[Flask]:
    """The same program with the demo's own routes, on the same database."""
    found = create_app(replace(settings, demo=True))
    found.test_client_class = Browser
    with found.app_context():
        yield found
        session.remove()
        db.engine.dispose()


def only_in(demo: Flask, app: Flask) -> list[tuple[str, str]]:
    """The routes that the demo has and production has not: endpoint and path."""
    there = {(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()}
    return sorted({(rule.endpoint, rule.rule) for rule in demo.url_map.iter_rules()} - there)


def part_of(endpoint: str) -> str:
    return endpoint.partition(".")[0]


def test_the_routes_of_the_demo_are_known_by_name_and_each_has_a_mark(demo: Flask, app: Flask) -> None:
    assert {part_of(endpoint) for endpoint, _path in only_in(demo, app)} == DEMO_ONLY
    assert not DEMO_ONLY & {part_of(endpoint) for endpoint in app.view_functions}
    assert [route["path"] for route in routes_of(demo) if route["permission"] == "none"] == []


def test_none_of_them_answers_in_production_to_anybody(demo: Flask, app: Flask, people: People) -> None:
    with app.app_context():
        clients = [with_csrf(app.test_client()), seated(app, people.alice), seated(app, people.vera)]
        rules = [rule for rule in demo.url_map.iter_rules() if part_of(rule.endpoint) in DEMO_ONLY]
        answers = {
            (method, path): [ask(client, method, path)[0] for client in clients]
            for rule in rules
            for method in ("GET", "POST")
            for path in [address(rule, dict.fromkeys(rule.arguments, 1 if "int:" in rule.rule else "x"))]
        }

    assert len(answers) >= 2 * len({rule.rule for rule in rules})
    assert {key: found for key, found in answers.items() if set(found) - {404, 405}} == {}


def test_no_page_of_the_demo_fails_for_anybody_and_what_is_absent_is_not_found(demo: Flask, people: People) -> None:
    clients = {name: seated(demo, getattr(people, name)) for name in ("alice", "vera")}
    clients["nobody"] = with_csrf(demo.test_client())
    failed = []
    for rule, method in walk(demo):
        if part_of(rule.endpoint) not in DEMO_ONLY:
            continue
        values = dict.fromkeys(rule.arguments, 1 if "int:" in rule.rule else SHAPED_LIKE_ONE)
        for name, client in clients.items():
            status, _body = ask(client, method, address(rule, absent(values)))
            if status >= 500:
                failed.append((name, method, rule.rule, status))

    assert not failed, "\n".join(map(str, failed))
