"""A worker that is killed in the middle of a launch: nobody is lost, nobody gets a mail twice, and doubt has a name."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask

from syndication.queries import report_lines
from syndication.sending.sender import end_sender
from tcma.config import Settings
from tcma.core import runtime
from tcma.core.db import db, session
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp", "processes")

PERSONS = 150
KILLS = 5
ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("sending_worker.py")


def start_worker(settings: Settings, sink: SmtpSink, at: datetime) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TCMA_")}
    environment |= {
        "TCMA_SECRET_KEY": settings.secret_key,
        "TCMA_INSTANCE": str(settings.instance),
        "TCMA_DATABASE_URL": settings.database_url,
        "TCMA_STORAGE_URL": settings.storage_url,
        "TCMA_BASE_URL": settings.base_url,
        "TCMA_FILES_URL": settings.files_url,
        "TCMA_SMTP_URL": sink.url(),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen([sys.executable, str(WORKER), at.isoformat()], env=environment, cwd=ROOT,
                            stdout=subprocess.DEVNULL, stderr=(settings.instance / "worker.log").open("ab"))  # fmt: skip


class After:
    """Rings when the relay has been offered so many mails in all."""

    def __init__(self) -> None:
        self.offered, self.wanted, self.bell = 0, 0, Event()

    def __call__(self, _recipient: str) -> None:
        self.offered += 1
        if self.offered >= self.wanted:
            self.bell.set()

    def wait_for(self, more: int) -> None:
        self.wanted = self.offered + more
        self.bell.clear()
        assert self.bell.wait(60), "the worker does not send"


def test_kills_in_the_middle_of_a_launch_lose_and_double_nothing(
    app: Flask, people: People, now: datetime, settings: Settings, sink: SmtpSink
) -> None:
    launch = frozen(people, now, persons=PERSONS)
    settle_down()
    dice, counter = random.Random(20260907), After()  # noqa: S311 - the same instants in each run
    sink.at_content = counter
    for number in range(KILLS):
        with start_worker(settings, sink, now + timedelta(minutes=number)) as worker:
            counter.wait_for(dice.randint(1, 24))
            worker.send_signal(signal.SIGKILL)

    with start_worker(settings, sink, now + timedelta(minutes=KILLS + 1)) as worker:
        assert worker.wait(120) == 0

    received = Counter(mail.recipient for mail in sink.mails)
    outcomes = Counter(launch.states())
    unknown = outcomes["unknown"]
    assert max(received.values()) == 1
    assert set(outcomes) <= {"accepted", "unknown"}
    assert sum(outcomes.values()) == PERSONS
    assert unknown <= KILLS
    assert PERSONS - unknown <= len(received) <= PERSONS
    assert named_as_unknown(launch) == unknown


def test_a_second_worker_beside_the_first_sends_nothing_twice(
    app: Flask, people: People, now: datetime, settings: Settings, sink: SmtpSink
) -> None:
    launch = frozen(people, now, persons=PERSONS)
    settle_down()

    workers = [start_worker(settings, sink, now) for _ in range(3)]
    for worker in workers:
        assert worker.wait(120) == 0

    assert max(Counter(mail.recipient for mail in sink.mails).values()) == 1
    assert Counter(launch.states()) == {"accepted": PERSONS}


def test_a_clock_that_is_an_hour_ahead_takes_nothing_from_a_sender_that_lives(
    app: Flask, people: People, now: datetime, settings: Settings, sink: SmtpSink
) -> None:
    launch = frozen(people, now, persons=60)
    settle_down()
    counter = After()
    sink.at_content, sink.patience = counter, 0.02

    with start_worker(settings, sink, now) as slow:
        counter.wait_for(3)
        with start_worker(settings, sink, now + timedelta(hours=1)) as ahead:
            assert ahead.wait(120) == 0
        assert slow.wait(120) == 0

    assert max(Counter(mail.recipient for mail in sink.mails).values()) == 1
    assert Counter(launch.states()) == {"accepted": 60}


def settle_down() -> None:
    """Leave the database and the journal to the workers."""
    session.remove()
    db.engine.dispose()
    end_sender()


def named_as_unknown(launch: Running) -> int:
    with acting(launch.by):
        return sum(line.outcome == "unknown" for line in report_lines(launch.id))


@pytest.fixture
def sink(app: Flask, settings: Settings):
    """The relay that all workers send to."""
    with SmtpSink() as relay:
        runtime.start(replace(settings, smtp_url=relay.url()))
        yield relay
