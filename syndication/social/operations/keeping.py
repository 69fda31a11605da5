"""Tokens of an account: sealed where they stand, opened for a call, refreshed by one at a time."""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from syndication.channels.social import Tokens
from syndication.channels.social.network import Peer
from syndication.channels.social.oauth import Declined, Unreached, refresh
from syndication.models import AccountState, Post, PostState, SocialAccount
from syndication.social.reasons import Reason
from tcma.core import outbox
from tcma.core.db import require, session
from tcma.core.schedule import set_due
from tcma.core.sealing import open_for, seal_for

USABLE = frozenset({AccountState.CONNECTED, AccountState.EXPIRING})
AHEAD = timedelta(minutes=5)
WARN = timedelta(days=14)
RENEW = timedelta(days=7)
LOOK_EVERY = timedelta(hours=12)


def keep(account: SocialAccount, tokens: Tokens, *, now: datetime) -> None:
    """Seal a pair of tokens in its account."""
    text = json.dumps({"access": tokens.access, "refresh": tokens.refresh})
    account.token_sealed = seal_for(
        org_id=account.partner_id, table="social_account", row=account.id, column="token", text=text, now=now
    )
    account.expires_at = tokens.expires_at
    account.refresh_expires_at = tokens.refresh_expires_at or account.refresh_expires_at


def opened(account: SocialAccount, sealed: bytes | None) -> Tokens | None:
    """Open a pair of tokens of an account, the present one or the one before."""
    if sealed is None:
        return None
    text = open_for(org_id=account.partner_id, table="social_account", row=account.id, column="token", sealed=sealed)
    kept = json.loads(text)
    return Tokens(kept["access"], kept["refresh"], account.expires_at, account.refresh_expires_at)


def locked(account_id: int) -> SocialAccount:
    """Return an account that nobody else refreshes until the transaction ends."""
    chosen = sa.select(SocialAccount).where(SocialAccount.id == account_id).with_for_update()
    return require(session.scalar(chosen.execution_options(populate_existing=True)))


def is_fresh(account: SocialAccount, now: datetime) -> bool:
    """Whether the access token is good for a call that begins now. Accounts differ, so that not all come at once."""
    jitter = timedelta(seconds=account.id % 60)
    return account.expires_at is None or account.expires_at > now + AHEAD + jitter


def wants_renewal(account: SocialAccount, now: datetime) -> bool:
    """Whether a connection that lasts for weeks has come near its end. Those of hours are renewed when used."""
    lasts_long = (
        account.expires_at is not None and account.expires_at - (account.refreshed_at or account.connected_at) > RENEW
    )
    return lasts_long and require(account.expires_at) - now <= RENEW and _renews_itself(account)


def _renews_itself(account: SocialAccount) -> bool:
    held = opened(account, account.token_sealed)
    return held is not None and held.refresh is not None


def renewed(account: SocialAccount, peer: Peer, *, now: datetime) -> Tokens | None:
    """Refresh a locked account once and keep the new pair beside the old; None says that it must be connected again.

    The caller commits before the new pair is used. `Unreached` says nothing against the connection.
    """
    held = opened(account, account.token_sealed)
    before = opened(account, account.previous_token_sealed)
    tried = dict.fromkeys(pair.refresh for pair in (held, before) if pair is not None and pair.refresh)
    for token in tried:
        try:
            given = refresh(peer, token=token, now=now)
        except Declined:
            continue
        account.previous_token_sealed = account.token_sealed
        keep(account, Tokens(given.access, given.refresh or token, given.expires_at, given.refresh_expires_at), now=now)
        account.state, account.last_error, account.refreshed_at = AccountState.CONNECTED, None, now
        look_again(account, now=now)
        return opened(account, account.token_sealed)
    lose(account, now=now)
    return None


def lose(account: SocialAccount, *, now: datetime) -> None:
    """Say that an account must be connected again, and let its posts wait for that."""
    account.state, account.last_error = AccountState.EXPIRED, Reason.EXPIRED
    set_due("social_account", account.id, None, vendor_id=None, partner_id=account.partner_id)
    session.execute(
        sa.update(Post)
        .where(Post.account_id == account.id, Post.state.in_((PostState.SCHEDULED, PostState.APPROVED)))
        .values(state=PostState.HELD, reason=Reason.TOKEN)
        .execution_options(synchronize_session=False)
    )
    outbox.tell("account.lost", account_id=account.id, partner_id=account.partner_id, now=now)


def confirm(account: SocialAccount) -> None:
    """Forget the pair before, now that the new one has been used."""
    account.previous_token_sealed = None


def look_again(account: SocialAccount, *, now: datetime) -> None:
    """Put the next look at the account's health on the index."""
    set_due("social_account", account.id, now + LOOK_EVERY, vendor_id=None, partner_id=account.partner_id)


def judge(account: SocialAccount, *, now: datetime) -> None:
    """Let the state of an account say how long its connection will last."""
    end = account.refresh_expires_at if _renews_itself(account) else account.expires_at
    if end is not None and end <= now:
        lose(account, now=now)
    elif end is not None and end - now <= WARN:
        account.state, account.last_error = AccountState.EXPIRING, Reason.RUNS_OUT
    elif account.state is AccountState.EXPIRING:
        account.state, account.last_error = AccountState.CONNECTED, None


__all__ = [
    "USABLE",
    "Unreached",
    "confirm",
    "is_fresh",
    "judge",
    "keep",
    "locked",
    "lose",
    "opened",
    "renewed",
    "wants_renewal",
]
