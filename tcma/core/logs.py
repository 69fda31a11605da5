"""Logs: one JSON object per line on stdout, with the request they belong to and without anybody's secrets."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from tcma.core import audit, redaction

_OURS: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def start(level: str) -> None:
    """Write every log line of this process to stdout as JSON, from `level` on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_OURS, _with_request],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redaction.redact_event,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    redaction.install(root)
    logging.captureWarnings(capture=True)
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # the memory broker has no host, and need not have
    for quiet in ("alembic", "celery.worker.strategy", "celery.app.trace"):  # two lines for each look at what is due
        logging.getLogger(quiet).setLevel(logging.WARNING if level != "DEBUG" else logging.DEBUG)


def _with_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if (request_id := audit.request_id.get()) is not None:
        event.setdefault("request_id", request_id)
    return event
