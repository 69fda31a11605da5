"""One line to a network: OAuth2Session under the guard of outbound calls, and what an answer is worth."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syndication.channels import PostOutcome, PostResult
from syndication.channels.social import network as networks
from syndication.channels.social.network import Peer
from tcma.core.outbound import CallRecord, Outbound, OutboundFailure
from tcma.core.plain import printable

if TYPE_CHECKING:
    from requests_oauthlib import OAuth2Session

LONGEST_ANSWER = 300
LONGEST_WAIT = timedelta(days=1)


class Lost(Exception):
    """No answer came. `sent` says whether the network may have got the request all the same."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__("no answer")
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Reply:
    """What a network answered. `body` is the JSON, or None."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def ok(self) -> bool:
        """Whether the status is one of the 200s."""
        return 200 <= self.status < 300

    def find(self, *path: str) -> Any:
        """Return what stands at `path` in the body, or None."""
        found = self.body
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found


def open_session(peer: Peer, *, told: Callable[[CallRecord], None] | None = None, **options: Any) -> "OAuth2Session":
    """Return an OAuth2Session that may go to this network's addresses and nowhere else."""
    from requests_oauthlib import OAuth2Session  # slow to import

    if any(urlsplit(address).scheme == "http" for address in peer.addresses.bases):
        # The library refuses plain addresses altogether. This one is the operator's own, from the settings.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # noqa: S105 - a switch: networks name scopes in other ways
    session = OAuth2Session(peer.credentials.client_id, **options)
    return outbound(peer).guarded_session(session, operator=True, told=told)


def outbound(peer: Peer) -> Outbound:
    """Return what calls are made with."""
    return Outbound(operator_bases=peer.addresses.bases, limits=networks.LIMITS)


class Wire:
    """Calls of one account. Each is made once; the token goes in a header and nowhere else."""

    def __init__(self, peer: Peer, token: str, *, now: datetime, request_key: str = "") -> None:
        self.peer, self.token, self.now, self.request_key = peer, token, now, request_key

    def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **body: Any) -> Reply:
        """Send one request below the network's API address. A lost answer is `Lost`."""
        from oauthlib.oauth2 import OAuth2Error  # slow to import

        session = open_session(self.peer, token={"access_token": self.token, "token_type": "Bearer"})
        sent = {**(headers or {}), **({"X-Request-Id": self.request_key} if self.request_key else {})}
        try:
            response = session.request(method, self.peer.addresses.api + path, headers=sent, **body)
        except OutboundFailure as failure:
            raise Lost(sent=not failure.nothing_was_sent) from None
        except OAuth2Error:
            raise Lost(sent=False) from None
        finally:
            session.close()
        return Reply(response.status_code, response.headers, _json(response))

    def upload(self, address: str, data: bytes, media_type: str) -> Reply:
        """Send bytes to an address that the network named: one of its own, or any public one, under the guard."""
        is_own = any(address.startswith(base.rstrip("/") + "/") for base in self.peer.addresses.bases)
        headers = {"Content-Type": media_type, "Authorization": f"Bearer {self.token}"}
        try:
            answer = outbound(self.peer).request("PUT", address, operator=is_own, headers=headers, body=data)
        except OutboundFailure as failure:
            raise Lost(sent=not failure.nothing_was_sent) from None
        return Reply(answer.status, answer.headers, None)


def _json(response: Any) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def words_of(reply: Reply) -> str:
    """Return the network's own words about what went wrong, cut to what is kept."""
    named = (("error", "message"), ("detail",), ("message",), ("title",), ("error_description",), ("error",))
    for path in named:
        found = reply.find(*path)
        if isinstance(found, str) and found:
            return printable(found[:LONGEST_ANSWER])
    return f"HTTP {reply.status}"


def retry_at(reply: Reply, now: datetime) -> datetime | None:
    """Return when the network says to come again: from Retry-After or the reset of its limit, within a day."""
    waits = reply.headers.get("Retry-After", "")
    reset = reply.headers.get("x-rate-limit-reset", "")
    at: datetime | None = None
    if waits.isascii() and waits.isdigit() and len(waits) < 8:
        at = now + timedelta(seconds=int(waits))
    elif reset.isascii() and reset.isdigit() and len(reset) < 11:
        at = datetime.fromtimestamp(int(reset), UTC)
    return min(max(at, now + timedelta(seconds=5)), now + LONGEST_WAIT) if at else None


def judged(reply: Reply, now: datetime) -> PostResult:
    """Return what an answer without a post in it says about the call that was to make one."""
    words = words_of(reply)
    if reply.status == 401:
        return PostResult(PostOutcome.EXPIRED, text=words)
    if reply.status == 429:
        return PostResult(PostOutcome.LATER, text=words, retry_at=retry_at(reply, now))
    if 400 <= reply.status < 500 and reply.status not in {408, 409, 425}:
        return PostResult(PostOutcome.REFUSED, text=words)
    return PostResult(PostOutcome.UNKNOWN, text=words)


def lost(failure: Lost) -> PostResult:
    """Return what a lost answer to a publishing call means."""
    return PostResult(PostOutcome.UNKNOWN if failure.sent else PostOutcome.LATER)


def before_the_post(reply: Reply, now: datetime) -> PostResult:
    """Return what a failed step before the post means: whatever it was, no post was made."""
    found = judged(reply, now)
    if found.outcome is PostOutcome.UNKNOWN:
        return PostResult(PostOutcome.LATER, text=found.text)
    return found


class NotUploaded(Exception):
    """The picture did not get there, so no post was made."""

    def __init__(self, result: PostResult) -> None:
        super().__init__(result.text)
        self.result = result
