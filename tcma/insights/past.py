"""What came of campaigns, read from the roll-ups once a day and told to the partners whom their kits fit."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Kit, KitState, KitVersion, Launch, LaunchState
from campaigns.operations.kits import KIT_PAST
from campaigns.operations.recommending import note_past
from campaigns.past import Ran
from tcma.core import schedule
from tcma.core.db import session, transaction
from tcma.core.tasks import Tick
from tcma.core.tenancy import acting
from tcma.insights.models import LaunchHour
from tcma.partners.models import Partnership

AGE = timedelta(days=14)
"""A campaign counts once it had time to bring something."""
EVERY = timedelta(days=1)
LEASE = timedelta(minutes=10)
KITS = 20
RAN = (LaunchState.RUNNING, LaunchState.PAUSED, LaunchState.STOPPED, LaunchState.COMPLETED)


def look_at_past(now: datetime) -> None:
    """Note anew what came of the kits whose day it is."""
    with transaction():
        claimed = schedule.claim(KIT_PAST, now=now, lease=LEASE, limit=KITS)
    for one in claimed:
        with transaction(), acting(one.actor("insights")):
            is_offered = note_past_of(kit_id=one.object_id, now=now)
            schedule.release(one, due_at=now + EVERY if is_offered else None)


def note_past_of(*, kit_id: int, now: datetime) -> bool:
    """Note what came of a kit of the vendor in reach, and of those on its theme; tell whether it is on offer."""
    topics = _topics()
    if kit_id not in topics:
        return False
    related = [one for one, about in topics.items() if about & topics[kit_id]]
    note_past(kit_id=kit_id, ran=ran_of(related, now=now), now=now)
    return True


def ran_of(kit_ids: list[int], *, now: datetime) -> list[Ran]:
    """Return what each partner ran of these kits, started two weeks ago or more, and the leads that came of it."""
    leads = (
        sa.select(LaunchHour.launch_id, sa.func.sum(LaunchHour.count).label("leads"))
        .where(LaunchHour.kind == "lead", LaunchHour.kit_id.in_(kit_ids))
        .group_by(LaunchHour.launch_id)
        .subquery()
    )
    started = sa.func.coalesce(Launch.starts_at, Launch.launched_at)
    rows = session.execute(
        sa.select(
            Launch.partner_id,
            Partnership.partner_type,
            Launch.kit_id,
            sa.func.count(Launch.id),
            sa.func.coalesce(sa.func.sum(leads.c.leads), 0),
        )
        .join(Partnership, sa.and_(
            Partnership.partner_id == Launch.partner_id, Partnership.vendor_id == Launch.vendor_id
        ))
        .outerjoin(leads, leads.c.launch_id == Launch.id)
        .where(Launch.kit_id.in_(kit_ids), Launch.state.in_(RAN), started <= now - AGE)
        .group_by(Launch.partner_id, Partnership.partner_type, Launch.kit_id)
        .order_by(Launch.partner_id, Launch.kit_id)
    )  # fmt: skip
    return [Ran(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def _topics() -> Mapping[int, frozenset[str]]:
    """Return the theme and the products of each kit on offer, by the kit."""
    chosen = sa.select(Kit.id, Kit.theme, KitVersion.products).join(KitVersion, KitVersion.kit_id == Kit.id)
    rows = session.execute(chosen.where(KitVersion.state == KitState.PUBLISHED).order_by(Kit.id))
    return {
        kit_id: frozenset({f"theme {theme}", *(f"product {one}" for one in products)})
        for kit_id, theme, products in rows
    }


TICKS = {"past": Tick(look_at_past, every=300)}
