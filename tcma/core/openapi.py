"""The OpenAPI document: what APIFlask reads off the routes, completed with what holds for all of them."""

import re
from typing import Any

from flask import Flask

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "What was refused and what to do, in a sentence."},
        "status": {"type": "integer"},
        "field": {"type": "string", "description": "The field that it was refused for."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key again gets the same answer, and nothing happens twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
}
WORDS = {
    "400": "The request cannot be read",
    "401": "No valid token",
    "403": "The token's scopes do not allow this",
    "404": "There is no such thing, or it is not yours",
    "409": "It has moved on, or a request with this Idempotency-Key is being answered",
    "410": "It is over",
    "413": "Too large",
    "415": "Not a content type that is read here",
    "422": "Some fields do not fit, or a rule of the business refuses it",
    "429": "Too many requests",
    "503": "Busy; ask again",
}
COMMANDS = frozenset({"post", "put", "patch", "delete"})


def completed(spec: dict[str, Any], app: Flask) -> dict[str, Any]:
    """Return the document with who may call what, every refusal, and the bodies that are needed."""
    marks = _marks(app)
    spec["info"].update(
        title="TCMA",
        version="1",
        description="Everything that the pages do. Send `Authorization: Bearer tok_…`",
    )
    spec["servers"] = [{"url": "/"}]
    components = spec.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    components["responses"] = {
        f"Problem{status}": {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, words in WORDS.items()
    }
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method, marks.get((path, method.upper())))
    return spec


def _complete(operation: dict[str, Any], path: str, method: str, mark: Any) -> None:
    is_public = mark is not None and mark.kind == "public"
    operation["security"] = [] if is_public else [{"token": []}]
    if mark is not None and mark.permission is not None:
        operation["x-permission"] = str(mark.permission)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    if method in COMMANDS:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    for parameter in operation.get("parameters", []):
        parameter.pop("nullable", None)
    for status in _refusals(method, has_id="{" in path, has_body="requestBody" in operation, is_public=is_public):
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})


def _refusals(method: str, *, has_id: bool, has_body: bool, is_public: bool) -> list[str]:
    found = ["400", "422", "429", "503"]
    if not is_public:
        found += ["401", "403"]
    if has_id or method in COMMANDS or not is_public:  # a filter may name what is not there, too
        found += ["404"]
    if method in COMMANDS:
        found += ["409", "410"]
    if has_body:
        found += ["413", "415"]
    return found


def _marks(app: Flask) -> dict[tuple[str, str], Any]:
    return {
        (re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method): getattr(
            app.view_functions[rule.endpoint], "__mark__", None
        )
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
