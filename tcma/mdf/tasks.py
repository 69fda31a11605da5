"""What the clock does to funds: shares and reservations that nobody used lapse."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.tenancy import acting
from tcma.mdf.operations.approvals import ACTIVITY_LAPSES
from tcma.mdf.operations.lapsing import lapse_activity, lapse_allocation
from tcma.mdf.operations.reservations import ALLOCATION_LAPSES

LOOKS = 50
LEASE = timedelta(minutes=2)


def look_at_lapses(now: datetime) -> None:
    """Let lapse what was not used in time."""
    _look(ACTIVITY_LAPSES, lambda found, by: lapse_activity(activity_id=found, by=by, now=now), now)
    _look(ALLOCATION_LAPSES, lambda found, by: lapse_allocation(allocation_id=found, by=by, now=now), now)


def _look(kind: str, lapse: Callable[[int, Actor], datetime | None], now: datetime) -> None:
    with transaction():
        claimed = schedule.claim(kind, now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        by = one.actor("funds")
        with transaction(), acting(by):
            schedule.release(one, due_at=lapse(one.object_id, by))
