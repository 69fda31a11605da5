"""Relays that lie: what they answer makes no sense, and no mail counts as sent for it, nor is any lost or sent twice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from syndication.sending.sender import end_sender
from tcma.config import Settings
from tcma.core import runtime
from tests.people import People
from tests.syndication.launches import frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = pytest.mark.real("smtp")
HONEST = {"EHLO": b"250-liar.example\r\n250 8BITMIME\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
OK = b"250 fine\r\n"


@contextmanager
def liar(answers: dict[str, bytes], at_dot: bytes = OK) -> Iterator[str]:
    """A relay that answers each command as it is told, whatever that means; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                peer, _address = listener.accept()
                threading.Thread(target=_talk, args=(peer, {**HONEST, **answers}, at_dot), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}?timeout=2"
    finally:
        listener.close()


def _talk(peer: socket.socket, answers: dict[str, bytes], at_dot: bytes) -> None:
    with suppress(OSError), peer, peer.makefile("rb") as lines:
        peer.sendall(b"220 liar.example\r\n")
        is_content = False
        for line in lines:
            if is_content and line != b".\r\n":
                continue
            word = "" if is_content else line[:4].decode("ascii", "replace").upper()
            answer = at_dot if is_content else answers.get(word, OK)
            is_content = answer.startswith(b"354")
            peer.sendall(answer)


ENDLESS = b"".join(b"250-%d\r\n" % number for number in range(300))


@pytest.mark.parametrize(
    ("answers", "at_dot", "states"),
    [
        pytest.param({"DATA": OK}, OK, {"deferred"}, id="it says fine where it should ask for the content"),
        pytest.param({"RCPT": b"354 go on\r\n"}, OK, {"deferred"}, id="it asks for the content too early"),
        pytest.param({"MAIL": b"what?\r\n"}, OK, {"deferred"}, id="it does not speak the language"),
        pytest.param({"MAIL": ENDLESS}, OK, {"deferred"}, id="its answer does not end"),
        pytest.param({}, b"what?\r\n", {"unknown"}, id="it mumbles about the content that it has"),
        pytest.param({}, b"354 more\r\n", {"unknown"}, id="it asks for more after the end"),
        pytest.param({}, ENDLESS, {"unknown"}, id="its answer to the content does not end"),
    ],
)
def test_nothing_counts_as_sent_that_was_not_taken_and_what_is_in_doubt_is_not_sent_again(
    people: People, now: datetime, relayed: SmtpSink, settings: Settings, answers: dict[str, bytes], at_dot: bytes,
    states: set[str],
) -> None:  # fmt: skip
    launch = frozen(people, now, persons=2)
    with liar(answers, at_dot) as address:
        runtime.start(replace(settings, smtp_url=address))
        send(now)
        end_sender()
    found = set(launch.states())
    assert found <= states | {"ready"}
    doubtful = launch.states().count("unknown")

    runtime.start(replace(settings, smtp_url=relayed.url()))
    send(now + timedelta(minutes=10))

    assert len(relayed.mails) == 2 - doubtful
    assert launch.states().count("unknown") == doubtful


def test_what_no_text_may_hold_in_an_answer_keeps_nothing_from_being_settled(
    people: People, now: datetime, settings: Settings
) -> None:
    launch = frozen(people, now, persons=2)
    with liar({}, b"250 2.0.0 taken\0as \x1b[31m\xff17\r\n") as address:
        runtime.start(replace(settings, smtp_url=address))
        send(now)
        end_sender()

    assert launch.states() == ["accepted", "accepted"]
    assert {row.answer for row in launch.deliveries()} == {"250 2.0.0 taken as  [31m\ufffd17"}
