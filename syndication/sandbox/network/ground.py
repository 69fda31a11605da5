"""What all three networks of the sandbox stand on: the store, the clock, bearers, and answers in JSON."""

import json
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request

from syndication.sandbox.network.faults import Errors, with_fault
from syndication.sandbox.network.store import Grant, open_store
from tcma.core import clock
from tcma.core.db import reading

blueprint = Blueprint("sandbox", __name__)


def now() -> datetime:
    """Return the time of the demo."""
    with reading():
        return clock.now()


def answer(body: object, status: int = 200, **headers: str) -> Response:
    """Answer with JSON."""
    found = Response(json.dumps(body), status, content_type="application/json")
    for name, value in headers.items():
        found.headers[name.replace("_", "-")] = value
    return found


def called(network: str, at_call: str, errors: Errors, work: Callable[[Grant, int], Response]) -> Response:
    """Answer one call of the API: count it, do what was ordered to go wrong, check the bearer, do the work."""
    fault = open_store().next_fault(network=network, at_call=at_call)
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    grant = open_store().bearer(token, network=network, now=now()) if kind.lower() == "bearer" else None
    if grant is None:
        return errors.unauthorized()
    return with_fault(fault, lambda hidden_for: work(grant, hidden_for), errors)
