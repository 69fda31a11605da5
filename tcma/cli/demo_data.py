"""`tcma demo-data`: fill an empty database with companies, kits, funds and a history, by the product's own doing."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, time
from random import Random

import click
from flask import Flask

from tcma.app import BESIDE, create_app
from tcma.cli.serve import bring_up
from tcma.config import Settings
from tcma.core import clock, logs
from tcma.core.db import public_ids_from
from tcma.demo.build import essentials
from tcma.demo.history import history


@click.command()
@click.option("--vendors", type=click.IntRange(1, 500), default=2, show_default=True)
@click.option("--partners", type=click.IntRange(3, 30_000), default=300, show_default=True)
@click.option("--contacts", type=click.IntRange(min=0), help="People on all lists together; else a few each.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day up to which history is made; else today.")
@click.option("--served", is_flag=True, help="Somebody serves this instance already, with its mailbox and sandbox.")
def command(
    vendors: int, partners: int, contacts: int | None, seed: int, as_of: datetime | None, *, served: bool
) -> None:
    """Fill an empty database with a demo; the same arguments give the same companies, people and answers."""
    settings = Settings.from_environment()
    logs.start("WARNING")
    if not settings.demo:
        raise click.ClickException("demo data belong into a demo: set TCMA_DEMO=yes, and never on a real installation.")
    bring_up(settings, upgrade=True)
    until = datetime.combine(as_of.date(), time(9), tzinfo=UTC) if as_of else clock.now()
    app = create_app(settings)
    drawn = public_ids_from(Random(seed))  # noqa: S311 - made-up data
    with nullcontext() if served else companions(app), app.app_context(), drawn:
        built = essentials(vendors=vendors, partners=partners, seed=seed, as_of=until, say=click.echo)
        seconds = history(built, seed=seed, as_of=until, say=click.echo, contacts=contacts)
    click.echo(f"Done in {built.seconds + seconds:.0f} s.")


@contextmanager
def companions(app: Flask) -> Iterator[None]:
    """Run what `tcma serve` runs beside the web, such as the demo's mailbox."""
    beside = [make(app) for make in BESIDE]
    for companion in beside:
        companion.start()
    try:
        yield
    finally:
        for companion in reversed(beside):
            companion.stop()
