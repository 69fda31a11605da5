"""Connections: the accounts that posts go out on, how they are, and how one is added."""

from dataclasses import dataclass

from flask import Response, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from syndication.channels.social import NETWORKS, peer_of
from syndication.channels.social.oauth import authorize_url
from syndication.models import SocialAccount, SubscriptionMode
from syndication.social import queries
from syndication.social.connecting import Return, finish_connection
from syndication.social.forms import ModeForm
from syndication.social.operations import accounts
from syndication.social.reasons import in_words
from syndication.social.views import blueprint
from tcma.core import clock, runtime, web
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@dataclass(frozen=True, slots=True)
class Shown:
    """An account with its health in words."""

    account: SocialAccount
    health: str
    form: ModeForm


@dataclass(frozen=True, slots=True)
class ShownNetwork:
    """A network with the accounts on it."""

    name: str
    title: str
    is_set_up: bool
    accounts: list[Shown]
    waiting: int


@blueprint.get("/connections")
@requires(P.CONNECTIONS_WRITE)
def connections() -> Response:
    """The accounts that posts go out on."""
    found = queries.accounts()
    networks = [
        ShownNetwork(
            name=network.name,
            title=network.title,
            is_set_up=peer_of(network.name) is not None,
            accounts=[_shown(one) for one in found if one.network == network.name],
            waiting=queries.held_for_network(network.name),
        )
        for network in NETWORKS.values()
    ]
    return web.render("social/connections.html", networks=networks, has_any=queries.has_connection())


def _shown(account: SocialAccount) -> Shown:
    form = ModeForm(formdata=None, mode=account.mode.value)
    return Shown(account, in_words(account.last_error), form)


@blueprint.post("/connections/<network>/connect")
@requires(P.CONNECTIONS_WRITE)
def connect(network: str) -> Response:
    """Send the person to the network, to allow us to post."""
    by = current_actor()
    try:
        peer = accounts.peer_for(network)
        begun = accounts.begin_connection(network=network, session_key=_session_key(), by=by, now=clock.now())
    except accounts.NetworkNotSetUp as reason:
        return web.render("social/leaving.html", status=422, title=NETWORKS[network].title, refused=reason.message)
    address = authorize_url(peer, state=begun.state, verifier=begun.verifier, redirect_uri=_callback(network))
    return web.render("social/leaving.html", title=peer.network.title, address=address)


@blueprint.get("/connections/<network>/callback")
@requires(P.CONNECTIONS_WRITE)
def callback(network: str) -> BaseResponse:
    """Take the person back from the network."""
    require(NETWORKS.get(network))
    back = Return(
        network=network,
        state=request.args.get("state", ""),
        code=request.args.get("code", ""),
        issuer=request.args.get("iss"),
        error=request.args.get("error"),
    )
    try:
        names = finish_connection(
            back, session_key=_session_key(), redirect_uri=_callback(network), by=current_actor(), now=clock.now()
        )
    except DomainError as reason:
        return web.go(url_for("social.connections"), reason.message, kind="warning")
    return web.go(
        url_for("social.connections"),
        _("%(names)s is connected. Posts of your campaigns go out there at their hour.", names=", ".join(names)),
    )


@blueprint.post("/connections/accounts/<account_id>/disconnect")
@requires(P.CONNECTIONS_WRITE)
def disconnect(account_id: str) -> BaseResponse:
    """Forget an account's tokens."""
    account = require(queries.account_by(account_id))
    accounts.disconnect_account(account_id=account.id, by=current_actor(), now=clock.now())
    words = _("%(name)s is disconnected. Its posts wait until you connect it again.", name=account.name)
    return web.go(url_for("social.connections"), words)


@blueprint.post("/connections/accounts/<account_id>/mode")
@requires(P.CONNECTIONS_WRITE)
def mode(account_id: str) -> BaseResponse:
    """Choose how much an account publishes by itself."""
    account = require(queries.account_by(account_id))
    form = ModeForm()
    if not form.validate_on_submit():
        return web.go(url_for("social.connections"), _("Choose one of the three."), kind="warning")
    chosen = SubscriptionMode(form.mode.data)
    accounts.choose_mode(account_id=account.id, mode=chosen, by=current_actor(), now=clock.now())
    words = _("Saved. It holds for %(name)s from the next campaign on.", name=account.name)
    return web.go(url_for("social.connections"), words)


def _callback(network: str) -> str:
    """Return the one address that the network may send people back to: a fixed base, whatever Host was asked."""
    return f"{runtime.settings().base_url.rstrip('/')}{url_for('social.callback', network=network)}"


def _session_key() -> str:
    return str(cookie.get("sid", ""))
