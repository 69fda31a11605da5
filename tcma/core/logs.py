"""Logs: one JSON object per line on stdout, with the request they belong to and without anybody's secrets."""

import json
import logging
import sys
from datetime import UTC, datetime

from tcma.core import audit, redaction

_OF_EACH_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime"}


class OneLine(logging.Formatter):
    """Writes a record as one line of JSON: what happened, what `extra` told of it, and the traceback as text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record redacted, its time in UTC."""
        event = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        event |= {name: value for name, value in vars(record).items() if name not in _OF_EACH_RECORD}
        event["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        if (request_id := audit.request_id.get()) is not None:
            event.setdefault("request_id", request_id)
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(redaction.redact_event(event))


def start(level: str) -> None:
    """Write every log line of this process to stdout as JSON, from `level` on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    redaction.install(root)
    logging.captureWarnings(capture=True)
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # the memory broker has no host, and need not have
    for quiet in ("alembic", "celery.worker.strategy", "celery.app.trace"):  # two lines for each look at what is due
        logging.getLogger(quiet).setLevel(logging.WARNING if level != "DEBUG" else logging.DEBUG)
