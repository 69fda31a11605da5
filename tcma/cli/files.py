"""`tcma files`: what is derived and can be made again is thrown away to make room."""

import json as jsons
from datetime import timedelta

import click
import sqlalchemy as sa

from assets.library.models import Rendition
from assets.library.operations.files import prefix_of
from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock, runtime
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.tenancy import acting


@click.group()
def command() -> None:
    """Finished files: make room."""


@command.command()
@click.option("--older-than", "days", default=0, show_default=True, help="Only files that were made so many days ago.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the number of files and bytes.")
def purge(*, days: int, as_json: bool) -> None:
    """Throw finished files away. Each is made again, byte for byte, when somebody asks for it."""
    with create_app(Settings.from_environment()).app_context():
        files, size = purged(days=days)
    if as_json:
        click.echo(jsons.dumps({"files": files, "bytes": size}))
    else:
        click.echo(f"{files} files with {size / 1e6:.1f} MB thrown away. They are made again when they are asked for.")


def purged(*, days: int = 0) -> tuple[int, int]:
    """Throw away every finished file that is old enough and can be made again; returns how many, and their bytes."""
    before = clock.now() - timedelta(days=days)
    with reading(), transaction(), acting(Actor.reader("purge")):
        rows = session.execute(
            sa.select(Rendition.blob, Rendition.size, Rendition.partner_id, Rendition.look).where(
                Rendition.rendered_at <= before
            )
        ).all()
        kept = set(session.scalars(sa.select(Rendition.blob).where(Rendition.rendered_at > before)))
    store, found = runtime.store(), dict[str, int]()
    for blob, size, partner_id, look in rows:
        if look and blob not in kept and blob.startswith(prefix_of(partner_id)) and store.exists(blob):
            store.delete(blob)
            found[blob] = size
    return len(found), sum(found.values())
