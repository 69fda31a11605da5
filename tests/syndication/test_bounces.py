"""A mail that came back by a pipe: hard bounces and complaints keep this partner from mailing the address again."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from syndication.inbound import intake
from syndication.models import Bounce
from syndication.queries import report_lines
from tcma.cli import command
from tcma.contacts.models import Suppression
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink
from tests.syndication.test_after_sending import report

pytestmark = pytest.mark.real("smtp")

ABUSE = (
    "From: abuse@isp.example\r\nTo: fbl@mail.tcma.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/plain\r\n\r\nsomebody pressed a button\r\n"
    "--x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\n"
    "--x\r\nContent-Type: message/rfc822\r\n\r\n{original}\r\n--x--\r\n"
)


def sent(people: People, now: datetime) -> Running:
    launch = frozen(people, now, persons=2)
    assert send(now) == 2
    return launch


def take_in(content: bytes, now: datetime) -> str | None:
    found = intake.take_in(content, signer=runtime.links(), now=now)
    return found.kind if found else None


def suppressed() -> list[tuple[str, str]]:
    session.rollback()
    return [(row.scope.value, row.reason) for row in session.scalars(sa.select(Suppression))]


def test_a_hard_bounce_is_never_mailed_by_this_partner_again(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = sent(people, now)

    assert take_in(report(relayed.mails[0].sender), now) == "hard"
    assert take_in(report(relayed.mails[0].sender), now) == "hard"

    assert suppressed() == [("partner", "bounced")]
    with acting(launch.by):
        assert sorted(line.outcome for line in report_lines(launch.id)) == ["accepted", "bounced"]
        assert len(session.scalars(sa.select(Bounce)).all()) == 1
    session.rollback()
    send(now + timedelta(days=60))
    assert [mail.recipient for mail in relayed.mails].count(relayed.mails[0].recipient) == 1


def test_a_complaint_counts_by_our_own_signature_in_the_mail_it_brings_back(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = sent(people, now)
    original = relayed.mails[0].content.decode("ascii", "replace").partition("\r\n\r\n")[0]

    assert take_in(ABUSE.format(original=original).encode(), now) == "complaint"

    assert suppressed() == [("partner", "complained")]
    with acting(launch.by):
        assert sorted(line.outcome for line in report_lines(launch.id)) == ["accepted", "complained"]


def test_what_is_soft_forged_or_no_report_suppresses_nobody(people: People, now: datetime, relayed: SmtpSink) -> None:
    sent(people, now)
    forged = ABUSE.format(original="Message-ID: <00ff@mail.tcma.example>\r\nTo: person0@customer.example").encode()

    assert take_in(report(relayed.mails[0].sender, "delayed", "4.4.1"), now) == "soft"
    assert take_in(report("b+00ff@mail.tcma.example"), now) is None
    assert take_in(forged, now) is None
    assert take_in(b"Subject: hello\r\n\r\nhow are you?\r\n", now) is None

    assert suppressed() == []


def test_a_mail_server_hands_bounces_over_by_a_pipe(people: People, now: datetime, relayed: SmtpSink) -> None:
    sent(people, now)
    settings = runtime.settings()
    names = ("secret_key", "instance", "database_url", "storage_url", "base_url", "files_url")
    env = {f"TCMA_{name.upper()}": str(getattr(settings, name)) for name in names}
    session.remove()

    done = CliRunner().invoke(
        command, ["inbound", "--to", relayed.mails[0].sender], env=env, input=report("postmaster@mail.tcma.example")
    )
    stray = CliRunner().invoke(command, ["inbound"], env=env, input=b"Subject: hello\r\n\r\n")

    assert (done.exit_code, done.output) == (0, "hard: Status: 5.1.1\n")
    assert (stray.exit_code, stray.output) == (0, "not about a mail of ours\n")
    assert suppressed() == [("partner", "bounced")]
