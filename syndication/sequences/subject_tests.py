"""Tests of two subjects as rows: begun with the first mail, decided once when their time is over, and read by pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.manifest.model import EmailStep
from campaigns.manifest.times import SubjectTrial
from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState, SubjectTest, Touch, Verdict
from syndication.sequences.subjects import A, B, Tried, group_of, judged
from tcma.core.db import session


class Subjects:
    """Which subject the mails of a launch carry that are made at one moment."""

    def __init__(self, launch: Launch, now: datetime) -> None:
        self._launch, self._now = launch, now
        self._tests: dict[str, SubjectTest] = {}

    def of(self, mail: EmailStep, recipient_id: int) -> str | None:
        """Return the subject that a recipient gets now; None: whoever is not in the test waits for its end.

        The first to ask begins the test, and the first to ask when its time is over decides it.
        """
        test = self._test(mail)
        if self._now >= test.ends_at:
            if test.winner is None:
                _decide(test, self._now)
            return test.winner
        return group_of(self._launch.id, mail.key, recipient_id, percent=trial_of(mail).percent)

    def rest_at(self, mail: EmailStep, due: datetime) -> datetime:
        """Return when the rest gets its mail: as long after its time as the test takes, and not before its end."""
        return max(due + timedelta(hours=trial_of(mail).hours), self._test(mail).ends_at)

    def _test(self, mail: EmailStep) -> SubjectTest:
        if mail.key not in self._tests:
            self._tests[mail.key] = _kept(self._launch.id, mail.key) or self._begun(mail)
        return self._tests[mail.key]

    def _begun(self, mail: EmailStep) -> SubjectTest:
        test = SubjectTest(
            vendor_id=self._launch.vendor_id,
            partner_id=self._launch.partner_id,
            launch_id=self._launch.id,
            step=mail.key,
            started_at=self._now,
            ends_at=self._now + timedelta(hours=trial_of(mail).hours),
        )
        session.add(test)
        return test


def trial_of(mail: EmailStep) -> SubjectTrial:
    """Return on how many a mail's two subjects are tried, and for how long."""
    return mail.test or SubjectTrial()


def _kept(launch_id: int, step: str) -> SubjectTest | None:
    return session.scalar(sa.select(SubjectTest).where(SubjectTest.launch_id == launch_id, SubjectTest.step == step))


def _decide(test: SubjectTest, now: datetime) -> None:
    counted = tried(test)
    a, b = counted[A], counted[B]
    test.winner, test.decided_at = judged(a, b).winner, now
    test.a_mailed, test.a_clicked, test.b_mailed, test.b_clicked = a.mailed, a.clicked, b.mailed, b.clicked


def tried(test: SubjectTest) -> Mapping[str, Tried]:
    """Return what came of each subject: as it stood when the test was decided, or as it stands while it runs."""
    if test.decided_at is not None:
        return {A: Tried(test.a_mailed, test.a_clicked), B: Tried(test.b_mailed, test.b_clicked)}
    clicked = sa.and_(
        Touch.recipient_id == Delivery.recipient_id,
        Touch.step == Delivery.step,
        Touch.channel == "email",
        Touch.kind == "click",
        Touch.verdict == Verdict.HUMAN,
    )
    chosen = (
        sa.select(
            Delivery.variant,
            sa.func.count(sa.distinct(Delivery.recipient_id)),
            sa.func.count(sa.distinct(Touch.recipient_id)),
        )
        .outerjoin(Touch, clicked)
        .where(Delivery.launch_id == test.launch_id, Delivery.step == test.step, Delivery.variant.is_not(None))
        .where(Delivery.state == DeliveryState.ACCEPTED)
        .group_by(Delivery.variant)
    )
    found = {variant: Tried(mailed, people) for variant, mailed, people in session.execute(chosen)}
    return {A: found.get(A, Tried()), B: found.get(B, Tried())}


def subject_tests_of(launch_id: int) -> Sequence[SubjectTest]:
    """Return the tests of a launch in the order in which they began."""
    chosen = sa.select(SubjectTest).where(SubjectTest.launch_id == launch_id)
    return session.scalars(chosen.order_by(SubjectTest.started_at, SubjectTest.id)).all()
