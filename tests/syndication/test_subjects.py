"""Two subjects on trial: a stable share tries them, people's clicks decide, and chance decides nothing."""

from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState, SubjectTest, Touch, Verdict
from syndication.sequences.shown import in_words
from syndication.sequences.stepping import take_due_steps
from syndication.sequences.subjects import A, B, Outcome, Tried, by_chance, group_of, judged
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.example_kit import changed, checked
from tests.campaigns.kits import starter
from tests.campaigns.test_api import keyed
from tests.people import People
from tests.signing_in import Browser, signed_in
from tests.syndication.launches import Running, frozen, send
from tests.syndication.smtp_sink import SmtpSink

DAY = timedelta(days=1)
SUBJECT = b"        subject: {t: mails.first.subject}\n"
SECOND = b"        subject_b: {t: mails.second.subject}\n        test: {percent: 50, hours: 24}\n"


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with yet."""
    return Browser(app)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The starter kit whose first mail is tried with two subjects on half of its readers, for a day."""
    files = dict(starter().files)
    assert SUBJECT in files["kit.yaml"]
    files["kit.yaml"] = files["kit.yaml"].replace(SUBJECT, SUBJECT + SECOND, 1)
    for name, content in files.items():
        path = tmp_path / "kit" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "kit"


class Mail(NamedTuple):
    """What a test reads of a delivery."""

    id: int
    recipient_id: int
    step: str
    variant: str | None
    message_id: str | None


def mails_of(launch: Running) -> list[Mail]:
    return [Mail(*(getattr(one, name) for name in Mail._fields)) for one in launch.deliveries()]


def take(launch: Running, at: datetime) -> list[Mail]:
    with acting(launch.by):
        take_due_steps(session.get_one(Launch, launch.id), now=at, limit=500)
    session.commit()
    return mails_of(launch)


def accepted(launch: Running, at: datetime) -> None:
    """Let everything that was made be taken by its server."""
    with acting(launch.by):
        session.execute(sa.update(Delivery).values(state=DeliveryState.ACCEPTED, settled_at=at))
    session.commit()


def clicked(
    launch: Running, mail: Mail, at: datetime, *, verdict: Verdict = Verdict.HUMAN, kind: str = "click"
) -> None:
    session.add(
        Touch(
            at=at, partner_id=launch.partner_id, vendor_id=launch.vendor_id, launch_id=launch.id,
            recipient_id=mail.recipient_id, tactic="mails", step=mail.step, channel="email", kind=kind,
            verdict=verdict, reasons=[], rules_version=1,
        )
    )  # fmt: skip


def the_test(launch: Running) -> SubjectTest:
    with acting(launch.by):
        return session.scalars(sa.select(SubjectTest)).one()


@given(st.integers(1, 2**40), st.integers(1, 2**40), st.integers(2, 50))
def test_whoever_tries_a_subject_tries_the_same_one_for_good(launch: int, recipient: int, percent: int) -> None:
    group = group_of(launch, "first", recipient, percent=percent)

    assert group_of(launch, "first", recipient, percent=percent) == group
    # A larger share takes more people in, and moves nobody from one subject to the other.
    assert group is None or group_of(launch, "first", recipient, percent=50) == group


def test_the_share_and_its_halves_are_as_large_as_they_should_be() -> None:
    groups = Counter(group_of(7, "first", number, percent=20) for number in range(20_000))

    assert 3_800 < groups[A] + groups[B] < 4_200
    assert abs(groups[A] - groups[B]) < 200


@pytest.mark.parametrize(
    ("a", "b", "outcome", "winner"),
    [
        (Tried(1000, 29), Tried(1000, 41), Outcome.CHANCE, A),
        (Tried(1000, 29), Tried(1000, 61), Outcome.BETTER, B),
        (Tried(1000, 61), Tried(1000, 29), Outcome.BETTER, A),
        (Tried(50, 0), Tried(50, 6), Outcome.TOO_FEW, A),
        (Tried(), Tried(), Outcome.TOO_FEW, A),
        (Tried(100, 100), Tried(100, 100), Outcome.TOO_FEW, A),
    ],
)
def test_b_wins_only_if_the_difference_is_more_than_chance(a: Tried, b: Tried, outcome: Outcome, winner: str) -> None:
    found = judged(a, b)

    assert (found.outcome, found.winner) == (outcome, winner)


def test_the_test_is_the_textbooks() -> None:
    # Two proportions, 15 of 100 against 30 of 100: z = 2.54, p = 0.011.
    assert by_chance(Tried(100, 15), Tried(100, 30)) == pytest.approx(0.0110, abs=0.0003)


def test_the_result_is_said_in_words(app: object) -> None:
    chance = in_words(Tried(1000, 29), Tried(1000, 41), is_decided=True)
    better = in_words(Tried(1000, 29), Tried(1000, 61), is_decided=True)

    assert chance == "B, 4.1 % against 2.9 %; this could be chance. Everybody else gets A, the kit's own."
    assert better.endswith("fewer than 1 of 20 cases. Everybody else gets B.")


