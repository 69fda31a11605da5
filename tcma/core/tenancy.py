"""Whose row is this? Each model declares one scope; everything that keeps tenants apart is made from it.

The ORM's narrowing (`acting`), the refusal of writes to another tenant, the row policies of PostgreSQL
(`row_security_statements`) and `tcma verify tenancy` all read the same declarations.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import has_app_context
from sqlalchemy import event
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    declared_attr,
    mapped_column,
)

from tcma.core.actor import Actor
from tcma.core.db import APP_ROLE, BACKUP_ROLE, READER_ROLE, Base, BigId, session
from tcma.core.grants import PARTNER, VENDOR, Grant
from tcma.core.narrowing import Narrowing

NOBODY = -1


class Scope(StrEnum):
    """Who may reach a row."""

    PLATFORM = "platform"
    VENDOR = "vendor"
    PARTNER = "partner"
    SHARED = "shared"
    GRANTED = "granted"


class CrossTenantWrite(Exception):
    """A row of another tenant was about to be written. This is a fault in the program, never an answer."""


def _organisation() -> Mapped[int]:
    return mapped_column(BigId, sa.ForeignKey("organisation.id"), index=True)


class PlatformScoped:
    """Rows of the installation: people, organisations, queues of ids. They stand on a published list."""

    __scope__ = Scope.PLATFORM


class VendorScoped:
    """Rows of one vendor that no partner sees."""

    __scope__ = Scope.VENDOR

    @declared_attr
    @classmethod
    def vendor_id(cls) -> Mapped[int]:
        """The vendor."""
        return _organisation()


class PartnerScoped:
    """Rows of one partner that no vendor sees."""

    __scope__ = Scope.PARTNER

    @declared_attr
    @classmethod
    def partner_id(cls) -> Mapped[int]:
        """The partner."""
        return _organisation()


class SharedScoped:
    """Rows between one vendor and one partner; both see them."""

    __scope__ = Scope.SHARED

    @declared_attr
    @classmethod
    def vendor_id(cls) -> Mapped[int]:
        """The vendor."""
        return _organisation()

    @declared_attr
    @classmethod
    def partner_id(cls) -> Mapped[int]:
        """The partner."""
        return _organisation()


class Granted:
    """Rows of one owner that others read through a grant row; only the owner writes them."""

    __scope__ = Scope.GRANTED
    __grant__: ClassVar[Grant]


class OwnerScoped(Granted):
    """Rows of one organisation, vendor or partner, that nobody else reads."""

    __grant__ = Grant(owner="org_id")

    @declared_attr
    @classmethod
    def org_id(cls) -> Mapped[int]:
        """The organisation."""
        return _organisation()


_actor: ContextVar[Actor | None] = ContextVar("acting", default=None)


def current_actor() -> Actor:
    """Return who acts in this context; nobody when none was set."""
    return _actor.get() or Actor.anonymous()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Narrow every query and write inside to what `actor` may reach."""
    _flush_pending()
    token = _actor.set(actor)
    try:
        _narrow_open_transaction()
        yield actor
        _flush_pending()
    finally:
        _actor.reset(token)
        # A transaction that failed takes no more statements; the next one is narrowed when it begins.
        with suppress(sa.exc.DBAPIError, sa.exc.InvalidRequestError):
            _narrow_open_transaction()


@contextmanager
def crossing(*, vendor_id: int | None = None, partner_id: int | None = None) -> Iterator[None]:
    """Reach the rows of another tenant too, for one rule of the business, such as a partner's answer to an offer.

    The few places that call this are the doors in the wall: the caller has checked, on rows of its own,
    that this very object is meant.
    """
    actor = current_actor()
    with acting(
        Actor.system(
            f"crossing for {actor.label}",
            vendor_id=vendor_id or actor.vendor_id,
            partner_id=partner_id or actor.partner_id,
        )
    ):
        yield


