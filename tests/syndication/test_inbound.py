"""What comes back by mail, told apart: reports, complaints, answering machines, and people who wrote."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from syndication.inbound import intake
from syndication.inbound.letters import letter_in
from syndication.inbound.queries import came_back_of
from syndication.models import Bounce, InboundMail, Touch
from syndication.senders.replies import NoMailbox, choose_answers
from tcma.contacts.models import Suppression
from tcma.core import outbox, runtime
from tcma.core.db import session
from tcma.core.models import AuditEntry, Message
from tcma.core.tenancy import acting
from tests.api.calling import caller
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import Running
from tests.syndication.smtp_sink import SmtpSink
from tests.syndication.test_after_sending import report
from tests.syndication.test_bounces import ABUSE, sent, suppressed, take_in

pytestmark = pytest.mark.real("smtp")

PARTNERS = "hello@alice.example"


@pytest.fixture
def taken(relayed: SmtpSink) -> SmtpSink:
    """An installation that takes answers in."""
    runtime.start(replace(runtime.settings(), inbound_url="pipe:"))
    return relayed


def written(
    mail: object, *, headers: str = "", text: str = "Call me on Monday.", to: str = "", key: str = "1"
) -> bytes:
    """What a person's mail program makes of Reply on a mail of ours."""
    content = mail.content  # type: ignore[attr-defined]
    ours = message_from_bytes(content)
    return (
        f"From: Ann Miller <ann@customer.example>\r\nTo: {to or ours['Reply-To']}\r\nSubject: Re: {key}\r\n"
        f"Message-ID: <{key}@customer.example>\r\nIn-Reply-To: {ours['Message-ID']}\r\n{headers}\r\n{text}\r\n"
    ).encode()


def touches(launch: Running) -> list[tuple[str, str, str, str]]:
    session.rollback()
    with acting(launch.by):
        found = session.scalars(sa.select(Touch).where(Touch.kind == "reply").order_by(Touch.id))
        return [(one.channel, one.step, one.tactic, one.verdict.value) for one in found]


def passed_on(mails: SmtpSink) -> list[bytes]:
    return [mail.content for mail in mails.mails if not mail.recipient.endswith("@customer.example")]


def test_who_writes_back_leaves_the_sequence_and_the_partner_gets_the_letter(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = sent(people, now)
    mail = next(one for one in relayed.mails if one.recipient == "person0@customer.example")

    assert take_in(written(mail), now) == "reply"
    assert take_in(written(mail), now) == "reply"
    outbox.drain(now=now)

    assert [one.exit_reason for one in launch.enrolments()] == ["replied", None]
    assert launch.enrolments()[0].responded_at == now
    assert [(channel, step, verdict) for channel, step, _tactic, verdict in touches(launch)] == [
        ("email", "first", "human")
    ]
    (letter,) = [message_from_bytes(one) for one in passed_on(relayed)]
    assert letter["Reply-To"] == "ann@customer.example"
    assert "Ann Miller via" in letter["From"]
    assert letter["Subject"] == "Re: 1"
    assert b"Call me on Monday." in letter.get_payload()[0].get_payload(decode=True)  # type: ignore[union-attr,index]
    assert suppressed() == []


def test_the_words_of_a_letter_are_kept_until_it_is_handed_over_and_no_longer(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = sent(people, now)
    take_in(written(relayed.mails[0]), now)

    def kept() -> list[tuple[bool, str]]:
        session.rollback()
        with acting(launch.by):
            found = session.scalars(sa.select(Message).where(Message.kind == "reply_passed_on"))
            return [("Monday" in one.text, one.reply_to) for one in found]

    assert kept() == [(True, "ann@customer.example")]
    outbox.drain(now=now)
    assert kept() == [(False, "")]


def test_a_letter_goes_to_the_partner_s_own_address(people: People, now: datetime, relayed: SmtpSink) -> None:
    sent(people, now)
    ours = message_from_bytes(relayed.mails[0].content)["Reply-To"]

    take_in(written(relayed.mails[0]), now)
    outbox.drain(now=now)

    assert [mail.recipient for mail in relayed.mails if not mail.recipient.startswith("person")] == [ours]


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated; owner=x\r\n",
        "X-Autoreply: yes\r\n",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n",
        "Precedence: bulk\r\n",
        "Return-Path: <>\r\n",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n",
    ],
)
def test_an_answering_machine_changes_nothing(people: People, now: datetime, relayed: SmtpSink, headers: str) -> None:
    launch = sent(people, now)

    assert take_in(written(relayed.mails[0], headers=headers), now) == "automatic"
    outbox.drain(now=now)

    assert touches(launch) == []
    assert suppressed() == []
    assert passed_on(relayed) == []
    assert {one.exit_reason for one in launch.enrolments()} == {None}