def test_a_part_tries_both_and_the_rest_waits_a_day(people: People, now: datetime, kit: Path) -> None:
    launch = frozen(people, now, kit=kit, persons=40)

    made = take(launch, now)

    waiting = [one for one in launch.enrolments() if one.next_step == "first"]
    assert {one.variant for one in made} == {A, B}
    assert len(made) + len(waiting) == 40
    assert {one.due_at for one in waiting} == {now + DAY}
    assert take(launch, now + DAY - timedelta(minutes=1)) == made


def test_when_the_difference_is_chance_the_rest_gets_the_kits_own(people: People, now: datetime, kit: Path) -> None:
    launch = frozen(people, now, kit=kit, persons=40)
    made = take(launch, now)
    accepted(launch, now)
    with acting(launch.by):
        clicked(launch, next(one for one in made if one.variant == B), now + timedelta(hours=1))

    after = take(launch, now + DAY)

    rest = [one for one in after if one.id not in {mail.id for mail in made}]
    assert {one.variant for one in rest} == {A}
    assert the_test(launch).winner == A
    assert len(after) == 40


def test_the_rest_gets_the_subject_that_people_pressed_and_later_clicks_change_nothing(
    people: People, now: datetime, kit: Path
) -> None:
    launch = frozen(people, now, kit=kit, persons=120)
    made = take(launch, now)
    accepted(launch, now)
    with acting(launch.by):
        for mail in made:
            if mail.variant == B:
                clicked(launch, mail, now + timedelta(hours=1))
            else:  # a machine presses everything, and an open is no click
                clicked(launch, mail, now + timedelta(hours=1), verdict=Verdict.MACHINE)
                clicked(launch, mail, now + timedelta(hours=2), kind="open")
    session.commit()

    after = take(launch, now + DAY)
    with acting(launch.by):
        for mail in after:
            clicked(launch, mail, now + DAY + timedelta(hours=1))
    session.commit()

    rest = [one for one in after if one.id not in {mail.id for mail in made}]
    test = the_test(launch)
    assert {one.variant for one in rest} == {B}
    assert (test.a_clicked, test.b_clicked, test.b_mailed) == (
        0,
        test.b_mailed,
        len([m for m in made if m.variant == B]),
    )


@pytest.mark.real("smtp")
def test_each_mail_carries_the_subject_that_its_row_says(
    people: People, now: datetime, kit: Path, relayed: SmtpSink
) -> None:
    launch = frozen(people, now, kit=kit, persons=12)

    send(now)

    variants = {one.message_id: one.variant for one in mails_of(launch)}
    mails = [message_from_bytes(mail.content, policy=SMTP) for mail in relayed.mails]
    subjects = {(variants[mail["Message-ID"]], " ".join(mail["Subject"].split()[:3])) for mail in mails}
    assert {variant for variant, _subject in subjects} == {A, B}
    assert len({words for variant, words in subjects if variant == A}) == 1
    assert {words for variant, words in subjects if variant == A}.isdisjoint(
        {words for variant, words in subjects if variant == B}
    )


def test_the_partner_reads_how_the_test_stands_and_nobody_else_does(
    people: People, now: datetime, kit: Path, browser: Browser
) -> None:
    launch = frozen(people, now, kit=kit, persons=20)
    take(launch, now)
    accepted(launch, now)
    page, api = f"/campaigns/launches/{launch.public_id}", f"/api/v1/launches/{launch.public_id}/subject-tests"

    shown = signed_in(browser, people.alice).get(page).text
    keyed(browser, people, "alice")
    listed = browser.get(api).json["items"]
    for stranger in ("charlie", "vera"):
        keyed(browser, people, stranger)
        assert browser.get(api).status_code in {403, 404}

    assert "So far A, 0.0 % against 0.0 %. Everybody else waits for the end." in shown
    assert [(one["step"], one["outcome"], one["winner"]) for one in listed] == [("first", "too_few", None)]
    assert listed[0]["a"]["words"] != listed[0]["b"]["words"]


def test_a_test_needs_a_second_subject_and_two_that_differ() -> None:
    alone = checked(
        changed(
            "kit.yaml",
            "subject: {t: mails.subject}, preheader",
            "subject: {t: mails.subject}, test: {percent: 20}, preheader",
        )
    )
    twice = checked(
        changed(
            "kit.yaml",
            "subject: {t: mails.subject}, preheader",
            "subject: {t: mails.subject}, subject_b: {t: mails.subject}, preheader",
        )
    )

    assert any("tests two subjects" in str(one.message) for one in alone.errors)
    assert any("are the same text" in str(one.message) for one in twice.errors)
