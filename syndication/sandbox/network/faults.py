"""How the sandbox network misbehaves when it is told to: before the work, after it, or instead of an answer."""

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from flask import Response

from syndication.sandbox.network.store import Fault

KINDS = frozenset(
    {
        "none",
        "timeout_after_accept",
        "timeout_before_accept",
        "reset_after_accept",
        "reset_before_accept",
        "unauthorized",
        "unauthorized_after_accept",
        "rate_limited",
        "ok_with_error",
        "ok_with_error_after_accept",
        "failed_after_accept",
        "unavailable",
        "accepted_without_id",
        "said_and_not_done",
        "seen_late",
    }
)
_STILL = threading.Event()


class Errors(Protocol):
    """How one network words its refusals."""

    def unauthorized(self) -> Response:
        """The token is not good."""

    def limited(self, seconds: int) -> Response:
        """Too many calls; come again after so many seconds."""

    def in_a_success(self) -> Response:
        """An error in the body of a success."""

    def made_up(self) -> Response:
        """A success of which nothing is true."""


def with_fault(fault: Fault, work: Callable[[int], Response], errors: Errors) -> Response:
    """Do the work of a call, or what was ordered in its place. `work(hidden_for)` makes it true."""
    kind = fault.kind
    if kind in {"timeout_after_accept", "reset_after_accept", "unauthorized_after_accept", "failed_after_accept"}:
        work(0)
    if kind.startswith("timeout"):
        _STILL.wait(fault.seconds)  # longer than the caller waits
        return unavailable()
    if kind.startswith("reset"):
        return _broken_off()
    if kind.startswith("unauthorized"):
        return errors.unauthorized()
    answers: dict[str, Callable[[], Response]] = {
        "rate_limited": lambda: errors.limited(int(fault.seconds)),
        "failed_after_accept": unavailable,
        "unavailable": unavailable,
        "ok_with_error": errors.in_a_success,
        "ok_with_error_after_accept": lambda: _after(work, errors.in_a_success),
        "accepted_without_id": lambda: _after(work, lambda: Response("{}", 201, content_type="application/json")),
        "said_and_not_done": errors.made_up,
        "seen_late": lambda: work(2),
    }
    return answers.get(kind, lambda: work(0))()


def _after(work: Callable[[int], Response], answer: Callable[[], Response]) -> Response:
    work(0)
    return answer()


def _broken_off() -> Response:
    """Promise a body and break off: the connection ends before its answer does."""

    def body() -> Iterator[bytes]:
        yield b"{"

    return Response(body(), 201, headers={"Content-Length": "1000"}, content_type="application/json")


def unavailable() -> Response:
    """Something broke on the way."""
    return Response('{"message": "Internal error"}', 500, content_type="application/json")
