"""The demo's clock: how far it is ahead is a row, which every process reads."""

from datetime import datetime, timedelta
from types import MappingProxyType

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Switch

NAME = "clock"
MOVES = MappingProxyType({"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)})


def move_clock(*, by_much: timedelta, by: Actor, now: datetime) -> timedelta:
    """Move the demo's clock forward and return how far it is ahead now. It never goes back."""
    switch = session.scalar(sa.select(Switch).where(Switch.name == NAME).with_for_update())
    if switch is None:
        switch = Switch(name=NAME, value={"seconds": 0}, updated_at=now)
        session.add(switch)
    before = int(switch.value["seconds"])
    after = before + int(by_much.total_seconds())
    switch.value = {"seconds": after}
    switch.updated_at = now
    audit.record(
        by=by, action="clock.moved", object_type="switch", object_id=None,
        before={"seconds": before}, after={"seconds": after}, now=now,
    )  # fmt: skip
    return timedelta(seconds=after)
