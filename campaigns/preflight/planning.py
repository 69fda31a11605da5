"""Who is tried out in which batch: all partners at once, in the order of their keys."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import KitVersion, Preflight, PreflightBatch, PreflightState
from campaigns.preflight.progress import finish
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.identity.models import Organisation, OrganisationState
from tcma.partners.models import Partnership, PartnershipState

BATCH = 40


def plan_preflight(*, kit_version_id: int, run: int, by: Actor, now: datetime) -> None:
    """Part the partners into batches and ring for all of them at once, so that every worker has one to do.

    A run that was planned before is left as it is.
    """
    preflight = running(kit_version_id, run)
    if preflight is None or session.scalar(_batches(kit_version_id, run).limit(1)) is not None:
        return
    preflight.total, after = 0, 0
    batches = []
    everybody = _partners()
    for first in range(0, len(everybody), BATCH):
        partners = everybody[first : first + BATCH]
        batches.append(
            PreflightBatch(
                vendor_id=preflight.vendor_id,
                kit_version_id=kit_version_id,
                run=run,
                after_id=after,
                until_id=partners[-1],
                partners=len(partners),
            )
        )
        preflight.total, after = preflight.total + len(partners), partners[-1]
    session.add_all(batches)
    session.flush()  # the bells carry the batches' keys
    for batch in batches:
        outbox.tell("kit.preflight_batch_due", batch_id=batch.id, vendor_id=preflight.vendor_id, now=now)
    if not batches:
        finish(preflight, session.get_one(KitVersion, kit_version_id), by=by, now=now)


def running(kit_version_id: int, run: int, *, lock: bool = False) -> Preflight | None:
    """Return the dry run while it goes on; nothing once it was stopped, is over, or was begun anew."""
    chosen = sa.select(Preflight).where(Preflight.kit_version_id == kit_version_id)
    found = session.scalar(chosen.with_for_update() if lock else chosen)
    return found if found is not None and found.run == run and found.state is PreflightState.RUNNING else None


def _batches(kit_version_id: int, run: int) -> sa.Select[tuple[int]]:
    mine = (PreflightBatch.kit_version_id == kit_version_id) & (PreflightBatch.run == run)
    return sa.select(PreflightBatch.id).where(mine)


def _partners() -> list[int]:
    chosen = (
        sa.select(Partnership.partner_id)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(Partnership.state == PartnershipState.ACTIVE, Organisation.state == OrganisationState.ACTIVE)
    )
    return list(session.scalars(chosen.order_by(Partnership.partner_id)))
