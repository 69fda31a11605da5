"""The OpenAPI document is whole and true: schemathesis calls every operation by it, in process."""

import json
import os
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tcma.cli.routes import routes_of
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tests.api.calling import key_of
from tests.people import People
from tests.walk import EXAMPLES, Example

EXAMPLES_EACH = int(os.environ.get("TCMA_TEST_API_EXAMPLES", "2"))
ONE_ROUND = pytest.mark.own_database
DIALECT = "https://json-schema.org/draft/2020-12/schema"
OWNER_OF_SIDE = {"alice": "alice", "vera": "vera", "amir": "vera", "fiona": "vera"}
# What both sides hold the permission for and only one side has.
PARTNERS = {
    "GET /api/v1/kits/{kit_id}/previews/{piece}.png",
    "GET /api/v1/kits/{kit_id}/pieces/{piece}/words",
    "GET /api/v1/kits/{kit_id}/pieces/{piece}/styles",
}
VENDORS = {
    "GET /api/v1/results",
    "GET /api/v1/results/benchmarks",
    "GET /api/v1/kit-versions/{version_id}/difference/{since}",
    "GET /api/v1/kit-versions/{version_id}/timeline",
    "GET /api/v1/kit-versions/{version_id}/languages/{language}.xlf",
}
NOT_THEIRS = {"alice": VENDORS, "vera": PARTNERS, "amir": PARTNERS, "fiona": PARTNERS}


def document(client: FlaskClient) -> dict:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_every_route_of_the_api_is_in_the_document(app: Flask, client: FlaskClient) -> None:
    written = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, operations in document(client)["paths"].items()
        for method in operations
    }
    there = {
        (route["path"], method)
        for route in routes_of(app)
        for method in route["methods"]
        if route["path"].startswith("/api/") and route["endpoint"] != "identity_api.document"
    }

    assert there == {(path, method) for path, method in written}
    assert document(client)["openapi"] == "3.1.0"


def test_every_operation_says_who_may_call_it_and_how_it_refuses(client: FlaskClient) -> None:
    for path, operations in document(client)["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"token": []}], path
            assert {"400", "401", "403", "422", "429"} <= set(operation["responses"]), path
            assert method == "get" or any(p["name"] == "Idempotency-Key" for p in operation["parameters"]), path


def test_the_document_is_valid_openapi_and_each_schema_in_it_valid_json_schema(client: FlaskClient) -> None:
    found = document(client)
    schemathesis.openapi.from_dict(found).validate()  # by the published schema of OpenAPI 3.1

    for name, schema in found["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": DIALECT, **schema}), name
    text = json.dumps(found)
    assert '"nullable"' not in text  # a word of OpenAPI 3.0
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        place = found
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize(
    "breakage", [{"openapi": "3.1.0", "paths": []}, {"info": None}, {"paths": {"/x": {"get": {"responses": 7}}}}]
)
def test_a_document_that_is_not_openapi_does_not_pass(client: FlaskClient, breakage: dict[str, Any]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        schemathesis.openapi.from_dict({**document(client), **breakage}).validate()


# On PostgreSQL the two sides are enough: an approver and finance may do a part of what the vendor may.
@pytest.mark.parametrize("who", ["alice", "vera", *(pytest.param(one, marks=ONE_ROUND) for one in ("amir", "fiona"))])
def test_what_the_api_answers_is_what_the_document_says(
    app: Flask, people: People, client: FlaskClient, who: str
) -> None:
    secret, may = key_of(people, who), people.actor(who).permissions
    with app.app_context():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    endpoints = {
        (rule.rule, method): rule.endpoint for rule in app.url_map.iter_rules() for method in rule.methods or ()
    }
    failures: list[str] = []
    never: list[str] = []
    brands = brand_columns()
    for result in schema.get_all_operations():
        operation = result.ok()
        definition = operation.definition.raw
        is_open = definition["x-permission"] in may if "x-permission" in definition else True
        rule = operation.path.replace("{", "<").replace("}", ">")
        example = EXAMPLES.get(endpoints[rule, operation.method.upper()])
        keep_brands(brands)  # what was generated for one operation must not stand in the way of the next
        seed = seed_for(people, who, example) if is_open and example else {}
        session.commit()
        tried = Tried(app, operation, secret, seed, examples=EXAMPLES_EACH if is_open else 1)
        failures += tried.failures()
        if is_open and operation.method == "get" and not tried.answered & {200}:
            never.append(operation.label)

    assert failures == []
    assert sorted(set(never) - NOT_THEIRS[who]) == []


def brand_columns() -> list[dict[str, Any]]:
    """The brand profiles as they are, whole."""
    with acting(Actor.reader("test")):
        return [dict(row) for row in session.execute(sa.select(BrandProfile.__table__)).mappings()]


def keep_brands(rows: list[dict[str, Any]]) -> None:
    """Let every brand profile say again what it said."""
    table = BrandProfile.__table__
    for row in rows:
        with acting(Actor.system("test", partner_id=row["partner_id"])):
            session.execute(sa.update(table).where(table.c.id == row["id"]).values(**row))
            session.commit()
    session.expire_all()


def seed_for(people: People, who: str, example: Example) -> dict[str, Any]:
    """The address of a row that this person may see, or nothing."""
    if OWNER_OF_SIDE[who] not in example.strangers:
        return example.make(people)
    return EXAMPLES["leads.assign"].make(people) if example is EXAMPLES["leads_api.show_lead"] else {}


class Tried:
    """One operation, called with generated requests, on a row that is there where the seed names one."""

    def __init__(
        self, app: Flask, operation: schemathesis.APIOperation, secret: str, seed: dict[str, Any], *, examples: int
    ) -> None:
        self.app, self.operation, self.secret, self.seed, self.examples = app, operation, secret, seed, examples
        self.answered: set[int] = set()

    def failures(self) -> list[str]:
        """Call it, and return what was not as the document says."""
        return [
            failure for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) for failure in self._failures(mode)
        ]

    def _failures(self, mode: GenerationMode) -> list[str]:
        @settings(
            max_examples=self.examples, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=self.operation.as_strategy(generation_mode=mode))
        def call(case: schemathesis.Case) -> None:
            if mode is GenerationMode.POSITIVE and self.seed:
                case.path_parameters = {**case.path_parameters, **self.seed}
            with self.app.app_context():
                # A well-formed request may still be refused by a rule of the business: the document names that 422.
                answer = case.call_and_validate(
                    headers={"Authorization": f"Bearer {self.secret}"}, excluded_checks=[positive_data_acceptance]
                )
            self.answered.add(answer.status_code)

        try:
            call()
        except BaseExceptionGroup as reasons:
            return [f"{self.operation.label} ({mode}): {reason}" for reason in reasons.exceptions]
        except (AssertionError, Exception) as reason:  # noqa: BLE001 - every operation is tried before the test fails
            return [f"{self.operation.label} ({mode}): {reason}"]
        return []
