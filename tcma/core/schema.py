"""Bringing a database up: migrations, then roles, grants, row policies and partitions on PostgreSQL."""

import re
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tcma.core import tenancy
from tcma.core.db import APP_ROLE, BACKUP_ROLE, OWNER_ROLE, READER_ROLE, Base

MIGRATIONS = Path(__file__).parent.parent / "migrations"
PARTITIONS_AHEAD = 3  # months
_REVISION = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
_BEFORE = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)


def upgrade(engine: sa.Engine, *, now: datetime) -> None:
    """Bring the database of `engine` (connected as its owner) to the newest version, walls included.

    It may be run again at any time: policies and grants are made anew from the models' declarations.
    """
    from alembic import command  # slow to import, and wanted once
    from alembic.config import Config

    postgresql = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if postgresql:
            make_roles(connection)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if postgresql:
            make_partitions(connection, now=now)
            _secure(connection)


def version(connection: sa.Connection) -> str | None:
    """Return the migration that the database stands at, or None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


@cache
def newest_version() -> str:
    """Return the migration that this code wants."""
    # Read as text: Alembic and the migrations themselves are slow to import, and every start asks.
    texts = [file.read_text("utf-8") for file in sorted((MIGRATIONS / "versions").glob("*.py"))]
    before = {found[1] for text in texts if (found := _BEFORE.search(text))}
    [newest] = {found[1] for text in texts if (found := _REVISION.search(text))} - before
    return newest


def make_roles(connection: sa.Connection) -> None:
    """Make the roles that grants and policies name, where they are not there yet."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(7263451)"))
    for role in (OWNER_ROLE, APP_ROLE, READER_ROLE, BACKUP_ROLE):
        # Another database of the cluster may be brought up at the same moment; locks do not reach across databases.
        connection.execute(
            sa.text(
                f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN"  # noqa: S608 - ours
                f" CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF;"
                " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            )
        )
        connection.execute(
            sa.text(
                f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN"
                f" GRANT {role} TO CURRENT_USER; END IF; END $$"
            )
        )


def _secure(connection: sa.Connection) -> None:
    for statement in (*_grants(), *tenancy.row_security_statements(), *_own_guards()):
        connection.execute(sa.text(statement))


def _own_guards() -> list[str]:
    """Return what models ask of PostgreSQL beyond constraints (`__secured_by__`), each safe to run again."""
    mappers = sorted(Base.registry.mappers, key=lambda m: str(m.local_table))
    return [statement for m in mappers for statement in getattr(m.class_, "__secured_by__", ())]


def _grants() -> list[str]:
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {READER_ROLE}, {BACKUP_ROLE}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE}, {READER_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP_ROLE}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER_ROLE}, {BACKUP_ROLE}",
        f"GRANT SELECT ON alembic_version TO {APP_ROLE}",
    ]
    for mapper in sorted(Base.registry.mappers, key=lambda m: str(m.local_table)):
        append_only = getattr(mapper.class_, "__append_only__", False)
        rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
        statements.append(f"GRANT {rights} ON {mapper.local_table} TO {APP_ROLE}")
    return statements


def partitioned_tables() -> list[sa.Table]:
    """Return the tables that are partitioned by time on PostgreSQL."""
    tables = [t for t in Base.metadata.sorted_tables if t.dialect_options["postgresql"].get("partition_by")]
    return sorted(tables, key=lambda table: table.name)


def make_partitions(connection: sa.Connection, *, now: datetime) -> None:
    """Make the monthly partitions from last month to some months ahead, and one for what falls outside."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(7263452)"))
    for table in partitioned_tables():
        name = table.name
        connection.execute(sa.text(f"CREATE TABLE IF NOT EXISTS {name}_other PARTITION OF {name} DEFAULT"))
        for start, end in _months(now, PARTITIONS_AHEAD):
            part = f"{name}_{start:%Y_%m}"
            if not _exists(connection, part) and not _in_default(connection, table, start, end):
                connection.execute(
                    sa.text(f"CREATE TABLE {part} PARTITION OF {name} FOR VALUES FROM ('{start}') TO ('{end}')")
                )
                connection.execute(sa.text(f"GRANT SELECT ON {part} TO {READER_ROLE}, {BACKUP_ROLE}"))


def missing_partitions(connection: sa.Connection, *, now: datetime) -> list[str]:
    """Return the partitions of this and the next month that are not there; SQLite needs none."""
    if connection.dialect.name != "postgresql":
        return []
    _last, *coming = _months(now, 1)
    names = [f"{table.name}_{start:%Y_%m}" for table in partitioned_tables() for start, _end in coming]
    return [name for name in names if not _exists(connection, name)]


def make_coming_partitions(address: str, *, now: datetime) -> None:
    """Make the partitions of the months ahead, as the user that `address` signs in: the app's own role may not.

    Gives up after a while (`sa.exc.OperationalError`) where a long transaction holds one of the tables.
    """
    engine = sa.create_engine(address, poolclass=sa.NullPool, hide_parameters=True)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        make_partitions(connection, now=now)


def _exists(connection: sa.Connection, table: str) -> bool:
    return connection.execute(sa.text("SELECT to_regclass(:table)"), {"table": table}).scalar() is not None


def _in_default(connection: sa.Connection, table: sa.Table, start: date, end: date) -> bool:
    # A month whose rows already fell into the default partition cannot be split off without moving them.
    column = next(c for c in table.primary_key.columns if c.name != "id").name
    found: Any = connection.execute(
        sa.text(f"SELECT 1 FROM {table.name}_other WHERE {column} >= '{start}' AND {column} < '{end}' LIMIT 1")  # noqa: S608
    ).scalar()
    return found is not None


def _months(now: datetime, ahead: int) -> list[tuple[date, date]]:
    first = now.year * 12 + now.month - 2
    starts = [date(number // 12, number % 12 + 1, 1) for number in range(first, first + ahead + 3)]
    return list(pairwise(starts))
