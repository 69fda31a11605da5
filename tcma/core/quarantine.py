"""Outbound quarantine: a switch of the whole database. While it is on, nothing leaves the house: no mail, no post.

A restore turns it on, and only an operator turns it off: what was due at the time of the backup has been sent since.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tcma.core.db import session
from tcma.core.models import Switch

QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Standing:
    """Why and since when nothing leaves; after a restore, what the backup knew."""

    since: datetime
    reason: str
    backup_at: datetime | None = None
    journal: str = ""
    segments: tuple[str, ...] = ()


def is_quarantined() -> bool:
    """Tell whether nothing may leave this installation, as after a restore, until an operator says so."""
    return bool(session.scalar(sa.select(Switch.value).where(Switch.name == QUARANTINE)))


def standing() -> Standing | None:
    """Return why nothing leaves, or None when everything may."""
    row = session.execute(sa.select(Switch.value, Switch.updated_at).where(Switch.name == QUARANTINE)).first()
    if row is None or not row.value:
        return None
    backup_at = row.value.get("backup_at")
    return Standing(
        since=row.updated_at,
        reason=str(row.value.get("reason", "")),
        backup_at=datetime.fromisoformat(backup_at) if backup_at else None,
        journal=str(row.value.get("journal", "")),
        segments=tuple(row.value.get("segments", ())),
    )


def impose(*, reason: str, now: datetime) -> Standing:
    """Let nothing leave from now on. What a restore has written down stays until it is released."""
    known = standing()
    if known is not None:
        return known
    lift()
    session.add(Switch(name=QUARANTINE, value={"reason": reason}, updated_at=now))
    return Standing(now, reason)


def row_of_restore(*, backup_at: str, journal: str, segments: list[str], now: datetime) -> Switch:
    """Return the switch as a restore puts it into a database that nobody can see yet.

    No row of a backup has its key, so that the tables' rows may come in behind it.
    """
    value = {"reason": "restore", "backup_at": backup_at, "journal": journal, "segments": segments}
    return Switch(id=-1, name=QUARANTINE, value=value, updated_at=now)


def lift() -> None:
    """Let everything leave again; whoever calls this has settled what was sent already."""
    session.execute(sa.delete(Switch).where(Switch.name == QUARANTINE))
