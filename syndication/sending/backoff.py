"""How long to wait after a relay's answer, by its code and words: for the one mail, or for its whole domain. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from re import IGNORECASE
from re import compile as compile_pattern

from syndication.channels import Result

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)
GREYLISTED = timedelta(minutes=1)
FULL = timedelta(hours=1)
SLOWED = timedelta(minutes=1)
LONGEST_SLOWED = timedelta(hours=2)

_STATUS = compile_pattern(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_GREY = compile_pattern(r"gr[ae]y-?\s?list", IGNORECASE)
_TOO_FAST = compile_pattern(
    r"\brate\b|too (?:many|much|fast)|throttl|slow down|deferred due to|unusual(?:ly)? (?:rate|high)|limit exceeded",
    IGNORECASE,
)
_FULL = compile_pattern(
    r"(?:mailbox|quota|storage)[^.]{0,30}(?:full|exceeded)|(?:over|out of) (?:quota|storage)", IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a mail waits; `slows_domain` says that its whole domain wants fewer mails."""

    pause: timedelta
    slows_domain: bool = False


def backoff_after(result: Result, attempts: int) -> Backoff:
    """Return how long to wait after attempt number `attempts` was put off with `result`."""
    subject, detail = _status(result.text)
    if _GREY.search(result.text):
        return Backoff(_doubled(GREYLISTED, attempts))
    if result.code // 100 == 4 and (_TOO_FAST.search(result.text) or (subject, detail) == (7, 28)):
        return Backoff(_doubled(SLOWED, attempts), slows_domain=True)
    if result.code == 452 or (subject, detail) in {(2, 2), (3, 1)} or _FULL.search(result.text):
        return Backoff(_doubled(FULL, attempts))
    return Backoff(_doubled(FIRST_PAUSE, attempts))


def domain_pause(strikes: int) -> timedelta:
    """Return how long a domain gets no mail that has said so many times in a row that it is too much."""
    doubled: timedelta = SLOWED * 2 ** min(strikes, 10)
    return min(doubled, LONGEST_SLOWED)


def _status(text: str) -> tuple[int, int]:
    found = _STATUS.search(text)
    return (int(found[2]), int(found[3])) if found else (0, 0)


def _doubled(first: timedelta, attempts: int) -> timedelta:
    doubled: timedelta = first * 2 ** min(max(attempts, 1) - 1, 20)
    return min(doubled, LONGEST_PAUSE)
