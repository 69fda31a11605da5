"""Who may read rows of one owner through rows that grant it, said once for the ORM and for PostgreSQL's policies."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

VENDOR = "(SELECT nullif(current_setting('app.vendor', true), '')::bigint)"
PARTNER = "(SELECT nullif(current_setting('app.partner', true), '')::bigint)"


@dataclass(frozen=True, slots=True)
class Once:
    """From when on rows are out: `column` is filled on the row itself, or on the row of `table` it points to."""

    column: str
    table: str = ""
    key: str = ""

    def holds(self, model: Any) -> sa.ColumnElement[bool]:
        """Return the condition under which a row of `model` is out."""
        if not self.table:
            found: sa.ColumnElement[bool] = getattr(model, self.column).is_not(None)
            return found
        behind = sa.table(self.table, sa.column("id"), sa.column(self.column))
        out = sa.select(behind.c.id).where(behind.c[self.column].is_not(None))
        pointing: sa.ColumnElement[bool] = getattr(model, self.key).in_(out)
        return pointing

    def policy(self, table: str) -> str:
        """Return the same condition in SQL."""
        if not self.table:
            return f"{table}.{self.column} IS NOT NULL"
        return (
            f"EXISTS (SELECT 1 FROM {self.table} o WHERE o.id = {table}.{self.key}"  # noqa: S608 - our names
            f" AND o.{self.column} IS NOT NULL)"
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """Who owns rows, and through which grant rows others may read them.

    A row is readable when `table` has a row whose `matches` column equals the row's own `key` column and
    whose `grantee` column is the reader. Without a table only the owner reads. With `once` the grant reaches
    a row only when it is out: what its owner still works on is the owner's alone. With `until` a grant lets read
    only while that column of it is empty.
    """

    owner: str = "vendor_id"
    table: str = ""
    matches: str = ""
    key: str = ""
    grantee: str = "partner_id"
    also: str = ""  # a column of the row itself that names one more reader
    once: Once | None = None
    until: str = ""  # a column of the grant: filled when it was taken back

    def readable(self, model: Any, vendor_id: int, partner_id: int) -> sa.ColumnElement[bool]:
        """Return the condition under which a row of `model` may be read."""
        readers = [vendor_id, partner_id]
        own: sa.ColumnElement[bool] = getattr(model, self.owner).in_(readers)
        if self.also:
            own = sa.or_(own, getattr(model, self.also).in_(readers))
        if not self.table:
            return own
        grants = sa.table(self.table, *(sa.column(name) for name in (self.matches, self.grantee, self.until) if name))
        held = sa.select(grants.c[self.matches]).where(grants.c[self.grantee].in_(readers))
        if self.until:
            held = held.where(grants.c[self.until].is_(None))
        granted = getattr(model, self.key).in_(held)
        return sa.or_(own, sa.and_(granted, self.once.holds(model)) if self.once else granted)

    def policy(self, table: str) -> tuple[str, str]:
        """Return the conditions in SQL under which a row of `table` may be read and written."""
        own = f"{self.owner} IN ({VENDOR}, {PARTNER})"
        if self.also:
            return f"{own} OR {self.also} IN ({VENDOR}, {PARTNER})", own
        if not self.table:
            return own, own
        granted = (
            f"EXISTS (SELECT 1 FROM {self.table} g WHERE g.{self.matches} = {table}.{self.key}"  # noqa: S608 - our names
            f" AND g.{self.grantee} IN ({VENDOR}, {PARTNER}){f' AND g.{self.until} IS NULL' if self.until else ''})"
        )
        return f"{own} OR ({granted} AND {self.once.policy(table)})" if self.once else f"{own} OR {granted}", own
