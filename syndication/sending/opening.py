"""Windows at work: which mails of a launch may not go out at this hour, and when they may."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from campaigns.models import Launch
from campaigns.queries.launches import manifest_of
from campaigns.windows import opening, windows_of
from syndication.sending.outcomes import Settled, waits_until
from syndication.sequences.course import Where

CLOSED = "waits for the hours in which this mail may go out"


class _Going(Protocol):
    @property
    def step(self) -> str: ...
    @property
    def where(self) -> Where: ...


One = TypeVar("One", bound=_Going)


def closed_to(launch: Launch, rows: Sequence[One], now: datetime) -> dict[One, Settled]:
    """Return those of the rows that were late, so that their window has closed, each with its next opening."""
    windows = windows_of(manifest_of(launch))
    if not windows:
        return {}
    opens = {
        row: opening(windows.get(row.step), now, zone=row.where.zone, country=row.where.country or "") for row in rows
    }
    return {row: waits_until(at, CLOSED) for row, at in opens.items() if at > now}
