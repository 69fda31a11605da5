"""Bounces, messages, trials, the report, the proof, and the mailbox of the demo."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from campaigns.models import Launch
from syndication.evidence import facts_of
from syndication.inbound.bounces import record_bounce
from syndication.inbound.reading import AUTOMATIC, HARD, SOFT, Returned, read_mail
from syndication.models import Bounce
from syndication.queries import report_lines
from syndication.sandbox.mailbox import Letter, kept
from syndication.sending import work
from syndication.sending.messages import send_message
from syndication.sending.trials import compose_trial
from tcma.core import outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Message, MessageState
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import Browser
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")

DSN = (
    "From: MAILER-DAEMON@relay.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
    "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
    "Final-Recipient: rfc822; person0@customer.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--x--\r\n"
)


def report(to: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    return DSN.format(to=to, action=action, status=status).encode()


def test_a_report_to_the_signed_return_path_is_a_bounce_of_that_mail(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = frozen(people, now, persons=1)
    send(now)
    delivery = launch.deliveries()[0]

    returned = read_mail(report(relayed.mails[0].sender), signer=runtime.links())

    assert returned is not None
    assert (returned.delivery_id, returned.kind) == (delivery.id, HARD)
    with acting(launch.by):
        for _ in range(2):
            record_bounce(returned=returned, by=launch.by, now=now)
        session.flush()
        assert len(session.scalars(sa.select(Bounce)).all()) == 1
        assert next(report_lines(launch.id)).outcome == "bounced"
    assert launch.enrolments()[0].exit_reason == "bounced"


def test_a_report_of_a_delay_is_soft(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now, persons=1)
    send(now)

    found = read_mail(report(relayed.mails[0].sender, "delayed", "4.4.1"), signer=runtime.links())

    assert found is not None
    assert found.kind == SOFT


@pytest.mark.parametrize(
    ("kinds", "outcome"),
    [
        (("soft",), "accepted"),
        (("soft", "hard"), "bounced"),
        (("hard", "complaint"), "complained"),
        (("complaint", "soft"), "complained"),
    ],
)
def test_the_gravest_report_decides_and_a_delay_is_no_bounce(
    people: People, now: datetime, relayed: SmtpSink, kinds: tuple[str, ...], outcome: str
) -> None:
    launch = frozen(people, now, persons=1)
    send(now)
    delivery = launch.deliveries()[0]

    with acting(launch.by):
        for kind in kinds:
            record_bounce(returned=Returned(delivery.id, kind, ""), by=launch.by, now=now)
        session.flush()

        assert next(report_lines(launch.id)).outcome == outcome


def test_a_forged_report_and_a_vacation_reply_are_no_bounces(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now, persons=1)
    send(now)
    mine = relayed.mails[0].sender
    away = f"From: ann@customer.example\r\nTo: {mine}\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n".encode()

    assert read_mail(report("b+00ff@mail.tcma.example"), signer=runtime.links()) is None
    assert read_mail(report("person0@customer.example"), signer=runtime.links()) is None
    assert [found.kind for found in [read_mail(away, signer=runtime.links())] if found] == [AUTOMATIC]


def message(people: People, now: datetime) -> int:
    org = people.partner.id
    with acting(Actor.system("test", partner_id=org)):
        found = Message(
            org_id=org, kind="test", to_address="alice@example.com", to_name="Alice", subject="A decision",
            text="Yes.", html="<p>Yes.</p>", unique_key="test:1", created_at=now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        key = found.id
    session.commit()
    return key


def state_of(message_id: int, people: People) -> MessageState:
    session.expire_all()
    with acting(Actor.system("test", partner_id=people.partner.id)):
        return session.get_one(Message, message_id).state


def test_a_message_is_sent_once(people: People, now: datetime, relayed: SmtpSink) -> None:
    key = message(people, now)

    for _ in range(3):
        send_message(message_id=key, clock=lambda: now)

    assert [mail.recipient for mail in relayed.mails] == ["alice@example.com"]
    assert state_of(key, people) is MessageState.ACCEPTED


def test_a_message_that_the_relay_does_not_take_now_comes_later(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    key = message(people, now)
    relayed.at_content = lambda _recipient: "451 later"
    send_message(message_id=key, clock=lambda: now)
    assert state_of(key, people) is MessageState.DEFERRED

    relayed.at_content = lambda _recipient: None
    work.look_at_messages(lambda: now + timedelta(minutes=1))

    assert state_of(key, people) is MessageState.ACCEPTED


def test_a_message_whose_answer_was_lost_is_unknown_and_stays_so(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    key = message(people, now)
    relayed.drop_after_data = frozenset({"alice@example.com"})

    send_message(message_id=key, clock=lambda: now)
    send_message(message_id=key, clock=lambda: now + timedelta(hours=1))
    work.look_at_messages(lambda: now + timedelta(hours=1))

    assert len(relayed.mails) == 1
    assert state_of(key, people) is MessageState.UNKNOWN


def test_a_trial_goes_to_the_one_who_asks_and_to_nobody_else(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    with acting(launch.by):
        compose_trial(launch_id=launch.id, user_id=people.alice.user_id, by=launch.by, now=now)
    session.commit()

    outbox.drain(now=now)

    assert {mail.recipient for mail in relayed.mails} == {"alice@example.com"}
    assert len(relayed.mails) == 3
    assert launch.deliveries() == []


def test_the_report_has_a_line_for_every_recipient_and_step(
    people: People, now: datetime, relayed: SmtpSink, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = frozen(people, now)
    relayed.at_recipient = lambda one: "550 no" if one.startswith("person2") else None
    send(now)
    settings = runtime.settings()
    from tcma.cli import launch as command
    from tcma.config import Settings

    monkeypatch.setattr(Settings, "from_environment", classmethod(lambda _cls: settings))
    monkeypatch.setattr(command, "create_app", lambda _settings: app)

    done = CliRunner().invoke(command.command, ["report", launch.public_id, "--json"], catch_exceptions=False)

    lines = json.loads(done.output)
    assert sorted(line["outcome"] for line in lines) == ["accepted", "accepted", "refused"]
    assert {line["attempts"] for line in lines} == {1}
    assert len({line["message_id"] for line in lines}) == 3
    assert "customer.example" not in done.output


def test_the_proof_tells_counts_and_creatives_and_no_person(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    send(now)

    with acting(launch.by):
        facts = facts_of(session.get_one(Launch, launch.id), now=now)

    assert facts["mails"] == {"accepted": 3}
    assert [one["step"] for one in facts["creatives"]] == ["first"]
    assert "customer.example" not in json.dumps(facts)


def test_an_opt_out_ends_every_sequence_of_that_contact(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    send(now)
    with acting(launch.by):
        outbox.tell("contact.unsubscribed", contact_id=launch.contacts[0], partner_id=launch.partner_id, now=now)
    session.commit()

    outbox.drain(now=now)

    assert [one.exit_reason for one in launch.enrolments()] == ["unsubscribed", None, None]


def test_the_mailbox_shows_a_mail_as_its_reader_sees_it(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now, persons=1)
    send(now)
    taken: Running | object = relayed.mails[0]

    row = kept(taken.sender, taken.recipient, taken.content)  # type: ignore[attr-defined]

    letter = Letter.of(row.content)
    assert row.is_marketing
    assert "Miller & Sons 0" in row.subject
    assert "http" not in row.snippet
    assert '<base target="_blank">' in letter.html


def test_there_is_no_mailbox_outside_of_the_demo(app: Flask) -> None:
    assert app.test_client().get("/demo/mailbox").status_code == 404


def test_the_mailbox_page_of_the_demo(settings: object, people: People, now: datetime, relayed: SmtpSink) -> None:
    from tcma.app import create_app

    frozen(people, now, persons=1)
    send(now)
    mail = relayed.mails[0]
    session.add(kept(mail.sender, mail.recipient, mail.content))
    session.commit()
    demo = create_app(replace(settings, demo=True))  # type: ignore[type-var]
    demo.test_client_class = Browser

    with demo.app_context():
        browser = demo.test_client()
        page = browser.get("/demo/mailbox").get_data(as_text=True)
        address = page.split('href="/demo/mailbox/')[1].split('"')[0]
        html = browser.get(f"/demo/mailbox/{address}/html")
        shown = browser.get(f"/demo/mailbox/{address}")

    assert "person0@customer.example" in page
    assert shown.status_code == 200
    assert "sandbox" in html.headers["Content-Security-Policy"]
