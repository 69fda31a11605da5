"""A real Postfix takes the mail of a campaign, and what it sends back is taken in; its log settles what is in doubt."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from syndication.inbound import intake
from syndication.models import Delivery, DeliveryState
from syndication.queries import report_lines
from syndication.sending.sender import end_sender
from syndication.sending.settling import Fate, in_postfix_log, settle_unknown
from tcma.cli import command
from tcma.config import Settings
from tcma.contacts.models import Suppression
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, send
from tests.syndication.postfix import Postfix
from tests.syndication.smtp_sink import SmtpSink

pytestmark = [pytest.mark.real("postfix"), pytest.mark.xdist_group("postfix")]


@pytest.fixture
def returned() -> Iterator[SmtpSink]:
    """Where mail to our return path arrives."""
    with SmtpSink() as found:
        yield found


@pytest.fixture
def postfix(app: object, sink: SmtpSink, returned: SmtpSink, settings: Settings) -> Iterator[Postfix]:
    routes = {"customer.example": sink.port, "mail.tcma.example": returned.port}
    with Postfix(routes) as found:
        runtime.start(replace(settings, smtp_url=found.url))
        yield found
        end_sender()


def until(there: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)


def outcomes(launch: Running) -> dict[str, int]:
    with acting(launch.by):
        found = [line.outcome for line in report_lines(launch.id)]
    session.rollback()
    return {word: found.count(word) for word in set(found)}


def test_what_postfix_sends_back_is_put_down_at_its_own_delivery(
    people: People, now: datetime, postfix: Postfix, sink: SmtpSink, returned: SmtpSink
) -> None:
    sink.at_recipient = lambda to: "550 5.1.1 nobody of that name" if to.startswith("person1@") else ""
    launch = frozen(people, now)
    send(now)
    assert launch.states() == ["accepted"] * 3
    until(lambda: len(sink.mails) == 2 and len(returned.mails) == 1)

    report = returned.mails[0]
    found = intake.take_in(report.content, envelope_to=report.recipient, signer=runtime.links(), now=now)

    assert report.sender in {"", "None", "<>"}
    assert found is not None
    assert found.kind == "hard"
    assert outcomes(launch) == {"accepted": 2, "bounced": 1}
    assert [row.reason for row in session.scalars(sa.select(Suppression))] == ["bounced"]
    session.rollback()


def test_the_log_of_postfix_settles_what_was_in_doubt_and_the_rest_goes_out_once_more(
    people: People, now: datetime, postfix: Postfix, sink: SmtpSink
) -> None:
    launch = frozen(people, now)
    send(now)
    until(lambda: len(sink.mails) == 3)
    had, never = [(one.id, one.message_id) for one in launch.deliveries()][:2]
    with acting(launch.by):
        session.execute(
            sa.update(Delivery).where(Delivery.id.in_([had[0], never[0]])).values(state=DeliveryState.UNKNOWN)
        )
        session.execute(
            sa.update(Delivery).where(Delivery.id == never[0]).values(message_id="<never@mail.tcma.example>")
        )
    session.commit()

    with acting(launch.by):
        wanted = {str(had[1]), "<never@mail.tcma.example>"}
        fates = dict.fromkeys(wanted, Fate.NOT_SENT) | in_postfix_log(postfix.log.splitlines(), wanted)
        found = settle_unknown(launch_id=launch.id, fates=fates, by=launch.by, now=now)
        trail = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "mails.found_out")).all()
    session.commit()
    send(now)
    until(lambda: len(sink.mails) == 4)

    assert found.settled == {"accepted": 1, "not-sent": 1}
    assert list(trail) == ["mails.found_out"]
    assert launch.states() == ["accepted"] * 3


def test_an_operator_settles_by_name_and_only_what_is_in_doubt(
    people: People, now: datetime, postfix: Postfix, sink: SmtpSink, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    launch = frozen(people, now)
    send(now)
    doubtful, sure = [(one.id, str(one.message_id)) for one in launch.deliveries()][:2]
    with acting(launch.by):
        session.execute(sa.update(Delivery).where(Delivery.id == doubtful[0]).values(state=DeliveryState.UNKNOWN))
    session.commit()
    for name in ("secret_key", "instance", "database_url", "storage_url", "base_url", "files_url"):
        monkeypatch.setenv(f"TCMA_{name.upper()}", str(getattr(settings, name)))

    arguments = ["launch", "settle", launch.public_id, "--as", "refused", "--json"]
    for _number, message_id in (doubtful, sure):
        arguments += ["--message-id", message_id]
    answer = CliRunner().invoke(command, arguments)

    assert answer.exit_code == 0, answer.output
    assert '"settled": {"refused": 1}' in answer.output
    assert outcomes(launch) == {"accepted": 2, "refused": 1}