@pytest.mark.parametrize("subject", ["Out of Office: back in May", "Automatische Antwort: Ihr Angebot"])
def test_a_machine_that_knows_no_header_is_known_by_its_subject(
    people: People, now: datetime, relayed: SmtpSink, subject: str
) -> None:
    sent(people, now)
    mail = written(relayed.mails[0]).replace(b"Subject: Re: 1", f"Subject: {subject}".encode())

    assert take_in(mail, now) == "automatic"


def test_a_letter_without_our_signature_is_nobody_s(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = sent(people, now)
    ours = message_from_bytes(relayed.mails[0].content)["Message-ID"].strip("<>")
    mark, _at, domain = ours.partition("@")
    changed = mark[:-1] + ("0" if mark[-1] != "0" else "1")
    forged = written(relayed.mails[0]).replace(mark.encode(), changed.encode())

    assert take_in(forged, now) is None
    assert take_in(b"From: x@y.example\r\nTo: r+00ff@" + domain.encode() + b"\r\n\r\nhello\r\n", now) is None
    outbox.drain(now=now)

    assert touches(launch) == []
    assert passed_on(relayed) == []


def test_a_person_who_quotes_a_report_is_no_bounce(people: People, now: datetime, relayed: SmtpSink) -> None:
    sent(people, now)
    quoted = "You sent me this:\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"

    assert take_in(written(relayed.mails[0], text=quoted), now) == "reply"
    assert suppressed() == []


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "hard"),
        ("failed", "5.2.2", "soft"),
        ("failed", "4.4.7", "soft"),
        ("delayed", "4.4.1", "soft"),
        ("delivered", "2.0.0", "automatic"),
        ("relayed", "2.0.0", "automatic"),
    ],
)
def test_a_report_says_what_became_of_the_mail(
    people: People, now: datetime, relayed: SmtpSink, action: str, status: str, kind: str
) -> None:
    sent(people, now)

    assert take_in(report(relayed.mails[0].sender, action, status), now) == kind

    assert suppressed() == ([("partner", "bounced")] if kind == "hard" else [])


@pytest.mark.parametrize(
    ("kind", "counts"), [("abuse", True), ("fraud", True), ("not-spam", False), ("auth-failure", False)]
)
def test_only_what_a_reader_complains_of_is_a_complaint(
    people: People, now: datetime, relayed: SmtpSink, kind: str, counts: bool
) -> None:
    sent(people, now)
    original = relayed.mails[0].content.decode("ascii", "replace").partition("\r\n\r\n")[0]
    mail = ABUSE.format(original=original).replace("Feedback-Type: abuse", f"Feedback-Type: {kind}")

    assert take_in(mail.encode(), now) == ("complaint" if counts else None)
    assert suppressed() == ([("partner", "complained")] if counts else [])


@pytest.mark.parametrize("brings", ["headers", "return_path"])
def test_a_complaint_counts_by_headers_alone_and_by_our_return_path(
    people: People, now: datetime, relayed: SmtpSink, brings: str
) -> None:
    sent(people, now)
    original = relayed.mails[0].content.decode("ascii", "replace").partition("\r\n\r\n")[0]
    mail = ABUSE.format(original=original).replace("message/rfc822", "text/rfc822-headers")
    if brings == "return_path":
        mail = ABUSE.format(original="Subject: hidden").replace(
            "Version: 1", f"Version: 1\r\nOriginal-Mail-From: <{relayed.mails[0].sender}>"
        )

    assert take_in(mail.encode(), now) == "complaint"


