"""What reaches a tracked address becomes a touch, exactly once, with a verdict that may be corrected."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from syndication.models import Enrolment, Hit, Touch, Verdict
from syndication.tracking import ingest
from syndication.tracking.front import clicks_in_front
from tcma.app import LISTENERS
from tcma.core import clock, outbox, runtime
from tcma.core.db import session
from tcma.core.models import JournalPosition, Outbox
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"


@pytest.fixture
def launch(people: People, now: datetime, relayed: SmtpSink) -> Running:
    found = frozen(people, now)
    send(now)
    return found


def address_in(sink: SmtpSink, number: int = 0) -> str:
    """The tracked address of the landing page in one of the mails."""
    from email import message_from_bytes
    from email.policy import SMTP

    text = message_from_bytes(sink.mails[number].content, policy=SMTP).get_body(("plain",)).get_content()
    words = next(line for line in text.splitlines() if line.startswith("Book the drill:"))
    return words.rpartition(" ")[2].removeprefix("http://localhost")


def press(address: str, at: datetime, monkeypatch: pytest.MonkeyPatch, *, agent: str = BROWSER, method: str = "GET"):
    monkeypatch.setattr(clock, "now", lambda: at)
    from flask import current_app

    endpoint = clicks_in_front(current_app, current_app.wsgi_app)
    session.remove()
    answer = Client(endpoint).open(address, method=method, headers={"User-Agent": agent})
    endpoint._journal.close()
    return answer


def touches(launch: Running) -> list[Touch]:
    session.expire_all()
    with acting(launch.by):
        return list(session.scalars(sa.select(Touch).order_by(Touch.at)))


def test_a_click_leads_to_the_landing_page_and_is_a_persons_touch(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)

    answer = press(address_in(relayed), later, monkeypatch)
    assert ingest.take_hits_in(now=later) == 1

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://localhost/p/drill-of-alice?utm_source=email")
    (touch,) = touches(launch)
    assert (touch.kind, touch.verdict, touch.step, touch.channel) == ("click", Verdict.HUMAN, "first", "email")
    assert touch.recipient_id == launch.deliveries()[0].recipient_id


def test_hits_are_taken_in_once_however_often_it_is_tried(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch)

    assert ingest.take_hits_in(now=later) == 1
    assert ingest.take_hits_in(now=later) == 0

    assert len(touches(launch)) == 1
    assert len(session.scalars(sa.select(Hit)).all()) == 1


def test_two_who_take_in_the_same_batch_write_it_once(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch)
    (batch,) = ingest.read_batches(runtime.settings().journal_folder / "hits", {})

    assert ingest._take(batch, later) == 1
    assert ingest._take(batch, later) == 0

    assert len(touches(launch)) == 1
    assert session.scalars(sa.select(JournalPosition.offset)).all() == [batch.end]


def test_a_scanner_is_kept_and_told_apart(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch, agent="Barracuda Sentinel", method="HEAD")

    ingest.take_hits_in(now=later)

    (touch,) = touches(launch)
    assert touch.verdict is Verdict.MACHINE
    with acting(launch.by):
        assert session.scalars(sa.select(Enrolment.responded_at)).all() == [None] * 3


def test_a_person_who_presses_a_link_is_marked_in_the_sequence_and_gets_no_reminder(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch)
    ingest.take_hits_in(now=later)

    send(now + timedelta(days=4, hours=3))

    second = [one.state.value for one in launch.deliveries() if one.step == "second"]
    assert sorted(second) == ["accepted", "accepted", "skipped"]
    assert sorted(one.responded_at is not None for one in launch.enrolments()) == [False, False, True]


def test_recorded_touches_are_told_by_the_hour(
    launch: Running, relayed: SmtpSink, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch)

    ingest.take_hits_in(now=later)

    facts = session.scalars(sa.select(Outbox.ids).where(Outbox.fact == "touches.recorded")).all()
    told = {"launch_id": launch.id, "hour": "2026-09-07T09:00:00+00:00"}
    assert facts == [told] * len(LISTENERS["touches.recorded"])


def test_a_forged_address_leaves_no_trace(launch: Running, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = press("/t/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAA.1", now, monkeypatch)

    assert answer.status_code == 404
    assert ingest.take_hits_in(now=now) == 0


def test_nobody_else_sees_the_touches(
    launch: Running, relayed: SmtpSink, now: datetime, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now + timedelta(minutes=5)
    press(address_in(relayed), later, monkeypatch)
    ingest.take_hits_in(now=later)
    outbox.drain(now=later)

    for name, seen in (("alice", 1), ("bob", 1), ("charlie", 0), ("vera", 0)):
        with acting(people.actor(name)):
            assert len(session.scalars(sa.select(Touch)).all()) == seen
