"""What a kit does at most partners, told so that no partner's own numbers can be read out of it.

Each partner counts once, with all its launches of the kit together: whoever ran ten does not speak for the others.
The benchmark is the median over the partners other than the one who asks. It is told only where at least
`FEWEST_PARTNERS` of them and `FEWEST_MAILS` of their delivered mails stand behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

FEWEST_PARTNERS = 5
FEWEST_MAILS = 200
OLD_ENOUGH = timedelta(days=7)
WHOLE = ""
"""Stands in the place of a step's key for all mails of a launch together."""

PER = 100


class Measure(StrEnum):
    """What is compared."""

    DELIVERED = "delivered"
    CLICKS = "clicks"
    REPLIES = "replies"
    FORMS = "forms"


@dataclass(frozen=True, slots=True)
class Tally:
    """What was tried and came of it. `delivered` are the mails that were taken and did not come back."""

    tried: int = 0
    delivered: int = 0
    clicks: int = 0
    replies: int = 0
    forms: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.tried + other.tried,
            self.delivered + other.delivered,
            self.clicks + other.clicks,
            self.replies + other.replies,
            self.forms + other.forms,
        )

    def rate(self, measure: Measure) -> float | None:
        """Return how many there are for 100 mails: delivered of those that were tried, the others of those delivered.

        None where no mail was. Somebody who clicked twice counts twice, so more than 100 can be.
        """
        base = self.tried if measure is Measure.DELIVERED else self.delivered
        return PER * self.count(measure) / base if base else None

    def count(self, measure: Measure) -> int:
        """Return how many there are."""
        return int(getattr(self, measure.value))


@dataclass(frozen=True, slots=True)
class Middle:
    """The middle of a sorted list, as far as it must be known to tell the median when one value is taken out."""

    first: int
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> "Middle":
        """Return the middle three values, or as many as there are."""
        ordered = sorted(values)
        first = max(0, len(ordered) // 2 - 1)
        return cls(first, tuple(ordered[first : len(ordered) // 2 + 2]))

    def median(self, count: int, without: float | None = None) -> float:
        """Return the median of the `count` values, or of those that are left when one of them is taken out."""
        if without is None:
            return (self._at((count - 1) // 2) + self._at(count // 2)) / 2
        taken, left = self._place_of(without), count - 1
        places = ((left - 1) // 2, left // 2)
        return sum(self._at(place + (place >= taken)) for place in places) / 2

    def _place_of(self, value: float) -> int:
        if value < self.values[0]:
            return self.first - 1
        if value > self.values[-1]:
            return self.first + len(self.values)
        near = min(range(len(self.values)), key=lambda place: abs(self.values[place] - value))
        return self.first + near

    def _at(self, place: int) -> float:
        return self.values[min(max(place - self.first, 0), len(self.values) - 1)]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How the partners do with one mail of a kit, or with all: how many, on how many delivered mails, the middles."""

    partners: int
    delivered: int
    middles: Mapping[Measure, Middle]

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> "Benchmark":
        """Return the benchmark of these partners' tallies; partners without a delivered mail do not count."""
        counted = [one for one in tallies if one.delivered > 0]
        middles = {measure: Middle.of(one.rate(measure) or 0.0 for one in counted) for measure in Measure}
        return cls(len(counted), sum(one.delivered for one in counted), middles)

    def for_partner(self, own: Tally | None = None) -> dict[Measure, float] | None:
        """Return the rates to compare with, rounded to a tenth; None where too few stand behind them.

        `own` is what the partner who asks brought into the benchmark; it is taken out.
        """
        is_in = own is not None and own.delivered > 0
        partners = self.partners - is_in
        delivered = self.delivered - (own.delivered if own and is_in else 0)
        if partners < FEWEST_PARTNERS or delivered < FEWEST_MAILS:
            return None
        return {
            measure: round(middle.median(self.partners, own.rate(measure) if own and is_in else None), 1)
            for measure, middle in self.middles.items()
        }

    def to_json(self) -> dict[str, Any]:
        """Return the middles as they are kept."""
        return {measure.value: [middle.first, list(middle.values)] for measure, middle in self.middles.items()}

    @classmethod
    def from_json(cls, partners: int, delivered: int, kept: Mapping[str, Any]) -> "Benchmark":
        """Return a benchmark that was kept."""
        middles = {Measure(name): Middle(first, tuple(values)) for name, (first, values) in kept.items()}
        return cls(partners, delivered, middles)


def whole_of(by_step: Mapping[str, Tally]) -> Tally:
    """Return all mails of a launch together."""
    return sum(by_step.values(), Tally())
