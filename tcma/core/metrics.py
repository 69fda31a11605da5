"""Figures for Prometheus: how long requests take, and how much work waits."""

import os
import time
from collections.abc import Iterator

import sqlalchemy as sa
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tcma.core import clock
from tcma.core.db import session
from tcma.core.models import Outbox, WorkState

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "tcma_request_seconds",
    "How long requests take",
    ["endpoint", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)


def init_app(app: Flask) -> None:
    """Measure every request of `app`."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    if "begun" in g:
        labels = (request.endpoint or "none", request.method, str(response.status_code))
        REQUESTS.labels(*labels).observe(time.perf_counter() - g.begun)
    return response


class _Waiting(Collector):
    """What waits in the queue, read when it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield how many rows wait or are parked, and for how long the oldest has waited."""
        counted = sa.select(Outbox.state, sa.func.count(), sa.func.min(Outbox.due_at)).group_by(Outbox.state)
        rows = session.execute(counted.where(Outbox.state != WorkState.DONE)).all()
        amount = GaugeMetricFamily("tcma_outbox_rows", "Rows of the queue", labels=["state"])
        age = GaugeMetricFamily("tcma_outbox_oldest_seconds", "For how long the oldest row is due", labels=["state"])
        for state, count, oldest in rows:
            amount.add_metric([state.value], count)
            age.add_metric([state.value], max(0.0, (clock.now() - oldest).total_seconds()))
        yield amount
        yield age


def text() -> bytes:
    """Return all figures in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # several web processes beside one another
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        shared = generate_latest(registry)
    else:
        shared = generate_latest(REGISTRY)
    waiting = CollectorRegistry()
    waiting.register(_Waiting())
    return shared + generate_latest(waiting)
