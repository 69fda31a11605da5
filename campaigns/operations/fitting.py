"""Whose turn it is when it is worked out whom kits are for: one run a kit, the newest, and its chunks in order."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import KitFit
from campaigns.queries.fit import count_partners
from tcma.core import outbox
from tcma.core.db import session


def begin_fit(*, kit_ids: Iterable[int], vendor_id: int, now: datetime) -> None:
    """Let whom these kits are for be worked out from the start; a run that goes on ends at its next chunk."""
    total = count_partners()
    for kit_id in sorted(kit_ids):
        chosen = sa.select(KitFit).where(KitFit.kit_id == kit_id).with_for_update()
        fit = session.scalar(chosen.execution_options(populate_existing=True))
        if fit is None:
            fit = KitFit(vendor_id=vendor_id, kit_id=kit_id, run=0)
            session.add(fit)
        fit.run += 1
        fit.total, fit.done, fit.last_partner_id = total, 0, 0
        fit.started_at, fit.finished_at = now, None
        session.flush()  # the next kit's row is locked after this one's
        outbox.tell("kit.grants_due", kit_id=kit_id, run=fit.run, after=0, vendor_id=vendor_id, now=now)


def take_turn(*, kit_id: int, run: int, after: int) -> KitFit | None:
    """Hold a kit's row for the chunk behind a partner; nothing where it was done before or a newer run has begun."""
    its_turn = (KitFit.run == run) & (KitFit.last_partner_id == after) & KitFit.finished_at.is_(None)
    chosen = sa.select(KitFit).where(KitFit.kit_id == kit_id, its_turn).with_for_update()
    return session.scalar(chosen.execution_options(populate_existing=True))


def end_turn(fit: KitFit, partner_ids: list[int], *, is_last: bool, now: datetime) -> None:
    """Note which partners a chunk has seen, and ask for the next chunk unless it was the last."""
    fit.done += len(partner_ids)
    fit.total = max(fit.total, fit.done)
    if is_last:
        fit.finished_at = now
        return
    fit.last_partner_id = partner_ids[-1]
    outbox.tell(
        "kit.grants_due", kit_id=fit.kit_id, run=fit.run, after=fit.last_partner_id, vendor_id=fit.vendor_id, now=now
    )


def keep_chunks_waiting() -> None:
    """Let no chunk of the vendor's kits read before this work is over what this work is about to write."""
    chosen = sa.select(KitFit.id).order_by(KitFit.kit_id).with_for_update(read=True)
    session.execute(chosen).all()
