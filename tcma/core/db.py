"""The database: the base of all models, shared column types, and the transaction at the edge."""

import itertools
import secrets
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Annotated, Any, ClassVar, TypeVar, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from tcma.core.errors import NotFound

T = TypeVar("T")

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON().with_variant(JSONB(), "postgresql")

PUBLIC_ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PUBLIC_ID_LENGTH = 16  # 79 bits: not to be guessed, and short enough to read out
_PUBLIC_IDS = len(PUBLIC_ID_ALPHABET) ** PUBLIC_ID_LENGTH


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant. It goes in aware and comes out in UTC, on SQLite too, which keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive datetime cannot be stored; give one with a zone"
            raise ValueError(message)
        in_utc = value.astimezone(UTC)
        return in_utc if dialect.name == "postgresql" else in_utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


Id = Annotated[int, mapped_column(BigId, primary_key=True)]


class Base(DeclarativeBase):
    """The base of every model. A model also names its scope (`tcma.core.tenancy`)."""

    registry = registry(
        type_annotation_map={
            int: BigId,
            datetime: UtcDateTime(),
            dict[str, Any]: Json,
            list[Any]: Json,
            StrEnum: sa.Enum(
                StrEnum, native_enum=False, length=40, values_callable=lambda words: [word.value for word in words]
            ),
        },
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


_unguessable = secrets.SystemRandom()
_drawn_from: ContextVar[Random | None] = ContextVar("public ids are drawn from", default=None)


def public_id(prefix: str) -> str:
    """Return a new random address for a row, such as `kit_7m2x…`."""
    # One number for all letters: a launch draws a hundred thousand of these.
    number = (_drawn_from.get() or _unguessable).randrange(_PUBLIC_IDS)
    letters = ""
    for _ in range(PUBLIC_ID_LENGTH):
        number, place = divmod(number, len(PUBLIC_ID_ALPHABET))
        letters += PUBLIC_ID_ALPHABET[place]
    return f"{prefix}_{letters}"


@contextmanager
def public_ids_from(rng: Random) -> Iterator[None]:
    """Draw addresses from a seeded source, so that the same demo is built twice; for made-up data alone."""
    token = _drawn_from.set(rng)
    try:
        yield
    finally:
        _drawn_from.reset(token)


_node = secrets.randbelow(1 << 10)
_count = itertools.count(secrets.randbelow(1 << 12))
_EPOCH_MS = 1_767_225_600_000  # 2026-01-01


def time_ordered_id() -> int:
    """Return a new key for a partitioned table: milliseconds, process and a running number, in 63 bits.

    SQLite numbers no row of a table with a composite key, and PostgreSQL's partitions need one.
    """
    milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MS
    return milliseconds << 22 | _node << 12 | next(_count) & 0xFFF


PartitionedId = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=False, default=time_ordered_id)]


class PublicId:
    """A row with a random public id, used in addresses and the API in place of its key."""

    __prefix__: ClassVar[str]

    @declared_attr
    @classmethod
    def public_id(cls) -> Mapped[str]:
        """The row's address."""
        prefix = cls.__prefix__
        return mapped_column(sa.String(40), unique=True, default=lambda: public_id(prefix))


db = SQLAlchemy(metadata=Base.metadata)
session = db.session

_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Open transactions inside as reads, which on SQLite wait for nobody."""
    token = _reads_only.set(True)
    try:
        yield
    finally:
        _reads_only.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Open transactions inside as writes, in a request that otherwise reads: the return from a sign-in provider."""
    session.rollback()  # what was read before is not part of it
    token = _reads_only.set(False)
    try:
        yield
    finally:
        _reads_only.reset(token)


@contextmanager
def transaction() -> Iterator[None]:
    """Commit what was done inside, or roll all of it back. For the edges: tasks and the command line."""
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.remove()


def insert_into(table: Any) -> Any:
    """Return an INSERT that takes `ON CONFLICT` (SQLAlchemy has it per dialect), for the database of the session."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(table)


def insert_all(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows, which all name the same columns: every one that needs a value, but for the key.

    PostgreSQL takes them as a list per column in one statement.
    """
    if not rows:
        return
    session.flush()
    table, names = model.__table__, list(rows[0])
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        connection.execute(sa.insert(model), rows)
        return
    kinds = {name: table.c[name].type for name in names}
    lists = [sa.bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in kinds.items()]
    new = sa.func.unnest(*lists).table_valued(*(sa.column(name, kind) for name, kind in kinds.items()))
    chosen = sa.select(*new.render_derived("new").c)
    statement = sa.insert(model).from_select(names, chosen, include_defaults=False)
    connection.execute(statement, {name: [row[name] for row in rows] for name in names})


def among(column: Any, keys: Collection[int]) -> sa.ColumnElement[bool]:
    """Return the condition that `column` holds one of these keys, of which there may be hundreds.

    PostgreSQL takes them as one list, so that the statement is the same, and known, whatever their number is.
    """
    if session.get_bind().dialect.name != "postgresql":
        return cast("sa.ColumnElement[bool]", column.in_(sorted(keys)))
    listed = sa.bindparam(None, sorted(keys), type_=postgresql.ARRAY(sa.BigInteger), unique=True)
    return cast("sa.ColumnElement[bool]", column == sa.any_(listed))


def require(found: T | None) -> T:
    """Return what was found, or answer as if it never existed (`NotFound`)."""
    if found is None:
        raise NotFound
    return found


def prepare_engine(engine: sa.Engine) -> None:
    """Set what every connection of this engine needs: WAL and write locks on SQLite, the app's role on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        sa.event.listen(engine, "connect", _take_app_role)


# Half a megabyte of pages each is enough: what is asked for again is in the operating system's memory.
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-512")


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns to writing cannot wait for another writer: it fails at once.
    connection.exec_driver_sql("BEGIN" if _reads_only.get() else "BEGIN IMMEDIATE")


APP_ROLE, READER_ROLE, OWNER_ROLE, BACKUP_ROLE = "tcma_app", "tcma_reader", "tcma_owner", "tcma_backup"


def _take_app_role(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(f"SET ROLE {APP_ROLE}")
    connection.commit()
