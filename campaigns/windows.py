"""When mails may go out: a window of hours and days on the clock of whoever gets them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType

from campaigns.manifest.model import EmailSequence, EmailStep, Manifest
from campaigns.manifest.times import Window
from tcma.core.calendar import WorkCalendar, zone_named
from tcma.core.days_off import days_off, weekends
from tcma.core.words import lazy_gettext as _

_WEEK = range(7)
_LONGEST_CLOSURE_YEARS = 2
IN_WORDS: Mapping[str, object] = MappingProxyType(
    {
        "working": _(
            "Mails go out from %(start)s to %(end)s on working days where each recipient is, not on public holidays."
        ),
        "weekdays": _("Mails go out from %(start)s to %(end)s, Monday to Friday, where each recipient is."),
        "every": _("Mails go out from %(start)s to %(end)s where each recipient is."),
    }
)


def window_of(sequence: EmailSequence, step: EmailStep) -> Window | None:
    """Return when a mail may go out: as it says itself, or else its sequence; None is at any time.

    What is counted from an event comes when the event wants it.
    """
    if step.after is not None and step.after.from_ == "event":
        return None
    return step.window or sequence.window


def windows_of(manifest: Manifest, left_out: Collection[str] = ()) -> dict[str, Window]:
    """Return the windows of a kit's mails, by the mail's key; those without one are not there."""
    found = {
        step.key: window_of(sequence, step)
        for sequence, step in manifest.steps()
        if isinstance(step, EmailStep) and sequence.key not in left_out
    }
    return {key: window for key, window in found.items() if window is not None}


def opening(window: Window | None, at: datetime, *, zone: str, country: str) -> datetime:
    """Return `at` if it lies in the window on the clocks of `zone`, and otherwise when the window next opens.

    `country` says which days are public holidays; of none that is known, Saturdays and Sundays are no working days.
    """
    return at if window is None or window.is_empty else _next(window, at, zone, country)


@lru_cache(maxsize=4096)
def _next(window: Window, at: datetime, zone: str, country: str) -> datetime:
    opens, closes = window.hours
    first = at.astimezone(zone_named(zone)).year
    closed = [_closed(window, country, year) for year in range(first, first + _LONGEST_CLOSURE_YEARS)]
    hours = dict.fromkeys(_WEEK, ((opens, closes),))
    return WorkCalendar(zone, hours, frozenset().union(*closed)).next_open(at)


def _closed(window: Window, country: str, year: int) -> frozenset[date]:
    if window.days == "every":
        return frozenset()
    return days_off(country, year) if window.days == "working" else weekends(year)


def in_words(manifest: Manifest, left_out: Collection[str] = ()) -> list[str]:
    """Say when the mails of a kit may go out, each window once; nothing for mails that go out at any time."""
    said = {
        str(IN_WORDS[one.days]) % {"start": one.from_, "end": one.until}: None
        for one in windows_of(manifest, left_out).values()
    }
    return list(said)
