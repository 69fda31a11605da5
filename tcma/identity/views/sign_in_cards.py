"""The demo's one-press sign-in. The blueprint is registered in the demo only; elsewhere there is no such address."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, request, url_for
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.db import require, session
from tcma.core.models import Switch
from tcma.identity import presence
from tcma.identity.access import public
from tcma.identity.models import User
from tcma.identity.operations import signing_in
from tcma.identity.views.signing_in import keep

blueprint = Blueprint("sign_in_cards", __name__)


def init_app(app: Flask) -> None:
    """Let the sign-in page of the demo show a card per person who can be tried."""
    app.extensions["tcma.sign_in_cards"] = cards
    app.register_blueprint(blueprint)


def cards() -> list[dict[str, Any]]:
    """Return the cards that the demo's data brought: address, name, label and a line of text."""
    value = session.scalar(sa.select(Switch.value).where(Switch.name == "demo_cards")) or {"cards": []}
    found: list[dict[str, Any]] = value if isinstance(value, list) else value["cards"]
    addresses = [card["email"] for card in found]
    wanted = sa.select(User.email, User.name).where(User.email.in_(addresses)).order_by(User.id).limit(len(found) or 1)
    names = dict(session.execute(wanted).tuples().all())
    return [{**card, "name": names[card["email"]]} for card in found if card["email"] in names]


@blueprint.post("/demo/sign-in")
@public
def take() -> Response:
    """Sign in as the person on a card; nobody else can be taken."""
    wanted = next((card for card in cards() if card["email"] == request.form.get("email")), None)
    user = session.scalar(sa.select(User).where(User.email == require(wanted)["email"], User.active))
    seat = next(iter(presence.of_user(require(user).id)), None)
    keep(signing_in.begin_session(seat=require(seat), now=clock.now()))
    return web.go(url_for("identity.start"))
