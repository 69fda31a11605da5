"""Mails stand on the pages of numbers from the moment they arrive, whether or not anybody answers them."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from syndication.inbound.bounces import record_bounce
from syndication.inbound.reading import HARD, Returned
from syndication.models import Delivery, DeliveryState
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.insights.models import LaunchHour
from tcma.insights.queries import activity
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.conftest import relayed, sink
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

__all__ = ["relayed", "sink"]
pytestmark = pytest.mark.real("smtp")


def told(people: People, name: str, app: Flask, path: str) -> str:
    browser = signed_in(app.test_client(), getattr(people, name))
    return " ".join(browser.get(path).get_data(as_text=True).split())


def sent(people: People, **more: Any) -> Running:
    """A launch whose first mails went out just now and that nobody has answered."""
    now = clock.now()
    launch = frozen(people, now, **more)
    send(now + timedelta(days=1))
    outbox.drain(now=now + timedelta(days=1))
    return launch


def counted(launch: Running) -> dict[str, int]:
    session.expire_all()
    with acting(launch.by):
        return {row.kind: row.count for row in session.scalars(sa.select(LaunchHour).order_by(LaunchHour.hour))}


def test_a_launch_that_nobody_pressed_shows_its_mails_on_every_page(
    people: People, relayed: SmtpSink, app: Flask
) -> None:
    launch = sent(people)

    with acting(people.actor("vera")):
        assert activity.counts_of([launch.id])[launch.id].mailed == len(relayed.mails) == 3
    assert "3 mails · 0 human clicks" in told(people, "alice", app, "/home")
    assert '<td data-label="Mails that arrived" class="end num">3</td>' in told(people, "alice", app, "/results")
    for name in ("alice", "vera"):
        page = told(people, name, app, "/home")
        after_the_label = page.split("<span>Mails that arrived</span>")[1]
        assert re.match(r'.*?<div class="stat__value">(\d+)<', after_the_label)[1] == "3"


def test_a_mail_that_came_back_is_counted_as_such_without_any_answer(people: People, relayed: SmtpSink) -> None:
    launch = sent(people)
    at = clock.now() + timedelta(days=1, hours=3)

    with acting(launch.by):
        returned = Returned(launch.deliveries()[0].id, HARD, "5.1.1")
        record_bounce(returned=returned, by=launch.by, now=at)
    session.commit()
    outbox.drain(now=at)

    assert counted(launch) == {"accepted": 3, "bounced": 1}


def test_a_report_about_a_mail_of_unknown_end_moves_it_to_the_ones_that_arrived(
    people: People, relayed: SmtpSink
) -> None:
    launch = sent(people, persons=1)
    at = clock.now() + timedelta(days=1, hours=3)
    with acting(launch.by):
        lost = session.scalars(sa.select(Delivery)).one()
        lost.state = DeliveryState.UNKNOWN
        session.flush()
        record_bounce(returned=Returned(lost.id, HARD, "5.1.1"), by=launch.by, now=at)
    session.commit()

    outbox.drain(now=at)

    assert counted(launch) == {"accepted": 1, "bounced": 1}
