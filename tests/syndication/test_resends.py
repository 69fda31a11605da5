"""Resends: a mail comes once more, with another subject, to those who got it and did not read it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaigns.by_day import seen_by
from campaigns.manifest import load, read_kit
from syndication.models import DeliveryState, Verdict
from syndication.sequences.stepping import NOTHING_TO_REPEAT
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.example_kit import changed, checked
from tests.campaigns.kits import starter
from tests.people import People
from tests.syndication.launches import Running, frozen
from tests.syndication.test_subjects import Mail, accepted, clicked, take

BEFORE = b"      - {key: wait-1, kind: wait, days: 4}\n"
AGAIN = b"""\
      - key: again
        kind: email
        resend_of: first
        after: {days: 2, at: "09:30"}
        subject: {t: mails.second.subject}
        preheader: {t: mails.first.preheader}
        body: mail/first.mjml
"""
TWO_DAYS = timedelta(days=2, minutes=1)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The starter kit whose first mail comes again two days later to those who did not read it."""
    files = dict(starter().files)
    files["kit.yaml"] = files["kit.yaml"].replace(BEFORE, AGAIN + BEFORE, 1)
    for name, content in files.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "kit"


def begun(people: People, now: datetime, kit: Path) -> tuple[Running, list[Mail]]:
    """A campaign whose first mail has reached its five readers."""
    launch = frozen(people, now, kit=kit, persons=5)
    made = take(launch, now)
    accepted(launch, now)
    return launch, made


def again(launch: Running, at: datetime) -> dict[int, tuple[str, str | None]]:
    take(launch, at)
    return {one.recipient_id: (one.state.value, one.reason) for one in launch.deliveries() if one.step == "again"}


def test_whoever_clicked_opened_or_answered_is_not_written_to_again_and_machines_count_for_nothing(
    people: People, now: datetime, kit: Path
) -> None:
    launch, (pressed, opened, answered, scanned, silent) = begun(people, now, kit)
    later = now + timedelta(hours=1)
    with acting(launch.by):
        clicked(launch, pressed, later)
        clicked(launch, opened, later, kind="open")
        clicked(launch, answered, later, kind="form")
        clicked(launch, scanned, later, verdict=Verdict.MACHINE)
        clicked(launch, scanned, later + timedelta(minutes=1), verdict=Verdict.MACHINE, kind="open")
        clicked(launch, silent, later, verdict=Verdict.SUSPECT, kind="open")
    session.commit()

    found = again(launch, now + TWO_DAYS)

    left_out = ("skipped", NOTHING_TO_REPEAT)
    assert found == {
        pressed.recipient_id: left_out,
        opened.recipient_id: left_out,
        answered.recipient_id: left_out,
        scanned.recipient_id: ("ready", None),
        silent.recipient_id: ("ready", None),
    }


def test_who_never_got_the_mail_gets_no_resend(people: People, now: datetime, kit: Path) -> None:
    launch, made = begun(people, now, kit)
    with acting(launch.by):
        lost = launch.deliveries()[0]
        lost_to = lost.recipient_id
        lost.state = DeliveryState.UNKNOWN
        session.flush()
    session.commit()

    found = again(launch, now + TWO_DAYS)

    assert found[lost_to] == ("skipped", NOTHING_TO_REPEAT)
    assert [state for state, _reason in found.values()].count("ready") == len(made) - 1


def test_it_comes_once(people: People, now: datetime, kit: Path) -> None:
    launch, made = begun(people, now, kit)

    again(launch, now + TWO_DAYS)
    accepted(launch, now + TWO_DAYS)

    assert len(again(launch, now + timedelta(days=40))) == len(made)


def test_whoever_looks_at_the_days_of_a_kit_sees_it_only_as_a_silent_reader(kit: Path, now: datetime) -> None:
    loaded, _findings = load(read_kit(kit))
    assert loaded is not None

    silent = [one.planned.key for one in seen_by(loaded.manifest, reader="silent", now=now)]
    clicked_in = [one.planned.key for one in seen_by(loaded.manifest, reader="clicked", now=now)]

    assert "again" in silent
    assert "again" not in clicked_in


PLACE = "      - {key: wait-1, kind: wait, days: 4}\n"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("resend_of: firts, subject: {t: mails.preheader}, body: mail/first.mjml", "There is no mail step “firts”"),
        ("resend_of: first, subject: {t: mails.subject}, body: mail/first.mjml", "would see the same subject again"),
        ("resend_of: first, subject: {t: mails.preheader}, body: mail/other.mjml", "says the same as the mail"),
    ],
)
def test_a_resend_that_is_none_is_refused(keys: str, message: str) -> None:
    step = f"      - {{key: again, kind: email, after: {{days: 1}}, preheader: {{t: mails.preheader}}, {keys}}}\n"

    report = checked(changed("kit.yaml", PLACE, step + PLACE))

    assert any(message in str(one.message) for one in report.errors), [str(one.message) for one in report.errors]


def test_a_mail_does_not_come_a_third_time() -> None:
    step = (
        "      - {{key: {key}, kind: email, resend_of: {of}, after: {{days: 1}}, preheader: {{t: mails.preheader}}, "
        "subject: {{t: mails.preheader}}, body: mail/first.mjml}}\n"
    )
    twice = step.format(key="again", of="first") + step.format(key="and-again", of="first")
    chained = step.format(key="again", of="first") + step.format(key="and-again", of="again")

    for steps in (twice, chained):
        report = checked(changed("kit.yaml", PLACE, steps + PLACE))
        assert any("would come a third time" in str(one.message) for one in report.errors)
