"""Two origins: the application's, with its cookies, and the files' own, where nothing of a session ever is.

What tenants brought or had made is answered on the files' origin alone, by an address that is signed for one signed-in
browser or key, one path and a short while. The view behind it looks at the rows anew, so a file that was withdrawn, and
a person who was, are gone before the address is. A view says that it answers with such a file:

    @blueprint.get("/files/<public_id>")
    @requires(P.KITS_READ)
    @serves_file
    def file(public_id: str) -> Response: ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from werkzeug.exceptions import SecurityError

from tcma.core import clock, runtime
from tcma.core.links import ForgedLink, Purpose

View = TypeVar("View", bound=Callable[..., Any])

SIGNATURE = "signed"
SPAN = 600  # seconds: an address holds for one span at least and two at most, and is the same within a span
SEALED = "default-src 'none'; sandbox"
SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "text/html", "text/css"})
_FULL_LENGTH = 1 << 62  # every digest is written in as many characters as any other


class DoorKind(IntEnum):
    """What somebody came in by."""

    SESSION = 0
    TOKEN = 1


@dataclass(frozen=True, slots=True)
class Door:
    """The row that somebody came in by: when it is gone, so is every address that was signed for it."""

    kind: DoorKind
    row_id: int


@dataclass(frozen=True, slots=True)
class _Origins:
    app: str
    files: str
    app_name: str
    files_name: str
    files_host: str

    @property
    def are_apart(self) -> bool:
        return self.app != self.files

    def is_files(self, host: str) -> bool:
        """Tell whether a request to `host` is one to the files' origin; ports count only where the names are one."""
        if not self.are_apart:
            return False
        if self.app_name == self.files_name:
            return host == self.files_host
        return urlsplit(f"//{host}").hostname == self.files_name


@lru_cache(maxsize=8)
def _origins(base_url: str, files_url: str) -> _Origins:
    app, files = urlsplit(base_url), urlsplit(files_url)
    return _Origins(
        f"{app.scheme}://{app.netloc}",
        f"{files.scheme}://{files.netloc}",
        app.hostname or "",
        files.hostname or "",
        files.netloc,
    )


def _here() -> _Origins:
    settings = runtime.settings()
    return _origins(settings.base_url, settings.files_url)


def app_origin() -> str:
    """Return the origin of the pages."""
    return _here().app


def files_origin() -> str:
    """Return the origin of the files."""
    return _here().files


def init_app(app: Flask) -> None:
    """Keep cookies of `app` off the files' origin, and files off the application's."""
    app.session_interface = _NoCookiesOnFiles()
    app.after_request(_seal)
    app.jinja_env.globals.update(file_url=address_of)


def serves_file(view: View) -> View:
    """Mark a view as answering with something that tenants brought or had made."""
    view.__serves_file__ = True  # type: ignore[attr-defined]
    return view


def is_file_view(endpoint: str | None) -> bool:
    """Tell whether the view at `endpoint` answers with a file."""
    return bool(endpoint) and getattr(current_app.view_functions.get(endpoint or ""), "__serves_file__", False)


def on_files_origin(asked: Request | None = None) -> bool:
    """Tell whether this request came to the files' origin."""
    try:
        return _here().is_files((asked or request).host)
    except SecurityError:
        return False  # to neither of ours


def address_of(endpoint: str, **values: Any) -> str:
    """Return the address of a file on the files' origin, for whoever asks in this request and for a short while."""
    path = url_for(endpoint, **values)
    door: Door | None = g.get("door")
    if door is None:
        return files_origin() + path
    parts = urlsplit(path)
    deadline = (int(clock.now().timestamp()) // SPAN + 2) * SPAN
    digest = _digest(unquote(parts.path), parse_qsl(parts.query, keep_blank_values=True))
    token = runtime.links().sign(Purpose.FILE, door.kind, door.row_id, deadline, digest)
    return f"{files_origin()}{path}{'&' if parts.query else '?'}{SIGNATURE}={token}"


def door_of_address(*, now: datetime) -> Door | None:
    """Return whom the address of this request was signed for, or None when it was not or no longer holds."""
    try:
        kind, row_id, deadline, digest = runtime.links().read(request.args.get(SIGNATURE, ""), Purpose.FILE)
        door = Door(DoorKind(kind), row_id)
    except (ForgedLink, ValueError):
        return None
    named = [(name, value) for name, value in request.args.items(multi=True) if name != SIGNATURE]
    is_this = digest == _digest(request.script_root + request.path, named)
    return door if is_this and now.timestamp() < deadline else None


def _digest(path: str, query: Iterable[tuple[str, str]]) -> int:
    named = sha256(repr((path, sorted(query))).encode()).digest()
    return int.from_bytes(named[:8]) >> 2 | _FULL_LENGTH


def _seal(response: Response) -> Response:
    """Give a file the headers that keep it from acting, and send it from its own origin."""
    if request.endpoint == "static":
        if on_files_origin():
            response.headers["Access-Control-Allow-Origin"] = "*"  # fonts, for previews that are shut in
        return response
    if not is_file_view(request.endpoint) or response.status_code >= 300:
        return response
    if _here().are_apart and not on_files_origin() and response.mimetype != "text/css":
        return _moved()
    if response.mimetype not in SHOWN_IN_PLACE:
        response.headers.setdefault("Content-Disposition", "attachment")
    response.headers.setdefault("Content-Security-Policy", SEALED)
    response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
    return response


def _moved() -> Response:
    """Send whoever may have the file on to where it is. Stylesheets alone a page takes from its own origin."""
    values = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    values.pop(SIGNATURE, None)
    answer = current_app.make_response(redirect(address_of(str(request.endpoint), **values), code=302))
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _NoCookiesOnFiles(SecureCookieSessionInterface):
    """Sessions as ever, and none on the files' origin: no cookie is read there and none is set."""

    def open_session(self, app: Flask, asked: Request) -> SecureCookieSession | None:
        """Return the session of the cookie; on the files' origin an empty one."""
        return self.session_class() if on_files_origin(asked) else super().open_session(app, asked)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Write the cookie, if it is one of the application's."""
        if not on_files_origin():
            super().save_session(app, session, response)
