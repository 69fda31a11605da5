"""The demo's clock button: it moves time for everybody, and is nowhere but in the demo."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tcma.app import create_app
from tcma.config import Settings
from tcma.core import clock
from tcma.core.db import db, session
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    application = create_app(replace(settings, demo=True))
    application.test_client_class = Browser
    with application.app_context():
        yield application
        session.remove()
        db.engine.dispose()
    clock.use_offset(None)


def test_each_press_moves_the_clock_and_brings_the_reader_back(client: FlaskClient, people: People) -> None:
    browser = signed_in(client, people.alice)

    answers = [browser.post("/demo/clock", data={"by": by, "back": "/account"}) for by in ("hour", "day", "week")]

    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/account")] * 3
    ahead = clock.now() - datetime.now(UTC)
    assert abs(ahead - timedelta(weeks=1, days=1, hours=1)) < timedelta(minutes=1)


def test_nobody_is_sent_elsewhere_and_no_other_step_is_known(client: FlaskClient, people: People) -> None:
    browser = signed_in(client, people.alice)

    assert browser.post("/demo/clock", data={"by": "year"}).status_code == 404
    assert browser.post("/demo/clock", data={"by": "hour", "back": "//evil.example"}).location == "/"
