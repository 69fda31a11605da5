"""When mails may go out: a window of hours and days on the clock of whoever gets them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from campaigns.manifest.model import EmailSequence, EmailStep, Manifest
from campaigns.manifest.times import Days, Window
from tcma.core.calendar import WorkCalendar, zone_named
from tcma.core.days_off import days_off, weekends
from tcma.core.words import lazy_gettext as _

_WEEK = range(7)
_FEWER_DAYS: tuple[Days, ...] = ("working", "weekdays", "every")
SHORTEST = timedelta(hours=1)
"""In less than that not all of a larger list would get their mail on one day."""

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


def own_window(choices: Mapping[str, Any]) -> Window | None:
    """Return the hours that a partner chose for its launch; None leaves those of the kit."""
    kept = choices.get("window")
    return Window(from_=kept["from"], until=kept["until"], days=kept["days"]) if kept else None


def as_choice(window: Window | None) -> dict[str, str] | None:
    """Return a partner's window as a launch keeps it."""
    return None if window is None else {"from": window.from_, "until": window.until, "days": window.days}


def with_own_window(manifest: Manifest, own: Window | None) -> Manifest:
    """Return the manifest with the partner's window for each mail that may have one; what the kit locks was refused.

    A mail that counts from an event still comes when the event wants it.
    """
    if own is None:
        return manifest
    tactics = tuple(_with_own(one, own) if isinstance(one, EmailSequence) else one for one in manifest.tactics)
    return replace(manifest, tactics=tactics)


def _with_own(sequence: EmailSequence, own: Window) -> EmailSequence:
    steps = tuple(replace(step, window=None) if isinstance(step, EmailStep) else step for step in sequence.steps)
    return replace(sequence, window=own, steps=steps)


def faults_of(own: Window, manifest: Manifest) -> list[str]:
    """Return what speaks against a partner's window: too short, against a lock of the kit, or on days it leaves out."""
    if short := too_short(own):
        return short
    faults: dict[str, None] = {}
    for window in windows_of(manifest).values():
        if "hours" in window.lock and own.hours != window.hours:
            faults[_hours_are_set(window)] = None
        if "days" in window.lock and own.days != window.days:
            faults[_days_are_set()] = None
        elif _FEWER_DAYS.index(own.days) > _FEWER_DAYS.index(window.days):
            faults[str(_("The kit lets its mails go out on fewer days than these. Choose its days, or fewer."))] = None
    return list(faults)


def _hours_are_set(window: Window) -> str:
    return str(_("The kit sets the hours: %(start)s to %(end)s.", start=window.from_, end=window.until))


def _days_are_set() -> str:
    return str(_("The kit sets the days on which its mails go out."))


def locks_of(manifest: Manifest) -> dict[str, str]:
    """Return what a partner may not choose anew, `hours` or `days`, each with a sentence that says so."""
    found: dict[str, str] = {}
    for window in windows_of(manifest).values():
        if "hours" in window.lock:
            found.setdefault("hours", _hours_are_set(window))
        if "days" in window.lock:
            found.setdefault("days", _days_are_set())
    return found


def too_short(window: Window) -> list[str]:
    """Return what speaks against a window in which hardly anything could go out; nothing where it is long enough."""
    if not window.is_empty and _length(window) >= SHORTEST:
        return []
    return [str(_("Leave an hour at least between the first and the last minute; 00:00 is the end of the day."))]


def window_of_kit(manifest: Manifest) -> Window | None:
    """Return when the mails of a kit may go out that have no hours of their own; None is at any time."""
    sequences = (one for one in manifest.tactics if isinstance(one, EmailSequence))
    return next((one.window for one in sequences if one.window is not None), None)


def _length(window: Window) -> timedelta:
    opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in window.hours)
    return (closes or timedelta(days=1)) - opens


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
    return list(dict.fromkeys(said(one) for one in windows_of(manifest, left_out).values()))


def said(window: Window) -> str:
    """Say when mails go out in a window."""
    return str(IN_WORDS[window.days]) % {"start": window.from_, "end": window.until}
