"""The edge of the web: one transaction per request, a page or a fragment of it, errors as pages, strict headers."""

import json
import logging
import secrets
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import audit, origins, tenancy
from tcma.core.actor import Actor
from tcma.core.db import _reads_only, session
from tcma.core.errors import DomainError

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Give `app` its transactions, error pages and headers."""
    app.before_request(_begin)
    app.after_request(_add_headers)
    origins.init_app(app)
    app.after_request(_end)
    app.teardown_request(_leave)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    audit.request_id.set(g.request_id)
    # A read waits for nobody on SQLite; a write takes the lock from its first statement.
    g.reads_only = _reads_only.set(request.method in SAFE_METHODS)
    g.actor_before = tenancy.current_actor()
    tenancy.enter(Actor.anonymous())


def _end(response: Response) -> Response:
    if response.status_code < 400 and request.method not in SAFE_METHODS:
        session.commit()
        if waits := g.pop("answers_after", 0.0):
            time.sleep(waits)
    else:
        session.rollback()
        if (noted := g.pop("noted", None)) is not None:
            noted()
            session.commit()
    return response


def answer_after(seconds: float) -> None:
    """Let this request be answered so long after its transaction was committed, when others must have seen it first."""
    g.answers_after = seconds


def _leave(_reason: BaseException | None) -> None:
    session.remove()
    if (token := g.pop("reads_only", None)) is not None:
        _reads_only.reset(token)
    tenancy.enter(g.pop("actor_before", None) or Actor.anonymous())  # a thread serves many people, one after another


CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self' {files}; frame-ancestors 'self'; object-src 'none'; "
    "img-src 'self' data: {files}; frame-src 'self' {files}"
)


def _add_headers(response: Response) -> Response:
    policy = origins.SEALED if _is_api() else CONTENT_SECURITY_POLICY.format(files=origins.files_origin())
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def render(page: str, fragment: str | None = None, /, *, status: int = 200, **values: Any) -> Response:
    """Answer with `page`, or with its `fragment` when that is all that the browser asked for."""
    name = fragment if fragment and wants_fragment() else page
    response = current_app.make_response((render_template(name, **values), status))
    response.headers.add("Vary", "HX-Request")
    return response


def go(address: str, words: object | None = None, *, kind: str = "good") -> BaseResponse:
    """Send the browser to `address` after a command, with `words` on what happened and what comes next."""
    if words is not None:
        flash(str(words), kind)
    if request.headers.get("HX-Request") == "true":
        response = current_app.make_response(("", 204))
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, code=303)


def problem(status: int, title: str, **more: Any) -> Response:
    """Answer an API request with problem+json (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, **more})
    response = Response(body, status=status, content_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def plain(status: int, text: str) -> Response:
    """Answer with one line of text: where there is no page to show, and nobody to show it to."""
    return Response(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


def _unknown_host(_error: SecurityError) -> Response:
    """Answer a request to a host that is none of ours; no address of ours may be built for it."""
    return plain(400, "This host is not known here.")


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _refused(reason: DomainError) -> Response:
    g.noted = reason.noted
    if _is_api():
        return problem(reason.status, reason.message, **({"field": reason.field} if reason.field else {}))
    if reason.status == 404:
        return _error_page(404)
    return _error_page(reason.status, reason.message)


def _http_error(error: HTTPException) -> BaseResponse:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    if _is_api():
        return _with_headers_of(error, problem(status, error.name))
    return _with_headers_of(error, _error_page(status))


def _with_headers_of(error: HTTPException, response: Response) -> Response:
    """Keep what the error says beside its status: which methods there are, when to come again, how to sign in."""
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    return response


def _fault(reason: Exception) -> Response:
    log.error("a request failed", exc_info=reason, extra={"request_id": g.get("request_id"), "path": request.path})
    busy = isinstance(reason, sa.exc.OperationalError)
    if _is_api():
        return problem(503 if busy else 500, "Service unavailable" if busy else "Internal error")
    return _error_page(503 if busy else 500)


def _error_page(status: int, message: str | None = None) -> Response:
    session.rollback()
    if origins.on_files_origin():
        return plain(status, "There is no such file." if status == 404 else "This cannot be answered.")
    words = {
        400: _("We could not read that request. Go back and try once more."),
        403: _("Your role does not allow this. Ask your administrator if you need it."),
        404: _("There is nothing at this address, or it is not yours to see."),
        405: _("That does not work in this way. Go back and use the button on the page."),
        413: _("That file is too large."),
        429: _("That was too often in a short time. Wait a minute and try again."),
        503: _("We are busy right now. Nothing was lost; try again in a moment."),
    }
    text = message or words.get(status) or _("Something went wrong on our side. Nothing was changed.")
    return render("error.html", status=status, status_code=status, message=text)


def typed_rows(names: Sequence[str], *, most: int) -> list[tuple[str, ...]]:
    """Return the rows of a form whose fields bear these names once a row; one whose first field is empty is none."""
    rows = zip(*(request.form.getlist(name)[:most] for name in names), strict=False)
    return [row for row in rows if row[0]]


def blank_rows(filled: int, *, more: int = 1, most: int) -> int:
    """Return how many empty rows stand below the filled ones: `more`, at least two rows in all, at most `most`."""
    return max(0, min(max(more, 2 - filled), most - filled))
