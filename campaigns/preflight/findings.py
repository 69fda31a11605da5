"""What did not come out right in a dry run, and who has looked at it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import KitVersion, PreflightFinding
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.words import lazy_gettext as _


def open_findings(kit_version_id: int, *, piece: str | None = None) -> int:
    """Return how many findings nobody has looked at yet, of one piece or of all."""
    chosen = sa.select(sa.func.count()).select_from(PreflightFinding)
    return session.scalar(chosen.where(*_open(kit_version_id, piece))) or 0


def _open(kit_version_id: int, piece: str | None) -> list[sa.ColumnElement[bool]]:
    found = [PreflightFinding.kit_version_id == kit_version_id, PreflightFinding.acknowledged_at.is_(None)]
    return found if piece is None else [*found, PreflightFinding.piece == piece]


def acknowledge_findings(
    *,
    kit_version_id: int,
    by: Actor,
    now: datetime,
    piece: str | None = None,
    finding_ids: Sequence[int] | None = None,
    count: int | None = None,
) -> int:
    """Note that somebody has looked at findings: those named, those of one piece, or all; returns how many.

    With `count` somebody says how many they have looked at; refused (`Conflict`) when there are others by now.
    """
    version = require(session.get(KitVersion, kit_version_id))
    if count is not None and count != open_findings(version.id, piece=piece):
        raise Conflict(_("There are other findings by now. Look at them, and confirm once more."))
    chosen = _open(version.id, piece)
    if finding_ids is not None:
        chosen.append(PreflightFinding.id.in_(finding_ids))
    marked = session.execute(
        sa.update(PreflightFinding)
        .where(*chosen)
        .values(acknowledged_at=now, acknowledged_by=by.membership_id)
        .execution_options(synchronize_session=False)
    )
    seen = int(marked.rowcount)  # type: ignore[attr-defined]  # an UPDATE answers with a cursor
    audit.record(
        by=by, action="kit.findings_acknowledged", object_type="kit_version", object_id=version.id,
        after={"findings": seen, "piece": piece}, now=now,
    )  # fmt: skip
    return seen
