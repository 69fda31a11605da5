"""Every key between rows of tenants carries the tenant, made so from the scopes that models declare.

A referential check passes row security by, so a plain `kit_id -> kit.id` would let a row of one vendor hang on a
kit of another, and tell by its refusal which ids exist. Models name only the row they point to; `carry_tenants`
puts the tenant's columns in front, gives the rows pointed to the key that this needs, and adds the tenant to what
has to be unique.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from tcma.core.db import Base
from tcma.core.tenancy import Scope

TENANT_COLUMNS = ("vendor_id", "partner_id", "owner_id", "org_id")

# Unique over the whole installation, because they are what an address in the open is made of.
ADDRESSES = frozenset({"public_id", "page_slug"})

# Keys without a tenant: the table pointed to (or the column that points), and why.
PLAIN: Mapping[str, str] = {
    "organisation": "this is the tenant",
    "user_account": "a person is there once, whomever they work for",
    "membership": "a seat of either side may have done it, and the row outlives the seat",
    "audit_seal.entry_id": "the chain runs over the entries of all tenants",
}

# Keys that carry fewer columns than both tables have, and why.
NARROWER: Mapping[str, tuple[str, ...]] = {
    "partnership.parent_id": ("vendor_id",),  # a distributor is another partner of the same vendor
}


def carry_tenants(metadata: sa.MetaData = Base.metadata) -> None:
    """Make all keys of the mapped tables carry the tenant. Doing it again changes nothing."""
    for table in metadata.sorted_tables:
        for constraint in sorted(table.foreign_key_constraints, key=lambda c: ".".join(c.column_keys)):
            if len(constraint.elements) == 1 and (carried := tenants_of(constraint)):
                _replace(constraint, carried)
        for unique in unique_keys(table):
            _add_tenant(unique)


def scope_columns(table: sa.Table) -> tuple[str, ...]:
    """Return the columns that say whose a row of `table` is; none for rows of the platform."""
    model = _models()[table.name]
    if model.__scope__ is Scope.GRANTED:
        return (model.__grant__.owner,)
    named = {Scope.VENDOR: ("vendor_id",), Scope.PARTNER: ("partner_id",), Scope.SHARED: ("vendor_id", "partner_id")}
    return named.get(model.__scope__, ())


def tenants_of(constraint: sa.ForeignKeyConstraint) -> tuple[str, ...]:
    """Return the tenant's columns that a foreign key has to carry: those that both tables have."""
    child, parent = constraint.table, constraint.referred_table
    column = f"{child.name}.{constraint.elements[-1].parent.name}"
    if parent.name in PLAIN or column in PLAIN:
        return ()
    both = (c for c in TENANT_COLUMNS if c in child.c and c in parent.c and not parent.c[c].nullable)
    return NARROWER.get(column) or tuple(both)


def _models() -> dict[str, Any]:
    return {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}


def unique_keys(table: sa.Table) -> Iterator[sa.UniqueConstraint]:
    """Yield the unique keys that say something of a tenant's rows: not addresses, and not what `id` makes unique."""
    for constraint in sorted(table.constraints, key=lambda c: str(c.name)):
        if isinstance(constraint, sa.UniqueConstraint):
            names = set(constraint.columns.keys())
            if not names <= ADDRESSES and "id" not in names:
                yield constraint


def tenants_of_unique(constraint: sa.UniqueConstraint) -> tuple[str, ...]:
    """Return the tenant's columns that a unique key has to hold.

    Those that the rows it names carry, for more would make it weaker: a hop of a lead is one, whichever partner has
    it. Where it names none, all that say whose the row is.
    """
    names = set(constraint.columns.keys())
    carried = {
        name
        for foreign in constraint.table.foreign_key_constraints
        if foreign.column_keys[-1] in names
        for name in foreign.column_keys[:-1]
    }
    return tuple(name for name in scope_columns(constraint.table) if not carried or name in carried)


def _add_tenant(constraint: sa.UniqueConstraint) -> None:
    """Put the tenant behind the columns of a unique key: what looks rows up by their front still does."""
    table, names = constraint.table, constraint.columns.keys()
    missing = [name for name in tenants_of_unique(constraint) if name not in names]
    if missing:
        table.constraints.discard(constraint)
        table.append_constraint(sa.UniqueConstraint(*names, *missing))


def _replace(plain: sa.ForeignKeyConstraint, tenant: tuple[str, ...]) -> None:
    """Let a foreign key point to tenant and row instead of the row alone."""
    table, parent = plain.table, plain.referred_table
    (element,) = plain.elements
    element.parent.foreign_keys.discard(element)
    table.foreign_keys.discard(element)
    table.constraints.discard(plain)
    _give_key(parent, (*tenant, "id"))
    table.append_constraint(
        sa.ForeignKeyConstraint([*tenant, element.parent.name], [f"{parent.name}.{name}" for name in (*tenant, "id")])
    )


def _give_key(table: sa.Table, names: tuple[str, ...]) -> None:
    """Let rows be pointed to by these columns. An index that the new key begins with is not needed beside it."""
    unique = [tuple(c.columns.keys()) for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    if names in unique:
        return
    table.append_constraint(sa.UniqueConstraint(*names))
    for index in [i for i in table.indexes if not i.unique and tuple(i.columns.keys()) == names[:1]]:
        table.indexes.discard(index)
