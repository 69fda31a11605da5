"""The feed of the demo, the pictures in it, and the control by which a test tells the sandbox how to misbehave."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from syndication.sandbox.network.faults import KINDS
from syndication.sandbox.network.ground import answer, blueprint
from syndication.sandbox.network.oauth import TITLES
from syndication.sandbox.network.store import open_store, read_instant
from tcma.core import web
from tcma.identity.access import public, public_post

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})
LONGEST_STALL = 120.0


@dataclass(frozen=True, slots=True)
class FeedPost:
    """One post as readers of the network see it."""

    author: str
    network: str
    text: str
    alt: str
    image: str | None
    at: datetime


@blueprint.get("/demo/feed")
@public
def feed() -> Response:
    """What customers see of the posts: the sandbox network's feed."""
    chosen = request.args.get("network", "")
    posts = [
        FeedPost(
            author=row["name"],
            network=TITLES[row["network"]],
            text=row["text"],
            alt=row["alt"] or "",
            image=url_for("sandbox.picture", made=row["media"]) if row["media"] else None,
            at=read_instant(row["at"]),
        )
        for row in open_store().feed(network=chosen if chosen in TITLES else "")
    ]
    tabs = [
        {"label": title, "url": url_for("sandbox.feed", network=name), "current": name == chosen}
        for name, title in TITLES.items()
    ]
    return web.render("social/feed.html", posts=posts, networks=TITLES, chosen=chosen, feed_tabs=tabs)


@blueprint.get("/sandbox/media/<made>")
@public
def picture(made: str) -> BaseResponse:
    """Give a picture of a post."""
    found = open_store().media(made)
    if found is None or found[0] not in PICTURES:
        abort(404)
    response = Response(found[1], content_type=found[0])
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blueprint.get("/sandbox/<network>/control")
@public
def state(network: str) -> Response:
    """Tell what is live and how often each call came."""
    if network not in TITLES:
        abort(404)
    return answer(open_store().state(network))


@blueprint.post("/sandbox/<network>/control")
@public_post
def control(network: str) -> Response:
    """Take orders: `{"call": "create", "faults": [kind, …], "seconds": 5}`, `{"revoke": …}`, `{"expire": …}`."""
    body = request.get_json(silent=True)
    if network not in TITLES or not isinstance(body, dict):
        abort(404)
    kinds = body.get("faults", [])
    if not isinstance(kinds, list) or not set(map(str, kinds)) <= KINDS:
        return answer({"kinds": sorted(KINDS)}, 422)
    seconds = min(float(body.get("seconds", 5)), LONGEST_STALL)
    open_store().order(network=network, at_call=str(body.get("call", "create")), kinds=kinds, seconds=seconds)
    if account := body.get("revoke"):
        open_store().revoke(network=network, account=str(account))
    if account := body.get("expire"):
        open_store().expire(network=network, account=str(account))
    return answer(open_store().state(network))
