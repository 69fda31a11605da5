"""A date that was set or moved: whoever waits for something around the event gets its new time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState
from syndication.models import Delivery, Enrolment, EnrolmentState, Recipient
from syndication.sequences.course import Place, Where
from syndication.sequences.enrolling import bring_forward, courses_for
from tcma.core.db import require, session

GOES_ON = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.PAUSED})


def retime_sequence(*, launch_id: int, now: datetime) -> None:
    """Give everybody in a launch's sequence the time of what comes next around its event.

    Who was through, because the event had no date yet, is taken up again; who has left stays out.
    """
    launch = require(session.get(Launch, launch_id))
    if launch.state not in GOES_ON:
        return
    rows = session.execute(
        sa.select(
            Enrolment.id,
            Enrolment.recipient_id,
            Enrolment.state,
            Enrolment.next_step,
            Recipient.zone,
            Recipient.country,
        )
        .join(Recipient, Recipient.id == Enrolment.recipient_id)
        .where(
            Enrolment.launch_id == launch.id,
            Enrolment.state.in_((EnrolmentState.ACTIVE, EnrolmentState.COMPLETED)),
        )
        .order_by(Enrolment.id)
    ).all()
    courses = courses_for(launch, [Where(row.zone, row.country) for row in rows])
    taken = _taken(row.recipient_id for row in rows if row.state is EnrolmentState.COMPLETED)
    moved: dict[int, Place | None] = {}
    for row in rows:
        course = courses[Where(row.zone, row.country)]
        if row.state is EnrolmentState.COMPLETED:
            if (again := course.rejoined(taken[row.recipient_id], at=now)) is not None:
                moved[row.id] = again
        elif row.next_step is not None and course.hangs_on_event(row.next_step):
            moved[row.id] = course.anew(row.next_step, at=now)
    if moved:
        session.execute(sa.update(Enrolment), [_values(key, place) for key, place in moved.items()])
    dues = [place.due_at for place in moved.values() if place is not None]
    if dues:
        bring_forward(launch.id, min(dues), vendor_id=launch.vendor_id, partner_id=launch.partner_id)


def _values(enrolment_id: int, place: Place | None) -> dict[str, object]:
    if place is None:
        return {"id": enrolment_id, "state": EnrolmentState.COMPLETED, "next_step": None, "due_at": None}
    return {
        "id": enrolment_id, "state": EnrolmentState.ACTIVE, "next_step": place.step, "due_at": place.due_at,
    }  # fmt: skip


def _taken(recipient_ids: Iterable[int]) -> defaultdict[int, set[str]]:
    """Return which steps of the sequence each recipient has behind."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    chosen = sa.select(Delivery.recipient_id, Delivery.step).where(Delivery.recipient_id.in_(list(recipient_ids)))
    for recipient_id, step in session.execute(chosen):
        found[recipient_id].add(step)
    return found
