"""The return from a network: the state is used up, the code is exchanged, the accounts are kept. Three steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syndication.channels.social import Profile, Tokens
from syndication.channels.social.oauth import Declined, Unreached, exchange
from syndication.channels.social.wire import Lost
from syndication.social.operations.accounts import ConnectionRefused, connect_accounts, peer_for, take_connection
from tcma.core.actor import Actor
from tcma.core.db import transaction, writing
from tcma.core.errors import DomainError
from tcma.core.tenancy import acting
from tcma.core.words import lazy_gettext as _


class NetworkSilent(DomainError):
    """The network gave no usable answer; nothing was connected."""

    def __init__(self) -> None:
        super().__init__(_("The network did not answer. Nothing was connected; try again in a minute."))


@dataclass(frozen=True, slots=True)
class Return:
    """What a person came back with."""

    network: str
    state: str
    code: str
    issuer: str | None
    error: str | None


def finish_connection(back: Return, *, session_key: str, redirect_uri: str, by: Actor, now: datetime) -> list[str]:
    """Finish a connection that was begun in this session, and return the names of the accounts.

    A return from a sign-in provider is the one GET that may write.
    """
    with writing(), transaction(), acting(by):
        verifier = take_connection(
            network=back.network, state=back.state, issuer=back.issuer, session_key=session_key, by=by, now=now
        )
    if verifier is None:
        raise ConnectionRefused
    if back.error or not back.code:
        raise ConnectionRefused(_("You did not allow it, so nothing was connected. You can start again at any time."))
    tokens, profiles = _asked(back, verifier, redirect_uri, now)
    with writing(), transaction(), acting(by):
        accounts = connect_accounts(network=back.network, tokens=tokens, profiles=profiles, by=by, now=now)
        return [account.name for account in accounts]


def _asked(back: Return, verifier: str, redirect_uri: str, now: datetime) -> tuple[Tokens, Sequence[Profile]]:
    peer = peer_for(back.network)
    try:
        tokens = exchange(peer, code=back.code, verifier=verifier, redirect_uri=redirect_uri, now=now)
        return tokens, peer.network.profiles(peer, tokens.access, now)
    except Declined:
        raise ConnectionRefused from None
    except (Unreached, Lost):
        raise NetworkSilent from None
