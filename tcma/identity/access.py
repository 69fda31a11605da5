"""The permission at the route: every view carries one mark, and one guard reads it before the view is called.

A route without a mark is closed, and a test refuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_wtf import CSRFProtect

from tcma.core import clock, origins, tenancy
from tcma.core.actor import ActorKind
from tcma.core.db import reading
from tcma.core.db import session as database
from tcma.identity import presence
from tcma.identity.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
API = "/api/"

csrf = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Mark:
    """Who may call a view: everybody, everybody who is signed in, or those who hold `permission`."""

    kind: str
    permission: Permission | None = None
    checks_origin: bool = True

    @property
    def word(self) -> str:
        """How `tcma routes` shows it."""
        return str(self.permission) if self.permission else self.kind


def requires(permission: Permission) -> Callable[[View], View]:
    """Let only those in who hold `permission`; others sign in, or are told that their role does not allow it."""
    return _marking(Mark("permission", permission))


def public(view: View) -> View:
    """Mark a view as open to everybody: it is on the published list of anonymous routes."""
    return _marking(Mark("public"))(view)


def public_post(view: View) -> View:
    """Mark a view as open to everybody, other machines included: a POST needs no CSRF token.

    For what a mail program or a network sends (one-click opt-out, signed links, webhooks): the address is the proof.
    """
    return _marking(Mark("public", checks_origin=False))(view)


def signed_in(view: View) -> View:
    """Let any signed-in person in, whatever the role: for what belongs to the person and not to a company."""
    return _marking(Mark("signed_in"))(view)


def _marking(mark: Mark) -> Callable[[View], View]:
    def give(view: View) -> View:
        view.__mark__ = mark  # type: ignore[attr-defined]
        return view

    return give


def mark_of(view: Callable[..., Any] | None) -> Mark | None:
    """Return the mark of a view (decorators made with `functools.wraps` hand it up), or None."""
    return getattr(view, "__mark__", None)


def init_app(app: Flask) -> None:
    """Let `app` know at each request who is there, and keep those out who may not be."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the guard asks, after it knows the mark
    csrf.init_app(app)
    app.view_functions["static"] = public(app.view_functions["static"])
    app.before_request(recognise)
    app.before_request(guard)


def recognise() -> None:
    """Set who acts in this request: by the session row, or on the API by the bearer token alone.

    At the signed address of a file it is whom the address was signed for.
    """
    g.presence = g.door = None
    if request.endpoint == "static":
        return
    with reading():  # a read of its own: a write takes its lock when the view's first statement comes
        found = _found()
        database.rollback()
    if found is None:
        return
    g.door = found.door
    g.presence, g.user, g.membership = found, found.person, found.seat
    g.user_language, g.user_zone = found.person.locale, found.person.zone
    tenancy.enter(found.actor)


def _found() -> presence.Presence | None:
    if request.path.startswith(API):
        return _by_token()
    if origins.is_file_view(request.endpoint) and origins.SIGNATURE in request.args:
        door = origins.door_of_address(now=clock.now())
        return presence.of_door(door, now=clock.now()) if door else None
    return None if origins.on_files_origin() else _by_cookie()


def _by_cookie() -> presence.Presence | None:
    sid = session.get("sid")
    found = presence.of_session(sid, now=clock.now()) if isinstance(sid, str) else None
    if sid and found is None:
        session.pop("sid")
    return found


def _by_token() -> presence.Presence | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return presence.of_token(token.strip(), now=clock.now()) if kind.lower() == "bearer" and token else None


def guard() -> Any:
    """Answer in place of the view when the one who asks may not call it."""
    if request.endpoint is None:
        return None  # no such address: the error page comes by itself
    mark = mark_of(current_app.view_functions.get(request.endpoint))
    actor = tenancy.current_actor()
    if mark is None:
        abort(404)
    if origins.on_files_origin():
        return _guard_files(mark)
    if mark.kind != "public" and actor.kind is ActorKind.ANONYMOUS:
        return _sign_in_first()
    if mark.checks_origin and not request.path.startswith(API):
        csrf.protect()
    if mark.permission is not None and not actor.may(mark.permission):
        abort(403)
    return None


def _guard_files(mark: Mark) -> None:
    """Let nothing answer on the files' origin but files, and those only to whom their address was signed for."""
    if request.endpoint == "static" or request.blueprint in current_app.config["ON_BOTH_ORIGINS"]:
        return
    if not origins.is_file_view(request.endpoint):
        abort(404)
    if mark.kind != "public" and not (mark.permission and tenancy.current_actor().may(mark.permission)):
        abort(404)


def _sign_in_first() -> Any:
    if request.path.startswith(API):
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("identity.sign_in", next=None if wanted == "/" else wanted)
    if request.headers.get("HX-Request") == "true":
        return "", 204, {"HX-Redirect": url_for("identity.sign_in")}
    return redirect(address, code=303)


def own_address(wanted: str | None) -> str | None:
    """Return `wanted` when it is a path of this site, else None: nobody is sent elsewhere by a link to us."""
    if (
        not wanted
        or not wanted.startswith("/")
        or wanted.startswith("//")
        or not wanted.isprintable()
        or "\\" in wanted
    ):
        return None
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else None
