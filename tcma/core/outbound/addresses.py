"""Which addresses a tenant may make us call: public ones, by https, on a port of the list."""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from tcma.core.words import lazy_gettext as _

Resolver = Callable[[str, int], Sequence[str]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?", re.IGNORECASE)
_LONGEST_URL = 2_000

# Python calls some of these global, and other versions of it others: so they are named here.
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carriers' NAT, used inside clouds
        "168.63.129.16/32",  # a cloud's own metadata and DNS
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays from IPv6 to IPv4
        "198.18.0.0/15",
        "::/96",  # IPv4 in disguise
        "::ffff:0:0/96",  # IPv4 in disguise
        "::ffff:0:0:0/96",  # IPv4 in disguise
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64
        "100::/64",
        "2001::/23",  # Teredo and other special purposes
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)


def is_public(address: str) -> bool:
    """Tell whether an IP address is an ordinary public one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    return not any(ip.version == network.version and ip in network for network in _NEVER)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what one connection is made to."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: Url) -> "Origin":
        """Return the origin of a parsed address."""
        scheme = (url.scheme or "").lower()
        host = (url.host or "").lower().strip("[]")
        port = _DEFAULT_PORTS.get(scheme, 0) if url.port is None else url.port
        return cls(scheme, host, port)


def parsed(url: str) -> Url | None:
    """Parse an address as the HTTP library does; nothing if it cannot be one."""
    if len(url) > _LONGEST_URL or any(ord(letter) <= ord(" ") or letter in '\\"<>\x7f' for letter in url):
        return None
    try:
        found = parse_url(url)
    except (LocationParseError, ValueError):
        return None
    return found if found.scheme and found.host else None


def reason_against(url: str, ports: frozenset[int]) -> object | None:
    """Return why a tenant's address is refused by its looks, or nothing. The host is judged at the connection."""
    address = parsed(url)
    origin = Origin.of(address) if address else Origin("", "", 0)
    reason: object | None = None
    if address is None:
        reason = _("This is not an address. Enter one that begins with https://.")
    elif origin.scheme != "https":
        reason = _("The address must begin with https://.")
    elif address.auth:
        reason = _("The address must not contain a user name or password.")
    elif origin.port not in ports:
        reason = _("Port %(port)d is not allowed. Use the usual port of https.", port=origin.port)
    elif not _looks_like_a_host(origin.host):
        reason = _("The host of this address is not allowed. Use a public host name.")
    return reason


def _looks_like_a_host(host: str) -> bool:
    """Refuse numbers in disguise (2130706433, 0x7f.1, 127.1), zones and odd letters."""
    if ":" in host:
        return "%" not in host
    if not _HOST.fullmatch(host) or ".." in host:
        return False
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return False
    return True


def below(url: Url, base: Url) -> bool:
    """Tell whether `url` is at or under `base`, without climbing out of its path."""
    path, root = url.path or "/", (base.path or "/").rstrip("/") + "/"
    climbs = any(part in {".", ".."} for part in unquote(unquote(path)).replace("\\", "/").split("/"))
    return Origin.of(url) == Origin.of(base) and not climbs and not url.auth and f"{path.rstrip('/')}/".startswith(root)


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolved_within(seconds: float, resolve: Resolver, host: str, port: int) -> Sequence[str]:
    """Resolve a host, but wait no longer than `seconds`; the system's own patience may be much longer."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError) as problem:
            answers.put(problem)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError | UnicodeError):
        raise answer
    return answer
