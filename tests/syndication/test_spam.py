"""A filter that receivers use has little to say against the mails of the starter kits, in any of their languages."""

import re
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.manifest import load, read_kit
from tests.people import People
from tests.syndication.launches import frozen, send
from tests.syndication.smtp_sink import SmtpSink

pytestmark = [pytest.mark.real("smtp", "spamassassin"), pytest.mark.own_database]

KITS = Path(__file__).parents[2] / "campaigns" / "kits"
MOST_POINTS = 2.0
DAYS = 60
# As the receiver's own server writes it above a mail that came over the wire.
RECEIVED = (
    b"Received: from relay.tcma.example (relay.tcma.example [198.41.0.4])\r\n"
    b"\tby mx.customer.example (Postfix) with ESMTPS id 4XyZ012345\r\n"
    b"\tfor <person0@customer.example>; Mon, 7 Sep 2026 09:31:00 +0000 (UTC)\r\n"
)


def languages_of(kit: str) -> tuple[str, ...]:
    loaded, _findings = load(read_kit(KITS / kit))
    assert loaded is not None
    return tuple(loaded.languages)


CASES = [(kit.name, language) for kit in sorted(KITS.iterdir()) if kit.is_dir() for language in languages_of(kit.name)]


def judged(mails: Sequence[bytes]) -> list[tuple[float, str]]:
    """Return what SpamAssassin gives for each mail by its own rules, and which hit; nothing is looked up outside."""
    box = b"".join(
        b"From relay@tcma.example Mon Sep  7 09:31:00 2026\n" + (RECEIVED + mail).replace(b"\r\n", b"\n") + b"\n\n"
        for mail in mails
    )
    command = ["spamassassin", "--local", "--test-mode", "--mbox"]
    done = subprocess.run(command, input=box, capture_output=True, check=True)
    report = done.stdout.decode("utf-8", "replace")
    found = re.findall(r"^(X-Spam-Status: \w+, score=(-?[\d.]+).*?)(?=^\S)", report, re.MULTILINE | re.DOTALL)
    assert len(found) == len(mails), report[:2000]
    return [(float(score), told) for told, score in found]


@pytest.mark.parametrize(("kit", "language"), CASES)
def test_a_starter_kits_mails_pass_a_receivers_filter(
    kit: str, language: str, people: People, relayed: SmtpSink, now: datetime
) -> None:
    frozen(people, now, kit=KITS / kit, language=language, persons=1)
    for day in range(0, DAYS, 2):
        send(now + timedelta(days=day, hours=3))

    assert len(relayed.mails) == 3
    assert [told for score, told in judged([one.content for one in relayed.mails]) if score > MOST_POINTS] == []


def test_the_filter_finds_what_is_spam() -> None:
    mail = (
        b"From: x@relay.example\r\nTo: you@customer.example\r\nSubject: CHEAP VIAGRA!!! BUY NOW\r\n"
        b"Date: Mon, 7 Sep 2026 09:30:00 +0000\r\nMessage-ID: <1@relay.example>\r\n\r\n"
        b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"
    )

    assert [score > 100 for score, _told in judged([mail, mail])] == [True, True]
