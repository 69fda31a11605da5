"""A relay of the tests' own, and an application that sends to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from syndication.sending.sender import end_sender
from tcma.config import Settings
from tcma.core import runtime
from tests.syndication.smtp_sink import SmtpSink


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """A relay that takes everything, unless a test tells it otherwise."""
    with SmtpSink() as relay:
        yield relay


@pytest.fixture
def relayed(app: Flask, sink: SmtpSink, settings: Settings) -> Iterator[SmtpSink]:
    """The application, with `sink` as its relay."""
    runtime.start(replace(settings, smtp_url=sink.url()))
    yield sink
    end_sender()