def in_reach_of(model: Any, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition under which a shared row is between the actor's sides: said once more by who loads it."""
    sides = {"vendor_id": actor.vendor_id, "partner_id": actor.partner_id}
    named = [getattr(model, column) == tenant for column, tenant in sides.items() if tenant is not None]
    return sa.and_(*named) if named else sa.false()


def enter(actor: Actor) -> None:
    """Set who acts for the rest of this context (a web request); `acting` is for a block."""
    _actor.set(actor)
    _narrow_open_transaction()


def _open_session() -> Session | None:
    current = session.registry() if has_app_context() and session.registry.has() else None
    return current if current is not None and current.in_transaction() else None


def _flush_pending() -> None:
    # What was written goes out while its own tenant is still in reach.
    if (current := _open_session()) is not None:
        current.flush()


def _narrow_open_transaction() -> None:
    current = _open_session()
    if current is not None and current.get_bind().dialect.name == "postgresql":
        connection = current.connection()
        _set_tenant(connection)
        connection.execute(sa.text(f"SET LOCAL ROLE {_role()}"))


def _role() -> str:
    return READER_ROLE if current_actor().sees_everything else APP_ROLE


def _set_tenant(connection: sa.Connection) -> None:
    actor = current_actor()
    connection.execute(
        sa.text("select set_config('app.vendor', :vendor, true), set_config('app.partner', :partner, true)"),
        {"vendor": str(actor.vendor_id or ""), "partner": str(actor.partner_id or "")},
    )


@lru_cache(maxsize=64)  # an eighth of a megabyte each, made in two milliseconds
def _criteria(vendor_id: int, partner_id: int) -> tuple[Any, ...]:
    def vendors(cls: Any) -> Any:
        return cls.vendor_id == vendor_id

    def partners(cls: Any) -> Any:
        return cls.partner_id == partner_id

    def both(cls: Any) -> Any:
        return sa.and_(cls.vendor_id == vendor_id, cls.partner_id == partner_id)

    sides = {(True, True): both, (True, False): vendors}
    shared = sides.get((vendor_id != NOBODY, partner_id != NOBODY), partners)
    return (
        Narrowing(VendorScoped, vendors, include_aliases=True),
        Narrowing(PartnerScoped, partners, include_aliases=True),
        Narrowing(SharedScoped, shared, include_aliases=True),
        *(
            Narrowing(model, model.__grant__.readable(model, vendor_id, partner_id), include_aliases=True)
            for model in models_of(Scope.GRANTED)
        ),
    )


def models_of(scope: Scope) -> list[Any]:
    """Return every mapped model of this scope, in the order of their tables' names."""
    found = [mapper.class_ for mapper in Base.registry.mappers if getattr(mapper.class_, "__scope__", None) is scope]
    return sorted(found, key=lambda model: str(model.__tablename__))


def check_models() -> None:
    """Refuse to start when a model has no scope (`TypeError`, with all their names)."""
    without = [m.class_.__name__ for m in Base.registry.mappers if not hasattr(m.class_, "__scope__")]
    if without:
        message = f"these models declare no tenancy scope: {', '.join(sorted(without))}"
        raise TypeError(message)


@event.listens_for(Session, "after_begin")
def _narrow_transaction(_session: Session, _transaction: object, connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        _set_tenant(connection)
        if current_actor().sees_everything:
            connection.execute(sa.text(f"SET LOCAL ROLE {READER_ROLE}"))


@event.listens_for(Session, "do_orm_execute")
def _narrow_statement(state: ORMExecuteState) -> None:
    actor = current_actor()
    if actor.sees_everything or state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        options = _criteria(actor.vendor_id or NOBODY, actor.partner_id or NOBODY)
        state.statement = state.statement.options(*options)


@event.listens_for(Session, "before_flush")
def _refuse_cross_tenant_writes(flushing: Session, _context: UOWTransaction, _instances: object) -> None:
    actor = current_actor()
    for row in (*flushing.new, *flushing.dirty, *flushing.deleted):
        if not _may_write(actor, row):
            message = f"{actor.label} may not write {type(row).__name__} of another tenant"
            raise CrossTenantWrite(message)


def _may_write(actor: Actor, row: Any) -> bool:
    if actor.sees_everything:
        return False
    scope: Scope = row.__scope__
    tenants = {actor.vendor_id, actor.partner_id} - {None}
    if scope is Scope.PLATFORM:
        return True
    if scope is Scope.GRANTED:
        return getattr(row, row.__grant__.owner) in tenants
    if scope is Scope.VENDOR:
        return actor.vendor_id is not None and row.vendor_id == actor.vendor_id
    if scope is Scope.PARTNER:
        return actor.partner_id is not None and row.partner_id == actor.partner_id
    wanted = (actor.vendor_id or row.vendor_id, actor.partner_id or row.partner_id)
    return bool(tenants) and (row.vendor_id, row.partner_id) == wanted


def row_security_statements(tables: frozenset[str] | None = None) -> list[str]:
    """Return the SQL that turns on row security and makes the policies, for all tables or for those named."""
    statements: list[str] = []
    for scope in (Scope.VENDOR, Scope.PARTNER, Scope.SHARED, Scope.GRANTED):
        for model in models_of(scope):
            if tables is None or model.__tablename__ in tables:
                statements += _policies(model)
    return statements


def _policies(model: Any) -> list[str]:
    table = model.__tablename__
    reads, writes = _conditions(model)
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS tenant_reads ON {table}",
        f"DROP POLICY IF EXISTS tenant_inserts ON {table}",
        f"DROP POLICY IF EXISTS tenant_updates ON {table}",
        f"DROP POLICY IF EXISTS tenant_deletes ON {table}",
        f"DROP POLICY IF EXISTS reader ON {table}",
        f"CREATE POLICY tenant_reads ON {table} FOR SELECT TO {APP_ROLE} USING ({reads})",
        f"CREATE POLICY tenant_inserts ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK ({writes})",
        f"CREATE POLICY tenant_updates ON {table} FOR UPDATE TO {APP_ROLE} USING ({writes}) WITH CHECK ({writes})",
        f"CREATE POLICY tenant_deletes ON {table} FOR DELETE TO {APP_ROLE} USING ({writes})",
        f"CREATE POLICY reader ON {table} FOR SELECT TO {READER_ROLE}, {BACKUP_ROLE} USING (true)",
    ]


def _conditions(model: Any) -> tuple[str, str]:
    scope: Scope = model.__scope__
    if scope is Scope.VENDOR:
        return (f"vendor_id = {VENDOR}",) * 2
    if scope is Scope.PARTNER:
        return (f"partner_id = {PARTNER}",) * 2
    if scope is Scope.SHARED:
        condition = (
            f"({VENDOR} IS NOT NULL OR {PARTNER} IS NOT NULL)"
            f" AND ({VENDOR} IS NULL OR vendor_id = {VENDOR})"
            f" AND ({PARTNER} IS NULL OR partner_id = {PARTNER})"
        )
        return condition, condition
    grant: Grant = model.__grant__
    return grant.policy(model.__tablename__)
