"""Routing a lead: the choice in memory against an indexed query, which is also the oracle, and ten times the partners.

The query runs on PostgreSQL where one answers, otherwise on SQLite, and the line says which.
"""

import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import Any, Protocol

from benchmarks.measure import interleaved, row
from tcma.leads.routing import Candidate, RoutingIndex, Wanted

FEW, MANY = 23_000, 230_000
LEADS = 1_000
TAGS = tuple(f"tag-{number}" for number in range(60))
COUNTRIES = tuple(f"{chr(65 + number // 26)}{chr(65 + number % 26)}" for number in range(60))
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SERVER = os.environ.get("TCMA_BENCH_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
# Larger tiers, then the smaller share in use, then who waited longest, then the older partner.
ORDER = "ORDER BY p.tier DESC, CAST(p.load AS double precision) / p.capacity, p.last, p.id LIMIT 1"


class Database(Protocol):
    """A connection of either kind, as far as it is asked here."""

    def execute(self, statement: str, values: tuple[Any, ...] = (), /) -> Any: ...


def partners(count: int, seed: int = 1) -> list[Candidate]:
    """Partners as the field has them: 60 countries of unequal size, 1 to 5 postcode areas, 3 to 8 of 60 skills."""
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(COUNTRIES))]
    return [
        Candidate(
            partnership_id=number,
            partner_id=number,
            territories=_areas(chance, chance.choices(COUNTRIES, weights)[0]),
            competencies=frozenset(chance.sample(TAGS, chance.randint(3, 8))),
            tier_rank=chance.randint(0, 3),
            capacity=(capacity := chance.randint(5, 50)),
            open_leads=chance.randint(0, capacity),
            last_assigned_at=SINCE + timedelta(seconds=chance.randint(0, 10_000_000)),
        )
        for number in range(1, count + 1)
    ]


def _areas(chance: random.Random, country: str) -> tuple[tuple[str, str], ...]:
    if chance.random() < 0.05:
        return ((country, ""),)
    digits = (f"{chance.randint(0, 10 ** (length := chance.randint(2, 3)) - 1):0{length}}" for _area in range(5))
    return tuple(dict.fromkeys((country, prefix) for prefix in islice(digits, chance.randint(1, 5))))


def wishes(count: int, seed: int = 2) -> list[Wanted]:
    """Leads from the same countries, each asking for 1 to 3 skills."""
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(COUNTRIES))]
    return [
        Wanted(
            chance.choices(COUNTRIES, weights)[0],
            f"{chance.randint(0, 99_999):05}",
            frozenset(chance.sample(TAGS, chance.choices((1, 2, 3), (6, 3, 1))[0])),
        )
        for _lead in range(count)
    ]


def run() -> list[dict[str, Any]]:
    """Measure the choice at 23,000 and 230,000 partners, and hold every winner against the query's."""
    leads = wishes(LEADS)
    few, many = partners(FEW), partners(MANY)
    started = perf_counter()
    small = RoutingIndex(few)
    build = perf_counter() - started
    large = RoutingIndex(many)
    chosen = [small.choose(lead).partnership_id for lead in leads]
    with _database(few) as (database, name, place):
        asked = [_ask(database, lead, place) for lead in leads]
        figures = interleaved(
            {
                "ours": _each(leads, small.choose),
                "floor": _each(leads[:200], lambda lead: _ask(database, lead, place)),
                "large": _each(leads, large.choose),
            },
            rounds=5,
        )
    agreeing = sum(one == other for one, other in zip(chosen, asked, strict=True))
    note = f"{name}, index on country and prefix; our index was built in {build:.2f} s"
    return [
        row(
            f"choose a lead's partner among {FEW:,}, times faster than the query",
            "leads/s",
            ours=1e6 / figures["ours"],
            floor=1e6 / figures["floor"],
            goal=10.0,
            note=note,
        ),
        row("winners that the query names too", "leads", ours=float(agreeing), floor=float(LEADS), goal=1.0),
        row(
            f"growth from {FEW:,} to {MANY:,} partners",
            "µs",
            ours=figures["large"],
            floor=figures["ours"],
            goal=5.0,
            at_most=True,
            note="floor: our own choice among fewer",
        ),
        _fairness(),
    ]


