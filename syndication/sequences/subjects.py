"""Two subjects tried on a share of a mail's recipients: who gets which, and which of them the rest gets. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import erfc, sqrt

A, B = "a", "b"
CHANCE = 0.05
LEAST = 5  # clicks, and mails without one, that each subject must be able to expect for the test to mean anything
_PARTS = 10_000


class Outcome(StrEnum):
    """What can be said of the two."""

    TOO_FEW = "too_few"
    CHANCE = "chance"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one subject: mails that were taken, and recipients who clicked in them as people."""

    mailed: int = 0
    clicked: int = 0

    @property
    def rate(self) -> float:
        """The share of the mails that were clicked in."""
        return self.clicked / self.mailed if self.mailed else 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """How two subjects compare: the one that leads, the one that the rest gets, and what can be said of it."""

    leader: str
    winner: str
    outcome: Outcome


def group_of(launch_id: int, step: str, recipient_id: int, *, percent: int) -> str | None:
    """Return the subject that a recipient tries, or None for the rest; the same for good, whoever asks and when."""
    drawn = sha256(f"{launch_id}:{step}:{recipient_id}".encode()).digest()
    share = int.from_bytes(drawn[:8]) % _PARTS
    if share >= percent * _PARTS // 100:
        return None
    return A if drawn[8] % 2 else B


def judged(a: Tried, b: Tried) -> Judgement:
    """Compare two subjects by the clicks of people; unless the difference is more than chance, the kit's own wins."""
    leader = B if b.rate > a.rate else A
    chance = by_chance(a, b)
    if chance is None:
        return Judgement(leader, A, Outcome.TOO_FEW)
    if chance >= CHANCE:
        return Judgement(leader, A, Outcome.CHANCE)
    return Judgement(leader, leader, Outcome.BETTER)


def by_chance(a: Tried, b: Tried) -> float | None:
    """Return how often so large a difference comes by chance alone (two shares, two-sided); None: too few to tell."""
    if not a.mailed or not b.mailed:
        return None
    both = (a.clicked + b.clicked) / (a.mailed + b.mailed)
    if min(a.mailed, b.mailed) * min(both, 1 - both) < LEAST:
        return None
    spread = sqrt(both * (1 - both) * (1 / a.mailed + 1 / b.mailed))
    return erfc(abs(a.rate - b.rate) / spread / sqrt(2))
