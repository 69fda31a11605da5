"""Mails of a launch go out once, to those who may have them, or are named with the reason."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP

import pytest
import sqlalchemy as sa

from campaigns.models import Launch, LaunchState
from syndication.models import EnrolmentState, LinkSet, SendClaim, StepMail
from syndication.sending import gate, work
from syndication.sending.gate import Gate
from syndication.sending.turns import claim_turn
from tcma.contacts.addresses import address_digest
from tcma.contacts.models import Contact, Suppression, SuppressionScope
from tcma.core import outbox, quarantine, schedule
from tcma.core.db import require, session, transaction
from tcma.core.schedule import Claimed
from tcma.core.stopping import FRESH
from tcma.core.tenancy import acting
from tests.people import People
from tests.syndication.launches import Running, frozen, running, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")


def recipients(sink: SmtpSink) -> list[str]:
    return sorted(mail.recipient for mail in sink.mails)


def everybody(persons: int = 3) -> list[str]:
    return [f"person{number}@customer.example" for number in range(persons)]


def test_the_first_mail_reaches_everybody_once(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)

    assert send(now) == 3
    assert send(now) == 0

    assert recipients(relayed) == everybody()
    assert launch.states() == ["accepted"] * 3


def test_a_mail_is_whole(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now, persons=1)

    send(now)

    mail = message_from_bytes(relayed.mails[0].content, policy=SMTP)
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["From"].addresses[0].display_name == "Alice's company via TCMA"
    assert mail["Reply-To"] == "hello@partner.example"
    assert mail["To"].addresses[0].addr_spec == "person0@customer.example"
    assert "Miller & Sons 0" in mail["Subject"]
    assert mail["List-Unsubscribe"].startswith("<http://localhost/u/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"] == launch.deliveries()[0].message_id
    assert "Hello Ann0," in text
    assert "Hauptstrasse 1" in text
    assert "http://localhost/t/" in html
    assert "http://files.localhost/m/" in html
    assert len(relayed.mails[0].sender.partition("@")[0]) <= 64


def test_a_mail_is_compiled_once_per_step_and_language(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)

    send(now)

    with acting(launch.by):
        assert len(session.scalars(sa.select(StepMail)).all()) == 1
        assert session.scalars(sa.select(LinkSet.step).where(LinkSet.channel == "email")).all() == ["first"]


def test_the_people_of_a_launch_are_written_down_once_however_often_it_is_tried(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    from syndication.sequences.enrolling import freeze_recipients

    launch = frozen(people, now)

    with acting(launch.by):
        freeze_recipients(launch_id=launch.id, now=now)

    assert len(launch.enrolments()) == 3
    with acting(launch.by):
        assert session.get_one(Launch, launch.id).recipients == 3


def test_whoever_is_suppressed_after_the_start_gets_nothing(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    session.add(suppression("person1@customer.example", launch, now))
    session.commit()

    send(now)

    assert recipients(relayed) == ["person0@customer.example", "person2@customer.example"]
    assert sorted(launch.states()) == ["accepted", "accepted", "suppressed"]
    assert [one.exit_reason for one in launch.enrolments() if one.exit_reason] == ["unsubscribed"]


def suppression(address: str, launch: Running, now: datetime) -> Suppression:
    return Suppression(
        scope=SuppressionScope.PARTNER, org_id=launch.partner_id, digest=address_digest(address),
        reason="unsubscribed", at=now,
    )  # fmt: skip


def in_other_hands(people: People, now: datetime) -> Claimed:
    """Freeze a launch to three, and let another sender take its mails in hand at this moment."""
    frozen(people, now)
    with transaction():
        return require(claim_turn(now=now, lease=work.LEASE))


def test_mails_that_another_sender_takes_in_hand_at_this_moment_are_waited_for(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = in_other_hands(people, now)
    asked = work.a_launch_is_due
    looks: list[bool] = []

    def and_then_the_other_is_done(*, now: datetime) -> bool:
        looks.append(asked(now=now))
        if len(looks) == 3:
            schedule.release(claimed, due_at=now)
        return looks[-1]

    monkeypatch.setattr(work, "a_launch_is_due", and_then_the_other_is_done)

    assert send(now) == 3
    assert looks[:3] == [True] * 3


def test_a_launch_that_the_other_gives_back_in_the_moment_of_asking_is_taken(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = in_other_hands(people, now)
    asked = work.a_launch_is_due

    def when_it_was_given_back(*, now: datetime) -> bool:
        schedule.release(claimed, due_at=now)
        return asked(now=now)

    monkeypatch.setattr(work, "a_launch_is_due", when_it_was_given_back)

    assert send(now) == 3


def test_a_launch_in_the_hands_of_a_sender_that_died_is_left_alone_after_a_second(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    in_other_hands(people, now)

    assert send(now) == 0
    assert send(now + work.LEASE * 2) == 3


def test_what_a_claim_found_counts_for_half_a_second_and_is_then_asked_anew(people: People, now: datetime) -> None:
    launch = frozen(people, now)
    with acting(launch.by):
        session.add(suppression("person2@customer.example", launch, now))
        session.commit()
    at = [10.0]
    its_gate = Gate(launch.id, launch.contacts, launch.by, asked_at=10.0, clock=lambda: now, tick=lambda: at[0])

    assert its_gate.against(launch.contacts[2]) is None
    at[0] += FRESH + 0.01
    assert its_gate.against(launch.contacts[2]) == "suppressed"


def test_whoever_unsubscribes_between_claim_and_sending_gets_nothing(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = frozen(people, now)
    take_batch = work.take_batch

    def and_then_somebody_unsubscribes(*args: object, **more: object) -> object:
        batch = take_batch(*args, **more)  # type: ignore[arg-type]
        session.add(suppression("person2@customer.example", launch, now))
        session.commit()
        return batch

    monkeypatch.setattr(gate, "FRESH", -1.0)  # as if the claim had been longer ago than its answer counts
    monkeypatch.setattr(work, "take_batch", and_then_somebody_unsubscribes)

    send(now, budget=0.01)

    assert recipients(relayed) == ["person0@customer.example", "person1@customer.example"]
    assert launch.states() == ["accepted", "accepted", "suppressed"]


def test_a_pause_between_claim_and_sending_holds_the_mails_and_a_resume_lets_them_go(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = frozen(people, now)
    take_batch = work.take_batch

    def and_then_it_is_paused(*args: object, **more: object) -> object:
        batch = take_batch(*args, **more)  # type: ignore[arg-type]
        put(launch, LaunchState.PAUSED)
        return batch

    monkeypatch.setattr(gate, "FRESH", -1.0)  # as if the claim had been longer ago than its answer counts
    monkeypatch.setattr(work, "take_batch", and_then_it_is_paused)
    send(now)
    assert relayed.mails == []
    assert launch.states() == ["ready"] * 3

    monkeypatch.undo()
    put(launch, LaunchState.RUNNING)
    with acting(launch.by):
        outbox.tell(
            "launch.resumed", launch_id=launch.id, vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now
        )
    session.commit()
    outbox.drain(now=now)
    send(now)

    assert recipients(relayed) == everybody()
    assert [one.attempts for one in launch.deliveries()] == [1, 1, 1]


def put(launch: Running, state: LaunchState) -> None:
    with acting(launch.by):
        session.get_one(Launch, launch.id).state = state
    session.commit()


def test_a_stopped_launch_sends_nothing_more_and_names_what_waited(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = frozen(people, now)
    relayed.at_content = lambda _recipient: "451 later"
    send(now)
    put(launch, LaunchState.STOPPED)
    with acting(launch.by):
        outbox.tell(
            "launch.stopped", launch_id=launch.id, vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now
        )
    session.commit()

    outbox.drain(now=now)
    send(now + timedelta(days=5))

    assert relayed.mails == []
    assert launch.states() == ["skipped"] * 3
    assert {one.state for one in launch.enrolments()} == {EnrolmentState.EXITED}


def test_mail_that_is_deferred_comes_later_and_once(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    relayed.at_recipient = lambda recipient: "451 greylisted" if recipient.startswith("person1") else None
    send(now)
    assert launch.states() == ["accepted", "deferred", "accepted"]
    assert launch.deliveries()[1].next_try_at == now + timedelta(minutes=1)

    relayed.at_recipient = lambda _recipient: None
    send(now + timedelta(seconds=59))
    assert len(relayed.mails) == 2
    send(now + timedelta(seconds=61))

    assert recipients(relayed) == everybody()
    assert launch.deliveries()[1].attempts == 2


def test_mail_that_is_refused_is_never_tried_again(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now, persons=1)
    relayed.at_recipient = lambda _recipient: "550 no such user"

    send(now)
    send(now + timedelta(days=30))

    assert launch.states() == ["refused"]
    assert "550" in (launch.deliveries()[0].answer or "")
    assert launch.enrolments()[0].exit_reason == "bounced"
    assert len([one for one in relayed.commands if one.startswith("RCPT")]) == 1


def test_mail_whose_answer_was_lost_is_unknown_and_is_not_sent_again(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = frozen(people, now)
    relayed.drop_after_data = frozenset({"person1@customer.example"})

    send(now)
    send(now + timedelta(hours=2))

    assert launch.states() == ["accepted", "unknown", "accepted"]
    assert recipients(relayed) == everybody()


def test_a_relay_that_is_away_loses_nothing(
    people: People, now: datetime, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch = frozen(people, now)
    monkeypatch.setattr(work.SmtpChannel, "connection", _refuse)
    send(now)
    assert {one.state.value for one in launch.deliveries()} <= {"ready", "deferred"}

    monkeypatch.undo()
    send(now + timedelta(minutes=2))

    assert recipients(relayed) == everybody()


def _refuse(channel: object) -> object:
    from syndication.channels.email.relay import RelayDown

    channel.is_down = True  # type: ignore[attr-defined]
    raise RelayDown("nobody answers")


def test_nothing_leaves_while_the_installation_is_quarantined(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    quarantine.impose(reason="restore", now=now)
    session.commit()

    send(now)

    assert relayed.mails == []
    assert launch.deliveries() == []


def test_a_partnership_that_has_ended_sends_nothing(people: People, now: datetime, relayed: SmtpSink) -> None:
    from tcma.partners.models import Partnership, PartnershipState

    launch = frozen(people, now)
    with acting(launch.by):
        session.get_one(Partnership, people.partnership.id).state = PartnershipState.OFFBOARDING
    session.commit()

    send(now)

    assert relayed.mails == []


def test_somebody_who_was_erased_is_passed_over(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now)
    with acting(launch.by):
        contact = session.get_one(Contact, launch.contacts[0])
        contact.email, contact.erased_at = None, now
    session.commit()

    send(now)

    assert len(relayed.mails) == 2
    assert launch.states()[0] == "skipped"


def test_every_claim_has_its_end(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now)

    send(now)

    assert session.scalars(sa.select(SendClaim).where(SendClaim.settled_at.is_(None))).all() == []


def test_the_next_mails_follow_on_their_days_and_the_sequence_ends(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = frozen(people, now, persons=1)

    for day in range(12):
        send(now + timedelta(days=day, hours=3))

    assert [one.step for one in launch.deliveries()] == ["first", "second", "third"]
    assert len(relayed.mails) == 3
    assert launch.enrolments()[0].state is EnrolmentState.COMPLETED


def test_after_a_long_pause_two_mails_never_come_at_once(people: People, now: datetime, relayed: SmtpSink) -> None:
    frozen(people, now, persons=1)
    send(now)

    late = now + timedelta(days=20)
    send(late)
    send(late + timedelta(hours=1))
    assert len(relayed.mails) == 2
    send(late + timedelta(days=6, hours=3))

    assert len(relayed.mails) == 3


def test_a_launch_without_people_sends_nothing_and_runs(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = running(people, now, persons=0)
    outbox.drain(now=now)

    assert send(now) == 0

    with acting(launch.by):
        assert session.get_one(Launch, launch.id).state is LaunchState.RUNNING
