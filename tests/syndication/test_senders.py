"""A partner's own sender address: records to publish, verified by DNS, signed, renewed, and let go of."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import dkim
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from syndication.models import SenderDomain, SigningKey
from syndication.senders.domains import choose_sender, domain_of, let_go, renew_key
from syndication.senders.keys import keys_of, new_pair
from syndication.senders.looking import look_at_domains
from syndication.senders.records import Found, judge_dmarc, judge_key, judge_spf, policy_names, spf_record
from syndication.senders.shown import shown_sender
from syndication.sending.sender import end_sender
from tcma.config import Settings
from tcma.core import outbox, runtime
from tcma.core.db import session
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.dns_server import NameServer
from tests.syndication.launches import frozen, send
from tests.syndication.letters import read
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")
US = "mail.tcma.example"
ADDRESS = "news@brandt.example"


@pytest.fixture
def names() -> Iterator[NameServer]:
    with NameServer() as found:
        yield found


@pytest.fixture
def sink(app: Flask, names: NameServer, settings: Settings) -> Iterator[SmtpSink]:
    with SmtpSink() as relay:
        runtime.start(replace(settings, smtp_url=relay.url(), dns_resolver=names.address))
        yield relay
        end_sender()


def chosen(people: People, now: datetime, address: str = ADDRESS) -> None:
    by = people.actor("alice")
    with acting(by):
        choose_sender(address=address, by=by, now=now)
    session.commit()


def publish(people: People, names: NameServer, now: datetime) -> None:
    """Let the name server hold what the page says, as the partner would."""
    with acting(people.actor("alice")):
        domain = domain_of(people.partner.id)
        assert domain is not None
        shown = shown_sender(domain, now=now)
        wanted = [*shown.records, *([shown.next_key] if shown.next_key else [])]
        names.texts.update({record.name: [record.value] for record in wanted})
    session.rollback()


def looked(people: People, at: datetime) -> str:
    look_at_domains(at)
    session.rollback()
    with acting(people.actor("alice")):
        domain = domain_of(people.partner.id)
        found = domain.state.value if domain is not None else ""
    session.rollback()
    return found


def verified(people: People, names: NameServer, now: datetime) -> None:
    chosen(people, now)
    publish(people, names, now)
    assert looked(people, now) == "verified"


def keys(people: People) -> list[SigningKey]:
    with acting(people.actor("alice")):
        domain = domain_of(people.partner.id)
        found = keys_of(domain.id) if domain is not None else []
        session.expunge_all()
    session.rollback()
    return found


def is_signed(content: bytes, names: NameServer) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        texts = names.texts.get(name.decode().rstrip("."))
        return texts[0].encode() if texts else None

    return bool(dkim.verify(content, dnsfunc=look_up))


def test_mail_goes_out_from_the_partners_own_address_once_its_records_are_seen(
    people: People, now: datetime, sink: SmtpSink, names: NameServer
) -> None:
    verified(people, names, now)
    frozen(people, now, persons=1)

    send(now)

    mail = sink.mails[0]
    letter = read(mail.content)
    assert letter["From"].addresses[0].addr_spec == ADDRESS
    assert letter["From"].addresses[0].display_name == "Alice's company"
    assert mail.sender.endswith(f"@{US}")
    assert is_signed(mail.content, names)
    signature = str(letter["DKIM-Signature"])
    assert "d=brandt.example" in signature
    covered = re.sub(r"\s", "", signature.partition("h=")[2].partition(";")[0]).split(":")
    assert {"from", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "message-id"} <= set(covered)


def test_until_then_it_goes_out_by_name_over_the_platform_with_answers_to_the_partner(
    people: People, now: datetime, app: Flask, settings: Settings, names: NameServer
) -> None:
    private, public = new_pair()
    names.texts[f"tcma._domainkey.{US}"] = [f"v=DKIM1; k=rsa; p={public}"]
    with SmtpSink() as relay:
        runtime.start(replace(settings, smtp_url=relay.url(), dns_resolver=names.address, dkim_key=private))
        chosen(people, now)
        assert looked(people, now) == "waiting"
        frozen(people, now, persons=1)
        send(now)
        end_sender()

    letter = read(relay.mails[0].content)
    assert letter["From"].addresses[0].display_name == "Alice's company via TCMA"
    assert letter["From"].addresses[0].domain == US
    assert letter["Reply-To"] == "hello@partner.example"
    assert is_signed(relay.mails[0].content, names)
    assert f"d={US}" in str(letter["DKIM-Signature"])


@pytest.mark.parametrize("kind", ["dkim", "spf", "dmarc"])
def test_a_record_that_is_gone_lets_mail_come_from_the_platform_and_the_partner_is_told(
    people: People, now: datetime, sink: SmtpSink, names: NameServer, kind: str
) -> None:
    verified(people, names, now)
    gone = {"dkim": f"{keys(people)[0].selector}._domainkey.brandt.example", "spf": "brandt.example"}
    del names.texts[gone.get(kind, "_dmarc.brandt.example")]

    assert looked(people, now + timedelta(days=1, minutes=1)) == "lapsed"
    outbox.drain(now=now + timedelta(days=1, minutes=2))

    told = {mail.recipient: read(mail.content) for mail in sink.mails}
    assert set(told) == {"alice@example.com", "bob@example.com"}
    assert "Records of brandt.example are gone" in str(told["alice@example.com"]["Subject"])
    frozen(people, now, persons=1)
    send(now + timedelta(days=1, minutes=2))
    assert read(sink.mails[-1].content)["From"].addresses[0].domain == US


def test_a_resolver_that_fails_or_is_away_changes_nothing(
    people: People, now: datetime, sink: SmtpSink, names: NameServer
) -> None:
    verified(people, names, now)
    names.fails = True

    assert looked(people, now + timedelta(days=1, minutes=1)) == "verified"

    with acting(people.actor("alice")):
        domain = domain_of(people.partner.id)
        assert domain is not None
        assert domain.found["dkim"] == "unanswered"


def test_a_new_key_takes_over_when_its_record_is_there_and_the_old_record_is_kept_for_mails_under_way(
    people: People, now: datetime, sink: SmtpSink, names: NameServer
) -> None:
    verified(people, names, now)
    launch = frozen(people, now, persons=2)
    by = people.actor("alice")
    with acting(by):
        first = renew_key(by=by, now=now).id
    session.commit()
    send(now)
    old = keys(people)[1]
    assert f"s={old.selector};" in str(read(sink.mails[0].content)["DKIM-Signature"])

    publish(people, names, now)
    with acting(by):
        domain = domain_of(people.partner.id)
        assert domain is not None
        domain.asked_at = now
    session.commit()
    assert looked(people, now + timedelta(days=1, minutes=1)) == "verified"

    new, old = keys(people)
    assert (new.id, new.signs_since is not None, new.private_sealed is not None) == (first, True, True)
    assert (old.retired_at is not None, old.private_sealed) == (True, None)
    assert all(is_signed(mail.content, names) for mail in sink.mails)
    with acting(by):
        domain = domain_of(people.partner.id)
        assert domain is not None
        retiring = shown_sender(domain, now=now + timedelta(days=2)).retiring
        assert [name for name, _until in retiring] == [f"{old.selector}._domainkey.brandt.example"]
    session.rollback()
    assert launch.states() == ["accepted", "accepted"]


def test_a_private_key_is_sealed_at_rest_and_opens_for_its_own_row_only(
    people: People, now: datetime, sink: SmtpSink
) -> None:
    chosen(people, now)

    (key,) = keys(people)

    assert key.private_sealed is not None
    assert b"PRIVATE KEY" not in key.private_sealed
    assert key.public not in str(key.private_sealed)


def test_letting_go_forgets_the_keys_at_once(people: People, now: datetime, sink: SmtpSink, names: NameServer) -> None:
    verified(people, names, now)
    by = people.actor("alice")

    with acting(by):
        let_go(by=by, now=now)
        session.flush()
        left = session.scalars(sa.select(SigningKey)).all(), session.scalars(sa.select(SenderDomain)).all()
    session.commit()

    assert left == ([], [])


def test_the_page_shows_the_records_to_its_own_company_and_to_nobody_else(
    people: People, now: datetime, sink: SmtpSink, client: FlaskClient, app: Flask
) -> None:
    alice = signed_in(client, people.alice)
    answer = alice.post("/sender", data={"address": ADDRESS})
    assert answer.status_code == 303

    page = alice.get("/sender").get_data(as_text=True)
    bob = signed_in(app.test_client(), people.bob).get("/sender").get_data(as_text=True)
    charlie = signed_in(app.test_client(), people.charlie).get("/sender").get_data(as_text=True)

    assert "._domainkey.brandt.example" in page
    assert f"v=spf1 include:{US} ~all" in page
    assert ADDRESS in bob
    assert "brandt.example" not in charlie
    assert signed_in(app.test_client(), people.vera).get("/sender").status_code == 403


@pytest.mark.parametrize(
    "address", ["no address", "a@b.example, c@d.example", f"me@{US}", f"me@sub.{US}", "a@localhost"]
)
def test_an_address_that_mail_cannot_come_from_is_refused_at_its_field(
    people: People, sink: SmtpSink, client: FlaskClient, address: str
) -> None:
    answer = signed_in(client, people.alice).post("/sender", data={"address": address})

    assert answer.status_code == 422
    assert "sender-error" in answer.get_data(as_text=True) or "address-error" in answer.get_data(as_text=True)


def test_an_spf_record_that_is_there_is_kept_and_added_to() -> None:
    record = spf_record("brandt.example", US, ["google-site=1", "v=spf1 include:_spf.google.com mx -all"])

    assert record.value == f"v=spf1 include:_spf.google.com mx include:{US} -all"
    assert spf_record("brandt.example", US, [record.value]).value == record.value


@pytest.mark.parametrize(
    ("records", "found"),
    [
        (None, Found.UNANSWERED),
        ([], Found.MISSING),
        ([f"v=spf1 include:{US} ~all"], Found.THERE),
        ([f"V=SPF1 +include:{US} -all"], Found.THERE),
        ([f"v=spf1 -include:{US} -all"], Found.MISSING),
        (["v=spf1 include:evil-mail.tcma.example.other ~all"], Found.MISSING),
        ([f"v=spf1 include:{US} ~all", "v=spf1 mx -all"], Found.WRONG),
        ([f"v=spf10 include:{US}"], Found.MISSING),
    ],
)
def test_spf_is_judged_as_receivers_do(records: list[str] | None, found: Found) -> None:
    assert judge_spf(records, US) is found


@pytest.mark.parametrize(
    ("records", "found"),
    [
        (["v=DKIM1; k=rsa; p=QUJD"], Found.THERE),
        (["p=QU JD"], Found.THERE),
        (["v=DKIM1; p=OTHER"], Found.WRONG),
        (["v=DKIM1; p="], Found.WRONG),
        (["v=DKIM1; k=ed25519; p=QUJD"], Found.WRONG),
        (["p=QUJD", "p=QUJD"], Found.WRONG),
        (["hello"], Found.MISSING),
    ],
)
def test_a_key_is_judged_by_what_it_holds(records: list[str], found: Found) -> None:
    assert judge_key(records, "QUJD") is found


@pytest.mark.parametrize(
    ("records", "found"),
    [
        (["v=DMARC1; p=none"], Found.THERE),
        (["v=DMARC1;p=reject;rua=mailto:x@y.example"], Found.THERE),
        (["v=DMARC1; p=perhaps"], Found.WRONG),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], Found.WRONG),
        ([], Found.MISSING),
    ],
)
def test_a_policy_is_judged_by_what_it_says(records: list[str], found: Found) -> None:
    assert judge_dmarc(records) is found


def test_a_policy_may_stand_at_a_name_above() -> None:
    assert policy_names("news.brandt.example") == ["_dmarc.news.brandt.example", "_dmarc.brandt.example"]


def test_a_mail_that_was_built_for_another_company_is_never_signed_with_this_one(
    people: People, now: datetime, sink: SmtpSink, names: NameServer
) -> None:
    verified(people, names, now)
    by = people.actor("charlie")
    with acting(by):
        assert domain_of(people.partner.id) is None
        count = session.scalar(sa.select(sa.func.count()).select_from(SigningKey))
        mails = session.scalars(sa.select(Message)).all()
    assert (count, mails) == (0, [])
