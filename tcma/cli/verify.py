"""`tcma verify`: hold the data against the project's own promises. Non-zero when anything is broken."""

import json as jsons
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import click
import sqlalchemy as sa

from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock, runtime, schema, seals, unwalled
from tcma.core.actor import Actor
from tcma.core.db import APP_ROLE, Base, session, transaction
from tcma.core.models import Outbox, WorkState
from tcma.core.tenancy import acting
from tcma.core.unwalled import UNWALLED
from tcma.mdf import ledger

LATE = timedelta(minutes=10)


def _ledger(_now: datetime) -> list[str]:
    return ledger.breaches()


def _audit(_now: datetime) -> list[str]:
    return seals.breaches()


def _tenancy(_now: datetime) -> list[str]:
    found = unwalled.breaches()
    if session.get_bind().dialect.name != "postgresql":
        return found  # SQLite has no row security; create_app has checked the models' scopes
    rows = session.execute(
        sa.text(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND "
            "EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) AS walled, "
            "pg_get_userbyid(c.relowner) = :app AS owned, "
            "has_table_privilege(:app, c.oid, 'SELECT, INSERT, UPDATE, DELETE') AS reached "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname"
        ),
        {"app": APP_ROLE},
    ).all()
    found += [f"{row.relname} is owned by the application's role" for row in rows if row.owned]
    # A partition has no policy of its own: it is read through its table, and by itself not at all.
    in_the_open = {*UNWALLED, "alembic_version"}
    bare = {row.relname for row in rows if row.reached and not row.walled}
    found += [f"{name} has no row security" for name in sorted(bare - in_the_open)]
    there = {row.relname for row in rows}
    found += [f"{table} is not there" for table in sorted(Base.metadata.tables.keys() - there)]
    bypass = sa.text("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = :app")
    if session.execute(bypass, {"app": APP_ROLE}).scalar():
        found.append("the application's role may bypass row security")
    return found


def _outbox(now: datetime) -> list[str]:
    parked = session.scalars(sa.select(Outbox).where(Outbox.state == WorkState.PARKED).order_by(Outbox.id).limit(100))
    found = [f"work {row.id} ({row.listener}) was given up: {row.last_error}" for row in parked]
    late = session.scalars(
        sa.select(Outbox)
        .where(Outbox.state == WorkState.READY, Outbox.due_at < now - LATE)
        .where(sa.or_(Outbox.lease_until.is_(None), Outbox.lease_until < now))
        .order_by(Outbox.id)
        .limit(100)
    )
    return found + [f"work {row.id} ({row.listener}) waits since {row.due_at:%Y-%m-%d %H:%M} UTC" for row in late]


def _files(_now: datetime) -> list[str]:
    found: list[str] = []
    store = runtime.store()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("made_again"):  # may be thrown away: it is made again from what stands in its row
                continue
            if column.name == "blob" or column.name.endswith("_blob"):
                paths = session.scalars(sa.select(column).where(column.is_not(None)).distinct())
                found += [
                    f"{table.name}.{column.name} names a missing file: {path}"
                    for path in paths
                    if not store.exists(path)
                ]
    return found


def _partitions(now: datetime) -> list[str]:
    missing = schema.missing_partitions(session.connection(), now=now)
    return [f"{name} is not there: run `tcma db upgrade`" for name in missing]


CHECKS: dict[str, Callable[[datetime], list[str]]] = {
    "ledger": _ledger,
    "audit": _audit,
    "tenancy": _tenancy,
    "outbox": _outbox,
    "files": _files,
    "partitions": _partitions,
}


def breaches(what: str, now: datetime) -> dict[str, list[str]]:
    """Return the breaches of each check named by `what` (one of them, or `all`)."""
    names = list(CHECKS) if what == "all" else [what]
    with transaction(), acting(Actor.reader("verify")):
        return {name: CHECKS[name](now) for name in names}


@click.command()
@click.argument("what", type=click.Choice([*CHECKS, "all"]))
@click.option("--json", "as_json", is_flag=True, help="One JSON object: check, and its breaches.")
def command(what: str, *, as_json: bool) -> None:
    """Hold the data against what is promised: ledger, audit, tenancy, outbox, files, partitions, or all."""
    with create_app(Settings.from_environment()).app_context():
        found = breaches(what, clock.now())
    if as_json:
        click.echo(jsons.dumps(found, indent=2))
    else:
        for name, reasons in found.items():
            click.echo(f"{name}: {'holds' if not reasons else f'{len(reasons)} breaches'}")
            for reason in reasons:
                click.echo(f"  {reason}")
    sys.exit(1 if any(found.values()) else 0)
