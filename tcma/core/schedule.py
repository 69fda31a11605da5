"""The due index: when something next needs a look. Found by query and claimed under a lease; no timers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Due


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the due index that this worker holds until its lease ends."""

    id: int
    kind: str
    object_id: int
    vendor_id: int | None
    partner_id: int | None
    attempt: int

    def actor(self, label: str) -> Actor:
        """Return the system, narrowed to the tenant of the row."""
        return Actor.system(label, vendor_id=self.vendor_id, partner_id=self.partner_id)


def set_due(
    kind: str, object_id: int, due_at: datetime | None, *, vendor_id: int | None, partner_id: int | None
) -> None:
    """Let `kind` of object be looked at from `due_at` (UTC) on; None takes it off the index."""
    row = session.scalar(sa.select(Due).where(Due.kind == kind, Due.object_id == object_id))
    if due_at is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Due(kind=kind, object_id=object_id, vendor_id=vendor_id, partner_id=partner_id, due_at=due_at))
    else:
        row.due_at = due_at


def claim(
    kind: str, *, now: datetime, lease: timedelta, limit: int = 1, first: Sequence[sa.ColumnElement[Any]] = ()
) -> list[Claimed]:
    """Take up to `limit` rows of `kind` that are due; nobody else gets them until the lease ends.

    Those that are due longest come first, unless `first` orders them otherwise. The caller commits before it works
    on them.
    """
    waiting = (
        sa.select(Due.id)
        .where(Due.kind == kind, Due.due_at <= now)
        .where(sa.or_(Due.lease_until.is_(None), Due.lease_until < now))
        .order_by(*first, Due.due_at, Due.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    taken = session.execute(
        sa.update(Due)
        .where(Due.id == waiting.c.id)
        .values(lease_until=now + lease, attempts=Due.attempts + 1)
        .returning(Due.id, Due.kind, Due.object_id, Due.vendor_id, Due.partner_id, Due.attempts, Due.due_at)
        .execution_options(synchronize_session=False)
    )
    rows = sorted(taken, key=lambda row: (row.due_at, row.id))
    return [Claimed(r.id, r.kind, r.object_id, r.vendor_id, r.partner_id, r.attempts) for r in rows]


def is_due(kind: str, *, now: datetime) -> bool:
    """Tell whether a row of `kind` is due, be it in somebody's hand or not."""
    return session.scalar(sa.select(Due.id).where(Due.kind == kind, Due.due_at <= now).limit(1)) is not None


def release(claimed: Claimed, *, due_at: datetime | None) -> None:
    """Give a claimed row back, due again at `due_at`, or take it off the index when that is None.

    Does nothing when another attempt has taken it over.
    """
    mine = (Due.id == claimed.id) & (Due.attempts == claimed.attempt)
    statement: Any
    if due_at is None:
        statement = sa.delete(Due).where(mine)
    else:
        statement = sa.update(Due).where(mine).values(due_at=due_at, lease_until=None)
    session.execute(statement.execution_options(synchronize_session=False))
