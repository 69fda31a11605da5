"""Web, workers, beat, PostgreSQL and Redis are killed at random moments of a launch: nobody lost, nobody twice.

`make kills` runs it large, with the 120 seconds that are promised; the suite runs it small, and there a start may take
as long as the machine needs.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from email import message_from_bytes
from email.policy import default as email_rules
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.faults.servers import PostgresqlServer, RedisServer, killed_at_the_end
from tests.journeys.setups import START, Setup, addresses, lay_ground, ready
from tests.processes.running import ROOT, Process, environment, free_port, until
from tests.syndication.smtp_sink import SmtpSink

pytestmark = [
    pytest.mark.real("processes", "smtp", "postgresql", "redis"),
    pytest.mark.xdist_group("browser"),
    pytest.mark.own_database,
]
PEOPLE = int(os.environ.get("TCMA_TEST_KILL_PEOPLE", "300"))
KILLS = int(os.environ.get("TCMA_TEST_KILLS", "6"))
SEED = int(os.environ.get("TCMA_TEST_KILL_SEED", "20260907"))
CONNECTIONS = 2  # of the mail worker: one for each of its two children
LONGEST_WAIT = 60.0
OVER_WITHIN = float(os.environ.get("TCMA_TEST_KILL_PATIENCE", "300"))  # seconds after the last kill


@pytest.fixture
def database(tmp_path: Path) -> Iterator[PostgresqlServer]:
    """A cluster of its own, since it is killed like everything else."""
    server = PostgresqlServer(tmp_path)
    with killed_at_the_end(server):
        yield server


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of its own, without persistence."""
    server = RedisServer(tmp_path)
    with killed_at_the_end(server):
        yield server


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A relay that takes its time, so that a kill finds mails on their way."""
    with SmtpSink(patience=0.02) as relay:
        yield relay


class Installation:
    """The processes of one installation; each comes back at once when it was killed, as under a supervisor."""

    def __init__(self, setup: Setup, servers: dict[str, RedisServer | PostgresqlServer]) -> None:
        self.setup, self.servers = setup, servers
        self.commands = {
            "web": ("serve",),
            "worker-mail": ("worker", "--queues", "mail", "--concurrency", str(CONNECTIONS)),
            "worker-rest": ("worker", "--queues", "default,render,social", "--concurrency", "1"),
            "beat": ("beat",),
        }
        self.lives = Counter[str]()
        self.processes: dict[str, Process] = {}
        self.killed: list[str] = []
        self.bag: list[str] = []
        for name in self.commands:
            self.start(name)

    def start(self, name: str) -> None:
        self.lives[name] += 1
        log = self.setup.folder / f"{name}-{self.lives[name]}.log"
        self.setup.logs.append(log)
        self.processes[name] = Process(self.commands[name], self.setup.env, log)

    def kill(self, dice: random.Random) -> None:
        """Kill a whole process, or one child of it, which its parent replaces, or a server under all of them."""
        name = self._next(dice)
        if name in self.servers:
            self.killed.append(name)
            self.servers[name].kill()
            self.servers[name].start()
            return
        parent = self.processes[name].process.pid
        children = _children(parent)
        self.killed.append(name)
        if children and dice.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(children), signal.SIGKILL)
            return
        for pid in (parent, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.processes[name].process.wait()
        self.start(name)

    def _next(self, dice: random.Random) -> str:
        """Whose turn it is: the servers and the sender early, so that a small run kills each of them, then all."""
        if not self.bag:
            first = [*self.servers, "worker-mail"]
            rest = ["worker-mail", "worker-mail", *self.commands]
            self.bag = [*dice.sample(rest, len(rest)), *dice.sample(first, len(first))]
        return self.bag.pop()

    def end(self) -> None:
        for running in self.processes.values():
            children = _children(running.process.pid)
            running.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(20)
            for pid in (running.process.pid, *children):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            running.process.wait()


def _children(pid: int) -> list[int]:
    with suppress(FileNotFoundError):
        return [int(one) for one in (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split()]
    return []


def test_whatever_process_is_killed_every_mail_goes_out_once_or_is_named(
    tmp_path: Path, database: PostgresqlServer, broker: RedisServer, sink: SmtpSink
) -> None:
    port, dice = free_port(), random.Random(SEED)  # noqa: S311 - moments to kill at
    env = environment(
        tmp_path / "instance", TCMA_DATABASE_URL=database.address, TCMA_BROKER_URL=broker.address, TCMA_SMTP_URL=sink.url(),
        PORT=str(port), **addresses(port),
    )  # fmt: skip
    setup = Setup("kills", f"http://127.0.0.1:{port}", tmp_path, env, lay_ground(env), sink=sink)
    setup.tcma("kit", "import", str(ROOT / "campaigns/kits/phishing-drill"), "--vendor", "Nordwall", "--publish")
    with ExitStack() as stack:
        installation = Installation(setup, {"redis": broker, "postgresql": database})
        stack.callback(installation.end)
        ready(setup)
        until(lambda: setup.query("SELECT 1 FROM kit_grant LIMIT 1"), what="the kit at its partners", patience=START)
        launch = _launch(setup)
        until(lambda: len(_to_customers(sink)) > 3, what="the first mails", patience=START)
        while len(installation.killed) < KILLS and not _is_over(setup):
            installation.kill(dice)
            _wait_for_more(setup, sink, dice)
        last = time.monotonic()
        until(lambda: _is_over(setup), what="an end of every delivery", patience=OVER_WITHIN)
        passed = time.monotonic() - last
        lines = json.loads(setup.tcma("launch", "report", launch, "--json"))
        breaches = json.loads(setup.tcma("verify", "all", "--json"))

    taken = Counter(_to_customers(sink))
    outcomes = Counter(line["outcome"] for line in lines)
    kills = Counter(installation.killed)
    sys.stdout.write(
        f"\n{PEOPLE} mails, {sum(kills.values())} kills {dict(kills)}: {outcomes['unknown']} unknown, "
        f"{PEOPLE - len(lines)} lost, {sum(n - 1 for n in taken.values())} doubled, over {passed:.0f} s after the last\n"
    )
    assert {"redis", "postgresql", "worker-mail"} <= kills.keys(), "the launch was over before all were killed"
    assert max(taken.values()) == 1, "somebody got a mail twice"
    assert len({line["recipient"] for line in lines}) == len(lines) == PEOPLE
    assert set(outcomes) <= {"accepted", "unknown"}, outcomes
    assert outcomes["unknown"] <= (kills["worker-mail"] + kills["postgresql"]) * CONNECTIONS
    sent = {str(message_from_bytes(mail.content, policy=email_rules)["Message-ID"]) for mail in sink.mails}
    sent_to_customers = {
        str(message_from_bytes(mail.content, policy=email_rules)["Message-ID"])
        for mail in sink.mails
        if mail.recipient.endswith("@customer.example")
    }
    named = {line["message_id"] for line in lines if line["outcome"] == "unknown"}
    accepted = {line["message_id"] for line in lines if line["outcome"] == "accepted"}
    assert accepted <= sent, "a mail is called accepted and the relay never had it"
    assert sent_to_customers <= accepted | named, "the relay has a mail that the report does not name"
    assert not any(breaches.values()), breaches


def _to_customers(sink: SmtpSink) -> list[str]:
    return [mail.recipient for mail in list(sink.mails) if mail.recipient.endswith("@customer.example")]


def _wait_for_more(setup: Setup, sink: SmtpSink, dice: random.Random) -> None:
    """Wait until some more mails were taken, so that the next kill finds a sender at work, or for a while if none come."""
    wanted, end = len(_to_customers(sink)) + dice.randint(1, max(PEOPLE // KILLS, 2)), time.monotonic() + LONGEST_WAIT
    until(
        lambda: len(_to_customers(sink)) >= wanted or time.monotonic() > end or _is_over(setup),
        what="more mails",
        patience=LONGEST_WAIT * 2,
    )


def _launch(setup: Setup) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.a_launch", setup.ground["people"]["anna"], str(PEOPLE)],
        env=setup.env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout.splitlines()[-1])["launch"])


def _is_over(setup: Setup) -> bool:
    try:
        rows = setup.query("SELECT state, COUNT(*) AS n FROM delivery GROUP BY state")
    except sa.exc.OperationalError:  # the server was killed and is coming back
        return False
    counts = {str(row["state"]): int(row["n"]) for row in rows}
    return sum(counts.values()) == PEOPLE and not {"ready", "sending", "deferred"} & counts.keys()
