"""Connecting accounts, letting go of them, and how much they publish by themselves."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

import sqlalchemy as sa

from syndication.channels.social import NETWORKS, Peer, Profile, Tokens, peer_of
from syndication.models import AccountState, OAuthState, Post, PostState, SocialAccount, SubscriptionMode
from syndication.social.operations import keeping
from syndication.social.reasons import HELD_FOR_ACCOUNT, Reason
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.schedule import set_due
from tcma.core.sealing import open_for, seal_for
from tcma.core.words import lazy_gettext as _

CONNECTING_TAKES = timedelta(minutes=15)


class NetworkNotSetUp(DomainError):
    """This installation has no app at the network."""

    def __init__(self) -> None:
        super().__init__(_("This network is not set up here yet. Ask the operator of the platform to add it."))


class ConnectionRefused(DomainError):
    """What came back from the network does not belong to a connection that was begun here; nothing was connected."""

    def __init__(self, message: object | None = None) -> None:
        super().__init__(
            message or _("The connection could not be finished. Start it again from this page, in the same browser.")
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection under way: what goes to the network, and what stays here."""

    state: str
    verifier: str = field(repr=False)


def peer_for(network: str) -> Peer:
    """Return the network, or refuse where this installation has no app there."""
    require(NETWORKS.get(network))
    peer = peer_of(network)
    if peer is None:
        raise NetworkNotSetUp
    return peer


def begin_connection(*, network: str, session_key: str, by: Actor, now: datetime) -> Begun:
    """Write down that this person, in this session, is about to connect an account of the network."""
    peer_for(network)
    partner_id, membership_id = require(by.partner_id), require(by.membership_id)
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    digest = _digest(begun.state)
    session.add(
        OAuthState(
            digest=digest,
            network=network,
            partner_id=partner_id,
            membership_id=membership_id,
            session_digest=_digest(session_key),
            verifier_sealed=seal_for(
                org_id=partner_id, table="oauth_state", row=digest, column="verifier", text=begun.verifier, now=now
            ),
            created_at=now,
        )
    )
    audit.record(
        by=by, action="connection.begun", object_type="social_account", object_id=None,
        after={"network": network}, now=now,
    )  # fmt: skip
    return begun


def take_connection(
    *, network: str, state: str, issuer: str | None, session_key: str, by: Actor, now: datetime
) -> str | None:
    """Use up a connection that was begun, and return its verifier; None where it is used up for nothing.

    It is good for the very same person in the same session, for the same network, in time, for the first time, and
    from the network that it says it is. What was never begun in this session is refused (`ConnectionRefused`).
    """
    row = session.scalar(sa.select(OAuthState).where(OAuthState.digest == _digest(state)).with_for_update())
    if row is None or row.used_at is not None:
        raise ConnectionRefused
    if row.partner_id != by.partner_id or not compare_digest(row.session_digest, _digest(session_key)):
        raise ConnectionRefused
    row.used_at = now
    wrong = row.membership_id != by.membership_id or row.network != network
    mixed_up = issuer is not None and issuer.rstrip("/") not in peer_for(network).addresses.issuers
    if wrong or mixed_up or now - row.created_at > CONNECTING_TAKES:
        return None
    return open_for(
        org_id=row.partner_id, table="oauth_state", row=row.digest, column="verifier", sealed=row.verifier_sealed
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def connect_accounts(
    *, network: str, tokens: Tokens, profiles: Sequence[Profile], by: Actor, now: datetime
) -> list[SocialAccount]:
    """Let posts go to these accounts. The first publishes by itself; further ones wait to be switched on.

    An account that was connected before gets the new tokens, and its posts that waited go on.
    """
    if not profiles:
        raise ConnectionRefused(_("There is no page there that you may post for. Ask its administrator for access."))
    partner_id = require(by.partner_id)
    found = []
    for place, profile in enumerate(profiles[:10]):
        account = _account(partner_id, network, profile, now)
        if account.id is None and place > 0:
            account.mode = SubscriptionMode.OFF
        session.add(account)
        session.flush()  # its tokens are sealed for its key
        own = Tokens(profile.own_token or tokens.access, tokens.refresh, tokens.expires_at, tokens.refresh_expires_at)
        keeping.keep(account, own, now=now)
        account.scopes = list(tokens.scopes)
        account.previous_token_sealed = None
        keeping.look_again(account, now=now)
        audit.record(
            by=by, action="account.connected", object_type="social_account", object_id=account.id,
            after={"network": network, "kind": profile.kind}, now=now,
        )  # fmt: skip
        if account.mode is not SubscriptionMode.OFF:
            release_held(account, now=now)
        found.append(account)
    return found


def _account(partner_id: int, network: str, profile: Profile, now: datetime) -> SocialAccount:
    chosen = sa.select(SocialAccount).where(
        SocialAccount.partner_id == partner_id,
        SocialAccount.network == network,
        SocialAccount.remote_id == profile.remote_id,
    )
    account = session.scalar(chosen.with_for_update()) or SocialAccount(
        partner_id=partner_id, network=network, remote_id=profile.remote_id, mode=SubscriptionMode.AUTO_PUBLISH
    )
    account.name, account.kind = profile.name[:200], profile.kind
    account.state, account.last_error = AccountState.CONNECTED, None
    account.connected_at, account.disconnected_at = now, None
    return account


def release_held(account: SocialAccount, *, now: datetime) -> int:
    """Let posts go on that waited for this account or for any account of its network; returns how many."""
    waiting = sa.select(Post).where(
        Post.network == account.network,
        Post.state == PostState.HELD,
        Post.reason.in_(HELD_FOR_ACCOUNT),
        sa.or_(Post.account_id == account.id, Post.account_id.is_(None)),
    )
    posts = session.scalars(waiting.order_by(Post.due_at, Post.id)).all()
    for post in posts:
        post.account_id, post.reason = account.id, None
        asks = account.mode is SubscriptionMode.REQUIRES_APPROVAL and post.decided_at is None
        post.state = PostState.NEEDS_APPROVAL if asks else PostState.SCHEDULED
        if not asks:
            set_due("post", post.id, max(post.due_at, now), vendor_id=post.vendor_id, partner_id=post.partner_id)
    return len(posts)


def disconnect_account(*, account_id: int, by: Actor, now: datetime) -> SocialAccount:
    """Forget the tokens of an account. Its posts that have not gone out wait until it is connected again."""
    account = require(session.get(SocialAccount, account_id, with_for_update=True))
    before = account.state
    account.state, account.disconnected_at, account.last_error = AccountState.REVOKED, now, Reason.DISCONNECTED
    account.token_sealed = account.previous_token_sealed = account.expires_at = account.refresh_expires_at = None
    set_due("social_account", account.id, None, vendor_id=None, partner_id=account.partner_id)
    audit.record(
        by=by, action="account.disconnected", object_type="social_account", object_id=account.id,
        before={"state": before}, after={"state": account.state}, now=now,
    )  # fmt: skip
    return account


def choose_mode(*, account_id: int, mode: SubscriptionMode, by: Actor, now: datetime) -> SocialAccount:
    """Let an account publish by itself, ask first, or be left alone, from the next campaign on."""
    account = require(session.get(SocialAccount, account_id))
    before, account.mode = account.mode, mode
    if mode is not SubscriptionMode.OFF and account.state in keeping.USABLE:
        release_held(account, now=now)
    audit.record(
        by=by, action="account.mode_chosen", object_type="social_account", object_id=account.id,
        before={"mode": before}, after={"mode": mode}, now=now,
    )  # fmt: skip
    return account
