"""Canaries: whatever is logged, and however, no token, password or address reaches the line."""
# ruff: noqa: PLE1205, TRY301, G004 - careless logging is what is tested

import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from tcma.core.audit import request_id
from tcma.core.logs import OneLine
from tcma.core.redaction import HELD_ABOVE_DEBUG, install, redact, redact_value

TOKEN = "Canary7TokenQ2xZ9vLkPq3RtYw8"
PASSWORD = "canary horse battery"
EMAIL = "canary.person@mail.example.org"
CANARIES = ("canary", "Canary7", TOKEN)

LINES = [
    f"Authorization: Bearer {TOKEN}",
    f"authorization: Basic {TOKEN}",
    f"{{'Authorization': 'Bearer {TOKEN}'}}",
    f'headers={{"authorization": "token {TOKEN}"}}',
    "password=canary-hunter2&next=/",
    f'{{"password": "{PASSWORD}"}}',
    f"'new_password': '{PASSWORD}'",
    f'{{\\"client_secret\\": \\"{PASSWORD}\\"}}',
    f"GET /callback?code={TOKEN}&state=canaryState",
    f"https://api.example.com/x?access_token={TOKEN}",
    "redis://:canary@cache:6379/0",
    "postgresql://app:canary@db/tcma",
    "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.canary-signature",
    f"could not send to {EMAIL}",
    f"RCPT TO:<{EMAIL}>",
    "to=canary%40mail.example.org",
    f"/t/AQEAAQ{TOKEN}",
    "/u/AQMAAQcanarycanarycanary",
    f"/files/{TOKEN}?x=1",
    f"Set-Cookie: session={TOKEN}; Path=/",
    f"Cookie: remember_token={TOKEN}",
    "X-Api-Key: canary-key-1",
    "(sqlite3.IntegrityError) [SQL: INSERT] [parameters: ('canary', 'Jane')]",
    "DETAIL:  Key (lower(email))=(canary) already exists.",
    "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
]


@pytest.mark.parametrize("line", LINES)
def test_no_canary_is_left_in_a_line(line: str) -> None:
    cleaned = redact(line)

    assert "canary" not in cleaned.lower()
    assert redact(cleaned) == cleaned


@pytest.mark.parametrize(
    "line",
    [
        "launch lau_x8k2m4n6p8q0 paused by mem_a1b2c3d4e5f6",
        "blob 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 stored",
        "tcma.syndication.channels.email.SmtpChannel: 250 accepted",
        "2026-11-22T09:14:07Z GET /campaigns/kit_abc 200 in 12 ms",
        "request 6f1c0a52-0f0e-4a55-9d1c-1a2b3c4d5e6f took 1200 ms",
        "the password was changed",
        "no token was given",
    ],
)
def test_plain_lines_stay_as_they_are(line: str) -> None:
    assert redact(line) == line


def test_fields_with_the_name_of_a_secret_are_emptied_at_any_depth() -> None:
    cleaned = redact_value(
        {
            "access_token": TOKEN,
            "nested": [{"clientSecret_": 1, "client_secret": PASSWORD, "to": EMAIL}],
            "email": "canary",
            "token_count": 3,
            "token_type": "Bearer",
            "has_password": True,
            "path": "/campaigns",
            "body": b"canary",
        }
    )

    printed = json.dumps(cleaned)
    assert "canary" not in printed.lower()
    assert '"token_count": 3' in printed
    assert '"has_password": true' in printed
    assert '"path": "/campaigns"' in printed


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """A root logger at DEBUG with the nets in place, as the program has it."""
    stream, root = io.StringIO(), logging.getLogger()
    before_handlers, before_level = root.handlers[:], root.level
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG)
    install(root)
    yield stream
    root.handlers[:], root.level = before_handlers, before_level


def test_messages_arguments_and_tracebacks_are_redacted(logged: io.StringIO) -> None:
    log = logging.getLogger("tcma.test")

    log.debug("token=%s for %s", TOKEN, EMAIL)
    log.info("login %(email)s %(password)s", {"email": EMAIL, "password": PASSWORD})
    log.warning("three %s but one", TOKEN, EMAIL)
    try:
        message = f"refused: Bearer {TOKEN} for {EMAIL}"
        raise RuntimeError(message)
    except RuntimeError:
        log.exception("failed")

    printed = logged.getvalue()
    assert not [canary for canary in CANARIES if canary in printed]
    assert "Traceback" in printed
    assert "RuntimeError" in printed


@pytest.mark.parametrize(
    "name", ["requests_oauthlib.oauth2_session", "oauthlib.oauth2.rfc6749", "urllib3.connectionpool"]
)
def test_talkative_libraries_are_held_above_debug_even_when_told_otherwise(logged: io.StringIO, name: str) -> None:
    log = logging.getLogger(name)
    before = log.level
    log.setLevel(logging.DEBUG)

    log.debug("Prepared fetch token request body canary")
    log.info("said aloud")
    log.setLevel(before)

    assert "canary" not in logged.getvalue()
    assert "said aloud" in logged.getvalue()
    assert all(logging.getLogger(held).level >= logging.INFO for held in HELD_ABOVE_DEBUG)


def test_installing_twice_changes_nothing(logged: io.StringIO) -> None:
    install()
    install()

    handler = logging.getLogger().handlers[0]
    assert len(handler.filters) == 1
    logging.getLogger("tcma.test").info("once")
    assert logged.getvalue().count("once") == 1


def test_a_line_of_the_log_is_redacted_in_each_field_and_in_its_traceback(logged: io.StringIO) -> None:
    logging.getLogger().handlers[0].setFormatter(OneLine())
    told = {"refresh_token": TOKEN, "recipient": EMAIL, "attempts": 3, "of": {"password": TOKEN}}

    held = request_id.set("r-1")
    try:
        message = f"access_token={TOKEN}"
        raise ValueError(message)
    except ValueError:
        logging.getLogger("tcma.test").exception(f"failed for {EMAIL}", extra=told)
    finally:
        request_id.reset(held)

    (printed,) = logged.getvalue().splitlines()
    assert not [canary for canary in CANARIES if canary in printed]
    line = json.loads(printed)
    assert (line["attempts"], line["level"], line["logger"], line["request_id"]) == (3, "error", "tcma.test", "r-1")
    assert "Traceback" in line["exception"]
    assert "ValueError" in line["exception"]
    assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None


@pytest.mark.parametrize(
    "evil",
    [
        "a" * 200_000,
        "a.a@" * 50_000,
        "token=" * 30_000,
        "x:" * 90_000,
        "eyJ" * 60_000,
        "://" * 60_000,
        '\\"' * 90_000,
    ],
)
def test_a_hostile_line_costs_no_more_than_its_length(evil: str) -> None:
    before = time.process_time()

    redact(evil)

    assert time.process_time() - before < 2
    assert sys.getsizeof(evil) > 100_000
