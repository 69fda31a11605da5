"""Connecting accounts of the sandbox network without a browser: how demo data gets partners that post."""

from datetime import datetime, timedelta

from syndication.channels.social import Profile, Tokens
from syndication.models import SocialAccount
from syndication.sandbox.network.store import open_store
from syndication.social.operations.accounts import connect_accounts
from tcma.core.actor import Actor
from tcma.core.errors import DomainError
from tcma.core.runtime import settings
from tcma.core.words import lazy_gettext as _

FROM_NOW = {"linkedin": 60 * 24, "facebook": 60 * 24, "x": 2}


class NotInTheDemo(DomainError):
    """There is no sandbox network outside of the demo."""

    def __init__(self) -> None:
        super().__init__(_("The sandbox network is only there in the demo."))


def connect_sandbox_account(*, network: str, name: str, by: Actor, now: datetime) -> SocialAccount:
    """Connect an account of the sandbox network to the acting partner, as if a person had pressed Allow there."""
    if not settings().demo:
        raise NotInTheDemo
    store = open_store()
    remote_id = store.account(network, name)
    until = now + timedelta(hours=FROM_NOW[network])
    access, again = store.make_tokens(network=network, account=remote_id, until=until)
    tokens = Tokens(access, None if network == "facebook" else again, until)
    return connect_accounts(network=network, tokens=tokens, profiles=[Profile(remote_id, name)], by=by, now=now)[0]
