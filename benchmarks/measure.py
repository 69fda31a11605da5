"""Measuring two ways of doing the same in one run: interleaved, medians, and a band of ten in a hundred."""

from collections.abc import Callable, Mapping
from gc import collect
from statistics import median
from time import perf_counter, process_time
from typing import Any, cast

import psycopg
import sqlalchemy as sa

BAND = 0.10


def interleaved(ways: Mapping[str, Callable[[], float]], rounds: int = 7) -> dict[str, float]:
    """Measure each way once per round, all of them in turn, and return the median of each."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for measure in ways.values():
        measure()
    for _ in range(rounds):
        for name, measure in ways.items():
            collect()
            figures[name].append(measure())
    return {name: median(values) for name, values in figures.items()}


def per_call(
    action: Callable[[int], object], count: int, clock: Callable[[], float] = perf_counter
) -> Callable[[], float]:
    """Return a measurement of the microseconds that one call of `action` takes, each with a new number."""
    numbers = iter(range(1, 10**12))

    def measure() -> float:
        started = clock()
        for _ in range(count):
            action(next(numbers))
        return (clock() - started) / count * 1e6

    return measure


def per_call_processor(action: Callable[[int], object], count: int) -> Callable[[], float]:
    """Return the same in processor time, which programs beside this one disturb less."""
    return per_call(action, count, process_time)


def driver_of(connection: sa.Connection) -> psycopg.Connection[Any]:
    """Return PostgreSQL's own connection, for what only its driver can do."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def row(
    case: str,
    unit: str,
    *,
    ours: float | None,
    floor: float | None,
    goal: float,
    at_most: bool = False,
    note: str = "",
) -> dict[str, Any]:
    """Return one line of a benchmark: the ratio of ours to the floor, and whether it keeps the goal within the band."""
    ratio = ours / floor if ours is not None and floor else None
    holds = None
    if ratio is not None:
        holds = ratio <= goal * (1 + BAND) if at_most else ratio >= goal * (1 - BAND)
    figures = {"ours": ours, "floor": floor, "ratio": ratio, "goal": goal}
    rounded = {name: None if value is None else round(value, 4) for name, value in figures.items()}
    line = {"case": case, "unit": unit, **rounded, "holds": holds}
    return line | {"note": note} if note else line
