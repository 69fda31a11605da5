"""`tcma restore`: a backup in the place of the database, and nothing leaves until an operator says so."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tcma.app import create_app
from tcma.cli.database import owner_engine
from tcma.cli.serve import alone_on
from tcma.config import Settings
from tcma.contacts.wishes import fulfil_again
from tcma.core import backups, clock, runtime, schema
from tcma.core.models import Switch
from tcma.core.quarantine import QUARANTINE, row_of_restore
from tcma.core.seals import checkpoint_file


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Put the SQLite database that is there aside.")
def command(file: Path, *, replace: bool) -> None:
    """Put the backup FILE in the place of the database; stop every process first.

    The restored database is in quarantine: no mail and no post leaves until `tcma quarantine release`.
    """
    settings, now = Settings.from_environment(), clock.now()
    runtime.start(settings)
    with alone_on(settings), backups.opened(file, settings=settings) as (manifest, folder):
        backup_at = datetime.fromisoformat(manifest.at)
        quarantined = partial(put_in_quarantine, manifest=manifest, now=now)
        backups.put_back(manifest, folder, settings=settings, quarantined=quarantined, replace=replace)
        restore_checkpoints(folder)
        schema.upgrade(owner_engine(settings), now=now)
        with create_app(settings).app_context():
            wishes = fulfil_again(since=backup_at, now=now)
            missing = missing_files(folder)
    click.echo(f"The database stands as of {manifest.at}. {wishes} opt-outs and erasures since then were done again.")
    if missing:
        click.echo(f"{len(missing)} of {manifest.files} files are not in the store; the first: {missing[0]}")
    click.echo("Nothing leaves: see `tcma quarantine status`, and end it with `tcma quarantine release`.")


def put_in_quarantine(engine: sa.Engine, *, manifest: backups.Manifest, now: datetime) -> None:
    """Let nothing leave from the database behind `engine`, because it is the backup's."""
    row = row_of_restore(backup_at=manifest.at, journal=manifest.journal, segments=manifest.segments, now=now)
    with Session(engine) as opened, opened.begin():
        opened.execute(sa.delete(Switch).where(Switch.name == QUARANTINE))
        opened.add(row)


def restore_checkpoints(folder: Path) -> None:
    """Put the backup's audit checkpoints where they are kept, unless there are some."""
    kept = folder / backups.CHECKPOINTS
    if kept.exists() and not checkpoint_file().exists():
        checkpoint_file().write_bytes(kept.read_bytes())


def missing_files(folder: Path) -> list[str]:
    """Return the paths of the files that the backup lists and the store does not have."""
    lines = (folder / backups.FILES).read_text("utf-8").splitlines()
    paths = [json.loads(line)["path"] for line in lines]
    return [path for path in paths if not runtime.store().exists(path)]
