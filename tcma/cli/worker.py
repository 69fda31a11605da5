"""`tcma worker`: does the work in the background, from the broker's queues."""

import logging
import sys

import click

from tcma.cli.serve import bring_up
from tcma.config import Settings
from tcma.core import logs
from tcma.core.tasks import QUEUES, dispose
from tcma.worker import Background

log = logging.getLogger(__name__)


@click.command()
@click.option("--queues", default=",".join(QUEUES), show_default=True, help="Which queues to serve.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="How many at a time.")
@click.option("--pool", type=click.Choice(["prefork", "threads"]), default="prefork", show_default=True)
def command(queues: str, concurrency: int, pool: str) -> None:
    """Do the work in the background until SIGTERM; what was begun by then is finished first."""
    settings = Settings.from_environment()
    logs.start(settings.log_level)
    refuse_embedded(settings)
    if unknown := set(queues.split(",")) - set(QUEUES):
        raise click.UsageError(f"there is no queue {', '.join(sorted(unknown))}; there are {', '.join(QUEUES)}.")
    bring_up(settings, upgrade=False)
    background = Background.of(settings)
    dispose(background.app)  # a child process opens connections of its own
    worker = background.celery.Worker(
        pool=pool, concurrency=concurrency, queues=queues, without_gossip=True, without_mingle=True, quiet=True
    )
    log.info("working", extra={"queues": queues})
    worker.start()
    sys.exit(worker.exitcode)


def refuse_embedded(settings: Settings) -> None:
    """Refuse to start beside an embedded server (`ClickException`): a memory broker reaches no other process."""
    if settings.is_embedded:
        raise click.ClickException(
            "TCMA_BROKER_URL is memory://, so `tcma serve` does the work itself; "
            "for separate processes set it to redis://… and TCMA_DATABASE_URL to postgresql://…"
        )
