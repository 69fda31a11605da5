"""`tcma backup`: the database as it stands, sealed in one file."""

from pathlib import Path

import click

from tcma.config import Settings
from tcma.core import backups, clock, runtime


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write a backup to FILE while everything runs: the database, the list of files, the checkpoints.

    It is sealed with TCMA_BACKUP_KEY. Files (TCMA_STORAGE_URL) and the folder `instance/journal` are kept beside it.
    """
    settings = Settings.from_environment()
    runtime.start(settings)
    manifest = backups.back_up(file.absolute(), settings=settings, now=clock.now())
    click.echo(f"{file}: {manifest.kind} as of {manifest.at}, {manifest.files} files listed.")
