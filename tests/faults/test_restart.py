"""`tcma serve` is killed at random moments of a launch and started again: nothing committed is lost or done twice."""

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default as email_rules
from pathlib import Path

import pytest

from syndication.sending.work import AT_ONCE
from tests.journeys.setups import Setup, embedded_environment, lay_ground
from tests.processes.running import ROOT, Process, free_port, get, running, until
from tests.syndication.smtp_sink import SmtpSink

pytestmark = [
    pytest.mark.real("processes", "smtp"),
    pytest.mark.xdist_group("browser"),
    pytest.mark.own_database,
]
PEOPLE = 45
KILLS = 3
SEED = 20_260_907
CONNECTIONS = AT_ONCE  # to the relay that one process has open at most


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A relay that takes its time, so that a kill finds mails on their way."""
    with SmtpSink(patience=0.02) as relay:
        yield relay


def test_every_mail_of_a_launch_is_sent_once_or_named_however_often_the_server_is_killed(
    tmp_path: Path, sink: SmtpSink
) -> None:
    setup = _installed(tmp_path, sink)
    moments = random.Random(SEED)  # noqa: S311 - moments to kill at
    with running("serve", env=setup.env, log=tmp_path / "serve-0.log") as server:
        _ready(setup, server)
        until(lambda: setup.query("SELECT 1 FROM kit_grant LIMIT 1"), what="the kit at its partners")
        started = subprocess.run(
            [sys.executable, "-m", "tests.faults.a_launch", setup.ground["people"]["anna"], str(PEOPLE)],
            env=setup.env, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert started.returncode == 0, started.stderr
        launch = json.loads(started.stdout.splitlines()[-1])["launch"]
        _wait_for_a_turn(setup, moments)
        server.process.kill()
    for life in range(1, KILLS + 1):
        with running("serve", env=setup.env, log=tmp_path / f"serve-{life}.log") as server:
            _ready(setup, server)
            if life < KILLS:
                _wait_for_a_turn(setup, moments)
                server.process.kill()
                continue
            until(lambda: _settled(setup), what="an end of every delivery")
            assert server.stop() == 0
    _nothing_lost_and_nothing_doubled(setup, launch, sink)


def _installed(folder: Path, sink: SmtpSink) -> Setup:
    port = free_port()
    env = {**embedded_environment(folder, port), "TCMA_SMTP_URL": sink.url(), "TCMA_DEMO": "no"}
    (folder / "instance").mkdir(parents=True)
    setup = Setup("embedded", f"http://127.0.0.1:{port}", folder, env, lay_ground(env), sink=sink)
    setup.tcma("kit", "import", str(ROOT / "campaigns/kits/phishing-drill"), "--vendor", "Nordwall", "--publish")
    return setup


def _ready(setup: Setup, server: Process) -> None:
    until(lambda: get(f"{setup.base}/healthz")[0] == 200, what="the server")
    assert server.process.poll() is None


def _wait_for_a_turn(setup: Setup, moments: random.Random) -> None:
    """Wait until some more mails were taken by the relay, or some milliseconds if none are left to wait for."""
    assert setup.sink is not None
    wanted = len(setup.sink.mails) + moments.randrange(1, PEOPLE // KILLS)
    until(lambda: len(setup.sink.mails) >= wanted or _settled(setup), what="some mails")  # type: ignore[union-attr]


def _settled(setup: Setup) -> bool:
    rows = setup.query("SELECT state, COUNT(*) AS n FROM delivery GROUP BY state")
    counts = {str(row["state"]): int(row["n"]) for row in rows}
    return sum(counts.values()) == PEOPLE and not {"ready", "sending", "deferred"} & counts.keys()


def _nothing_lost_and_nothing_doubled(setup: Setup, launch: str, sink: SmtpSink) -> None:
    lines = json.loads(setup.tcma("launch", "report", launch, "--json"))
    taken = Counter(mail.recipient for mail in sink.mails if mail.recipient.endswith("@customer.example"))
    assert len(lines) == PEOPLE
    assert len({line["recipient"] for line in lines}) == PEOPLE
    outcomes = Counter(line["outcome"] for line in lines)
    assert set(outcomes) <= {"accepted", "unknown"}, outcomes
    assert max(taken.values()) == 1, "somebody got a mail twice"
    assert outcomes["accepted"] <= len(taken) <= PEOPLE
    assert outcomes["unknown"] <= KILLS * CONNECTIONS, outcomes
    sent = {str(message_from_bytes(mail.content, policy=email_rules)["Message-ID"]) for mail in sink.mails}
    accepted = {line["message_id"] for line in lines if line["outcome"] == "accepted"}
    named = {line["message_id"] for line in lines if line["outcome"] == "unknown"}
    assert accepted <= sent
    assert {line["message_id"] for line in lines} == accepted | named
    assert not any(json.loads(setup.tcma("verify", "all", "--json")).values())
