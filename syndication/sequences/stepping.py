"""Taking the steps that are due: a mail is made as a row, or a condition is asked, and the next step gets its time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import sqlalchemy as sa

from campaigns.manifest.model import ConditionStep, EmailStep
from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState, Enrolment, EnrolmentState, Recipient
from syndication.sequences.course import Course, Facts, Place, Where, holds
from syndication.sequences.enrolling import courses_for
from syndication.sequences.facts import facts_of, mailed
from syndication.sequences.subject_tests import Subjects
from tcma.core import runtime
from tcma.core.db import insert_into, require, session, time_ordered_id
from tcma.core.links import Purpose

NOT_MET = "the condition of this step was not met"
TOO_LATE = "the event has begun"
NOTHING_TO_REPEAT = "the mail that this one repeats was read, or did not go out"
LEFT_ASIDE = "the partner skipped this step"


@dataclass(frozen=True, slots=True)
class _Due:
    """One enrolment whose time has come."""

    id: int
    recipient_id: int
    contact_id: int
    step: str
    zone: str
    country: str | None

    @property
    def where(self) -> Where:
        """Whose clocks and holidays count."""
        return Where(self.zone, self.country)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of it: the place that comes next, and the mail that was made."""

    due: _Due
    next: Place | None
    mail: DeliveryState | None
    reason: str | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class _Ground:
    """The moment, the subjects of it, and who got the mails that come again: recipient and step."""

    now: datetime
    subjects: Subjects
    mailed: Collection[tuple[int, str]]


def take_due_steps(launch: Launch, *, now: datetime, limit: int) -> int:
    """Make the mails of up to `limit` enrolments that are due, move each to its next step, and return how many."""
    due = _due(launch.id, now, limit)
    if not due:
        return 0
    facts = facts_of([one.recipient_id for one in due])
    courses = courses_for(launch, [one.where for one in due])
    ground = _Ground(now, Subjects(launch, now), _got(due, courses))
    taken = [_take(one, courses[one.where], facts.get(one.recipient_id, Facts()), ground) for one in due]
    _write_deliveries(launch, [one for one in taken if one.mail is not None], now)
    session.execute(sa.update(Enrolment), [_moved(one) for one in taken])
    return len(due)


def _due(launch_id: int, now: datetime, limit: int) -> list[_Due]:
    chosen = (
        sa.select(
            Enrolment.id,
            Enrolment.recipient_id,
            Recipient.contact_id,
            Enrolment.next_step.label("step"),
            Recipient.zone,
            Recipient.country,
        )
        .join(Recipient, Recipient.id == Enrolment.recipient_id)
        .where(Enrolment.launch_id == launch_id, Enrolment.state == EnrolmentState.ACTIVE, Enrolment.due_at <= now)
        .order_by(Enrolment.due_at, Enrolment.id)
        .limit(limit)
        .with_for_update(of=Enrolment, skip_locked=True)
    )
    return [_Due(*row) for row in session.execute(chosen)]


def _got(due: Sequence[_Due], courses: Mapping[Where, Course]) -> Collection[tuple[int, str]]:
    stops = {one.recipient_id: courses[one.where].stop(one.step) for one in due}
    again = {key: stop.resend_of for key, stop in stops.items() if isinstance(stop, EmailStep) and stop.resend_of}
    return mailed(list(again), set(again.values()))


def _take(one: _Due, course: Course, facts: Facts, ground: _Ground) -> _Taken:
    now = ground.now
    stop = course.stop(one.step)
    if stop is None:
        return _Taken(one, None, None)
    if isinstance(stop, ConditionStep):
        further = course.after(one.step, at=now) if holds(stop.when, facts) else course.otherwise(one.step, at=now)
        return _Taken(one, further, None)
    opens = course.opening(stop.key, now)
    if opens > now:
        return _Taken(one, Place(stop.key, opens), None)
    reason = _reason_not_to_mail(stop, facts, course, now)
    if reason is None and stop.resend_of is not None:
        is_unread = (one.recipient_id, stop.resend_of) in ground.mailed and not facts.has_read(stop.resend_of)
        reason = None if is_unread else NOTHING_TO_REPEAT
    if reason is not None:
        return _Taken(one, course.after(one.step, at=now), DeliveryState.SKIPPED, reason)
    if stop.subject_b is None:
        return _Taken(one, course.after(one.step, at=now), DeliveryState.READY)
    return _tried(one, stop, course, ground)


def _tried(one: _Due, mail: EmailStep, course: Course, ground: _Ground) -> _Taken:
    """Give one of two subjects to whoever tries it, or the better one; until it is known, the rest waits."""
    variant = ground.subjects.of(mail, one.recipient_id)
    if variant is None:
        rest = ground.subjects.rest_at(mail, course.due.get(mail.key, ground.now))
        return _Taken(one, Place(mail.key, course.opening(mail.key, rest)), None)
    return _Taken(one, course.after(mail.key, at=ground.now), DeliveryState.READY, variant=variant)


def _reason_not_to_mail(stop: EmailStep, facts: Facts, course: Course, now: datetime) -> str | None:
    if stop.key in course.skipped:
        return LEFT_ASIDE
    if not holds(stop.when, facts):
        return NOT_MET
    return TOO_LATE if course.comes_too_late(stop.key, now) else None


def _moved(taken: _Taken) -> dict[str, object]:
    if taken.next is None:
        return {"id": taken.due.id, "state": EnrolmentState.COMPLETED, "next_step": None, "due_at": None}
    return {
        "id": taken.due.id,
        "state": EnrolmentState.ACTIVE,
        "next_step": taken.next.step,
        "due_at": taken.next.due_at,
    }


def _write_deliveries(launch: Launch, taken: Sequence[_Taken], now: datetime) -> None:
    if not taken:
        return
    day, name = cohort_of(launch), partial(_delivery, launch, now=now)
    # A mail that the journal remembers better than a restored database has its row already.
    session.execute(insert_into(Delivery).on_conflict_do_nothing(), [name(one, cohort=day) for one in taken])


def _delivery(launch: Launch, taken: _Taken, *, cohort: date, now: datetime) -> dict[str, object]:
    key = time_ordered_id()
    is_over = taken.mail is DeliveryState.SKIPPED
    return {
        "id": key,
        "cohort": cohort,
        "partner_id": launch.partner_id,
        "launch_id": launch.id,
        "recipient_id": taken.due.recipient_id,
        "contact_id": taken.due.contact_id,
        "step": taken.due.step,
        "variant": taken.variant,
        "state": taken.mail,
        "reason": taken.reason,
        "message_id": message_id_of(key),
        "created_at": now,
        "settled_at": now if is_over else None,
    }


def cohort_of(launch: Launch) -> date:
    """Return the day that a launch's deliveries are kept under."""
    return require(launch.launched_at).date()


def message_id_of(delivery_id: int) -> str:
    """Return the Message-ID of a delivery, the same for every attempt."""
    mark = runtime.links().sign_for_mailbox(Purpose.RETURN, delivery_id)
    return f"<{mark}@{runtime.settings().mail_domain}>"
