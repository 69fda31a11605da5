"""The two ways in which the product runs, each as real processes on free ports and with an empty database."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as email_rules
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import sqlalchemy as sa

from tests.processes.running import ROOT, Process, environment, free_port, get, running, until
from tests.syndication.smtp_sink import SmtpSink

POSTGRESQL = os.environ.get("TCMA_TEST_DATABASE_URL_REAL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TCMA_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
TCMA = Path(sys.executable).with_name("tcma")
LOG_LINES_SHOWN = 60
START = 240  # seconds for seven processes to begin on a busy machine


@dataclass
class Setup:
    """A running installation: where it answers, its environment for the command line, its logs, and its mail."""

    name: str
    base: str
    folder: Path
    env: dict[str, str]
    ground: dict[str, Any]
    logs: list[Path] = field(default_factory=list)
    sink: SmtpSink | None = None
    sandbox: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether sign-in cards, mailbox, feed and the clock button are there."""
        return self.sink is None

    def tcma(self, *arguments: str, expect: int = 0) -> str:
        """Run a command as an operator would, and return what it printed."""
        done = subprocess.run(
            [TCMA, *arguments], env=self.env, capture_output=True, text=True, check=False, timeout=START
        )
        assert done.returncode == expect, f"tcma {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def mails_to(self, address: str, words: str = "") -> list[EmailMessage]:
        """Every mail that this address has got so far, or those with `words` in the subject, the oldest first."""
        if self.sink is None:
            rows = self.query(
                "SELECT content FROM mailbox_mail WHERE recipient = :address ORDER BY id", address=address
            )
            contents = [bytes(row["content"]) for row in rows]
        else:
            contents = [mail.content for mail in list(self.sink.mails) if mail.recipient == address]
        letters = [message_from_bytes(content, policy=email_rules) for content in contents]
        return [letter for letter in letters if words.lower() in str(letter["Subject"]).lower()]

    def query(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Read from the database beside the product, as its owner: for facts that no page shows."""
        engine = sa.create_engine(_with_driver(self.env["TCMA_DATABASE_URL"]), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.text(statement), values).mappings()]

    def make_due(self, kind: str) -> None:
        """Let what waits for its hour have it now, where no clock can be moved."""
        engine = sa.create_engine(_with_driver(self.env["TCMA_DATABASE_URL"]), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE due SET due_at = now() WHERE kind = :kind"), {"kind": kind})

    def told(self) -> str:
        """The last lines of every log, for a failure's report."""
        parts = []
        for log in self.logs:
            if log.exists():
                lines = log.read_text("utf-8", "replace").splitlines()
                loud = [line for line in lines if '"error"' in line or "Traceback" in line][-10:]
                parts.append(f"== {log.name}\n" + "\n".join([*loud, "--", *lines[-LOG_LINES_SHOWN:]]))
        return "\n".join(parts)


def _with_driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


def lay_ground(env: dict[str, str]) -> dict[str, Any]:
    """Bring the database up and put the parties in that the story begins with."""
    done = subprocess.run([TCMA, "db", "upgrade"], env=env, check=False, capture_output=True, text=True, timeout=START)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.ground"],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=START,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def addresses(port: int) -> dict[str, str]:
    """Both origins of a server at `port`."""
    return {"TCMA_BASE_URL": f"http://127.0.0.1:{port}", "TCMA_FILES_URL": f"http://localhost:{port}"}


def embedded_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of `tcma serve` with everything inside: SQLite, mailbox, sandbox network, cards."""
    return environment(
        folder / "instance",
        TCMA_DATABASE_URL=f"sqlite:///{folder}/instance/tcma.db",
        TCMA_DEMO="yes",
        TCMA_SMTP_URL=f"smtp://127.0.0.1:{free_port()}",
        PORT=str(port),
        **addresses(port),
    )


@contextmanager
def embedded(folder: Path) -> Iterator[Setup]:
    """One process, one command."""
    port = free_port()
    env = embedded_environment(folder, port)
    (folder / "instance").mkdir(parents=True, exist_ok=True)
    setup = Setup("embedded", f"http://127.0.0.1:{port}", folder, env, lay_ground(env), [folder / "serve.log"])
    with running("serve", env=env, log=folder / "serve.log") as server, _telling(setup):
        ready(setup, server)
        yield setup


@contextmanager
def production(folder: Path) -> Iterator[Setup]:
    """PostgreSQL and Redis, the web under gunicorn, workers per queue and a beat as processes of their own."""
    port, sandbox = free_port(), free_port()
    with ExitStack() as stack:
        sink = stack.enter_context(SmtpSink())
        env = environment(
            folder / "instance",
            TCMA_DATABASE_URL=stack.enter_context(_database()),
            TCMA_BROKER_URL=stack.enter_context(_broker(folder)),
            TCMA_SMTP_URL=sink.url(),
            **sandbox_environment(sandbox),
            **addresses(port),
        )
        names = ("web", "worker-mail", "worker-rest", "beat", "sandbox")
        setup = Setup(
            "production", f"http://127.0.0.1:{port}", folder, env, lay_ground(env),
            [folder / f"{name}.log" for name in names], sink, f"http://localhost:{sandbox}",
        )  # fmt: skip
        stack.enter_context(_telling(setup))
        web, mail, rest, beat, network = setup.logs
        gunicorn = [sys.executable, "-m", "gunicorn", "tcma.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        stack.enter_context(started([*gunicorn, "--workers", "2", "--threads", "4"], env, web))
        # The network knows the app that it sends people back to.
        known = {"TCMA_BASE_URL": setup.base, **sandbox_environment(sandbox)}
        own = {**embedded_environment(folder / "sandbox", sandbox), **known}
        stack.enter_context(running("serve", env=own, log=network))
        stack.enter_context(running("worker", "--queues", "mail", "--concurrency", "1", env=env, log=mail))
        others = "default,render,social"
        stack.enter_context(running("worker", "--queues", others, "--concurrency", "1", env=env, log=rest))
        stack.enter_context(running("beat", env=env, log=beat))
        ready(setup)
        yield setup


def sandbox_environment(port: int) -> dict[str, str]:
    """Let every network of the posts be the sandbox at `port`."""
    found = {}
    for network in ("LINKEDIN", "FACEBOOK", "X"):
        found[f"TCMA_SOCIAL_{network}_URL"] = f"http://localhost:{port}/sandbox/{network.lower()}"
        found[f"TCMA_SOCIAL_{network}_CLIENT_ID"] = "sandbox"
        found[f"TCMA_SOCIAL_{network}_CLIENT_SECRET"] = "a secret of the sandbox"
    return found


def ready(setup: Setup, server: Process | None = None) -> None:
    """Wait until every part of the installation answers."""

    def answers() -> bool:
        if server is not None and server.process.poll() is not None:
            raise AssertionError(f"tcma serve has ended:\n{setup.told()}")
        return get(f"{setup.base}/readyz")[0] == 200

    try:
        until(answers, what="all parts of the installation", patience=START)
    except AssertionError as reason:
        raise AssertionError(f"{reason}; readyz says {get(f'{setup.base}/readyz')}\n{setup.told()}") from None


@contextmanager
def started(arguments: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block is left."""
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _telling(setup: Setup) -> Iterator[None]:
    """Put the logs beside whatever goes wrong inside."""
    try:
        yield
    except BaseException as reason:
        reason.add_note(setup.told())
        raise


@contextmanager
def _database() -> Iterator[str]:
    name = f"tcma_journey_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield sa.make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _broker(folder: Path) -> Iterator[str]:
    """A Redis of its own where there is a program for it, else the one that is named for tests."""
    program = shutil.which("redis-server")
    if not program:
        import redis

        with redis.Redis.from_url(REDIS) as server:
            server.flushdb()
        yield REDIS
        return
    port = free_port()
    arguments = [program, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with started(arguments, dict(os.environ), folder / "redis.log"):
        until(lambda: _listens(port), what="Redis")
        yield f"redis://127.0.0.1:{port}/0"


def _listens(port: int) -> bool:
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


SETUPS: dict[str, Callable[[Path], Any]] = {"embedded": embedded, "production": production}


def path_of(address: str) -> str:
    """The path of an address of ours, with its query."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
