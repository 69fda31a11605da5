"""What the relay's answer means for a row: its state, and when it is tried again. Pure."""

from dataclasses import dataclass
from datetime import datetime

from syndication.channels import Result
from syndication.models import DeliveryState
from syndication.sending.backoff import backoff_after
from tcma.core.journal import Outcome

MOST_ATTEMPTS = 16

PLAIN = {
    Outcome.ACCEPTED: DeliveryState.ACCEPTED,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.UNKNOWN: DeliveryState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Settled:
    """How a row stands after an attempt that ended `at` an instant.

    `keeps_attempt`: a later word on this attempt still counts. `counts`: it was an attempt at all.
    """

    state: DeliveryState
    reason: str | None = None
    answer: str | None = None
    next_try_at: datetime | None = None
    keeps_attempt: bool = True
    counts: bool = True
    at: datetime | None = None
    relay: str | None = None


def settled(result: Result, *, attempts: int, now: datetime, relay: str | None = None) -> Settled:
    """Return how a row stands after its attempt number `attempts` ended with `result`."""
    answer = f"{result.code or ''} {result.text}".strip()[:300] or None
    if result.outcome in PLAIN:
        return Settled(PLAIN[result.outcome], answer=answer, at=now, relay=relay)
    if result.outcome is Outcome.WITHHELD:
        return back_to_ready()
    if attempts >= MOST_ATTEMPTS:
        return Settled(DeliveryState.FAILED, reason="the relay did not take it in time", answer=answer, relay=relay)
    pause = backoff_after(result, attempts).pause
    return Settled(DeliveryState.DEFERRED, answer=answer, next_try_at=now + pause, keeps_attempt=False, relay=relay)


def waits_until(at: datetime, reason: str) -> Settled:
    """Return how a row stands that was not tried and has its turn later."""
    return Settled(DeliveryState.DEFERRED, reason=reason, next_try_at=at, keeps_attempt=False, counts=False)


def back_to_ready() -> Settled:
    """Return how a row stands that was not tried after all."""
    return Settled(DeliveryState.READY, keeps_attempt=False, counts=False)
