"""`tcma beat`: sees committed rows and rings the workers. Several at once do no harm."""

import logging
import signal

import click

from tcma.cli.serve import bring_up
from tcma.cli.worker import refuse_embedded
from tcma.config import Settings
from tcma.core import logs
from tcma.worker import Background

log = logging.getLogger(__name__)


@click.command()
def command() -> None:
    """Ring the workers for what is due, until SIGTERM."""
    settings = Settings.from_environment()
    logs.start(settings.log_level)
    refuse_embedded(settings)
    bring_up(settings, upgrade=False)
    relay = Background.of(settings).relay()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stop())
    log.info("ringing")
    relay.run()
    log.info("stopped")
