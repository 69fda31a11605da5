"""The click endpoint: a bare WSGI callable in front of the application.

It checks the token, appends one hit to the journal, and sends the browser on. No database is asked on the way unless
the address is not in the cache yet, and nothing is judged here: whoever pressed, the hit is kept as it came.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from hmac import digest as mac
from ipaddress import ip_address
from logging import getLogger
from typing import TYPE_CHECKING
from urllib.parse import quote

from tcma.core.journal import Hit, Journal
from tcma.core.links import ForgedLink, LinkSigner, PlacedLink

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CLICK_PARAMETER = "c"
"""What the landing page finds the click in."""

_PREFIX = "/t/"
_OPEN_PLACE = 0
_METHODS = frozenset({"GET", "HEAD"})
_PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_NEVER_KEEP = ("Cache-Control", "no-store")
_QUIET = [
    _NEVER_KEEP,
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
    ("X-Content-Type-Options", "nosniff"),
]
_SAFE_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"
_log = getLogger(__name__)

Lookup = Callable[[int, int], str | None]


class ClickEndpoint:
    """Answers `GET` and `HEAD` under `/t/`; everything else goes to the application behind it."""

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        signer: LinkSigner,
        journal: Journal,
        lookup: Lookup,
        base_url: str,
        network_key: bytes,
        now: Callable[[], datetime],
        cache_size: int = 100_000,
    ) -> None:
        """Take the application behind, and `lookup(link_set, place)` for addresses not met before.

        `base_url` is ours: pages under it are told the click. `network_key` hides addresses of visitors.
        """
        self._application = application
        self._signer = signer
        self._journal = journal
        self._targets = _Kept(lookup, cache_size)
        self._networks = _Networks(network_key)
        self._own = base_url.rstrip("/") + "/"
        self._now = now
        self.lost_hits = 0
        """Hits that the journal could not take (a full disk); the visitor was sent on all the same."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(_PREFIX):
            return self._application(environ, start_response)
        method = environ["REQUEST_METHOD"]
        if method not in _METHODS:
            return _plain(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")])
        token = path[len(_PREFIX) :]
        try:
            link = self._signer.read_placed(token)
        except ForgedLink:
            return _plain(start_response, "404 Not Found")
        if link.place == _OPEN_PLACE:
            self._append(link, method, environ)
            return _pixel(start_response, method)
        return self._send_on(link, token, method, environ, start_response)

    def _send_on(
        self, link: PlacedLink, token: str, method: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            target = self._targets.of(link)
        except Exception:  # noqa: BLE001 - the hit is kept whatever is wrong with the database
            _log.exception("the target of a tracked link could not be read")
            self._append(link, method, environ)
            return _plain(start_response, "503 Service Unavailable", [("Retry-After", "5")])
        if target is None:
            return _plain(start_response, "404 Not Found")
        self._append(link, method, environ)
        start_response("302 Found", [("Location", self._told(target, token)), ("Content-Length", "0"), *_QUIET])
        return []

    def _told(self, target: str, token: str) -> str:
        """Return the target; a page of our own learns which click led to it, and nobody else does."""
        if not target.startswith(self._own):
            return target
        address, hash_sign, fragment = target.partition("#")
        return f"{address}{'&' if '?' in address else '?'}{CLICK_PARAMETER}={token}{hash_sign}{fragment}"

    def _append(self, link: PlacedLink, method: str, environ: "WSGIEnvironment") -> None:
        link_set, subject = link.ids if len(link.ids) == 2 else (link.ids[0], 0)
        hit = Hit(
            at=self._now(),
            purpose=link.purpose,
            link_set=link_set,
            subject=subject,
            place=link.place,
            method=method,
            agent=environ.get("HTTP_USER_AGENT", ""),
            network=self._networks.hidden(environ.get("REMOTE_ADDR", "")),
        )
        try:
            self._journal.append(hit)
        except OSError:
            self.lost_hits += 1
            _log.exception("a hit could not be written to the journal")


class _Kept:
    """Targets met before. What a place of a link set leads to never changes, so nothing grows old."""

    def __init__(self, lookup: Lookup, size: int) -> None:
        self._lookup = lookup
        self._size = size
        self._known: dict[tuple[int, int], str] = {}

    def of(self, link: PlacedLink) -> str | None:
        key = (link.ids[0], link.place)
        known = self._known.get(key)
        if known is not None:
            return known
        target = self._lookup(*key)
        if target is None or not target.startswith(("https://", "http://")):
            return None
        target = quote(target, safe=_SAFE_IN_ADDRESS)
        if len(self._known) >= self._size:
            self._known.clear()
        self._known[key] = target
        return target


class _Networks:
    """Turns an address into a keyed hash of its network (/24, or /48): enough to see a burst, not a person."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, bytes] = {}

    def hidden(self, address: str) -> bytes:
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= 10_000:
                self._known.clear()
            known = self._known[address] = mac(self._key, _network(address), "sha256")[:8]
        return known


def _network(address: str) -> bytes:
    try:
        found = ip_address(address)
    except ValueError:
        return b""
    mapped = getattr(found, "ipv4_mapped", None)
    packed: bytes = (mapped or found).packed
    return packed[:3] if len(packed) == 4 else packed[:6]


def _plain(
    start_response: "StartResponse", status: str, headers: list[tuple[str, str]] | None = None
) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), *_QUIET, *(headers or [])])
    return []


def _pixel(start_response: "StartResponse", method: str) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(_PIXEL))), *_QUIET])
    return [] if method == "HEAD" else [_PIXEL]
