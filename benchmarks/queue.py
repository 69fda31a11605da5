"""What the task queue itself takes: ringing for a task and taking it, by the product's own Celery."""

from datetime import datetime
from threading import Event
from time import process_time

from celery.contrib.testing.worker import start_worker
from flask import Flask

from tcma.config import Settings
from tcma.core.tasks import Tick, make_celery

QUEUED = 100


def cost_of_a_task() -> float:
    """Return the seconds of processor time of one task that does nothing, from the ring to its end."""
    done, seen = Event(), iter(range(1, QUEUED + 1))

    def taken(_: datetime) -> None:
        if next(seen) == QUEUED:
            done.set()

    celery = make_celery(Flask("bench"), Settings(secret_key="k" * 40), {"bench": Tick(taken, 1.0)})
    with start_worker(celery, pool="solo", perform_ping_check=False, queues=["default"]):
        started = process_time()
        for _ in range(QUEUED):
            celery.tasks["tcma.tick"].apply_async(("bench",), queue="default")
        if not done.wait(60):
            raise TimeoutError("no worker took the tasks")
        return (process_time() - started) / QUEUED