def _each(leads: list[Wanted], choose: Callable[[Wanted], object]) -> Callable[[], float]:
    def measure() -> float:
        started = perf_counter()
        for lead in leads:
            choose(lead)
        return (perf_counter() - started) / len(leads) * 1e6

    return measure


def _fairness() -> dict[str, Any]:
    """Equal partners get the same number of leads, but for one."""
    index = RoutingIndex(
        Candidate(number, number, (("DE", ""),), frozenset({"tag"}), 1, 1_000, 0) for number in range(1, 38)
    )
    got: Counter[int | None] = Counter()
    for number in range(1_000):
        choice = index.choose(Wanted("DE", "10115", frozenset({"tag"})))
        got[choice.partnership_id] += 1
        if choice.partnership_id is not None:
            index.assigned(choice.partnership_id, SINCE + timedelta(seconds=number))
    spread = float(max(got.values()) - min(got.values()))
    return row("equal partners: most leads less fewest", "leads", ours=spread, floor=1.0, goal=1.0, at_most=True)


@contextmanager
def _database(rows: list[Candidate]) -> Iterator[tuple[Database, str, str]]:
    """Fill the tables that the query asks; gives the connection, its name, and how it writes a value's place."""
    try:
        import psycopg

        connection = psycopg.connect(SERVER, connect_timeout=3, autocommit=False)
    except (ImportError, OSError, psycopg.Error):
        with sqlite3.connect(":memory:") as lite:
            _fill(lite, rows, "?")
            yield lite, f"SQLite {sqlite3.sqlite_version}, in memory (no PostgreSQL answers)", "?"
        return
    with connection:
        _fill(connection, rows, "%s")
        connection.execute("ANALYZE coverage")
        connection.execute("ANALYZE partner")
        yield connection, f"PostgreSQL {connection.info.server_version // 10_000}", "%s"
        connection.rollback()


def _fill(database: Any, rows: list[Candidate], place: str) -> None:
    temporary = "TEMPORARY " if place == "%s" else ""
    database.execute(
        f"CREATE {temporary}TABLE partner (id integer PRIMARY KEY, skills bigint, tier integer, capacity integer,"
        " load integer, last double precision)"
    )
    database.execute(f"CREATE {temporary}TABLE coverage (country text, prefix text, partner integer)")
    cursor = database.cursor()
    cursor.executemany(
        f"INSERT INTO partner VALUES ({', '.join([place] * 6)})",  # noqa: S608 - our own places
        [
            (one.partnership_id, _mask(one.competencies), one.tier_rank, one.capacity, one.open_leads, _last(one))
            for one in rows
        ],
    )
    cursor.executemany(
        f"INSERT INTO coverage VALUES ({place}, {place}, {place})",  # noqa: S608 - our own places
        [(*territory, one.partnership_id) for one in rows for territory in one.territories],
    )
    database.execute("CREATE INDEX coverage_place ON coverage (country, prefix, partner)")


def _ask(database: Database, lead: Wanted, place: str) -> int | None:
    mask = _mask(lead.competencies)
    prefixes = ("", *(lead.postcode[:length] for length in (2, 3)))
    statement = (
        f"SELECT p.id FROM partner p WHERE p.id IN (SELECT c.partner FROM coverage c WHERE c.country = {place}"  # noqa: S608
        f" AND c.prefix IN ({place}, {place}, {place})) AND (p.skills & {place}) = {place} AND p.load < p.capacity"
    )
    found = database.execute(f"{statement} {ORDER}", (lead.country, *prefixes, mask, mask)).fetchone()
    return found[0] if found else None


def _mask(skills: frozenset[str]) -> int:
    return sum(1 << TAGS.index(skill) for skill in skills)


def _last(one: Candidate) -> float:
    return one.last_assigned_at.timestamp() if one.last_assigned_at else 0.0


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1, ensure_ascii=False))
