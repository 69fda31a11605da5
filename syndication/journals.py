"""Putting away what the journals no longer need to remember: everything settled, and older than the last backup."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from syndication.models import SendClaim
from syndication.sending.sender import LOCK_NAME, has_ended, senders_folder
from tcma.core import runtime
from tcma.core.backups import latest_backup
from tcma.core.db import reading, session, transaction
from tcma.core.journal import read_batches, remove_segment, segments
from tcma.core.models import JournalPosition


def put_away(_now: datetime) -> None:
    """Remove the segments that are settled and that the last backup can do without; without a backup, none.

    A restored backup asks the journal what was sent since, so that only what is older may go.
    """
    backed_up = latest_backup(runtime.settings())
    if backed_up is None:
        return
    for sender in list(_settled_senders()):
        _remove_sender(senders_folder() / sender, backed_up)
    hits = runtime.settings().journal_folder / "hits"
    for segment in list(_taken_segments(hits)):
        if _written(hits / segment) < backed_up:
            remove_segment(hits, segment)


def _settled_senders() -> Iterator[str]:
    with reading(), transaction():
        chosen = sa.select(SendClaim.sender).where(SendClaim.settled_at.is_(None)).distinct()
        busy = set(session.scalars(chosen))
    for folder in sorted(senders_folder().glob("[!.]*")):
        if folder.name not in busy and has_ended(folder.name):
            yield folder.name


def _remove_sender(folder: Path, before: datetime) -> None:
    names = segments(folder)
    if any(_written(folder / name) >= before for name in names) or _written(folder / LOCK_NAME) >= before:
        return
    for name in names:
        remove_segment(folder, name)
    (folder / LOCK_NAME).unlink(missing_ok=True)
    folder.rmdir()


def _taken_segments(folder: Path) -> Iterator[str]:
    with reading(), transaction():
        rows = session.execute(sa.select(JournalPosition.segment, JournalPosition.offset))
        positions = {row.segment: row.offset for row in rows}
    for batch in read_batches(folder, positions):
        if batch.is_last and batch.start == batch.end and batch.segment in positions:
            yield batch.segment


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
