"""Connecting by OAuth 2: where a person is sent, and how a code or a refresh token becomes a pair of tokens."""

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from requests import RequestException
from requests.auth import HTTPBasicAuth

from syndication.channels.social.network import Peer, Tokens
from syndication.channels.social.wire import open_session
from tcma.core.outbound import OutboundFailure

LONGEST_LIFE = timedelta(days=3650)


class Unreached(Exception):
    """The network gave no usable answer. Nothing is known against the connection."""


class Declined(Exception):
    """The network said no: the code or token is not, or no longer, good (`invalid_grant` and its kin)."""


def authorize_url(peer: Peer, *, state: str, verifier: str, redirect_uri: str) -> str:
    """Return the address at the network where the person allows us to post."""
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    proof = {"code_challenge": challenge, "code_challenge_method": "S256"} if peer.network.uses_pkce else {}
    with open_session(peer, redirect_uri=redirect_uri, scope=list(peer.network.scopes)) as session:
        address, _state = session.authorization_url(peer.addresses.authorize, state=state, **proof)
    return str(address)


def exchange(peer: Peer, *, code: str, verifier: str, redirect_uri: str, now: datetime) -> Tokens:
    """Turn the code that the person came back with into tokens."""
    more: dict[str, Any] = {"code_verifier": verifier} if peer.network.uses_pkce else {}
    with open_session(peer, redirect_uri=redirect_uri) as session:
        return _asked(peer, now, lambda: session.fetch_token(peer.addresses.token, code=code, **_proven(peer), **more))


def refresh(peer: Peer, *, token: str, now: datetime) -> Tokens:
    """Turn a refresh token into a new pair. A network that rotates takes each refresh token once."""
    with open_session(peer) as session:
        own = _proven(peer)
        own.pop("include_client_id", None)
        if not peer.network.secret_in_header:
            own["client_id"] = peer.credentials.client_id
        return _asked(peer, now, lambda: session.refresh_token(peer.addresses.token, refresh_token=token, **own))


def _proven(peer: Peer) -> dict[str, Any]:
    own = peer.credentials
    if peer.network.secret_in_header:
        return {"auth": HTTPBasicAuth(own.client_id, own.client_secret), "include_client_id": True}
    return {"client_secret": own.client_secret, "include_client_id": True}


def _asked(peer: Peer, now: datetime, ask: Any) -> Tokens:
    from oauthlib.oauth2 import InvalidGrantError, OAuth2Error  # slow to import
    from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, InvalidClientIdError

    # The library's errors quote the answer, which may hold a token: none of them is passed on or chained.
    try:
        given = ask()
    except (InvalidGrantError, InvalidClientIdError):
        raise Declined from None
    except CustomOAuth2Error as reason:
        if reason.error in {"invalid_grant", "invalid_request"}:
            raise Declined from None
        raise Unreached from None
    except (OAuth2Error, OutboundFailure, RequestException, ValueError, TypeError, Warning):
        raise Unreached from None
    return _tokens(peer, dict(given), now)


def _tokens(peer: Peer, given: dict[str, Any], now: datetime) -> Tokens:
    access, again = given.get("access_token"), given.get("refresh_token")
    if not isinstance(access, str) or not access or str(given.get("token_type", "bearer")).lower() != "bearer":
        raise Unreached
    scope = given.get("scope") or peer.network.scopes
    words = scope.replace(",", " ").split() if isinstance(scope, str) else [str(one) for one in scope]
    return Tokens(
        access=access,
        refresh=again if isinstance(again, str) and again else None,
        expires_at=_after(given.get("expires_in"), now),
        refresh_expires_at=_after(given.get("refresh_token_expires_in"), now),
        scopes=tuple(words),
    )


def _after(seconds: object, now: datetime) -> datetime | None:
    try:
        return now + min(timedelta(seconds=int(str(seconds))), LONGEST_LIFE)
    except (ValueError, OverflowError):
        return None
