"""Is everything there that the program needs? Each part is asked by name, quickly, and never twice at once."""

import logging
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from tcma.core import memory, runtime, schema
from tcma.core.actor import Actor
from tcma.core.backups import latest_rehearsal
from tcma.core.db import db, reading, session, transaction
from tcma.core.models import Heartbeat, Switch
from tcma.core.tasks import QUEUES, Tick
from tcma.core.tenancy import acting

log = logging.getLogger(__name__)

log = logging.getLogger(__name__)

BEAT_EVERY = 15.0
SILENT_AFTER = timedelta(seconds=60)
PATIENCE = 3.0  # seconds: a part that takes longer is down
VERIFY_EVERY = 3600.0
UNVERIFIED_AFTER = timedelta(hours=3)
UNREHEARSED_AFTER = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the program needs, and what is wrong with it (empty: nothing)."""

    name: str
    wrong: str
    seconds: float


class Down(Exception):
    """A part is there and does not do what it should."""


def ask(app: Flask) -> list[Part]:
    """Ask every part at once and return what each said; one that does not answer in time is down."""
    questions: Mapping[str, Callable[[], None]] = {
        "database": _database,
        "broker": _broker,
        "storage": _storage,
        "mail": _mail_relay,
        "backups": _backups,
        **{name: partial(_verified, name) for name in _checks},
        **{f"worker:{queue}": partial(_worker, queue) for queue in QUEUES},
    }
    pool = ThreadPoolExecutor(len(questions), thread_name_prefix="ready")
    running = {name: pool.submit(_asked, app, question) for name, question in questions.items()}
    wait(running.values(), timeout=PATIENCE)
    pool.shutdown(wait=False, cancel_futures=True)
    late = (f"no answer in {PATIENCE:.0f} s", PATIENCE)
    return [Part(name, *(future.result() if future.done() else late)) for name, future in running.items()]


def _asked(app: Flask, question: Callable[[], None]) -> tuple[str, float]:
    started = time.monotonic()
    try:
        with app.app_context(), reading():
            question()
    except Exception as reason:  # noqa: BLE001 - whatever a part answers with, it is named and not passed on
        return (str(reason) if isinstance(reason, Down) else type(reason).__name__), time.monotonic() - started
    return "", time.monotonic() - started


def _database() -> None:
    with db.engine.connect() as connection:
        stands_at = schema.version(connection)
    if stands_at != schema.newest_version():
        raise Down(f"stands at version {stands_at}, wanted {schema.newest_version()}")


def _broker() -> None:
    settings = runtime.settings()
    if settings.is_embedded:
        return
    from redis import Redis  # only where there is a broker

    with Redis.from_url(settings.broker_url, socket_timeout=2, socket_connect_timeout=2) as broker:
        broker.ping()


def _storage() -> None:
    store = runtime.store()
    kept = store.put("health", b"ready?")
    if store.get(kept.path) != b"ready?":
        raise Down("gives back something else than it was given")


def _mail_relay() -> None:
    """Ask the relays in turn; one that answers is enough."""
    urls = runtime.settings().smtp_urls
    for url in urls[:-1]:
        with suppress(OSError, Down):
            return _connect(url)
    return _connect(urls[-1])


def _connect(url: str) -> None:
    relay = urlsplit(url)
    port = relay.port or (465 if relay.scheme == "smtps" else 25)
    with socket.create_connection((relay.hostname or "", port), timeout=2) as connection:
        if not connection.recv(3).startswith(b"220") and relay.scheme == "smtp":
            raise Down("does not greet")


def _backups() -> None:
    """Where a folder for backups is set, the last one put back must have held, and not be long ago."""
    settings = runtime.settings()
    rehearsed = latest_rehearsal(settings)
    if settings.backup_folder is None or rehearsed is None:
        return
    if not rehearsed.holds:
        raise Down("the last backup that was put back does not hold: run `tcma rehearse`")
    if datetime.now(UTC) - rehearsed.at > UNREHEARSED_AFTER:
        raise Down(f"none was put back since {rehearsed.at:%Y-%m-%d}")


def _worker(queue: str) -> None:
    beat = session.scalar(sa.select(Heartbeat.at).where(Heartbeat.process == f"worker:{queue}"))
    if beat is None:
        raise Down("has not been heard of")
    silent = datetime.now(UTC) - beat
    if silent > SILENT_AFTER:
        raise Down(f"silent for {int(silent.total_seconds())} s")


_checks: dict[str, Callable[[], list[str]]] = {}


def verifying(checks: Mapping[str, Callable[[], list[str]]]) -> Mapping[str, Tick]:
    """Return the ticks that hold the data against each promise every hour; `ask` tells by name which is broken.

    A check returns its breaches and reads with the reader's reach.
    """
    _checks.update(checks)
    return {f"verify.{name}": Tick(partial(verify, name), every=VERIFY_EVERY) for name in checks}


def verify(name: str, _now: datetime) -> None:
    """Hold the data against one promise and write down what came out. The time is the machine's."""
    with reading(), transaction(), acting(Actor.reader("verify")):
        breaches = _checks[name]()
    found = {"breaches": len(breaches), "first": breaches[:1]}
    if breaches:
        log.error("the data breaks a promise", extra={"check": name, "breaches": len(breaches)})
    with transaction():
        known = session.scalar(sa.select(Switch).where(Switch.name == _switch(name)))
        if known is None:
            session.add(Switch(name=_switch(name), value=found, updated_at=datetime.now(UTC)))
        else:
            known.value, known.updated_at = found, datetime.now(UTC)


def _switch(name: str) -> str:
    return f"verified:{name}"


def _verified(name: str) -> None:
    """An installation that was never verified is young; one that was and is not any more has lost its clockwork."""
    row = session.execute(sa.select(Switch.value, Switch.updated_at).where(Switch.name == _switch(name))).first()
    if row is None:
        return
    if row.value["breaches"]:
        raise Down(f"{row.value['breaches']} breaches: run `tcma verify {name}`")
    silent = datetime.now(UTC) - row.updated_at
    if silent > UNVERIFIED_AFTER:
        raise Down(f"not verified for {int(silent.total_seconds() / 3600)} h")


def beat(queue: str, _now: datetime) -> None:
    """Write that the workers of `queue` live. It comes through relay, broker and worker, so it tells of all three.

    The time is the machine's and not the demo's, which may be moved.
    """
    at, process = datetime.now(UTC), f"worker:{queue}"
    with transaction():
        known = session.scalar(sa.select(Heartbeat).where(Heartbeat.process == process))
        if known is None:
            session.add(Heartbeat(process=process, at=at))
        else:
            known.at = at


def make_room(now: datetime) -> None:
    """See to it that rows of this and the next month find their partitions.

    Where the user of the database's address does not own the tables, `tcma verify partitions` says what is missing
    and the log says so at each look; until the operator runs `tcma db upgrade`, rows go to the partition for the rest.
    """
    with reading(), db.engine.connect() as connection:
        missing = schema.missing_partitions(connection, now=now)
    if not missing:
        return
    try:
        schema.make_coming_partitions(runtime.settings().sqlalchemy_url, now=now)
    except sa.exc.DBAPIError as reason:
        log.warning("partitions %s are missing: %s", ", ".join(missing), type(reason.orig).__name__)


TICKS: Mapping[str, Tick] = {
    "partitions": Tick(make_room, every=3600.0),
    "memory": Tick(memory.sweep, every=60.0),
    **{f"heart.{queue}": Tick(partial(beat, queue), every=BEAT_EVERY, queue=queue) for queue in QUEUES},
}
