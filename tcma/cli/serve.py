"""`tcma serve`: the web, and in the embedded set-up the worker and the relay beside it."""

import fcntl
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

import click
import sqlalchemy as sa

from tcma.app import BESIDE, create_app
from tcma.cli.database import owner_engine
from tcma.config import Settings
from tcma.core import clock, logs, schema
from tcma.worker import Background
from tcma.wsgi import make_wsgi

log = logging.getLogger(__name__)

THREADS = 8
DRAIN_SECONDS = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", default=8000, show_default=True)
@click.option("--upgrade", is_flag=True, help="Bring the database up first, as `tcma db upgrade` does.")
def command(host: str, port: int, *, upgrade: bool) -> None:
    """Serve the pages and the API; in the embedded set-up also do the work in the background."""
    settings = Settings.from_environment()
    logs.start(settings.log_level)
    serve(settings, host=host, port=port, upgrade=upgrade)


class Filling(Protocol):
    """Something that fills the database at the start, such as the demo's history."""

    def begin(self) -> None:
        """Fill in what the pages need, and return; the rest may go on behind."""

    def wait(self) -> None:
        """Return when all is filled in."""

    def stop(self) -> None:
        """Break off."""


def serve(settings: Settings, *, host: str, port: int, upgrade: bool = False, filling: Filling | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what was begun by then is answered and finished.

    Work in the background begins when `filling`, if any, is over: two that tell time differently would disturb
    one another.
    """
    with alone_on(settings), ExitStack() as running:
        bring_up(settings, upgrade=upgrade or settings.is_embedded)
        app = create_app(settings)
        for make in BESIDE:
            _keep_running(make(app), running)
        server = _listen(make_wsgi(app), host, port)
        if filling is not None:
            running.callback(filling.stop)
            filling.begin()
        if settings.is_embedded:
            _start_beside(lambda: Background.of(settings, app).embedded(), filling, running)
        log.info("serving", extra={"host": host, "port": server.effective_port})
        _run(server)
    log.info("stopped")


def _keep_running(companion: Any, running: ExitStack) -> None:
    companion.start()
    running.callback(companion.stop)


def _start_beside(make: Callable[[], Any], filling: Filling | None, running: ExitStack) -> None:
    """Start the background while pages are served already, and when the filling, if any, is over."""
    started: list[Any] = []

    def follow() -> None:
        if filling is not None:
            filling.wait()
        background = make()
        background.start()
        started.append(background)

    def stop() -> None:
        if filling is None:
            thread.join()
        for background in started:
            background.stop()

    thread = threading.Thread(target=follow, daemon=True, name="to-background")
    thread.start()
    running.callback(stop)


@contextmanager
def alone_on(settings: Settings) -> Iterator[None]:
    """Hold the instance's folder: two embedded servers on one folder would do everything twice as slowly."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    with (settings.instance / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"another `tcma serve` runs on {settings.instance}; stop it, or set TCMA_INSTANCE to another folder."
            ) from None
        yield


def bring_up(settings: Settings, *, upgrade: bool) -> None:
    """Bring the database to the newest version, or refuse to start on one that is behind."""
    engine = owner_engine(settings)
    try:
        with engine.connect() as connection:
            stands_at = schema.version(connection)
    except sa.exc.OperationalError as reason:
        address = engine.url.render_as_string(hide_password=True)
        raise click.ClickException(f"the database at {address} does not answer: {reason.orig}") from None
    if stands_at == schema.newest_version():
        return
    if not upgrade:
        raise click.ClickException(
            f"the database stands at version {stands_at or 'none'} and this program wants {schema.newest_version()}: "
            "run `tcma db upgrade`, or start with --upgrade."
        )
    _upgrade_in_a_child(engine)


def _upgrade_in_a_child(engine: sa.Engine) -> None:
    """Bring the database up in a child, so that what this alone needs is not kept for as long as the server runs.

    Called before there are threads or open connections. What goes wrong is told by the child.
    """
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            schema.upgrade(engine, now=clock.now())
        except BaseException:
            log.exception("the database could not be brought up")
            os._exit(1)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise click.ClickException("the database could not be brought up; the reason stands above.")


def _listen(wsgi: Any, host: str, port: int) -> Any:
    from waitress import create_server

    try:
        return create_server(
            wsgi,
            host=host,
            port=port,
            ipv6=":" in host,
            threads=THREADS,
            ident=None,
            max_request_body_size=70 * 1024 * 1024,
            clear_untrusted_proxy_headers=False,  # the application trusts as many hops as its settings say
        )
    except OSError as reason:
        raise click.ClickException(f"cannot listen at {host}:{port}: {reason.strerror}.") from None


def _run(server: Any) -> None:
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        # Not raised: what is raised while a connection is read, waitress takes for the connection's fault.
        asked.append(number)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not asked:
        server.asyncore.loop(timeout=1, map=server._map, count=1)  # noqa: SLF001 - waitress has no other name for it
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # a second one ends at once
    _drain(server)


def _drain(server: Any) -> None:
    """Take no more connections, and let those that wait for an answer have it."""
    server.accepting = False
    server.del_channel()
    server.socket.close()
    end = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < end and any(c.requests or c.total_outbufs_len for c in server.active_channels.values()):
        server.asyncore.loop(timeout=0.05, map=server._map, count=1)  # noqa: SLF001
    server.task_dispatcher.shutdown()