def test_answers_come_here_only_where_the_partner_chose_so(people: People, now: datetime, taken: SmtpSink) -> None:
    by = people.actor("alice")
    with acting(by):
        choose_answers(come_here=True, by=by, now=now)
        choose_answers(come_here=True, by=by, now=now)
    session.commit()

    launch = sent(people, now)
    mail = taken.mails[0]
    ours = message_from_bytes(mail.content)
    reply = written(mail).replace(f"In-Reply-To: {ours['Message-ID']}\r\n".encode(), b"")

    assert ours["Reply-To"].partition("<")[2].startswith("r+")
    assert take_in(reply, now) == "reply"
    assert [one.exit_reason for one in launch.enrolments()].count("replied") == 1
    with acting(by):
        trail = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.action == "sender.answers_chosen"))
        assert list(trail) == ["sender.answers_chosen"]


def test_answers_are_not_called_here_where_nobody_takes_them_in(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    by = people.actor("alice")

    with acting(by), pytest.raises(NoMailbox):
        choose_answers(come_here=True, by=by, now=now)


def test_one_mail_is_answered_twenty_times_at_most(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = sent(people, now)

    for number in range(23):
        take_in(written(relayed.mails[0], key=str(number)), now)

    assert len(touches(launch)) == 20


def test_what_is_noted_about_mails_goes_after_a_year(people: People, now: datetime, relayed: SmtpSink) -> None:
    sent(people, now)
    take_in(written(relayed.mails[0]), now)

    intake.forget_old(now=now + timedelta(days=399))
    assert session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 1
    session.rollback()
    intake.forget_old(now=now + timedelta(days=401))
    assert session.scalar(sa.select(sa.func.count()).select_from(InboundMail)) == 0
    session.rollback()


def test_a_letter_is_read_whatever_it_is_made_of() -> None:
    mail = (
        b"From: =?utf-8?q?Ann=00=0AM=C3=BCller?= <ann@customer.example>\r\nSubject: =?nonsense?b?!?=\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=none\r\n\r\n"
        b"<style>p{}</style><p>Yes &amp; no</p><p><b>Ann</b><script>alert(1)</script></p>\xff\r\n"
        b'--x\r\nContent-Type: application/pdf; name="order.pdf"\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--x--\r\n'
    )

    letter = letter_in(mail)

    assert letter.address == "ann@customer.example"
    assert "\n" not in letter.name
    assert letter.text.splitlines()[:2] == ["Yes & no", "Ann"]
    assert letter.attachments == ("order.pdf",)
    assert letter_in(b"\xff\xfe\x00").address == ""


def test_a_partner_sees_what_came_back_and_takes_a_wrong_bounce_back(
    client: FlaskClient, people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = sent(people, now)
    bounced, wrote = relayed.mails[0], relayed.mails[1]
    take_in(report(bounced.sender), now)
    take_in(written(wrote), now)
    with acting(launch.by):
        person = next(one for one in launch.deliveries() if f"{one.message_id}" in bounced.content.decode("latin-1"))
        public_id = session.scalar(
            sa.text("SELECT public_id FROM contact WHERE id = :id").bindparams(id=person.contact_id)
        )
    session.rollback()
    alice = signed_in(client, people.alice)

    page = alice.get(f"/contacts/{public_id}").get_data(as_text=True)
    launch_page = alice.get(f"/campaigns/launches/{launch.public_id}").get_data(as_text=True)
    without = alice.post(f"/contacts/{public_id}/mail-again", data={"reason": " "}, follow_redirects=True)
    done = alice.post(f"/contacts/{public_id}/mail-again", data={"reason": "He wrote from it."}, follow_redirects=True)
    again = alice.post(f"/contacts/{public_id}/mail-again", data={"reason": "Once more."}, follow_redirects=True)

    assert "Mailbox does not exist" in page
    assert "This address works" in page
    assert "Wrote back" in launch_page
    assert "Say in a sentence why the address works." in without.get_data(as_text=True)
    assert "He wrote from it." in done.get_data(as_text=True)
    assert "This address works" not in done.get_data(as_text=True)
    assert "No bounce stands against this person" in again.get_data(as_text=True)
    assert suppressed() == []
    with acting(launch.by):
        (bounce,) = session.scalars(sa.select(Bounce))
        assert (bounce.note, bounce.undone_at is not None) == ("He wrote from it.", True)
        assert [one.kind for one in came_back_of(person.contact_id)] == ["hard"]
        trail = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "bounces.taken_back")).all()
        assert [one.after for one in trail] == [{"bounces": 1, "note": "He wrote from it."}]
    session.rollback()


def test_a_complaint_cannot_be_taken_back(
    client: FlaskClient, people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = sent(people, now)
    original = relayed.mails[0].content.decode("ascii", "replace").partition("\r\n\r\n")[0]
    take_in(ABUSE.format(original=original).encode(), now)
    with acting(launch.by):
        (bounce,) = session.scalars(sa.select(Bounce))
        (contact_id,) = [one.contact_id for one in launch.deliveries() if one.id == bounce.delivery_id]
        public_id = session.scalar(sa.text("SELECT public_id FROM contact WHERE id = :id").bindparams(id=contact_id))
    session.rollback()
    alice = signed_in(client, people.alice)

    page = alice.get(f"/contacts/{public_id}").get_data(as_text=True)
    answer = alice.post(f"/contacts/{public_id}/mail-again", data={"reason": "Please."}, follow_redirects=True)

    assert "Called it spam" in page
    assert "This address works" not in page
    assert "A complaint or an opt-out cannot be taken back." in answer.get_data(as_text=True)
    assert [row.reason for row in session.scalars(sa.select(Suppression))] == ["complained"]
    session.rollback()


def test_the_sender_page_offers_the_choice_only_where_answers_are_taken_in(
    client: FlaskClient, people: People, now: datetime, taken: SmtpSink
) -> None:
    alice = signed_in(client, people.alice)

    before = alice.get("/sender").get_data(as_text=True)
    after = alice.post("/sender/answers", data={"come_here": "1"}, follow_redirects=True).get_data(as_text=True)
    runtime.start(replace(runtime.settings(), inbound_url=""))
    nowhere = alice.get("/sender").get_data(as_text=True)

    assert "Let answers come here first" in before
    assert "Let answers go straight to me" in after
    assert "Let answers" not in nowhere


def test_the_api_tells_what_came_back_to_the_partner_alone(
    app: Flask, people: People, now: datetime, taken: SmtpSink
) -> None:
    launch = sent(people, now)
    take_in(report(taken.mails[0].sender), now)
    take_in(written(taken.mails[0]), now + timedelta(minutes=1))
    with acting(launch.by):
        (touch,) = session.scalars(sa.select(Bounce))
        (contact_id,) = [one.contact_id for one in launch.deliveries() if one.id == touch.delivery_id]
        person = session.scalar(sa.text("SELECT public_id FROM contact WHERE id = :id").bindparams(id=contact_id))
    session.rollback()
    alice, charlie, vera = (caller(app, people, name) for name in ("alice", "charlie", "vera"))

    items = alice("GET", f"/contacts/{person}/came-back")["items"]

    assert [one["kind"] for one in items] == ["reply", "hard"]
    assert items[1]["campaign"] == "The phishing drill"
    assert alice("PUT", "/sender/answers", {"come_here": True}) == {"come_here": True}
    charlie("GET", f"/contacts/{person}/came-back", status=404)
    charlie("POST", f"/contacts/{person}/mail-again", {"reason": "Mine."}, status=404)
    vera("GET", f"/contacts/{person}/came-back", status=403)
    assert suppressed() == [("partner", "bounced")]
    alice("POST", f"/contacts/{person}/mail-again", {"reason": "It works."})
    assert suppressed() == []
