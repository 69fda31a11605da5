"""What pages show of imports."""

from collections.abc import Iterator, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import sqlalchemy as sa

from tcma.contacts.models import ContactImport, ImportFinding
from tcma.core import intake, runtime
from tcma.core.db import require, session
from tcma.core.intake import FileRefused

SAMPLES = 3
SHOWN_FINDINGS = 50


def import_by(public_id: str) -> ContactImport:
    """Return the import at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(ContactImport).where(ContactImport.public_id == public_id)))


def latest_imports(limit: int = 10) -> Sequence[ContactImport]:
    """Return the imports in reach, the latest first."""
    return session.scalars(sa.select(ContactImport).order_by(ContactImport.id.desc()).limit(limit)).all()


def samples_of(found: ContactImport) -> list[list[str]]:
    """Return the first rows of a file that waits for its columns to be named."""
    if found.blob is None:
        return []
    rows: list[list[str]] = []
    with TemporaryFile() as file:
        runtime.store().fetch(found.blob, cast("BinaryIO", file))
        table = intake.read_table(cast("BinaryIO", file))
        try:
            rows.extend(islice(table.rows, SAMPLES))
        except FileRefused:
            return rows
    return rows


def findings_of(import_id: int, *, limit: int = SHOWN_FINDINGS) -> Sequence[ImportFinding]:
    """Return the first rows that did not go in, in the order of the file."""
    return session.scalars(_findings(import_id).limit(limit)).all()


def all_findings(import_id: int) -> Iterator[ImportFinding]:
    """Yield every row that did not go in."""
    yield from session.scalars(_findings(import_id).execution_options(yield_per=1000))


def _findings(import_id: int) -> sa.Select[tuple[ImportFinding]]:
    chosen = sa.select(ImportFinding).where(ImportFinding.import_id == import_id)
    return chosen.order_by(ImportFinding.line, ImportFinding.id)
