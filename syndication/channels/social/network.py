"""What a network is to us: its addresses, how one connects, its limits, and the channel for one account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from tcma.config import Settings
from tcma.core.outbound import Limits

if TYPE_CHECKING:
    from syndication.channels import SocialChannel

LIMITS = Limits(connect_seconds=5.0, deadline_seconds=15.0, body_bytes=4 * 1024 * 1024)
SANDBOX_CREDENTIAL = "sandbox"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens as a network gave it. They are never shown."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """An account or page that may be posted to. A page of Facebook has a token of its own."""

    remote_id: str
    name: str
    kind: str = "company"
    own_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a network is spoken to. `issuers` are the names it may give itself in an answer."""

    api: str
    authorize: str
    token: str
    issuers: tuple[str, ...]

    @property
    def bases(self) -> tuple[str, ...]:
        """The addresses that we call."""
        return (self.api, self.token)


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version of a network's interface that we speak, and when the network switches it off."""

    name: str
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the network knows this installation by."""

    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Peer:
    """A network as this installation reaches it."""

    network: "Network"
    addresses: Addresses
    credentials: Credentials


class MakesChannel(Protocol):
    """Makes the channel of one account."""

    def __call__(self, peer: Peer, account: str, *, now: datetime) -> "SocialChannel": ...


@dataclass(frozen=True, slots=True)
class Network:
    """One network. `paths` are those of authorize and token below a configured base address."""

    name: str
    title: str
    published: Addresses
    paths: tuple[str, str]
    api_path: str
    scopes: tuple[str, ...]
    version: ApiVersion
    characters: int
    image_bytes: int
    uses_pkce: bool
    secret_in_header: bool
    channel: MakesChannel
    profiles: Callable[[Peer, str, datetime], Sequence[Profile]]

    def addresses(self, base: str) -> Addresses:
        """Return the addresses below a configured `base`, or the published ones."""
        if not base:
            return self.published
        root = base.rstrip("/")
        authorize, token = self.paths
        return Addresses(root + self.api_path, root + authorize, root + token, (root,))

    def peer(self, settings: Settings) -> Peer | None:
        """Return the network as these settings say, or nothing where it is not set up."""
        base: str = getattr(settings, f"social_{self.name}_url")
        own = Credentials(
            getattr(settings, f"social_{self.name}_client_id"), getattr(settings, f"social_{self.name}_client_secret")
        )
        if settings.demo and not own.client_id:
            base = base or f"{settings.base_url.rstrip('/')}/sandbox/{self.name}"
            own = Credentials(SANDBOX_CREDENTIAL, SANDBOX_CREDENTIAL)
        return Peer(self, self.addresses(base), own) if own.client_id else None
