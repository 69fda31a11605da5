"""What operators and their machines ask: is it alive, is it ready, how does it do?"""

from flask import Blueprint, Response, current_app, jsonify

from tcma.core import health, metrics
from tcma.identity.access import public

blueprint = Blueprint("ops", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Answer as long as this process can: for whoever starts it anew when it cannot."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Name every part, and what is wrong with those that are down."""
    parts = health.ask(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - for threads
    down = [part.name for part in parts if part.wrong]
    told = {
        part.name: {"status": "down" if part.wrong else "ok", **({"reason": part.wrong} if part.wrong else {})}
        for part in parts
    }
    return jsonify(status="down" if down else "ok", down=down, parts=told), 503 if down else 200


@blueprint.get("/metrics")
@public
def figures() -> Response:
    """Give the figures in Prometheus' text format."""
    return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
