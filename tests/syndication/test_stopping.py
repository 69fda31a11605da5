"""A stop and a pause hold when they are answered: no further mail begins, on any connection."""

import threading
import time
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from syndication.sending.work import AT_ONCE, send_what_is_due
from tcma.core import clock
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import frozen
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_after_the_answer_at_most_one_mail_per_connection_is_still_on_its_way(
    people: People, now: datetime, app: Flask, client: FlaskClient, relayed: SmtpSink, how: str
) -> None:
    relayed.patience = 0.05
    launch = frozen(people, now, persons=150)
    alice = signed_in(client, people.alice)
    offset = now - clock.now()
    clock.use_offset(lambda: offset)

    def look() -> None:
        with app.app_context():
            send_what_is_due(clock.now, budget=30)

    sending = threading.Thread(target=look)
    sending.start()
    deadline = time.monotonic() + 60
    while len(relayed.mails) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)

    answer = alice.post(f"/campaigns/launches/{launch.public_id}/{how}")
    gone = len(relayed.mails)
    sending.join(60)

    assert answer.status_code == 303
    assert 3 <= gone < 150
    assert len(relayed.mails) <= gone + AT_ONCE
    assert len({mail.recipient for mail in relayed.mails}) == len(relayed.mails)
