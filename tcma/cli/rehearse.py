"""`tcma rehearse`: a backup put back beside the database, held against what is promised, and thrown away."""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import sqlalchemy as sa

from tcma.app import create_app
from tcma.cli.database import owner_engine
from tcma.cli.restore import missing_files, put_in_quarantine, restore_checkpoints
from tcma.cli.verify import breaches
from tcma.config import Settings
from tcma.core import backups, clock, runtime, schema
from tcma.core.db import db
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class NothingToRehearse(DomainError):
    """There is no backup to put back."""


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object: file, as_of, seconds, breaches, missing_files.")
def command(file: Path | None, *, as_json: bool) -> None:
    """Put the backup FILE (or the newest in TCMA_BACKUP_FOLDER) back into a database of its own, and verify it.

    Everything may go on running: the database in use is not touched, nothing is sent, and the copy is thrown away.
    """
    settings = Settings.from_environment()
    runtime.start(settings)
    chosen = file or backups.newest(settings)
    if chosen is None:
        raise NothingToRehearse(_("Name a backup, or set TCMA_BACKUP_FOLDER to the folder that holds some."))
    begun = time.monotonic()
    with _scratch(settings) as own, backups.opened(chosen, settings=own) as (manifest, folder):
        backups.put_back(
            manifest,
            folder,
            settings=own,
            replace=False,
            quarantined=partial(put_in_quarantine, manifest=manifest, now=clock.now()),
        )
        schema.upgrade(owner_engine(own), now=clock.now())
        # What waits has waited since the backup: whether work is late is a question to the living.
        asked = ("ledger", "audit", "tenancy", "files", "partitions")
        with create_app(own).app_context():
            restore_checkpoints(folder)
            found = {name: reasons for one in asked for name, reasons in breaches(one, clock.now()).items()}
            missing = missing_files(folder)
            db.engine.dispose()
    seconds = round(time.monotonic() - begun, 1)
    holds = not any(found.values()) and not missing
    backups.note_rehearsal(settings, at=clock.now(), holds=holds)
    if as_json:
        told = {"file": str(chosen), "as_of": manifest.at, "seconds": seconds}
        click.echo(json.dumps({**told, "breaches": found, "missing_files": missing}, indent=2))
    else:
        click.echo(f"{chosen} as of {manifest.at} was put back and verified in {seconds} s.")
        for reason in (*chain(*found.values()), *(f"not in the store: {path}" for path in missing)):
            click.echo(f"  {reason}")
        click.echo("Everything holds." if holds else "It does not hold.")
    sys.exit(0 if holds else 1)


@contextmanager
def _scratch(settings: Settings) -> Iterator[Settings]:
    """Settings that name an empty database of one's own, which is gone at the end."""
    with TemporaryDirectory(dir=settings.instance, prefix="rehearsal-") as name:
        own = replace(settings, instance=Path(name))
        if settings.is_sqlite:
            yield replace(own, database_url=f"sqlite:///{name}/rehearsal.db")
            return
        server = sa.create_engine(settings.sqlalchemy_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        database = f"{str(server.url.database)[:40]}_rehearsal_{secrets.token_hex(4)}"
        quoted = server.dialect.identifier_preparer.quote(database)
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {quoted}"))
        try:
            url = sa.make_url(settings.database_url).set(database=database)
            yield replace(own, database_url=url.render_as_string(hide_password=False))
        finally:
            with server.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {quoted} WITH (FORCE)"))
