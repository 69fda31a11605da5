"""The SMTP client checks every answer, loses nothing, doubles nothing, and names what it cannot know."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from syndication.channels import Outcome, Outgoing, Result
from syndication.channels.email.relay import Relay
from syndication.channels.email.smtp import SmtpChannel, _made_ready
from tests.syndication.smtp_sink import SmtpSink

BODY = b"Subject: Hello\r\n\r\nHello.\r\n"
DOWN = "smtp://127.0.0.1:9?timeout=2"
BOTH_WAYS = pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one-by-one"])


@dataclass
class Recorder:
    """Watches as a sender does and writes down what it was asked and told."""

    suppressed: frozenset[str] = frozenset()
    stopped_at_begin: frozenset[str] = frozenset()
    events: list[tuple[str, str]] = field(default_factory=list)
    results: dict[str, Result] = field(default_factory=dict)

    def admit(self, mail: Outgoing) -> bool:
        self.events.append(("admit", mail.recipient))
        return mail.recipient not in self.suppressed

    def begin(self, mail: Outgoing) -> bool:
        self.events.append(("begin", mail.recipient))
        return mail.recipient not in self.stopped_at_begin

    def end(self, mail: Outgoing, result: Result) -> None:
        assert mail.recipient not in self.results, "a mail ended twice"
        self.events.append(("end", mail.recipient))
        self.results[mail.recipient] = result

    @property
    def outcomes(self) -> dict[str, Outcome]:
        return {recipient: result.outcome for recipient, result in self.results.items()}


def person(number: int) -> str:
    return f"person{number}@customer.example"


def mails(count: int, content: bytes = BODY) -> Iterator[Outgoing]:
    for number in range(count):
        yield Outgoing(number, f"bounces+{number}@platform.example", person(number), content)


def send(sink: SmtpSink, count: int = 5, watch: Recorder | None = None, content: bytes = BODY) -> Recorder:
    watch = watch or Recorder()
    channel = SmtpChannel(Relay.from_url(sink.url()))
    channel.send(mails(count, content), watch)
    channel.close()
    return watch


def received(sink: SmtpSink) -> list[str]:
    return [mail.recipient for mail in sink.mails]


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_every_mail_arrives_once_and_in_order(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining) as sink:
        watch = send(sink, 20)

    assert received(sink) == [person(number) for number in range(20)]
    assert set(watch.outcomes.values()) == {Outcome.ACCEPTED}
    assert sink.connections == 1
    assert sink.mails[3].sender == "bounces+3@platform.example"


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_mail_that_no_buffer_on_the_way_can_hold_arrives_whole(pipelining: bool) -> None:
    large = BODY + b"".join(b"%09d" % line + b"x" * 900 + b"\r\n" for line in range(22_000))
    with SmtpSink(pipelining=pipelining) as sink:
        watch = send(sink, 2, content=large)

    assert set(watch.outcomes.values()) == {Outcome.ACCEPTED}
    assert [len(mail.content) for mail in sink.mails] == [len(large)] * 2
    assert sink.mails[1].content == large


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_at_most_one_mail_is_between_begin_and_end(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining, at_recipient=lambda to: "550 no" if to == person(4) else None) as sink:
        watch = send(sink, 10)

    begun = 0
    for event, _recipient in watch.events:
        begun = begun + 1 if event == "begin" else max(begun - 1, 0) if event == "end" else begun
        assert begun <= 1


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_refused_recipient_is_refused_and_the_rest_arrive(pipelining: bool) -> None:
    with SmtpSink(
        pipelining=pipelining, at_recipient=lambda to: "550 5.1.1 no such" if to == person(2) else None
    ) as sink:
        watch = send(sink)

    assert watch.results[person(2)] == Result(Outcome.REFUSED, 550, "5.1.1 no such")
    assert received(sink) == [person(number) for number in (0, 1, 3, 4)]
    assert ("begin", person(2)) not in watch.events


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_greylisted_recipient_is_deferred_and_arrives_when_tried_again(pipelining: bool) -> None:
    seen: set[str] = set()

    def greylist(to: str) -> str | None:
        if to in seen:
            return None
        seen.add(to)
        return "451 4.7.1 later"

    with SmtpSink(pipelining=pipelining, at_recipient=greylist) as sink:
        first = send(sink)
        second = send(sink)

    assert set(first.outcomes.values()) == {Outcome.DEFERRED}
    assert set(second.outcomes.values()) == {Outcome.ACCEPTED}
    assert received(sink) == [person(number) for number in range(5)]


@pytest.mark.real("smtp")
@BOTH_WAYS
@pytest.mark.parametrize(("answer", "outcome"), [("554 spam", Outcome.REFUSED), ("452 full", Outcome.DEFERRED)])
def test_an_answer_to_the_content_belongs_to_its_own_mail(pipelining: bool, answer: str, outcome: Outcome) -> None:
    with SmtpSink(pipelining=pipelining, at_content=lambda to: answer if to == person(1) else None) as sink:
        watch = send(sink)

    assert watch.outcomes[person(1)] is outcome
    assert received(sink) == [person(number) for number in (0, 2, 3, 4)]
    assert list(watch.outcomes.values()).count(Outcome.ACCEPTED) == 4


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_refused_sender_costs_only_its_own_mail(pipelining: bool) -> None:
    with SmtpSink(
        pipelining=pipelining, at_sender=lambda address: "451 slow down" if "+1@" in address else None
    ) as sink:
        watch = send(sink)

    assert watch.outcomes[person(1)] is Outcome.DEFERRED
    assert len(sink.mails) == 4


@pytest.mark.real("smtp")
def test_a_relay_that_wants_a_sign_in_is_our_fault_and_not_the_recipients() -> None:
    with SmtpSink(at_sender=lambda _: "530 5.7.0 authentication required") as sink:
        watch = send(sink, 2)

    assert set(watch.outcomes.values()) == {Outcome.FAILED}


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_connection_lost_after_the_final_dot_leaves_one_unknown_that_is_not_sent_again(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining, drop_after_data=frozenset({person(2)})) as sink:
        watch = send(sink)

    assert watch.outcomes[person(2)] is Outcome.UNKNOWN
    assert list(watch.outcomes.values()).count(Outcome.ACCEPTED) == 4
    assert sorted(received(sink)) == [person(number) for number in range(5)]
    assert sink.connections == 2


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_connection_lost_before_the_content_is_tried_once_more_and_then_failed(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining, drop_before_data=frozenset({person(2)})) as sink:
        watch = send(sink)

    assert watch.outcomes[person(2)] is Outcome.FAILED
    assert received(sink) == [person(number) for number in (0, 1, 3, 4)]
    assert sink.commands.count(f"RCPT {person(2)}") == 2


@pytest.mark.real("smtp")
def test_a_relay_that_does_not_answer_in_time_leaves_the_mail_unknown() -> None:
    with SmtpSink(patience=30.0) as sink:
        watch = Recorder()
        channel = SmtpChannel(Relay.from_url(sink.url("timeout=0.3")))
        channel.send(mails(1), watch)

    assert watch.outcomes == {person(0): Outcome.UNKNOWN}


@pytest.mark.real("smtp")
def test_a_slow_relay_is_waited_for() -> None:
    with SmtpSink(patience=0.2) as sink:
        watch = send(sink, 3)

    assert set(watch.outcomes.values()) == {Outcome.ACCEPTED}


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_contact_unsubscribed_between_claim_and_sending_gets_nothing(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining) as sink:
        watch = send(sink, watch=Recorder(suppressed=frozenset({person(0), person(3)})))

    assert received(sink) == [person(number) for number in (1, 2, 4)]
    assert watch.outcomes[person(3)] is Outcome.WITHHELD
    assert ("begin", person(3)) not in watch.events


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_a_stop_that_comes_while_the_relay_thinks_still_holds(pipelining: bool) -> None:
    with SmtpSink(pipelining=pipelining) as sink:
        watch = send(sink, watch=Recorder(stopped_at_begin=frozenset({person(2)})))

    assert received(sink) == [person(number) for number in (0, 1, 3, 4)]
    assert watch.outcomes[person(2)] is Outcome.WITHHELD


@pytest.mark.real("smtp")
def test_a_relay_that_cannot_be_reached_fails_what_was_pulled_and_pulls_no_more() -> None:
    pulled = mails(5)
    watch = Recorder()
    channel = SmtpChannel(Relay.from_url(DOWN))

    channel.send(pulled, watch)

    assert channel.is_down
    assert watch.outcomes == {person(0): Outcome.FAILED}
    assert [mail.recipient for mail in pulled] == [person(number) for number in range(1, 5)]


@pytest.mark.real("smtp")
@BOTH_WAYS
def test_lines_that_begin_with_a_dot_arrive_and_nothing_is_smuggled(pipelining: bool) -> None:
    hostile = (
        b"Subject: x\r\n\r\n.\r\nMAIL FROM:<evil@evil.example>\n.\nRCPT TO:<victim@victim.example>\r.\r..\r\n.tail"
    )

    with SmtpSink(pipelining=pipelining) as sink:
        send(sink, 2, content=hostile)

    assert received(sink) == [person(0), person(1)]
    assert sink.mails[0].content.startswith(b"Subject: x\r\n\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n.\r\nRCPT")


@pytest.mark.real("smtp")
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a@b.example> SIZE=1",
        "a b@c.example",
        "",
        "ä@b.example",
        "a@b.example\n",
    ],
)
def test_an_address_that_could_hold_a_command_never_reaches_the_relay(address: str) -> None:
    watch = Recorder()
    with SmtpSink() as sink:
        channel = SmtpChannel(Relay.from_url(sink.url()))
        channel.send([Outgoing(1, "bounces@platform.example", address, BODY)], watch)
        channel.close()

    assert watch.outcomes == {address: Outcome.REFUSED}
    assert sink.commands == []


@pytest.mark.real("smtp")
def test_it_signs_in_over_verified_tls_only() -> None:
    with SmtpSink(user="acme", password="s3cret") as sink:
        watch = Recorder()
        SmtpChannel(Relay.from_url(sink.url("timeout=5"))).send(mails(1), watch)
        plain = Recorder()
        channel = SmtpChannel(Relay.from_url(sink.url("timeout=5&tls=none")))
        channel.send(mails(1), plain)
        channel.close()

    assert watch.outcomes == {person(0): Outcome.FAILED}
    assert "no TLS" in watch.results[person(0)].text
    assert plain.outcomes == {person(0): Outcome.ACCEPTED}


@pytest.mark.real("smtp")
def test_a_wrong_password_is_a_relay_that_is_down_and_the_password_is_not_told() -> None:
    with SmtpSink(user="acme", password="s3cret") as sink:
        watch = Recorder()
        address = sink.url("timeout=5&tls=none").replace("s3cret", "wr0ng")
        SmtpChannel(Relay.from_url(address)).send(mails(1), watch)

    assert watch.outcomes == {person(0): Outcome.FAILED}
    assert "wr0ng" not in watch.results[person(0)].text


@pytest.mark.real("smtp")
def test_tls_is_used_where_it_is_offered_and_trusted_only_when_it_can_be(tmp_path: Path) -> None:
    with SmtpSink(tls=self_signed(tmp_path)) as sink:
        offered, asked = Recorder(), Recorder()
        channel = SmtpChannel(Relay.from_url(sink.url()))
        channel.send(mails(3), offered)
        is_encrypted = channel.connection().is_encrypted
        channel.close()
        SmtpChannel(Relay.from_url(sink.url("timeout=5&tls=starttls"))).send(mails(1), asked)

    assert set(offered.outcomes.values()) == {Outcome.ACCEPTED}
    assert is_encrypted
    assert asked.outcomes == {person(0): Outcome.FAILED}


def test_the_address_of_a_relay_says_everything() -> None:
    relay = Relay.from_url("smtp://user%40acme:p%3Aw@mx.example:2525?tls=starttls&timeout=7")

    assert (relay.host, relay.port, relay.tls, relay.timeout) == ("mx.example", 2525, "starttls", 7.0)
    assert (relay.user, relay.password) == ("user@acme", "p:w")
    assert "p:w" not in repr(relay)
    assert Relay.from_url("smtps://mx.example").tls == "implicit"
    assert Relay.from_url("smtp://u:p@mx.example").tls == "starttls"
    assert Relay.from_url("smtp://mx.example").tls == "auto"


@pytest.mark.parametrize("url", ["http://mx.example", "smtp://", "smtp://mx.example?tls=maybe"])
def test_an_odd_relay_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="relay"):
        Relay.from_url(url)


def test_content_is_made_ready_for_the_wire() -> None:
    assert _made_ready(b".a\n.\r..b\r\nc") == b"..a\r\n..\r\n...b\r\nc\r\n"


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink.example")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=20_000))
        .sign(key, SHA256())
    )
    file = folder / "sink.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
