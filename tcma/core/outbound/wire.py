"""The guarded wire: a requests adapter whose connections go to checked addresses only.

The host is resolved once, each address is judged, and the connection is made to one that was
judged; name, certificate and Host header stay those of the host. A redirect is an answer like any
other: its target is taken away, so that nothing follows it.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from tcma.core.outbound.addresses import Resolver, is_public, resolved_within
from tcma.core.outbound.calls import OutboundFailure, Refused, Timeout, TooLarge, Unreachable

Dial = Callable[[tuple[str, int], float], socket.socket]

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. The deadline covers the whole call, from the first look-up to the last byte."""

    connect_seconds: float = 5.0
    deadline_seconds: float = 15.0
    body_bytes: int = 2 * 1024 * 1024
    ports: frozenset[int] = frozenset({443, 8443})


@dataclass(slots=True)
class Call:
    """One call under way: what it may do, and how far it has come."""

    limits: Limits
    resolve: Resolver
    dial: Dial
    operator: bool
    sent: bool = False
    late: bool = False
    status: int | None = None
    _began: float = field(default_factory=time.monotonic)
    _line: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self) -> float:
        """Return the seconds left; none left is a timeout."""
        seconds = self._began + self.limits.deadline_seconds - time.monotonic()
        if seconds <= 0 or self.late:
            raise Timeout
        return seconds

    def elapsed_ms(self) -> int:
        """Return how long the call has taken so far."""
        return round((time.monotonic() - self._began) * 1000)

    def connect(self, host: str, port: int) -> socket.socket:
        """Resolve, judge, and connect to the first address that accepts. One doubtful address spoils all."""
        patience = min(self.limits.connect_seconds, self.left())
        try:
            addresses = list(resolved_within(patience, self.resolve, host, port))
        except TimeoutError:
            raise Timeout from None
        except (OSError, UnicodeError):
            raise Unreachable from None
        if not self.operator and not all(is_public(address) for address in addresses):
            raise Refused
        timed_out = False
        for address in addresses:
            try:
                line = self.dial((address, port), min(self.limits.connect_seconds, self.left()))
            except TimeoutError:
                timed_out = True
            except OSError:
                continue
            else:
                self._watch(line)
                return line
        raise Timeout if timed_out else Unreachable

    def _watch(self, line: socket.socket) -> None:
        with self._lock:
            self._line = line.dup()

    def cut(self) -> None:
        """End the call at its deadline, whatever it waits for: byte by byte is not a way to go on."""
        self.late = True
        with self._lock:
            if self._line is not None:
                with suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the line."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None


_under_way: ContextVar[Call] = ContextVar("call")


class _Guarded(HTTPConnection):
    """A connection that asks the call under way where it may go, and notes the first byte."""

    def _new_conn(self) -> socket.socket:
        return _under_way.get().connect(self._dns_host.strip("[]"), self.port or 0)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _under_way.get().sent = True
        super().send(data)


class _GuardedTls(_Guarded, HTTPSConnection):
    """The same, over TLS: the name in the certificate is that of the host."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTls


class GuardedAdapter(HTTPAdapter):
    """Sends one request per connection, under the limits of a call that `begin` makes."""

    def __init__(self, begin: "Callable[[requests.PreparedRequest], Call]", end: "End", ca_file: str | None) -> None:
        """Keep what is asked before each request (`begin`) and told after it (`end`)."""
        self._begin, self._end, self._ca_file = begin, end, ca_file
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use guarded connections for both schemes."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def send(self, request: requests.PreparedRequest, *_ignored: object, **_also: object) -> requests.Response:
        """Send and read the whole answer. Proxies, switched-off checks and timeouts of the caller are ignored."""
        call = self._begin(request)
        token = _under_way.set(call)
        alarm = threading.Timer(call.limits.deadline_seconds, call.cut)
        alarm.daemon = True
        alarm.start()
        try:
            response = self._exchange(request, call)
        except OutboundFailure as failure:
            failure.record = self._end(request, call, failure)
            raise
        finally:
            alarm.cancel()
            call.close()
            self.poolmanager.clear()
            _under_way.reset(token)
        self._end(request, call, None)
        return response

    def _exchange(self, request: requests.PreparedRequest, call: Call) -> requests.Response:
        seconds = (call.limits.connect_seconds, call.limits.deadline_seconds)
        try:
            response = super().send(request, stream=True, timeout=seconds, verify=self._ca_file or True, proxies={})
            call.status = response.status_code
            response._content = _body(response, call)  # noqa: SLF001 - read here, where the limits are
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
            raise _named(problem, call) from None
        response.headers.pop("Location", None)
        response.headers.pop("Refresh", None)
        return response


End = Callable[[requests.PreparedRequest, Call, OutboundFailure | None], Any]


def _body(response: requests.Response, call: Call) -> bytes:
    """Read the unpacked body up to the limit, so that a packed bomb is cut off as well."""
    body = bytearray()
    try:
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > call.limits.body_bytes:
                raise TooLarge
            call.left()
    finally:
        response.close()
    call.left()
    return bytes(body)


def _named(problem: Exception, call: Call) -> OutboundFailure:
    if call.late or isinstance(problem, requests.Timeout | TimeoutError | urllib3.exceptions.TimeoutError):
        return Timeout()
    if not call.sent and isinstance(problem, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return Refused()
    return Unreachable()
