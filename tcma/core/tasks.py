"""The Celery side: two tasks that carry ids, a relay that rings them, and the embedded worker."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from tcma.config import Settings
from tcma.core import clock, outbox
from tcma.core.db import db, reading, transaction

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

QUEUES = ("default", "mail", "render", "social")
RING_AGAIN_AFTER = 10.0  # seconds: a bell that was lost is rung again


@dataclass(frozen=True, slots=True)
class Tick:
    """A look at the due index that is taken every so many seconds. `run(now)` bears being run twice, or by two."""

    run: Callable[[datetime], None]
    every: float
    queue: str = "default"


def make_celery(app: Flask, settings: Settings, ticks: Mapping[str, Tick]) -> "Celery":
    """Return the Celery application with its two tasks; messages are JSON and carry row ids only."""
    from celery import Celery  # slow to import, and not wanted by pages
    from celery.signals import setup_logging

    setup_logging.connect(_as_it_is)
    celery = Celery("tcma", broker=settings.broker_url)
    celery.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="default",
        worker_prefetch_multiplier=1,
        worker_redirect_stdouts=False,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"polling_interval": 0.1} if settings.is_embedded else {"visibility_timeout": 600},
    )

    @celery.task(name="tcma.work")
    def work(outbox_id: int) -> None:
        with app.app_context():
            outbox.run(outbox_id, now=clock.now())

    @celery.task(name="tcma.tick")
    def tick(name: str) -> None:
        with app.app_context():
            ticks[name].run(clock.now())

    return celery


def _as_it_is(**_asked: object) -> None:
    """Celery sets up logging by itself unless somebody else says that it is done."""


class Relay:
    """Sees committed rows within a second and rings Celery with their ids. Several at once do no harm."""

    def __init__(self, app: Flask, celery: "Celery", ticks: Mapping[str, Tick]) -> None:
        self.app, self.celery, self.ticks = app, celery, ticks
        self.stopping = threading.Event()
        self._rung: dict[int, float] = {}
        self._ticked: dict[str, float] = {}

    def run(self, *, pause: float = 0.5) -> None:
        """Ring until `stop` is called. A database or broker that is away is tried again, never given up."""
        while not self.stopping.is_set():
            try:
                self.ring_once()
            except Exception:
                log.exception("the relay could not ring")
                self.stopping.wait(2)
            self._wait(pause)

    def _wait(self, pause: float) -> None:
        self.stopping.wait(pause)

    def ring_once(self) -> int:
        """Ring what is due now and return how many bells that were."""
        started = time.monotonic()
        self._rung = {i: at for i, at in self._rung.items() if started - at < RING_AGAIN_AFTER}
        with self.app.app_context(), reading(), transaction():
            waiting = outbox.due(clock.now())
        new = [(outbox_id, queue) for outbox_id, queue in waiting if outbox_id not in self._rung]
        for outbox_id, queue in new:
            self.celery.send_task("tcma.work", [outbox_id], queue=queue)
            self._rung[outbox_id] = started
        for name, tick in self.ticks.items():
            if started - self._ticked.get(name, float("-inf")) >= tick.every:
                self.celery.send_task("tcma.tick", [name], queue=tick.queue)
                self._ticked[name] = started
        return len(new)

    def stop(self) -> None:
        """Let `run` return."""
        self.stopping.set()


class EmbeddedWorker:
    """A Celery worker and a relay as threads of this process, on the memory broker."""

    def __init__(self, app: Flask, celery: "Celery", ticks: Mapping[str, Tick], *, concurrency: int = 4) -> None:
        self.relay = Relay(app, celery, ticks)
        self.worker = celery.Worker(
            pool="threads",
            concurrency=concurrency,
            queues=",".join(QUEUES),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        self._threads = [
            threading.Thread(target=self.worker.start, daemon=True, name="worker"),
            threading.Thread(target=self.relay.run, daemon=True, name="relay"),
        ]

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop ringing, let running work end, and stop the worker."""
        self.relay.stop()
        self.worker.stop()
        for thread in self._threads:
            thread.join(10)

    def is_alive(self) -> bool:
        """Whether both threads run."""
        return all(thread.is_alive() for thread in self._threads)


def dispose(app: Flask) -> None:
    """Close the connections that this process holds, before it forks or ends."""
    with app.app_context():
        db.engine.dispose()
