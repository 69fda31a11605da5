"""What all public pages of a launch have: whose rows are in reach, the language, and the partner around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, current_app, g, render_template, request
from flask_babel import refresh

from campaigns.models import Launch
from campaigns.views.public import public_brand
from syndication.pages.answers import BAIT, Visit, rendering_of
from syndication.pages.showing import Click, Shown, address_at, shown_launch, visitor_at
from tcma.core import clock, runtime
from tcma.core.actor import Actor
from tcma.core.calendar import zone_named
from tcma.core.tenancy import acting


@contextmanager
def visited(slug: str, purpose: str = "page") -> Iterator[tuple[Actor, int]]:
    """Act as a visitor of the page at `slug`: its partner and vendor are in reach, and nobody else."""
    address = address_at(slug, purpose)
    with acting(visitor_at(address)) as visitor:
        yield visitor, address.object_id


def speak(language: str) -> None:
    """Let the rest of the request speak the language of the page."""
    g.page_language = language.partition("-")[0]
    refresh()


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """Answer with a public page."""
    return current_app.make_response((render_template(template, **values), status))


def frame(shown: Shown) -> dict[str, Any]:
    """Return what the public layout shows of the partner."""
    return {
        "brand": public_brand(shown.side.brand, logo_url=shown.media("brand:logo")),
        "brand_stylesheet_url": _path_of(shown.media.sheet),
        "lang": shown.language,
        "dir": shown.direction,
        "powered_by": shown.side.vendor.get("name"),
        "shown": shown,
        "zone_of": zone_named,
    }


def _path_of(address: str) -> str:
    """Return the address on the page's own origin: stylesheets are taken from nowhere else."""
    return address.removeprefix(runtime.settings().files_url.rstrip("/"))


def closed(launch: Launch) -> Response:
    """Answer that the campaign is over, with a way to the partner."""
    shown = shown_launch(launch)
    speak(shown.language)
    return page("public/closed.html", robots="noindex", **frame(shown))


def visit(launch: Launch, click: Click | None) -> Visit:
    """Return how an answer came."""
    rendering = rendering_of(request.form.get("k", ""), launch.id, now=clock.now())
    return Visit(rendering, click, took_bait=bool(request.form.get(BAIT)))
