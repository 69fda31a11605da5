"""When too much of a partner's mail comes back it is held, both sides are told why, and a person lets it go on."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from syndication.inbound.bounces import record_bounce
from syndication.inbound.reading import Returned
from syndication.models import Delivery, SendingHold
from syndication.senders.holds import Health, end_hold, is_held, look_at_health
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import Running, frozen, send
from tests.syndication.letters import read
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")
SOON = timedelta(minutes=1)


def refuse(first: int) -> object:
    return lambda address: "550 5.1.1 nobody here" if int(address[6:].partition("@")[0]) < first else ""


def gone_wrong(people: People, now: datetime, relayed: SmtpSink, *, refused: int = 22, persons: int = 30) -> Running:
    """A campaign of which so many mails were refused, and whose sending was looked at."""
    launch = frozen(people, now, persons=persons)
    relayed.at_recipient = refuse(refused)  # type: ignore[assignment]
    send(now)
    look_at_health(now + SOON)
    session.rollback()
    return launch


def holds(actor: Actor) -> list[SendingHold]:
    with acting(actor):
        found = list(session.scalars(sa.select(SendingHold).order_by(SendingHold.id)))
        session.expunge_all()
    session.rollback()
    return found


def test_refusals_beyond_the_share_hold_mail_and_tell_both_sides_why(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    gone_wrong(people, now, relayed)
    relayed.mails.clear()
    relayed.at_recipient = lambda _address: ""
    outbox.drain(now=now + SOON)

    (hold,) = holds(people.actor("vera"))
    assert (hold.cause, hold.mails, hold.came_back) == ("bounces", 30, 22)
    told = {mail.recipient: read(mail.content) for mail in relayed.mails}
    assert {"alice@example.com", "bob@example.com", "vera@example.com"} <= set(told)
    assert str(told["alice@example.com"]["Subject"]) == "Your mail is on hold"
    assert str(told["vera@example.com"]["Subject"]) == "Mail of Alice's company is on hold"
    assert (
        "22 of the last 30 mails could not be delivered." in told["vera@example.com"].get_body(("plain",)).get_content()
    )  # type: ignore[union-attr]
    assert "charlie@example.com" not in told


def test_held_mail_does_not_go_out_and_goes_on_when_the_vendor_says_so(
    people: People, now: datetime, relayed: SmtpSink
) -> None:
    launch = gone_wrong(people, now, relayed)
    with acting(launch.by):
        session.execute(
            sa.update(Delivery)
            .where(Delivery.launch_id == launch.id, Delivery.state == "accepted")
            .values(state="ready", attempt_id=None, settled_at=None)
        )
    session.commit()
    relayed.mails.clear()
    relayed.at_recipient = lambda _address: ""

    send(now + timedelta(minutes=10))
    assert relayed.mails == []

    (hold,) = holds(people.actor("vera"))
    by = people.actor("vera")
    with acting(by):
        end_hold(hold_id=hold.id, note="The old list is gone.", by=by, now=now + timedelta(minutes=11))
    session.commit()
    send(now + timedelta(minutes=11))
    look_at_health(now + timedelta(minutes=12))

    assert len(relayed.mails) == 8
    (hold,) = holds(by)
    assert (hold.closed_by, hold.note) == (people.vera.id, "The old list is gone.")
    with acting(by):
        actions = set(session.scalars(sa.select(AuditEntry.action).where(AuditEntry.object_type == "sending_hold")))
    assert actions == {"sending.held", "sending.let_go_on"}


def test_a_hold_that_opens_while_a_batch_is_under_way_stops_it(
    people: People, now: datetime, app: Flask, relayed: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from syndication.sending import gate

    monkeypatch.setattr(gate, "FRESH", -1.0)
    launch = frozen(people, now, persons=6)

    def answer(_address: str) -> str:
        if len(relayed.mails) == 2:
            with app.app_context(), transaction(), acting(launch.by):
                if not is_held(launch.vendor_id, launch.partner_id):
                    session.add(
                        SendingHold(
                            vendor_id=launch.vendor_id, partner_id=launch.partner_id, cause="bounces", mails=9,
                            came_back=9, opened_at=now,
                        )
                    )  # fmt: skip
        return ""

    relayed.at_recipient = answer

    send(now)

    assert len(relayed.mails) in {2, 3}
    assert sorted(set(launch.states())) == ["accepted", "ready"]


@pytest.mark.parametrize(
    ("health", "cause"),
    [
        (Health(1000, 50, 0), None),
        (Health(1000, 51, 0), "bounces"),
        (Health(10, 10, 0), None),
        (Health(100, 19, 2), None),
        (Health(1000, 0, 3), None),
        (Health(999, 0, 3), "complaints"),
        (Health(0, 0, 0), None),
    ],
)
def test_mail_is_held_above_a_share_and_never_for_a_few(health: Health, cause: str | None) -> None:
    assert health.cause == cause


def test_complaints_hold_mail_too(people: People, now: datetime, relayed: SmtpSink) -> None:
    launch = frozen(people, now, persons=4)
    send(now)
    ids = [one.id for one in launch.deliveries()]
    with acting(launch.by):
        for number in ids[:3]:
            record_bounce(returned=Returned(number, "complaint", "abuse report"), by=launch.by, now=now)
    session.commit()

    look_at_health(now + SOON)

    assert [hold.cause for hold in holds(people.actor("vera"))] == ["complaints"]


def test_only_the_vendor_lets_mail_go_on_and_only_with_a_word_on_what_was_done(
    people: People, now: datetime, relayed: SmtpSink, client: FlaskClient, app: Flask
) -> None:
    gone_wrong(people, now, relayed)
    (hold,) = holds(people.actor("vera"))
    address, back = f"/sending-holds/{hold.public_id}/end", f"/partners/{people.partnership.public_id}"

    alice = signed_in(client, people.alice)
    assert "22 of the last 30" in alice.get("/sender").get_data(as_text=True)
    assert alice.post(address, data={"note": "It is fine."}).status_code == 403
    viktor = signed_in(app.test_client(), people.viktor)
    assert viktor.post(address, data={"note": "It is fine."}).status_code == 404
    vera = signed_in(app.test_client(), people.vera)
    assert "22 of the last 30" in vera.get(back).get_data(as_text=True)
    vera.post(address, data={"note": " ", "back": back})
    assert holds(people.actor("vera"))[0].closed_at is None
    answer = vera.post(address, data={"note": "The old list is gone.", "back": back})

    assert answer.headers["Location"].endswith(back)
    assert holds(people.actor("vera"))[0].closed_at is not None
    assert vera.post(address, data={"note": "Again."}).status_code == 409
