"""Several relays, and relays at their worst: away, refusing, slow to love, and domains that want fewer mails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from campaigns.models import Launch
from syndication.channels import Outcome, Result
from syndication.models import Delivery, SendClaim, SendPace
from syndication.sending import relays
from syndication.sending.backoff import GREYLISTED, backoff_after, domain_pause
from syndication.sending.messages import send_message
from syndication.sending.paces import OddPace, Rate, grant, read_paces
from syndication.sending.sender import end_sender
from syndication.sending.turns import claim_turn
from syndication.sequences.enrolling import SEQUENCE
from tcma.config import Settings, WrongSetting
from tcma.core import mail, runtime
from tcma.core.db import session
from tcma.core.models import Message
from tcma.core.schedule import set_due
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")
NOBODY = "smtp://127.0.0.1:9?timeout=2"


@pytest.fixture
def second() -> Iterator[SmtpSink]:
    with SmtpSink() as relay:
        yield relay


def use(settings: Settings, *urls: str, pace: str = "") -> None:
    runtime.start(replace(settings, smtp_url=" ".join(urls), send_pace=pace))


def reasons(launch: Running) -> list[str]:
    found = launch.deliveries()
    with acting(launch.by):
        return [one.reason or "" for one in found]


def test_mail_goes_over_the_second_relay_when_the_first_is_away(
    people: People, now: datetime, relayed: SmtpSink, settings: Settings
) -> None:
    use(settings, NOBODY, relayed.url())
    launch = frozen(people, now)

    send(now)

    assert launch.states() == ["accepted"] * 3
    found = launch.deliveries()
    with acting(launch.by):
        assert {one.relay for one in found} == {f"127.0.0.1:{relayed.port}"}
        assert {one.attempts for one in found} == {1}


def test_a_relay_that_refuses_everything_is_left_for_the_next_and_nothing_is_lost_or_doubled(
    people: People, now: datetime, relayed: SmtpSink, second: SmtpSink, settings: Settings
) -> None:
    use(settings, relayed.url(), second.url())
    relayed.at_sender = lambda _address: "421 4.3.2 going down"
    launch = frozen(people, now, persons=4)

    send(now)
    assert relays.relays()[0] not in relays._to_try()
    relays._pool.standings[relays.relays()[1]] = relays._Standing()
    from syndication.sending.work import send_what_is_due

    send_what_is_due(lambda: now + timedelta(minutes=5))

    assert launch.states() == ["accepted"] * 4
    assert sorted(one.recipient for one in second.mails) == [f"person{n}@customer.example" for n in range(4)]
    assert relayed.mails == []


def test_with_no_relay_at_all_nothing_is_taken_in_hand(
    people: People, now: datetime, relayed: SmtpSink, settings: Settings
) -> None:
    use(settings, NOBODY, NOBODY + "&helo=other")
    launch = frozen(people, now)

    send(now)

    assert launch.states() == []
    with acting(launch.by):
        assert session.scalars(sa.select(SendClaim)).all() == []
    use(settings, relayed.url())
    send(now + timedelta(minutes=1))
    assert len(relayed.mails) == 3


def test_a_message_goes_over_the_second_relay_too(
    people: People, now: datetime, relayed: SmtpSink, settings: Settings
) -> None:
    use(settings, NOBODY, relayed.url())
    with acting(people.actor("alice")):
        written = mail.compose(
            "password_link", org_id=people.partner.id, to_address="alice@example.com", unique_key="one", now=now,
            url="http://localhost/x", name="Alice",
        )  # fmt: skip
        number = written.id
    session.commit()

    send_message(message_id=number, clock=lambda: now)

    assert [one.recipient for one in relayed.mails] == ["alice@example.com"]
    with acting(people.actor("alice")):
        assert session.get_one(Message, number).state.value == "accepted"


def test_a_domain_that_says_too_fast_gets_no_more_for_a_while_and_others_do(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = frozen(people, now, persons=12)
    with acting(launch.by):
        from tcma.contacts.models import Contact

        for number in launch.contacts[:3]:
            session.get_one(Contact, number).email = f"other{number}@elsewhere.example"
    session.commit()
    relayed.at_recipient = lambda to: "450 4.7.28 too many mails, slow down" if "customer" in to else ""

    send(now)

    asked = [command for command in relayed.commands if command.startswith("RCPT") and "customer" in command]
    assert len(asked) <= 2  # one that was answered, one that was on its way
    assert len(relayed.mails) == 3
    assert sorted(set(launch.states())) == ["accepted", "deferred"]
    relayed.commands.clear()
    relayed.at_recipient = lambda _to: ""
    send(now + timedelta(seconds=40))
    assert relayed.commands == []

    at = now + timedelta(minutes=3)
    while send(at):
        at += timedelta(seconds=30)
    assert launch.states() == ["accepted"] * 12
    with acting(launch.by):
        assert session.get_one(SendPace, "domain:customer.example").strikes == 0


def test_paces_of_domain_sender_and_relay_are_kept_and_everything_arrives(
    people: People, now: datetime, relayed: SmtpSink, settings: Settings
) -> None:
    use(settings, relayed.url(), pace="customer.example=4/min sender=6/min relay=100/s")
    launch = frozen(people, now, persons=10)

    send(now)
    assert len(relayed.mails) == 4
    at, per_minute = now, [4]
    while len(relayed.mails) < 10:
        at += timedelta(seconds=15)
        before = len(relayed.mails)
        send(at)
        per_minute.append(len(relayed.mails) - before)

    assert max(per_minute[1:]) <= 2
    assert at - now >= timedelta(seconds=75)
    assert launch.states() == ["accepted"] * 10
    found = launch.deliveries()
    with acting(launch.by):
        assert {one.attempts for one in found} == {1}


def test_a_partner_with_many_campaigns_waits_for_one_that_was_served_longer_ago(
    people: People, now: datetime, app: Flask
) -> None:
    for number in range(1, 6):
        set_due(SEQUENCE, number, now - timedelta(hours=1), vendor_id=people.vendor.id, partner_id=people.partner.id)
    set_due(SEQUENCE, 99, now, vendor_id=people.vendor.id, partner_id=people.other_partner.id)
    session.add(
        SendClaim(
            id=1, sender="x", kind="deliveries", object_id=1, vendor_id=people.vendor.id,
            partner_id=people.partner.id, at=now, lease_until=now,
        )
    )  # fmt: skip
    session.commit()

    turn = claim_turn(now=now, lease=timedelta(seconds=20))

    assert turn is not None
    assert turn.object_id == 99


@pytest.mark.parametrize(
    ("code", "text", "pause", "slows"),
    [
        (451, "4.7.1 Greylisted, come back later", GREYLISTED, False),
        (450, "4.2.0 <a@b.example>: Recipient address rejected: Greylist", GREYLISTED, False),
        (421, "4.7.28 Our system has detected an unusual rate of mail", timedelta(minutes=1), True),
        (452, "4.2.2 mailbox full", timedelta(hours=1), False),
        (452, "4.5.3 Too many recipients", timedelta(minutes=1), True),
        (450, "try again", timedelta(seconds=30), False),
        (0, "the connection was lost", timedelta(seconds=30), False),
    ],
)
def test_the_pause_is_by_code_and_words(code: int, text: str, pause: timedelta, slows: bool) -> None:  # noqa: FBT001 - a row of the table
    found = backoff_after(Result(Outcome.DEFERRED, code, text), 1)

    assert (found.pause, found.slows_domain) == (pause, slows)
    assert backoff_after(Result(Outcome.DEFERRED, code, text), 2).pause == 2 * pause
    assert backoff_after(Result(Outcome.DEFERRED, code, text), 40).pause == timedelta(hours=4)


def test_a_domain_rests_longer_each_time_and_never_longer_than_two_hours() -> None:
    assert [domain_pause(n) for n in (0, 1, 2, 30)] == [timedelta(minutes=n) for n in (1, 2, 4, 120)]


def test_a_bucket_gives_its_fill_and_then_an_even_flow(now: datetime) -> None:
    pace, rate = SendPace(key="domain:x", strikes=0), Rate(60, timedelta(minutes=1))

    first = grant(pace, rate, 100, now)
    later = grant(pace, rate, 100, now + timedelta(seconds=10))

    assert (first.now, len(first.turns)) == (60, 40)
    assert first.turns[0] == now + timedelta(seconds=1)
    assert first.turns[-1] == now + timedelta(seconds=40)
    assert later.now == 10
    assert later.turns[0] > first.turns[-1]


def test_paces_that_cannot_be_read_stop_the_start(settings: Settings) -> None:
    assert read_paces("gmail.com=60/min").of_domain("gmail.com") == Rate(60, timedelta(minutes=1))
    with pytest.raises(OddPace):
        read_paces("gmail.com=fast")
    with pytest.raises(WrongSetting, match="TCMA_SEND_PACE"):
        replace(settings, send_pace="gmail.com=0/min")
    with pytest.raises(WrongSetting, match="TCMA_SMTP_URL"):
        replace(settings, smtp_url=" ")


def test_connections_are_kept_between_looks(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now)
    send(now)
    launch_id = None
    with acting(people.actor("alice")):
        launch_id = session.scalar(sa.select(Launch.id))
        session.execute(sa.update(Delivery).values(state="ready", attempt_id=None, settled_at=None))
        set_due(SEQUENCE, launch_id or 0, now, vendor_id=people.vendor.id, partner_id=people.partner.id)
    session.commit()
    send(now)

    assert len(relayed.mails) == 6
    assert relayed.connections == 1
    end_sender()
