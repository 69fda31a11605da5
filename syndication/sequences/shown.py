"""Tests of two subjects as people read them: both subjects, their numbers, and what can be said of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_decimal
from flask_babel import gettext as _

from campaigns.content import Content, content_of
from campaigns.mails import mail_step
from campaigns.manifest.model import TextRef
from campaigns.models import Launch
from campaigns.queries.launches import side_of_launch
from campaigns.values import filled_for_reader
from syndication.models import SubjectTest
from syndication.sequences.subject_tests import subject_tests_of, tried
from syndication.sequences.subjects import A, B, Outcome, Tried, judged


@dataclass(frozen=True, slots=True)
class ShownSubject:
    """One of two subjects, with how many mails with it were taken, and how many of their readers clicked."""

    words: str
    mailed: int
    clicked: int


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A mail's two subjects, what came of each, and what everybody else gets."""

    step: str
    started_at: datetime
    ends_at: datetime
    decided_at: datetime | None
    a: ShownSubject
    b: ShownSubject
    outcome: Outcome
    winner: str | None
    says: str


def shown_tests(launch: Launch) -> list[ShownTest]:
    """Return the tests of a launch in the order in which they began, in the reader's language."""
    tests = subject_tests_of(launch.id)
    if not tests:
        return []
    content, fields = content_of(launch.version), side_of_launch(launch).fields

    def words(ref: TextRef | None) -> str:
        return filled_for_reader(content.words(ref, launch.language), fields) if ref else ""

    return [_shown(test, content, words) for test in tests]


def _shown(test: SubjectTest, content: Content, words: Callable[[TextRef | None], str]) -> ShownTest:
    mail, counted = mail_step(content, test.step), tried(test)
    a, b = counted[A], counted[B]
    return ShownTest(
        step=test.step,
        started_at=test.started_at,
        ends_at=test.ends_at,
        decided_at=test.decided_at,
        a=ShownSubject(words(mail.subject), a.mailed, a.clicked),
        b=ShownSubject(words(mail.subject_b), b.mailed, b.clicked),
        outcome=judged(a, b).outcome,
        winner=test.winner,
        says=in_words(a, b, is_decided=test.decided_at is not None),
    )


def in_words(a: Tried, b: Tried, *, is_decided: bool) -> str:
    """Say how two subjects compare, and what that means for everybody else."""
    found = judged(a, b)
    first, second = (b, a) if found.leader == B else (a, b)
    numbers = {"leader": found.leader.upper(), "first": _percent(first), "second": _percent(second)}
    if not is_decided:
        words = _("So far %(leader)s, %(first)s %% against %(second)s %%. Everybody else waits for the end.", **numbers)
    elif found.outcome is Outcome.TOO_FEW:
        words = _(
            "%(leader)s, %(first)s %% against %(second)s %%; too few clicks to tell. "
            "Everybody else gets A, the kit's own.",
            **numbers,
        )
    elif found.outcome is Outcome.CHANCE:
        words = _(
            "%(leader)s, %(first)s %% against %(second)s %%; this could be chance. "
            "Everybody else gets A, the kit's own.",
            **numbers,
        )
    else:
        words = _(
            "%(leader)s, %(first)s %% against %(second)s %%; chance alone does so in fewer than 1 of 20 cases. "
            "Everybody else gets %(leader)s.",
            **numbers,
        )
    return str(words)


def _percent(one: Tried) -> str:
    return str(format_decimal(100 * one.rate, "#,##0.0"))
