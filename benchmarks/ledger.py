"""Posting to the ledger: a transaction through the product's own path, against bare inserts of the same rows.

Both write to the same database with the app's own settings, one commit per transaction, in turns.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from flask import Flask

from benchmarks.measure import interleaved, per_call, row
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import schema
from tcma.core.actor import Actor
from tcma.core.db import db, session, transaction
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation, OrganisationKind
from tcma.mdf import ledger
from tcma.mdf.ledger import Move, Place
from tcma.mdf.models import Fund, Purpose

POSTGRESQL = os.environ.get("TCMA_TEST_DATABASE_URL_REAL", "postgresql://postgres@127.0.0.1:5432/postgres")
SECRET = secrets.token_hex(20)
NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
PER_ROUND = 60
THREADS = 8
GOAL = 0.25


def run() -> list[dict[str, Any]]:
    """Measure on SQLite, and on PostgreSQL where one answers."""
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        rows += _measured("SQLite", f"sqlite:///{folder}/tcma.db", Path(folder), threads=1)
    try:
        with _own_database() as address, TemporaryDirectory() as folder:
            rows += _measured("PostgreSQL", address, Path(folder), threads=THREADS)
    except sa.exc.OperationalError:
        note = "no PostgreSQL answers"
        rows.append(row("posting on PostgreSQL", "transactions/s", ours=None, floor=None, goal=GOAL, note=note))
    return rows


@contextmanager
def _own_database() -> Iterator[str]:
    server = sa.create_engine(
        POSTGRESQL.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    name = f"tcma_bench_{secrets.token_hex(4)}"
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _measured(name: str, address: str, folder: Path, *, threads: int) -> list[dict[str, Any]]:
    engine = sa.create_engine(address)
    schema.upgrade(engine, now=NOW)
    app = create_app(
        Settings(secret_key=SECRET, instance=folder, database_url=address,
                 storage_url=f"file://{folder}/blobs", base_url="http://localhost", files_url="http://files.localhost")
    )  # fmt: skip
    with app.app_context():
        by, fund_id = _fund()
        counted = iter(range(10**9))
        rates = interleaved(
            {
                "ours": per_call(lambda _n: _post(by, fund_id, next(counted)), PER_ROUND),
                "floor": per_call(_bare(engine, by, fund_id), PER_ROUND),
            },
            rounds=5,
        )
        ours, floor = 1e6 / rates["ours"], 1e6 / rates["floor"]
        rows = [row(f"posting on {name}, one after another", "transactions/s", ours=ours, floor=floor, goal=GOAL)]
        if threads > 1:
            many = _at_once(app, by, fund_id, threads)
            case = f"posting on {name} by {threads} threads to one fund, against one after another"
            rows.append(row(case, "transactions/s", ours=many, floor=ours, goal=0.8))
        rows.append(_balanced(name, by))
        db.engine.dispose()
    engine.dispose()
    return rows


def _fund() -> tuple[Actor, int]:
    with transaction():
        vendor = Organisation(kind=OrganisationKind.VENDOR, name="Bench", created_at=NOW)
        session.add(vendor)
        session.flush()
        vendor_id = vendor.id
    by = Actor.system("bench", vendor_id=vendor_id)
    with transaction(), acting(by):
        fund = Fund(vendor_id=vendor_id, name="Bench", currency="EUR", starts_on=date(2026, 1, 1),
                    requests_until=date(2026, 12, 1), claims_until=date(2027, 1, 1))  # fmt: skip
        session.add(fund)
        session.flush()
        fund_id = fund.id
    return by, fund_id


def _post(by: Actor, fund_id: int, number: int) -> None:
    move = Move(Place(fund_id, Purpose.FUNDING), Place(fund_id, Purpose.UNALLOCATED), Money(1 + number % 900, "EUR"))
    with transaction(), acting(by):
        ledger.post([move], vendor_id=by.vendor_id or 0, key=f"bench {secrets.token_hex(8)}", reason="budget",
                    object_type="fund", object_id=fund_id, by=by, now=NOW)  # fmt: skip


def _bare(engine: sa.Engine, by: Actor, fund_id: int) -> Callable[[int], None]:
    """Return the same three rows as plain statements, with no lock, no balance and no check of ours."""
    accounts = [_account(engine, by, fund_id, purpose) for purpose in ("funding", "unallocated")]
    columns = "vendor_id, key, reason, object_type, object_id, posted_by, posted_at, public_id"
    values = ":vendor, :key, 'budget', 'fund', :fund, 'bench', :now, :key"
    insert = sa.text(f"INSERT INTO ledger_transaction ({columns}) VALUES ({values}) RETURNING id")  # noqa: S608
    entry = sa.text(
        "INSERT INTO ledger_entry (vendor_id, transaction_id, account_id, amount_minor, currency)"
        " VALUES (:vendor, :transaction, :account, :minor, 'EUR')"
    )
    now = NOW if engine.dialect.name == "postgresql" else NOW.isoformat(" ")

    def post(_number: int) -> None:
        key = f"ltx_{secrets.token_hex(8)}"
        with engine.begin() as connection:
            made = connection.execute(
                insert, {"vendor": by.vendor_id, "key": key, "fund": fund_id, "now": now}
            ).scalar_one()
            for account, minor in zip(accounts, (-5, 5), strict=True):
                side = {"vendor": by.vendor_id, "transaction": made, "account": account, "minor": minor}
                connection.execute(entry, side)

    return post


def _account(engine: sa.Engine, by: Actor, fund_id: int, purpose: str) -> int:
    insert = sa.text(
        "INSERT INTO ledger_account (vendor_id, fund_id, partner_id, currency, purpose, balance_minor)"
        " VALUES (:vendor, :fund, -1, 'EUR', :purpose, 0) RETURNING id"
    )
    with engine.begin() as connection:
        values = {"vendor": by.vendor_id, "fund": fund_id, "purpose": purpose}
        return int(connection.execute(insert, values).scalar_one())


def _at_once(app: Flask, by: Actor, fund_id: int, threads: int) -> float:
    """Return the transactions a second of several threads that post to the same two accounts."""
    count = threads * PER_ROUND

    def one(number: int) -> None:
        with app.app_context():
            _post(by, fund_id, number)

    started = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(count)))
    return count / (perf_counter() - started)


def _balanced(name: str, by: Actor) -> dict[str, Any]:
    """Hold what was posted against the invariants; the bare rows keep no balance and are left out."""
    with acting(by):
        total = session.scalar(
            sa.text("SELECT coalesce(sum(amount_minor), 0) FROM ledger_entry WHERE vendor_id = :vendor"),
            {"vendor": by.vendor_id},
        )
        kept = session.scalar(
            sa.text("SELECT coalesce(sum(balance_minor), 0) FROM ledger_account WHERE vendor_id = :vendor"),
            {"vendor": by.vendor_id},
        )
    off = float(abs(int(total or 0)) + abs(int(kept or 0)))
    line = row(f"all entries on {name} sum to zero", "minor units off", ours=off, floor=1.0, goal=0.0, at_most=True)
    session.rollback()
    return line
