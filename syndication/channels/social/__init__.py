"""The networks that posts go to: one module each, behind one Protocol."""

from collections.abc import Mapping
from datetime import date, timedelta

from syndication.channels.social import facebook, linkedin, x
from syndication.channels.social.network import Network, Peer, Profile, Tokens
from tcma.core import runtime
from tcma.core.db import require

__all__ = ["NETWORKS", "Network", "Peer", "Profile", "Tokens", "peer_of", "title_of", "versions_that_end"]

NETWORKS: Mapping[str, Network] = {one.NETWORK.name: one.NETWORK for one in (linkedin, facebook, x)}
WARN_BEFORE = timedelta(days=60)


def peer_of(name: str) -> Peer | None:
    """Return the network as this installation reaches it; nothing where it is not set up."""
    return require(NETWORKS.get(name)).peer(runtime.settings())


def title_of(name: str) -> str:
    """Return what people call a network."""
    return NETWORKS[name].title if name in NETWORKS else name


def versions_that_end(today: date) -> list[Network]:
    """Return the networks whose interface version is switched off within sixty days, or has been."""
    return [
        one for one in NETWORKS.values() if one.version.ends is not None and one.version.ends - WARN_BEFORE <= today
    ]
