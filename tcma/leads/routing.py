"""Which partner gets a lead: a chain of rules that each narrow the candidates, and a fair order among those left.

Pure: candidates and a lead in, a choice with its reasons out. The index answers from memory; who finally gets
the lead is settled by the database, which lets nobody's capacity be passed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from tcma.core.words import lazy_gettext as _

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MOST_COMPETENCIES = 63  # bits of a word


class RuleKind(StrEnum):
    """What a link of the chain looks at."""

    TERRITORY = "territory"
    COMPETENCY = "competency"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Rule:
    """A link of the chain. A required one that leaves nobody ends the search; any other is then passed over."""

    kind: RuleKind
    required: bool = True


DEFAULT_RULES = (Rule(RuleKind.TERRITORY), Rule(RuleKind.COMPETENCY), Rule(RuleKind.CAPACITY))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner that may get leads: where it serves, what it can do, how much it can take."""

    partnership_id: int
    partner_id: int
    territories: tuple[tuple[str, str], ...]  # country, postcode prefix; an empty prefix is the whole country
    competencies: frozenset[str]
    tier_rank: int
    capacity: int
    open_leads: int
    last_assigned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead asks for."""

    country: str
    postcode: str
    competencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One rule at work: how many candidates there were before and after it."""

    rule: RuleKind
    before: int
    after: int
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the lead, by which path, and the parts of the order; nobody when a required rule left no one."""

    partnership_id: int | None
    path: tuple[Step, ...]
    parts: dict[str, float] = field(default_factory=dict)
    prefix: str = ""


class RoutingIndex:
    """Candidates by country and postcode prefix, with their figures in columns."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates: list[Candidate] = list(candidates)
        self._bits: dict[str, int] = {}
        places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for row, candidate in enumerate(self.candidates):
            for place in candidate.territories:
                places[place].append(row)
        self._places = {place: np.unique(np.array(rows, dtype=np.int64)) for place, rows in places.items()}
        self._prefix_lengths = sorted({len(prefix) for _country, prefix in places})
        self._skills = np.array([self._mask(one.competencies) for one in self.candidates], dtype=np.uint64)
        self._tiers = np.array([one.tier_rank for one in self.candidates], dtype=np.int64)
        self._capacity = np.array([one.capacity for one in self.candidates], dtype=np.int64)
        self._load = np.array([one.open_leads for one in self.candidates], dtype=np.int64)
        self._last = np.array([(one.last_assigned_at or NEVER).timestamp() for one in self.candidates])
        self._ids = np.array([one.partnership_id for one in self.candidates], dtype=np.int64)
        self._row_of = {one.partnership_id: row for row, one in enumerate(self.candidates)}

    def _mask(self, competencies: Iterable[str]) -> int:
        mask = 0
        for name in competencies:
            bit = self._bits.setdefault(name, len(self._bits))
            if bit >= MOST_COMPETENCIES:
                raise ValueError(f"more than {MOST_COMPETENCIES} competencies")
            mask |= 1 << bit
        return mask

    def choose(
        self, lead: Wanted, *, rules: Sequence[Rule] = DEFAULT_RULES, without: frozenset[int] = frozenset()
    ) -> Choice:
        """Return the best partnership for `lead`, never one of `without` (who has had it).

        Among those that the rules leave: the higher tier, then the smaller share of its capacity in use, then
        who has waited longest, then the older partnership.
        """
        had = np.array([self._row_of[one] for one in without if one in self._row_of], dtype=np.int64)
        rows: NDArray[np.int64] | None = None  # everybody, as long as no rule has narrowed them
        count = len(self.candidates) - had.size
        path: list[Step] = []
        for rule in rules:
            kept = self._narrow(rule.kind, rows, lead, had)
            passed_over = not kept.size and not rule.required
            path.append(Step(rule.kind, count, int(kept.size), passed_over))
            if not kept.size and rule.required:
                return Choice(None, tuple(path))
            if not passed_over:
                rows, count = kept, int(kept.size)
        rows = self._everyone(had) if rows is None else rows
        if not rows.size:
            return Choice(None, tuple(path))
        best = self._first(rows)
        return Choice(int(self._ids[best]), tuple(path), self._parts(best), self._prefix(best, lead))

    def assigned(self, partnership_id: int, at: datetime) -> None:
        """Note that a lead went to a partnership, so that the next choice is fair before the index is built anew."""
        row = self._row_of[partnership_id]
        self._load[row] += 1
        self._last[row] = at.timestamp()

    def _everyone(self, had: NDArray[np.int64]) -> NDArray[np.int64]:
        return _without(np.arange(len(self.candidates), dtype=np.int64), had)

    def _narrow(
        self, kind: RuleKind, rows: NDArray[np.int64] | None, lead: Wanted, had: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        if kind is RuleKind.TERRITORY:
            there = self._serving(lead)
            if rows is None:
                return _without(there, had)
            common: NDArray[np.int64] = np.intersect1d(rows, there, assume_unique=True)
            return common
        rows = self._everyone(had) if rows is None else rows
        if kind is RuleKind.COMPETENCY:
            if not lead.competencies <= self._bits.keys():
                return rows[:0]
            wanted = np.uint64(self._mask(lead.competencies))
            skilled: NDArray[np.int64] = rows[(self._skills[rows] & wanted) == wanted]
            return skilled
        return rows[self._load[rows] < self._capacity[rows]]

    def _serving(self, lead: Wanted) -> NDArray[np.int64]:
        found = [
            rows
            for length in self._prefix_lengths
            if length <= len(lead.postcode)
            and (rows := self._places.get((lead.country, lead.postcode[:length]))) is not None
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _first(self, rows: NDArray[np.int64]) -> int:
        used = self._load[rows] / np.maximum(self._capacity[rows], 1)
        order = np.lexsort((self._ids[rows], self._last[rows], used, -self._tiers[rows]))
        return int(rows[order[0]])

    def _parts(self, row: int) -> dict[str, float]:
        return {
            "tier": int(self._tiers[row]),
            "in_use": round(float(self._load[row]) / max(int(self._capacity[row]), 1), 3),
            "capacity": int(self._capacity[row]),
        }

    def _prefix(self, row: int, lead: Wanted) -> str:
        serving = [
            prefix
            for country, prefix in self.candidates[row].territories
            if country == lead.country and lead.postcode.startswith(prefix)
        ]
        return max(serving, key=len, default="")


def _without(rows: NDArray[np.int64], had: NDArray[np.int64]) -> NDArray[np.int64]:
    if not had.size:
        return rows
    left: NDArray[np.int64] = rows[~np.isin(rows, had)]
    return left


def reason_in_words(lead: Wanted, choice: Choice, *, town: str, tier: str | None) -> str:
    """Return the sentence that answers "why did I get this lead?"."""
    place = town or " ".join(filter(None, (lead.country, choice.prefix)))
    skills = ", ".join(sorted(lead.competencies))
    others = choice.path[-1].after - 1 if choice.path else 0
    words = [str(_("You serve %(place)s", place=place))]
    if skills:
        words.append(str(_("you know %(skills)s", skills=skills)))
    words.append(str(_("you have room for another lead")))
    sentence = ", ".join(words) + "."
    if others:
        sentence += " " + str(_turn(others + 1, tier))
    return sentence


def _turn(count: int, tier: str | None) -> object:
    if tier is None:
        return _("Of %(count)s partners who fit, you have waited longest.", count=count)
    return _(
        "Of %(count)s partners who fit, your tier is %(tier)s and you have waited longest.", count=count, tier=tier
    )
