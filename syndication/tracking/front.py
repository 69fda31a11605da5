"""The click endpoint in front of the application, with its journal and the database behind its cache."""

from hmac import digest as mac
from typing import TYPE_CHECKING

from flask import Flask

from syndication.links import target_of
from syndication.tracking.redirect import ClickEndpoint
from tcma.core import clock, runtime
from tcma.core.db import reading, transaction
from tcma.core.journal import Journal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def clicks_in_front(app: Flask, application: "WSGIApplication") -> ClickEndpoint:
    """Return `application` with tracked addresses answered before it."""
    settings = runtime.settings()

    def lookup(link_set_id: int, place: int) -> str | None:
        with app.app_context(), reading(), transaction():
            return target_of(link_set_id, place)

    return ClickEndpoint(
        application,
        signer=runtime.links(),
        journal=Journal(settings.journal_folder / "hits"),
        lookup=lookup,
        base_url=settings.base_url,
        network_key=mac(settings.secret_key.encode(), b"tcma.hits.network.1", "sha256"),
        now=clock.now,
    )
