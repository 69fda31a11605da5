"""The relays of this process: the first that answers is used, and connections are kept for the next look.

A relay that could not be reached, or that says with every answer that it takes nothing, is left alone for a while.
"""

import os
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from syndication.channels.email.relay import Relay, RelayDown
from syndication.channels.email.smtp import SmtpChannel
from tcma.core import runtime

FIRST_PAUSE = 10.0  # seconds that a relay is left alone which could not be reached; doubled each time
LONGEST_PAUSE = 120.0
KEPT_FOR = 20.0  # seconds that a connection may wait for its next use
OWN_TROUBLE = frozenset({0, 421, 500, 501, 502, 503, 504, 530, 534, 535, 538})
"""Answers about the relay itself, 0 being none at all."""
ENOUGH = 3


@dataclass(slots=True)
class _Standing:
    """How a relay was when it was last tried."""

    away_until: float = float("-inf")
    failures: int = 0


@dataclass(slots=True)
class _Pool:
    standings: dict[Relay, _Standing] = field(default_factory=dict)
    idle: list[tuple[float, Relay, SmtpChannel]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_pool = _Pool()


def relays() -> list[Relay]:
    """Return the relays of the settings, the preferred one first."""
    return [Relay.from_url(url) for url in runtime.settings().smtp_urls]


def all_are_away() -> bool:
    """Tell whether every relay is being left alone."""
    return not _to_try()


def connected() -> SmtpChannel | None:
    """Return a channel with an open connection to the first relay that answers; None when none does."""
    for relay in _to_try():
        channel = _kept(relay) or SmtpChannel(relay)
        try:
            channel.connection()
        except RelayDown:
            leave_alone(relay)
            continue
        return channel
    return None


def give_back(channel: SmtpChannel) -> None:
    """Keep a channel for whoever sends next, or end it when it has no connection any more."""
    with _pool.lock:
        if channel.is_connected:
            _pool.idle.append((monotonic(), channel.relay, channel))


def close_old() -> None:
    """End the conversations that waited too long for their next use."""
    with _pool.lock:
        too_old = [one for one in _pool.idle if monotonic() - one[0] > KEPT_FOR]
        _pool.idle = [one for one in _pool.idle if one not in too_old]
    for _at, _relay, old in too_old:
        _close(old)


def leave_alone(relay: Relay) -> None:
    """Try a relay no more for a while: longer each time that this is said."""
    with _pool.lock:
        standing = _pool.standings.setdefault(relay, _Standing())
        pause = min(FIRST_PAUSE * 2**standing.failures, LONGEST_PAUSE)
        standing.failures = min(standing.failures + 1, 10)
        standing.away_until = monotonic() + pause


def judge(channel: SmtpChannel, answers: Collection[int]) -> bool:
    """Say whether a relay works, after a batch with these codes; one that only speaks of itself is left alone."""
    if channel.is_down or (len(answers) >= ENOUGH and all(code in OWN_TROUBLE for code in answers)):
        leave_alone(channel.relay)
        return False
    if any(code not in OWN_TROUBLE for code in answers):
        with _pool.lock:
            _pool.standings.pop(channel.relay, None)
    return True


def close_idle() -> None:
    """End the conversations that wait for their next use, and forget what troubled any relay."""
    with _pool.lock:
        idle, _pool.idle = _pool.idle, []
        _pool.standings.clear()
    for _at, _relay, channel in idle:
        _close(channel)


def _to_try() -> list[Relay]:
    now = monotonic()
    with _pool.lock:
        return [one for one in relays() if _pool.standings.get(one, _Standing()).away_until <= now]


def _kept(relay: Relay) -> SmtpChannel | None:
    with _pool.lock:
        for at, (since, one, channel) in enumerate(_pool.idle):
            if one == relay and monotonic() - since <= KEPT_FOR:
                del _pool.idle[at]
                return channel
    return None


def _close(channel: SmtpChannel) -> None:
    with suppress(OSError):
        channel.close()


def _after_fork() -> None:
    # A child must not speak in its parent's conversations.
    _pool.idle = []
    _pool.lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
