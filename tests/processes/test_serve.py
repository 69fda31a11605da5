"""`tcma serve`, `worker` and `beat` as processes: they start, refuse, ring, tell what is down, and stop cleanly."""

import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.processes.running import Process, environment, free_port, get, running, until

pytestmark = [pytest.mark.real("processes"), pytest.mark.own_database]

POSTGRESQL = os.environ.get("TCMA_TEST_DATABASE_URL_REAL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TCMA_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture
def relay() -> Iterator[int]:
    """The port of something that greets as a mail relay does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server,), daemon=True).start()
        yield server.getsockname()[1]


def _greet(server: socket.socket) -> None:
    while True:
        try:
            caller, _address = server.accept()
        except OSError:
            return
        with caller:
            caller.sendall(b"220 relay.example\r\n")


def test_the_embedded_server_brings_itself_up_works_and_stops_cleanly(tmp_path: Path, relay: int) -> None:
    port = free_port()
    env = environment(tmp_path, TCMA_SMTP_URL=f"smtp://127.0.0.1:{relay}", PORT=str(port))

    with running("serve", env=env, log=tmp_path / "log") as server:
        until(lambda: get(f"http://127.0.0.1:{port}/healthz")[0] == 200, what="the server")
        until(lambda: get(f"http://127.0.0.1:{port}/readyz")[0] == 200, what="worker and relay")
        assert get(f"http://127.0.0.1:{port}/sign-in")[0] == 200
        assert "tcma_request_seconds" in get(f"http://127.0.0.1:{port}/metrics")[1]
        second = subprocess.run(
            [Path(sys.executable).with_name("tcma"), "serve"],
            env={**env, "PORT": str(free_port())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode != 0
        assert "another `tcma serve` runs" in second.stderr
        assert server.stop() == 0

    events = [line["event"] for line in server.lines()]
    assert "serving" in events
    assert events[-1] == "stopped"


def test_a_server_that_is_called_all_the_time_stops_when_it_is_told_to(tmp_path: Path) -> None:
    port, over = free_port(), threading.Event()
    with running("serve", env=environment(tmp_path, PORT=str(port)), log=tmp_path / "log") as server:
        until(lambda: get(f"http://127.0.0.1:{port}/healthz")[0] == 200, what="the server")
        callers = [threading.Thread(target=_call_and_hang_up, args=(port, over), daemon=True) for _caller in range(4)]
        for caller in callers:
            caller.start()
        try:
            assert server.stop() == 0
        finally:
            over.set()


def _call_and_hang_up(port: int, over: threading.Event) -> None:
    while not over.is_set():
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            over.wait(0.01)


def test_readiness_names_the_part_that_is_down(tmp_path: Path) -> None:
    port = free_port()
    env = environment(tmp_path, TCMA_SMTP_URL=f"smtp://127.0.0.1:{free_port()}", PORT=str(port))

    with running("serve", env=env, log=tmp_path / "log"):
        until(lambda: get(f"http://127.0.0.1:{port}/readyz")[1] and _down(port) == ["mail"], what="all but the relay")
        assert get(f"http://127.0.0.1:{port}/readyz")[0] == 503
        assert get(f"http://127.0.0.1:{port}/healthz")[0] == 200


def _down(port: int) -> list[str]:
    answer = get(f"http://127.0.0.1:{port}/readyz")[1]
    return answer["down"] if isinstance(answer, dict) else []


def test_a_database_that_cannot_be_brought_up_stops_the_start_with_the_reason_and_is_left_as_it_was(
    tmp_path: Path,
) -> None:
    database = sqlite3.connect(tmp_path / "tcma.db")
    database.execute("CREATE TABLE launch (id INTEGER)")

    done = subprocess.run(
        [Path(sys.executable).with_name("tcma"), "serve"],
        env=environment(tmp_path, PORT=str(free_port())), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode != 0
    assert "already exists" in done.stdout
    assert "the database could not be brought up" in done.stderr
    assert database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("launch",)]


def test_what_only_bringing_a_database_up_needs_is_not_kept_by_the_server(tmp_path: Path) -> None:
    program = (
        "import sys; from tcma.cli.serve import bring_up; from tcma.config import Settings;"
        "bring_up(Settings.from_environment(), upgrade=True); sys.exit('alembic' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], env=environment(tmp_path), check=False)

    assert done.returncode == 0
    names = sqlite3.connect(tmp_path / "tcma.db").execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert ("launch",) in names.fetchall()


@pytest.mark.parametrize(
    ("setting", "value"), [("TCMA_SECRET_KEY", "short"), ("TCMA_SMTP_URL", "http://relay"), ("TCMA_NONSENSE", "1")]
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path, setting: str, value: str) -> None:
    env = environment(tmp_path, **{setting: value})

    done = subprocess.run(
        [Path(sys.executable).with_name("tcma"), "serve"], env=env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database on the server."""
    name = f"tcma_processes_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield sa.make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.real("processes", "postgresql", "redis")
def test_web_worker_and_beat_are_processes_of_their_own_and_bells_ring_within_a_second(
    tmp_path: Path, relay: int, database: str
) -> None:
    port = free_port()
    env = environment(
        tmp_path,
        TCMA_DATABASE_URL=database,
        TCMA_BROKER_URL=REDIS,
        TCMA_SMTP_URL=f"smtp://127.0.0.1:{relay}",
        PORT=str(port),
    )
    tcma = Path(sys.executable).with_name("tcma")
    behind = subprocess.run([tcma, "serve"], env=env, capture_output=True, text=True, check=False)
    assert "run `tcma db upgrade`" in behind.stderr
    subprocess.run([tcma, "db", "upgrade"], env=env, check=True, capture_output=True)

    with (
        running("serve", env=env, log=tmp_path / "web") as web,
        running("worker", "--concurrency", "1", env=env, log=tmp_path / "worker") as worker,
        running("beat", env=env, log=tmp_path / "beat") as beat,
    ):
        until(lambda: get(f"http://127.0.0.1:{port}/readyz")[0] == 200, what="all three")
        _rings_within_a_second(database)
        assert [_stopped(process) for process in (beat, worker, web)] == [0, 0, 0]


def _rings_within_a_second(database: str) -> None:
    """A row whose listener is not known is tried and put back: the attempt shows that the bell was heard."""
    columns = "fact, listener, queue, ids, state, due_at, attempts, created_at"
    now = datetime.now(UTC)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            f"INSERT INTO outbox ({columns}) VALUES ('no.such_fact', 'nobody', 'default', '{{}}', 'ready', %s, 0, %s)",
            (now, now),
        )
        until(
            lambda: connection.execute("SELECT 1 FROM outbox WHERE fact = 'no.such_fact' AND attempts > 0").fetchone(),
            what="the bell",
        )
    assert (datetime.now(UTC) - now).total_seconds() < 2


def _stopped(process: Process) -> int:
    return process.stop()
