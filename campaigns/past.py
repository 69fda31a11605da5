"""What campaigns of a kit brought so far: to a partner itself, and to others, of whom none can be told apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias

LEAST_PARTNERS: Final = 5
"""So many other partners stand behind every number about others: fewer, and one could be worked out."""
About: TypeAlias = Literal["kit", "theme"]


@dataclass(frozen=True, slots=True)
class Ran:
    """How many campaigns of one kit one partner ran, and how many leads they brought."""

    partner_id: int
    partner_type: str
    kit_id: int
    launches: int
    leads: int


@dataclass(frozen=True, slots=True)
class Own:
    """What a partner's own campaigns brought, of the kit or of others on its theme or for its products."""

    about: About
    launches: int
    leads: int


@dataclass(frozen=True, slots=True)
class Others:
    """How many leads a campaign brought to others, on average and rounded; `like_you`: to those of the same kind."""

    about: About
    like_you: bool
    leads: int


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a kit for one partner."""

    own: Own | None = None
    others: Others | None = None

    @property
    def promise(self) -> int:
        """How many leads a campaign may bring: as the partner's own did, or else as those of others."""
        if self.own is not None and (self.own.about == "kit" or self.others is None):
            return round(self.own.leads / self.own.launches)
        return self.others.leads if self.others is not None else 0

    def as_dict(self) -> dict[str, Any]:
        """It as it is stored."""
        lines = {"own": self.own, "others": self.others}
        return {name: asdict(line) for name, line in lines.items() if line is not None}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Past":
        """What was stored."""
        own, others = stored.get("own"), stored.get("others")
        return cls(Own(**own) if own else None, Others(**others) if others else None)


@dataclass(slots=True)
class _Sum:
    partners: int = 0
    launches: int = 0
    leads: int = 0

    def without(self, other: "_Sum") -> "_Sum":
        return _Sum(self.partners - other.partners, self.launches - other.launches, self.leads - other.leads)


class Tallies:
    """All that ran of a kit, and of the kits on its theme, ready to be told to one partner after the other."""

    def __init__(self, ran: Iterable[Ran], *, kit_id: int) -> None:
        """Add up what ran; rows of other kits are those on the theme."""
        self._own: dict[tuple[About, int], _Sum] = defaultdict(_Sum)
        self._kinds: dict[int, str] = {}
        for one in ran:
            if not one.launches:
                continue
            self._kinds[one.partner_id] = one.partner_type
            for about in self._abouts(one, kit_id):
                mine = self._own[about, one.partner_id]
                mine.launches, mine.leads, mine.partners = mine.launches + one.launches, mine.leads + one.leads, 1
        self._all: dict[tuple[About, str], _Sum] = defaultdict(_Sum)
        for (about, partner_id), mine in self._own.items():
            for kind in (self._kinds[partner_id], ""):
                total = self._all[about, kind]
                total.partners += 1
                total.launches, total.leads = total.launches + mine.launches, total.leads + mine.leads

    @staticmethod
    def _abouts(one: Ran, kit_id: int) -> tuple[About, ...]:
        return ("kit", "theme") if one.kit_id == kit_id else ("theme",)

    def past_of(self, partner_id: int, partner_type: str) -> Past:
        """Return what is known for one partner: its own, and an average of at least `LEAST_PARTNERS` others."""
        return Past(self._own_of(partner_id), self._others_of(partner_id, partner_type))

    def _own_of(self, partner_id: int) -> Own | None:
        abouts: tuple[About, ...] = ("kit", "theme")
        for about in abouts:
            if (mine := self._own.get((about, partner_id))) is not None:
                return Own(about, mine.launches, mine.leads)
        return None

    def _others_of(self, partner_id: int, partner_type: str) -> Others | None:
        steps: tuple[tuple[About, str], ...] = (
            ("kit", partner_type), ("kit", ""), ("theme", partner_type), ("theme", ""),
        )  # fmt: skip
        for about, kind in steps:
            mine = self._own.get((about, partner_id), _Sum())
            is_among = not kind or self._kinds.get(partner_id) == kind
            others = self._all.get((about, kind), _Sum()).without(mine if is_among else _Sum())
            if others.partners >= LEAST_PARTNERS:
                return Others(about, bool(kind), round(others.leads / others.launches))
        return None
