"""What the application's own role may not do on PostgreSQL, whatever the program asks of it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tcma.cli.verify import breaches
from tcma.config import Settings
from tcma.core import health, schema, tenancy
from tcma.core.db import APP_ROLE, Base, session
from tcma.core.tenancy import Scope
from tests.factories import NOW

WALLED = (Scope.VENDOR, Scope.PARTNER, Scope.SHARED, Scope.GRANTED)


@pytest.fixture
def owner(app: Flask, settings: Settings) -> Iterator[sa.Connection]:
    """A connection of the operator's, whom no policy holds."""
    if settings.is_sqlite:
        pytest.skip("SQLite has no roles; this is about PostgreSQL")
    engine = sa.create_engine(settings.sqlalchemy_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def _refused(statement: str) -> bool:
    try:
        with session.begin_nested():
            session.execute(sa.text(statement))
    except sa.exc.ProgrammingError as reason:
        return "permission denied" in str(reason)
    return False


def test_the_role_owns_nothing_and_stands_before_every_policy(owner: sa.Connection) -> None:
    owned = "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = :app)"
    free = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = :app"

    assert owner.execute(sa.text(owned), {"app": APP_ROLE}).scalar() == 0
    assert owner.execute(sa.text(free), {"app": APP_ROLE}).scalar() is False
    assert session.execute(sa.text("SELECT current_user")).scalar() == APP_ROLE


def test_what_is_append_only_is_neither_changed_nor_removed(owner: sa.Connection) -> None:
    tables = sorted(str(m.local_table) for m in Base.registry.mappers if getattr(m.class_, "__append_only__", False))

    open_to = [
        f"{command} {table}"
        for table in tables
        for command, statement in (
            ("update", f"UPDATE {table} SET id = id"),
            ("delete", f"DELETE FROM {table}"),
            ("truncate", f"TRUNCATE {table}"),
        )
        if not _refused(statement)
    ]

    assert open_to == []
    assert {"ledger_entry", "ledger_transaction", "audit_entry", "audit_seal", "consent_event", "hit"} <= set(tables)


def _anything(column: sa.Column[Any]) -> Any:
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class))  # type: ignore[call-overload]
    values: dict[type, Any] = {bool: True, int: 1, float: 1.0, bytes: b"1", datetime: NOW, date: NOW.date()}
    if isinstance(kind, sa.JSON):
        return []
    return values.get(kind.python_type, "1")


EITHER_OR = {"recipient": {"registrant_id": None}}  # what a check wants empty where another is filled


def _fill(owner: sa.Connection) -> list[str]:
    """Write one row of tenant 1 into every table of tenants, with no regard to what it points to."""
    names = []
    owner.execute(sa.text("SET session_replication_role = replica"))
    for scope in WALLED:
        for model in tenancy.models_of(scope):
            values = {column.name: _anything(column) for column in model.__table__.columns}
            owner.execute(model.__table__.insert().values({**values, **EITHER_OR.get(model.__tablename__, {})}))
            names.append(model.__tablename__)
    owner.execute(sa.text("SET session_replication_role = origin"))
    return names


def _visible(names: list[str], *, tenant: str) -> dict[str, int]:
    session.rollback()
    tenants = sa.text("SELECT set_config('app.vendor', :id, true), set_config('app.partner', :id, true)")
    session.execute(tenants, {"id": tenant})
    found = {name: session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}
    session.rollback()
    return found


def test_with_no_tenant_set_every_table_of_tenants_is_empty(owner: sa.Connection) -> None:
    names = _fill(owner)

    assert _visible(names, tenant="") == dict.fromkeys(names, 0)
    assert _visible(names, tenant="2") == dict.fromkeys(names, 0)
    # The rows are there: their own tenant sees each of them.
    assert _visible(names, tenant="1") == dict.fromkeys(names, 1)


def test_a_table_whose_wall_was_taken_down_is_named(owner: sa.Connection) -> None:
    assert breaches("tenancy", NOW)["tenancy"] == []
    owner.execute(sa.text("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY"))
    owner.execute(sa.text("GRANT SELECT ON delivery_other TO tcma_app"))
    try:
        found = breaches("tenancy", NOW)["tenancy"]
    finally:
        owner.execute(sa.text("ALTER TABLE contact FORCE ROW LEVEL SECURITY"))
        owner.execute(sa.text("REVOKE SELECT ON delivery_other FROM tcma_app"))

    assert found == ["contact has no row security", "delivery_other has no row security"]


def _parts(owner: sa.Connection) -> set[str]:
    found = owner.scalars(sa.text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"))
    return set(found)


def test_the_months_around_now_have_partitions_after_an_upgrade(owner: sa.Connection) -> None:
    months = ("2026_08", "2026_09", "2026_10", "2026_11", "2026_12", "other")

    assert {f"{table}_{month}" for table in ("delivery", "hit", "touch") for month in months} <= _parts(owner)


def test_a_later_month_makes_the_partitions_it_will_need(owner: sa.Connection) -> None:
    spring = datetime(2027, 3, 10, tzinfo=UTC)
    before = _parts(owner)
    assert len(breaches("partitions", spring)["partitions"]) == 6  # this month and the next, of three tables

    health.make_room(spring)

    made = _parts(owner) - before
    try:
        assert {f"{table}_2027_{month:02}" for table in ("delivery", "hit", "touch") for month in (3, 4, 5, 6)} <= made
        assert breaches("partitions", spring)["partitions"] == []
        assert breaches("tenancy", spring)["tenancy"] == []
        kept = sa.text("SELECT has_table_privilege('tcma_backup', :part, 'SELECT')")
        assert all(owner.execute(kept, {"part": part}).scalar() for part in made)
    finally:
        for part in made:
            owner.execute(sa.text(f"DROP TABLE {part}"))


def test_partitions_are_a_matter_of_postgresql(app: Flask, settings: Settings) -> None:
    health.make_room(NOW)

    assert breaches("partitions", NOW)["partitions"] == []
    assert len(schema.partitioned_tables()) == 3
