"""How tests get past the door: a session row and the cookie that belongs to it, as a browser would have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.sessions import SessionMixin
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tcma.core import clock, origins
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.identity import presence
from tcma.identity.models import Membership
from tcma.identity.operations.signing_in import begin_session

CSRF = "a test's own csrf secret"


class Browser(FlaskClient):
    """A client whose requests have a context and a transaction of their own, as in the running program.

    What the test has written so far is committed first, because a request sees nothing else. A file that the
    application sends it for is fetched from the files' origin, as browsers do.
    """

    fetches_files = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_subdomain_redirects": True, **kwargs})

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = self._asked(*args, **kwargs)
        files = f"{origins.files_origin()}/"
        if self.fetches_files and response.status_code == 302 and response.headers["Location"].startswith(files):
            return self._asked(response.headers["Location"].removeprefix(files), base_url=files)
        return response

    def _asked(self, *args: Any, **kwargs: Any) -> TestResponse:
        session.commit()
        if args and isinstance(args[0], str) and args[0].startswith("/"):
            kwargs.setdefault("base_url", origins.app_origin())
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        session.expire_all()
        return response

    @contextmanager
    def session_transaction(self, *args: Any, **kwargs: Any) -> Iterator[SessionMixin]:
        kwargs.setdefault("base_url", origins.app_origin())
        with self.application.app_context(), super().session_transaction(*args, **kwargs) as cookie:
            yield cookie


def signed_in(client: FlaskClient, membership: Membership) -> FlaskClient:
    """Sign `membership` in with `client`; its later requests carry the CSRF token, as the pages' forms do."""
    with acting(Actor.anonymous()):
        seat = presence.of_member(membership.id)
        assert seat is not None, "this member may not act"
        begun = begin_session(seat=seat, now=clock.now())
        session.commit()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["sid"] = begun.sid
    return with_csrf(client)


def with_csrf(client: FlaskClient) -> FlaskClient:
    """Let `client` send the CSRF token with every request, without signing anybody in."""
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = CSRF
    client.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token(client.application)
    return client


def csrf_token(app: Flask) -> str:
    """The token that pages put into their forms for this browser."""
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(CSRF))
