"""The overview of campaigns and the chart of answers: the pages' own queries on roll-ups, against raw SQL over touches.

PostgreSQL is found by `TCMA_TEST_DATABASE_URL_REAL` or `TCMA_TEST_DATABASE_URL` and gets a database of its own for the
run; without it the same is measured on SQLite. Both ways must give the same answers, or the run ends with an error.
"""

import os
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks.measure import driver_of, interleaved, row
from syndication.models import Touch
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import schema
from tcma.core.actor import Actor
from tcma.core.db import db, session, transaction
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind
from tcma.insights.models import LaunchHour
from tcma.insights.queries.activity import Counts, answers_by_day, counts_of

TOUCHES = 300_000
LAUNCHES = 60
PER_PARTNER = 3
DAYS = 50
MAILS = (0, 4, 9)  # days after the start of a campaign; most answers come in the hours after
CHART_DAYS = 30
ROUNDS = 5
NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
KINDS = ("click",) * 16 + ("form", "registration")
VERDICTS = ("human",) * 5 + ("machine",) * 4 + ("suspect",)
GOAL = 20  # times faster than the raw query

OVERVIEW = sa.text("""
SELECT launch_id,
  count(*) FILTER (WHERE kind = 'click' AND verdict = 'human') AS human_clicks,
  count(*) FILTER (WHERE kind = 'click' AND verdict <> 'human') AS machine_clicks,
  count(*) FILTER (WHERE kind = 'form' AND verdict = 'human') AS forms,
  count(*) FILTER (WHERE kind = 'registration') AS registrations
FROM touch WHERE vendor_id = :vendor GROUP BY launch_id
""")
CHART = """
SELECT {day} AS day, count(*) AS answers FROM touch
WHERE vendor_id = :vendor AND at >= :start AND verdict = 'human'
  AND kind IN ('click', 'form', 'reply', 'registration')
GROUP BY 1 ORDER BY 1
"""
DAY = {"postgresql": "CAST(at AT TIME ZONE 'UTC' AS date)", "sqlite": "date(at)"}


def run() -> list[dict[str, Any]]:
    """Measure the two queries on what databases there are here."""
    with _installation(_server()) as vendor_id:
        owner = sa.create_engine(db.engine.url, poolclass=sa.NullPool)
        launch_ids = _fill(owner, vendor_id)
        with acting(Actor.system("bench", vendor_id=vendor_id)), owner.connect() as raw:
            return [*_overview(raw, vendor_id, launch_ids), *_chart(raw, vendor_id)]


def _overview(raw: sa.Connection, vendor_id: int, launch_ids: Sequence[int]) -> list[dict[str, Any]]:
    def ours() -> dict[int, Counts]:
        with transaction():
            return counts_of(launch_ids)

    def floor() -> dict[int, Counts]:
        rows = raw.execute(OVERVIEW, {"vendor": vendor_id})
        return {
            one.launch_id: Counts(0, one.human_clicks, one.machine_clicks, one.forms, one.registrations) for one in rows
        }

    return _compared(f"overview of {LAUNCHES} campaigns over {TOUCHES:,} touches", ours, floor)


def _chart(raw: sa.Connection, vendor_id: int) -> list[dict[str, Any]]:
    query = sa.text(CHART.format(day=DAY[raw.dialect.name]))
    start = (NOW - timedelta(days=CHART_DAYS - 1)).replace(hour=0, minute=0)

    def ours() -> dict[str, int]:
        with transaction():
            days = answers_by_day(until=NOW, days=CHART_DAYS)
        return {day.isoformat(): answers for day, answers, _mailed in days if answers}

    def floor() -> dict[str, int]:
        bound = start if raw.dialect.name == "postgresql" else start.strftime("%Y-%m-%d %H:%M:%S.%f")
        return {str(one.day): one.answers for one in raw.execute(query, {"vendor": vendor_id, "start": bound})}

    return _compared(f"answers of {CHART_DAYS} days over {TOUCHES:,} touches", ours, floor)


def _compared(case: str, ours: Callable[[], object], floor: Callable[[], object]) -> list[dict[str, Any]]:
    if ours() != floor():
        message = f"{case}: the roll-up and the touches disagree"
        raise AssertionError(message)
    figures = interleaved({"ours": _rate(ours), "floor": _rate(floor)}, rounds=ROUNDS)
    on = "PostgreSQL" if db.engine.dialect.name == "postgresql" else "SQLite"
    return [
        row(
            f"{case}, {on}, against raw SQL",
            "queries/s",
            ours=figures["ours"],
            floor=figures["floor"],
            goal=GOAL,
            note="the goal is meant for 10 million touches, where raw SQL is slower still",
        ),
        row(f"{case}, {on}, against 100 ms", "ms", ours=1e3 / figures["ours"], floor=100.0, goal=1.0, at_most=True),
    ]


