"""How far a dry run is, how long it still takes, and how it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import KitState, KitVersion, Preflight, PreflightBatch, PreflightFinding, PreflightState
from campaigns.operations.kits import move, publish_version
from campaigns.preflight.findings import open_findings
from campaigns.queries.reviews import approvals_missing
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session

SOONEST = timedelta(seconds=2)  # an estimate from less is a guess


@dataclass(frozen=True, slots=True)
class Progress:
    """The sum over the batches of a run."""

    done: int
    total: int
    rendered: int
    unchanged: int
    batches_left: int
    left: timedelta | None = None


def progress_of(preflight: Preflight, *, now: datetime) -> Progress:
    """Return how many partners were tried out and how long the others will take at that speed."""
    is_done = PreflightBatch.done_at.is_not(None)
    row = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((is_done, PreflightBatch.partners), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(PreflightBatch.partners), 0),
            sa.func.coalesce(sa.func.sum(PreflightBatch.rendered), 0),
            sa.func.coalesce(sa.func.sum(PreflightBatch.unchanged), 0),
            sa.func.coalesce(sa.func.sum(sa.case((is_done, 0), else_=1)), 0),
        ).where(PreflightBatch.kit_version_id == preflight.kit_version_id, PreflightBatch.run == preflight.run)
    ).one()
    done, total, rendered, unchanged, waiting = (int(value) for value in row)
    spent = now - preflight.started_at
    left = spent / done * (total - done) if done and spent >= SOONEST else None
    return Progress(done, total, rendered, unchanged, waiting, left)


def finish(preflight: Preflight, version: KitVersion, *, by: Actor, now: datetime) -> None:
    """End a run: publish what is clean, and hand back what is not."""
    _forget_those_who_left(preflight)
    preflight.finished_at = now
    if open_findings(preflight.kit_version_id):
        preflight.state = PreflightState.FINDINGS
        move(version, KitState.CHANGES_REQUESTED)
        return
    preflight.state = PreflightState.CLEAN
    move(version, KitState.APPROVED)
    if preflight.publish_when_clean and not approvals_missing(version):
        publish_version(version_id=version.id, by=by, now=now)


def _forget_those_who_left(preflight: Preflight) -> None:
    """Findings about partners behind the last batch are about nobody who is tried out now."""
    mine = (PreflightBatch.kit_version_id == preflight.kit_version_id) & (PreflightBatch.run == preflight.run)
    last = session.scalar(sa.select(sa.func.max(PreflightBatch.until_id)).where(mine)) or 0
    gone = sa.delete(PreflightFinding).where(
        PreflightFinding.kit_version_id == preflight.kit_version_id, PreflightFinding.for_partner_id > last
    )
    session.execute(gone.execution_options(synchronize_session=False))


def stop_preflight(*, kit_version_id: int, by: Actor, now: datetime) -> None:
    """Break a dry run off; the version is a draft again. What was tried out is kept for the next run."""
    version = require(session.get(KitVersion, kit_version_id))
    preflight = require(session.scalar(sa.select(Preflight).where(Preflight.kit_version_id == version.id)))
    if preflight.state is PreflightState.RUNNING:
        preflight.state, preflight.finished_at = PreflightState.STOPPED, now
        move(version, KitState.DRAFT)
        audit.record(
            by=by, action="kit.preflight_stopped", object_type="kit_version", object_id=version.id, now=now,
            after={"done": preflight.done},
        )  # fmt: skip
