"""A real Dovecot holds what came back: each mail is taken in once, and stays where the database or the server is away."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

from syndication.inbound import mailbox
from syndication.inbound.mailbox import Mailbox, look_at_mailbox
from syndication.models import Bounce, InboundMail, Touch
from tcma.config import Settings, WrongSetting
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.models import Switch
from tcma.core.quarantine import QUARANTINE
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.dovecot import Dovecot
from tests.syndication.launches import Running
from tests.syndication.smtp_sink import SmtpSink
from tests.syndication.test_after_sending import report
from tests.syndication.test_bounces import sent, suppressed
from tests.syndication.test_inbound import written

pytestmark = [pytest.mark.real("dovecot"), pytest.mark.xdist_group("dovecot")]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as found:
        yield found


@pytest.fixture
def dovecot(server: Dovecot, relayed: SmtpSink) -> Dovecot:
    """An empty mailbox that the installation looks at."""
    server.empty()
    runtime.start(replace(runtime.settings(), inbound_url=server.url))
    return server


def look(now: datetime) -> int:
    return look_at_mailbox(lambda: now)


def counted(launch: Running, model: type[Bounce | Touch]) -> int:
    session.rollback()
    with acting(launch.by):
        return len(session.scalars(sa.select(model)).all())


def test_each_mail_is_taken_in_once_and_flagged_as_seen(
    people: People, now: datetime, relayed: SmtpSink, dovecot: Dovecot
) -> None:
    launch = sent(people, now)
    dovecot.put(report(relayed.mails[0].sender))
    dovecot.put(written(relayed.mails[1]))
    dovecot.put(b"Subject: offers\r\n\r\nnot about us\r\n")

    assert [look(now), look(now)] == [3, 0]

    assert suppressed() == [("partner", "bounced")]
    assert (counted(launch, Bounce), counted(launch, Touch)) == (1, 1)
    assert all("\\Seen" in flags for flags in dovecot.flags())


def test_a_mail_that_was_in_the_database_before_its_flag_was_set_is_not_taken_in_again(
    people: People, now: datetime, relayed: SmtpSink, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = sent(people, now)
    dovecot.put(written(relayed.mails[0]))
    monkeypatch.setattr(mailbox, "_put_away", _lost)
    assert look(now) == 0
    monkeypatch.undo()

    look(now)

    assert counted(launch, Touch) == 1
    assert ["\\Seen" in flags for flags in dovecot.flags()] == [True]


def _lost(*_args: object) -> None:
    raise OSError("the line is cut")


def test_while_the_database_is_away_a_mail_stays_unseen(
    people: People, now: datetime, relayed: SmtpSink, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(people, now)
    dovecot.put(report(relayed.mails[0].sender))
    monkeypatch.setattr(mailbox, "take_in", _away)

    with pytest.raises(sa.exc.OperationalError):
        look(now)

    assert ["\\Seen" in flags for flags in dovecot.flags()] == [False]
    monkeypatch.undo()
    assert look(now) == 1
    assert suppressed() == [("partner", "bounced")]


def _away(*_args: object, **_more: object) -> None:
    raise sa.exc.OperationalError("SELECT 1", {}, OSError("away"))


def test_one_mail_that_nobody_can_read_keeps_no_other_out(
    people: People, now: datetime, relayed: SmtpSink, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(people, now)
    dovecot.put(b"Subject: poison\r\n\r\nx\r\n")
    dovecot.put(report(relayed.mails[0].sender))
    monkeypatch.setattr(mailbox, "take_in", _poisoned(mailbox.take_in))

    assert look(now) == 1

    assert suppressed() == [("partner", "bounced")]
    assert ["\\Flagged" in flags for flags in dovecot.flags()] == [True, False]


def _poisoned(take: Callable[..., object]) -> Callable[..., object]:
    def taking(content: bytes, **more: object) -> object:
        if b"poison" in content:
            raise ValueError("cannot be read")
        return take(content, **more)

    return taking


def test_what_was_taken_in_is_moved_where_the_setting_says(
    people: People, now: datetime, relayed: SmtpSink, dovecot: Dovecot
) -> None:
    sent(people, now)
    dovecot.make("Taken in")
    runtime.start(replace(runtime.settings(), inbound_url=f"{dovecot.url}&move=Taken%20in"))
    dovecot.put(report(relayed.mails[0].sender))

    assert look(now) == 1

    assert dovecot.flags() == []
    assert len(dovecot.flags('"Taken in"')) == 1


def test_tls_is_checked(
    now: datetime, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    dovecot.put(b"Subject: hello\r\n\r\nx\r\n")
    runtime.start(replace(runtime.settings(), inbound_url=dovecot.tls_url))

    with caplog.at_level(logging.ERROR):
        unknown = look(now)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.folder / "cert.pem"))
    known = look(now)

    assert (unknown, known) == (0, 1)
    assert "cannot be read" in caplog.text
    assert "secret" not in caplog.text


def test_a_restored_copy_leaves_the_mailbox_alone(now: datetime, dovecot: Dovecot) -> None:
    dovecot.put(b"Subject: hello\r\n\r\nx\r\n")
    session.add(Switch(name=QUARANTINE, value={"backup_at": now.isoformat()}, updated_at=now))
    session.commit()

    assert look(now) == 0

    assert ["\\Seen" in flags for flags in dovecot.flags()] == [False]
    assert session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 0
    session.rollback()


def test_the_address_of_a_mailbox_says_everything() -> None:
    box = Mailbox.from_url("imaps://back%40mx:p%2Fw@imap.example/Come%20back?move=Done&timeout=5")

    assert (box.user, box.password, box.host, box.port) == ("back@mx", "p/w", "imap.example", 993)
    assert (box.folder, box.move_to, box.tls, box.timeout) == ("Come back", "Done", "implicit", 5.0)
    assert "p/w" not in repr(box)


@pytest.mark.parametrize("url", ["http://mail.example/", "imaps://mail.example/INBOX", "imaps:///INBOX"])
def test_an_address_that_is_no_mailbox_stops_the_start(settings: Settings, url: str) -> None:
    with pytest.raises(WrongSetting, match="TCMA_INBOUND_URL"):
        replace(settings, inbound_url=url)
