"""Work that outlives the request. A fact is told in the transaction that makes it true; listeners run later.

The row is the record and the broker a doorbell: a message that is lost or doubled does no harm.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import Outbox, WorkState
from tcma.core.tenancy import acting

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 10
DIED = "its process ended before it was done, each time"


@dataclass(frozen=True, slots=True)
class Work:
    """A listener: what runs, on which queue.

    `run(*, by, now, **ids)` is called in one transaction, with the tenant of the row in reach. With
    `effect` it opens its own (claim, perform, settle), because something leaves the house in between.
    """

    name: str
    run: Callable[..., None]
    queue: str = "default"
    effect: bool = False


class UnknownFact(Exception):
    """A fact was told that the table of listeners does not name."""


_listeners: dict[str, Sequence[Work]] = {}


def configure(listeners: Mapping[str, Sequence[Work]]) -> None:
    """Take the table of facts and listeners, once, when the application is made."""
    _listeners.clear()
    _listeners.update(listeners)


def facts() -> Mapping[str, Sequence[Work]]:
    """Return the table in force."""
    return _listeners


def tell(
    fact: str,
    *,
    now: datetime,
    vendor_id: int | None = None,
    partner_id: int | None = None,
    due_at: datetime | None = None,
    **ids: int | str,
) -> None:
    """Say that `fact` (past tense) has become true; each of its listeners gets a row of its own.

    `ids` are what the listeners are called with. `vendor_id` and `partner_id` name the tenant in reach then.
    """
    if fact not in _listeners:
        raise UnknownFact(fact)
    for work in _listeners[fact]:
        session.add(
            Outbox(
                fact=fact,
                listener=work.name,
                queue=work.queue,
                vendor_id=vendor_id,
                partner_id=partner_id,
                ids=ids,
                due_at=due_at or now,
                created_at=now,
            )
        )


def due(now: datetime, *, limit: int = 500, told_until: datetime | None = None) -> list[tuple[int, str]]:
    """Return id and queue of the rows that wait to be run, oldest first, in turns between tenants.

    With `told_until`, only of those that were told by then.
    """
    turn = sa.func.row_number().over(
        partition_by=(Outbox.vendor_id, Outbox.partner_id), order_by=(Outbox.due_at, Outbox.id)
    )
    waiting = (
        sa.select(Outbox.id, Outbox.queue, Outbox.due_at, turn.label("turn"))
        .where(Outbox.state == WorkState.READY, Outbox.due_at <= now)
        .where(sa.or_(Outbox.lease_until.is_(None), Outbox.lease_until < now))
        .where(Outbox.created_at <= told_until if told_until is not None else sa.true())
        .subquery()
    )
    chosen = sa.select(waiting.c.id, waiting.c.queue).order_by(waiting.c.turn, waiting.c.due_at).limit(limit)
    return [(row.id, row.queue) for row in session.execute(chosen)]


def run(outbox_id: int, *, now: datetime) -> bool:
    """Run one row: take its lease, do the work, mark it done. Returns whether this call did the work.

    A second call, at once or later, finds the lease or the mark and does nothing. A failure keeps the row,
    with its reason, for a later attempt; after ten it is parked for a person to look at.
    """
    with transaction():
        row = _claim(outbox_id, now)
        if row is None:
            return False
        fact, listener, attempt = row.fact, row.listener, row.attempts
        if attempt > MOST_ATTEMPTS:
            _put_back(outbox_id, attempt, DIED, now)  # work that takes its process down leaves no other word
            return False
        tenant = Actor.system(listener, vendor_id=row.vendor_id, partner_id=row.partner_id)
        ids: dict[str, Any] = dict(row.ids)
    try:
        work = _work(fact, listener)
        if work.effect:
            with acting(tenant):
                work.run(by=tenant, now=now, **ids)
            with transaction():
                return _finish(outbox_id, attempt, now)
        with transaction(), acting(tenant):
            work.run(by=tenant, now=now, **ids)
            return _finish(outbox_id, attempt, now)
    except Exception as reason:
        log.exception("work failed", extra={"outbox_id": outbox_id, "listener": listener})
        with transaction():
            _put_back(outbox_id, attempt, type(reason).__name__, now)
        return False


def _work(fact: str, listener: str) -> Work:
    for work in _listeners.get(fact, ()):
        if work.name == listener:
            return work
    raise UnknownFact(f"{fact} > {listener}")


def _claim(outbox_id: int, now: datetime) -> Outbox | None:
    taken = session.execute(
        sa.update(Outbox)
        .where(Outbox.id == outbox_id, Outbox.state == WorkState.READY, Outbox.due_at <= now)
        .where(sa.or_(Outbox.lease_until.is_(None), Outbox.lease_until < now))
        .values(lease_until=now + LEASE, attempts=Outbox.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return session.get(Outbox, outbox_id, populate_existing=True) if _rows(taken) else None


def _finish(outbox_id: int, attempt: int, now: datetime) -> bool:
    """Mark the row done if this attempt still holds it; a later attempt's work must not count twice."""
    marked = session.execute(
        sa.update(Outbox)
        .where(Outbox.id == outbox_id, Outbox.attempts == attempt, Outbox.state == WorkState.READY)
        .values(state=WorkState.DONE, done_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    if not _rows(marked):
        raise LostLease(outbox_id)
    return True


class LostLease(Exception):
    """Another attempt took the row over; what this one did is rolled back."""


def _put_back(outbox_id: int, attempt: int, reason: str, now: datetime) -> None:
    pause = min(timedelta(seconds=5 * 2**attempt), LONGEST_PAUSE)
    state = WorkState.PARKED if attempt >= MOST_ATTEMPTS else WorkState.READY
    session.execute(
        sa.update(Outbox)
        .where(Outbox.id == outbox_id, Outbox.attempts == attempt, Outbox.state == WorkState.READY)
        .values(state=state, lease_until=None, due_at=now + pause, last_error=reason[:300])
        .execution_options(synchronize_session=False)
    )


def _rows(result: Any) -> int:
    return int(result.rowcount)


def drain(*, now: datetime, rounds: int = 50) -> int:
    """Run everything that is due, in this process, until nothing is left. For the command line and tests."""
    done = 0
    for _ in range(rounds):
        with transaction():
            waiting = due(now)
        if not waiting:
            break
        done += sum(run(outbox_id, now=now) for outbox_id, _queue in waiting)
    return done
