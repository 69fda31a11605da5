"""The one clock. It is read at the edge (views, tasks, command line) and passed in as `now`.

The demo may move it forward; the offset is a row, so that every process sees the same time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_offset: Callable[[], timedelta] | None = None


def now() -> datetime:
    """Return the present instant, aware and in UTC."""
    instant = datetime.now(UTC)
    return instant + _offset() if _offset else instant


def use_offset(offset: Callable[[], timedelta] | None) -> None:
    """Let every later reading be moved by what `offset` returns (the demo's clock button)."""
    global _offset  # noqa: PLW0603 - there is one clock in a process
    _offset = offset
