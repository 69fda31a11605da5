"""On PostgreSQL the queue rings by itself: an insert notifies, and the relay wakes up in the same instant."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Flask

from tcma.config import Settings
from tcma.core.tasks import Relay, Tick

if TYPE_CHECKING:
    import psycopg
    from celery import Celery

log = logging.getLogger(__name__)

CHANNEL = "tcma_outbox"

# One notice per statement, whoever inserts; PostgreSQL folds those of one transaction into one at its commit.
_BODY = f"BEGIN PERFORM pg_notify('{CHANNEL}', ''); RETURN NULL; END"
TRIGGER = (
    f"CREATE OR REPLACE FUNCTION tcma_ring() RETURNS trigger LANGUAGE plpgsql AS $$ {_BODY} $$",
    "DROP TRIGGER IF EXISTS ring ON outbox",
    "CREATE TRIGGER ring AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION tcma_ring()",
)


class ListeningRelay(Relay):
    """A relay that waits for PostgreSQL's notices, and looks by the clock while it hears none."""

    def __init__(self, app: Flask, celery: "Celery", ticks: Mapping[str, Tick], settings: Settings) -> None:
        super().__init__(app, celery, ticks)
        self.address = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._listening: psycopg.Connection | None = None

    def _wait(self, pause: float) -> None:
        import psycopg  # 5 MB that a process on SQLite does without

        try:
            connection = self._listening or self._listen()
            for _notice in connection.notifies(timeout=pause, stop_after=1):
                break
        except psycopg.Error:
            log.warning("the relay hears no notices; it looks every %s s", pause)
            self._close()
            self.stopping.wait(pause)

    def _listen(self) -> "psycopg.Connection":
        import psycopg

        self._listening = psycopg.connect(self.address, autocommit=True, connect_timeout=5)
        self._listening.execute(f"LISTEN {CHANNEL}")
        return self._listening

    def _close(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None


def make_relay(app: Flask, celery: "Celery", ticks: Mapping[str, Tick], settings: Settings) -> Relay:
    """Return the relay that suits the database."""
    if settings.is_sqlite:
        return Relay(app, celery, ticks)
    return ListeningRelay(app, celery, ticks, settings)