def _rate(query: Callable[[], object], times: int = 5) -> Callable[[], float]:
    def measured() -> float:
        started = perf_counter()
        for _ in range(times):
            query()
        return times / (perf_counter() - started)

    return measured


def _touches(vendor_id: int, launches: Sequence[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    """Yield touches as rows: id, at, vendor, partner, launch, tactic, channel, kind, verdict."""
    chance = random.Random(11)
    starts = [NOW - timedelta(days=12 + chance.randrange(DAYS), hours=chance.randrange(8)) for _ in launches]
    for number in range(1, TOUCHES + 1):
        place = chance.randrange(LAUNCHES)
        launch_id, partner_id = launches[place]
        at = starts[place] + timedelta(days=chance.choice(MAILS), hours=min(chance.expovariate(1 / 5), 48))
        yield (
            number,
            at,
            vendor_id,
            partner_id,
            launch_id,
            "mails",
            "email",
            chance.choice(KINDS),
            chance.choice(VERDICTS),
        )


TOUCH_COLUMNS = ("id", "at", "vendor_id", "partner_id", "launch_id", "tactic", "channel", "kind", "verdict")


def _fill(owner: sa.Engine, vendor_id: int) -> list[int]:
    """Write touches and what `insights.operations.count_hour` makes of them, as the owner of the tables."""
    launches = [(number, 1_000 + number // PER_PARTNER) for number in range(1, LAUNCHES + 1)]
    touch, hour = Touch.__table__, LaunchHour.__table__
    with owner.begin() as connection:
        if owner.dialect.name == "postgresql":
            connection.execute(
                sa.text("SET session_replication_role = replica")
            )  # launches and partners are numbers here
        rest = {"step": "", "reasons": [], "rules_version": 1}
        _insert(connection, touch, TOUCH_COLUMNS, _touches(vendor_id, launches), rest)
        counts: dict[tuple[Any, ...], int] = {}
        for _id, at, _vendor, partner_id, launch_id, tactic, _channel, kind, verdict in _touches(vendor_id, launches):
            key = (
                vendor_id,
                partner_id,
                launch_id,
                tactic,
                at.replace(minute=0, second=0, microsecond=0),
                kind,
                verdict,
            )
            counts[key] = counts.get(key, 0) + 1
        columns = ("id", "vendor_id", "partner_id", "launch_id", "tactic", "hour", "kind", "verdict", "count")
        rolled = ((number, *key, count) for number, (key, count) in enumerate(counts.items(), start=1))
        _insert(connection, hour, columns, rolled, {"kit_id": 1, "step": ""})
    with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))
    return [launch_id for launch_id, _partner in launches]


def _insert(
    connection: sa.Connection, table: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]], rest: dict[str, Any]
) -> None:
    """Write rows, every one with the values of `rest` beside its own: by COPY where there is one."""
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), [dict(zip(columns, one, strict=True)) | rest for one in rows])
        return
    same = tuple("[]" if value == [] else value for value in rest.values())
    with (
        driver_of(connection).cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({', '.join((*columns, *rest))}) FROM STDIN") as copy,
    ):
        for one in rows:
            copy.write_row((*one, *same))


def _server() -> str | None:
    found = os.environ.get("TCMA_TEST_DATABASE_URL_REAL") or os.environ.get("TCMA_TEST_DATABASE_URL")
    return found if found and found.startswith("postgresql") else None


@contextmanager
def _installation(server: str | None) -> Iterator[int]:
    """An installation of its own with one vendor."""
    with tempfile.TemporaryDirectory() as folder, _database(server, Path(folder)) as address:
        schema.upgrade(sa.create_engine(_with_driver(address), poolclass=sa.NullPool), now=NOW)
        settings = Settings(
            secret_key="a secret key for figures, long enough for it",  # noqa: S106 - protects nothing
            instance=Path(folder),
            database_url=address,
            storage_url=f"file://{folder}/blobs",
        )
        with create_app(settings).app_context():
            with transaction():
                vendor = Organisation(kind=OrganisationKind.VENDOR, name="Vendor", created_at=NOW)
                session.add(vendor)
                session.flush()
                vendor_id = vendor.id
            yield vendor_id
            session.remove()
            db.engine.dispose()


@contextmanager
def _database(server: str | None, folder: Path) -> Iterator[str]:
    if server is None:
        yield f"sqlite:///{folder}/tcma.db"
        return
    name = f"tcma_bench_report_{os.getpid()}"
    engine = sa.create_engine(_with_driver(server), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
