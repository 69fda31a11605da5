"""Channels: how something leaves the house. One small Protocol per kind; who sends knows nothing else of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tcma.core.journal import Outcome

__all__ = [
    "MailChannel",
    "Outcome",
    "Outgoing",
    "Post",
    "PostOutcome",
    "PostResult",
    "Result",
    "SocialChannel",
    "Watch",
]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One finished mail for one recipient. `ref` is the caller's own; the channel only hands it back.

    `is_wire_ready` says that every line ends with CRLF and none begins with a dot, so that nobody need look again.
    """

    ref: object
    sender: str
    recipient: str
    content: bytes
    is_wire_ready: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How one mail ended, with the peer's own words."""

    outcome: Outcome
    code: int = 0
    text: str = ""


class Watch(Protocol):
    """What the caller is asked and told about each mail. The three calls come from the sending thread."""

    def admit(self, mail: Outgoing) -> bool:
        """Say whether `mail` may be offered to the relay; asked before its envelope goes out."""

    def begin(self, mail: Outgoing) -> bool:
        """Say again whether it may go, and write the begin durably; asked right before the first byte of content."""

    def end(self, mail: Outgoing, result: Result) -> None:
        """Write the end durably; called once for every mail that was pulled, also for one that never began."""


class MailChannel(Protocol):
    """Sends finished mails over one connection."""

    def send(self, mails: Iterable[Outgoing], watch: Watch) -> None:
        """Send `mails` in order. Each has exactly one attempt and one end; this raises nothing of the peer's."""


@dataclass(frozen=True, slots=True)
class Post:
    """One social post, ready to be published."""

    text: str
    link: str | None = None
    image: bytes | None = None
    image_type: str | None = None
    alt: str = ""


class PostOutcome(StrEnum):
    """How one call to a network ended."""

    PUBLISHED = "published"
    REFUSED = "refused"  # the network will never take it
    LATER = "later"  # not now; surely not published
    EXPIRED = "expired"  # the token is no longer good; surely not published
    UNKNOWN = "unknown"  # it may be live; only looking can tell


@dataclass(frozen=True, slots=True)
class PostResult:
    """The network's answer; `retry_at` where it named a time."""

    outcome: PostOutcome
    remote_id: str | None = None
    url: str | None = None
    text: str = ""
    retry_at: datetime | None = None


class SocialChannel(Protocol):
    """Publishes on one network for one account. Publishing has one attempt; looking has many."""

    def publish(self, post: Post, *, token: str, request_key: str) -> PostResult:
        """Publish once. A lost answer is `unknown`, never tried again here."""

    def find(self, post: Post, *, token: str, request_key: str, since: datetime) -> PostResult | None:
        """Look for the post among the account's own; `None` says that it is surely not there."""

    def measure(self, remote_id: str, *, token: str) -> Mapping[str, int]:
        """Return the network's own counts for a post."""
