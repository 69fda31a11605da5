"""A kit's ten files for every partner: cost per file, two processes against one, and what the task queue takes.

`TCMA_BENCH_PARTNERS` says how many partners (230 unless told); a tenth of them is the smaller run.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import replace
from multiprocessing import get_context
from random import Random
from time import perf_counter, process_time
from typing import Any

from assets.brand import Brand
from assets.colour import Rgba
from assets.rendering import render
from benchmarks import collateral
from benchmarks.measure import row
from benchmarks.queue import cost_of_a_task

PARTNERS = int(os.environ.get("TCMA_BENCH_PARTNERS", "230"))
PER_TASK, WARM = 40, 20
# Four messages as two formats of picture, one picture without loss, and a flyer.
PIECES = (
    *((collateral.BANNER, "jpeg", message) for message in range(4)),
    *((collateral.CARD, "jpeg", message) for message in range(4)),
    (collateral.BANNER, "png", 0),
    (collateral.FLYER, "pdf", 0),
)
_DESIGNS = {text: collateral.design(text) for text in (collateral.BANNER, collateral.CARD, collateral.FLYER)}


def run() -> list[dict[str, Any]]:
    """Measure few and many partners, one process and two, and the queue."""
    make(range(WARM))
    few = _cost(range(WARM, WARM + max(10, PARTNERS // 10)))
    many = _cost(range(10_000, 10_000 + PARTNERS))
    return [
        row(
            f"a kit's ten files for {PARTNERS} partners, processor time of a file against a tenth of the partners",
            "ms/file",
            ours=many * 1e3,
            floor=few * 1e3,
            goal=1,
            at_most=True,
        ),
        _two_processes(),
        _queue(many * PER_TASK * len(PIECES)),
    ]


def make(partners: range) -> int:
    """Make all files of the partners; how many bytes they have."""
    return sum(len(data) for number in partners for data in _files(number))


def _files(number: int) -> Iterator[bytes]:
    partner, artwork = _partner(number), collateral.artwork()
    for text, format_, message in PIECES:
        values = collateral.values(number * 10 + message)
        yield render(_DESIGNS[text], partner, values, "en", format_, artwork=artwork).data


def _partner(number: int) -> Brand:
    """A partner with colours of its own, and one of the logos."""
    random = Random(number)
    colour = Rgba(random.randrange(10, 120), random.randrange(10, 120), random.randrange(60, 160))
    return replace(collateral.brand(number % collateral.LOGOS), name=f"Partner {number}", primary=colour)


def _cost(partners: range) -> float:
    started = process_time()
    make(partners)
    return (process_time() - started) / len(partners) / len(PIECES)


def _two_processes() -> dict[str, Any]:
    """The same partners in tasks of forty, by one process and by two that are warm."""
    count = max(2, PARTNERS // PER_TASK // 2 * 2)
    tasks = [range(20_000 + place * PER_TASK, 20_000 + (place + 1) * PER_TASK) for place in range(count)]
    speeds = [_speed(processes, tasks) for processes in (1, 2)]
    return row(
        f"a kit's ten files for {count * PER_TASK} partners, two processes against one",
        "files/s",
        ours=speeds[1],
        floor=speeds[0],
        goal=1.8,
        note="of the clock: meaningful only where two processors are idle",
    )


def _speed(processes: int, tasks: list[range]) -> float:
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        wait([pool.submit(make, range(WARM)) for _ in range(2 * processes)])
        started = perf_counter()
        made = [pool.submit(make, partners) for partners in tasks]
        for each in made:
            each.result()
        return len(tasks) * PER_TASK * len(PIECES) / (perf_counter() - started)


def _queue(work: float) -> dict[str, Any]:
    """What a task costs that does nothing, against its work."""
    took = cost_of_a_task()
    return row(
        f"share of the task queue in making a kit's files, a task for {PER_TASK} partners",
        "ms/task",
        ours=took * 1e3,
        floor=work * 1e3,
        goal=0.03,
        at_most=True,
    )


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1, ensure_ascii=False))
