"""A token to call with, from an account that many workers share: whoever finds it old refreshes it, once."""

import threading
from datetime import datetime

from syndication.channels.social import peer_of
from syndication.channels.social.oauth import Unreached
from syndication.models import SocialAccount
from syndication.social.operations import keeping
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction
from tcma.core.tenancy import acting

_doors = tuple(threading.Lock() for _ in range(64))


class Disconnected(Exception):
    """The account must be connected again by a person."""


def usable_token(*, account_id: int, spurned: str = "", by: Actor, now: datetime) -> str:
    """Return an access token that is good now; `spurned` is one that the network has just refused.

    One refreshes while the others wait for its row; what they read then is the new pair, committed. Raises
    `Disconnected` when only a person can help, and `Unreached` when it is worth trying later.
    """
    with reading(), transaction(), acting(by):
        token = _held(require(session.get(SocialAccount, account_id)), spurned, now)
    return token or _refreshed(account_id, spurned, by=by, now=now)


def _held(account: SocialAccount, spurned: str, now: datetime) -> str | None:
    held = keeping.opened(account, account.token_sealed)
    if held is None or account.state not in keeping.USABLE:
        raise Disconnected
    return held.access if held.access != spurned and keeping.is_fresh(account, now) else None


def _refreshed(account_id: int, spurned: str, *, by: Actor, now: datetime) -> str:
    # The row decides between processes; within one, threads queue up before they take a connection.
    with _doors[account_id % len(_doors)], transaction(), acting(by):
        account = keeping.locked(account_id)
        token = _held(account, spurned, now)
        if token is not None:
            return token
        peer = peer_of(account.network)
        if peer is None:
            raise Unreached
        renewed = keeping.renewed(account, peer, now=now)
    if renewed is None:
        raise Disconnected
    return renewed.access
