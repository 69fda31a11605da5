"""Freezing the people of a launch, in chunks that can be taken up again, and entering them into the sequence."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Execution, Launch
from campaigns.queries.branches import people_of
from campaigns.queries.launches import event_start_of, lists_of, manifest_of
from campaigns.queries.topics import topic_of
from campaigns.timing import changes_in
from syndication.models import Enrolment, EnrolmentState, Recipient
from syndication.sequences.course import Course, Place, Where, course_of
from tcma.contacts.queries import Mailable, audience, mailable_contacts
from tcma.core.db import insert_all, public_id, require, session, transaction
from tcma.core.models import Due
from tcma.core.schedule import set_due

CHUNK = 1_000
SEQUENCE = "sequence"


def freeze_recipients(*, launch_id: int, now: datetime) -> None:
    """Write down whom a launch goes to, and let each begin the sequence; called again, it goes on where it stopped.

    Each chunk is a transaction of its own; one recipient per launch and contact is the database's promise. A launch
    that the partner mails from its own tool has no recipients here.
    """
    with transaction():
        launch = require(session.get(Launch, launch_id))
        lists, vendor_id = lists_of(launch.id), launch.vendor_id
        sends, topic = launch.execution is Execution.PLATFORM, topic_of(launch)
        among = people_of(launch, now=now)
    if not lists or not sends:
        return
    found = mailable_contacts(list_ids=lists, vendor_id=vendor_id, now=now, topic=topic, among=among, chunk=CHUNK)
    for people in found:
        with transaction():
            _freeze_chunk(require(session.get(Launch, launch_id)), people)
    with transaction():
        _count(require(session.get(Launch, launch_id)), lists, now=now)


def _freeze_chunk(launch: Launch, people: Sequence[Mailable]) -> None:
    ids = [one.contact_id for one in people]
    known = set(
        session.scalars(
            sa.select(Recipient.contact_id).where(Recipient.launch_id == launch.id, Recipient.contact_id.in_(ids))
        )
    )
    new = [one for one in people if one.contact_id not in known]
    if not new:
        return
    languages = {one: one if one in launch.version.languages else launch.language for one in {p.language for p in new}}
    insert_all(
        Recipient,
        [
            {
                "public_id": public_id(Recipient.__prefix__),
                "partner_id": launch.partner_id,
                "launch_id": launch.id,
                "contact_id": one.contact_id,
                "consent_event_id": one.consent_event_id,
                "language": languages[one.language],
                "zone": one.zone,
                "country": one.country,
            }
            for one in new
        ],
    )
    _enrol(launch, {one.contact_id: Where(one.zone, one.country) for one in new})


def _enrol(launch: Launch, places: dict[int, Where]) -> None:
    first = {where: course.first() for where, course in courses_for(launch, places.values()).items()}
    made = sa.select(Recipient.id, Recipient.contact_id).where(
        Recipient.launch_id == launch.id, Recipient.contact_id.in_(places)
    )
    insert_all(
        Enrolment,
        [
            {
                "partner_id": launch.partner_id,
                "recipient_id": row.id,
                "launch_id": launch.id,
                **_beginning(first[places[row.contact_id]]),
            }
            for row in session.execute(made)
        ],
    )
    dues = [place.due_at for place in first.values() if place is not None]
    if dues:
        bring_forward(launch.id, min(dues), vendor_id=launch.vendor_id, partner_id=launch.partner_id)


def _beginning(place: Place | None) -> dict[str, object]:
    if place is None:
        return {"state": EnrolmentState.COMPLETED, "next_step": None, "due_at": None}
    return {"state": EnrolmentState.ACTIVE, "next_step": place.step, "due_at": place.due_at}


def _count(launch: Launch, lists: Sequence[int], *, now: datetime) -> None:
    chosen = sa.select(sa.func.count()).select_from(Recipient).where(Recipient.launch_id == launch.id)
    launch.recipients = session.scalar(chosen) or 0
    among = people_of(launch, now=now)
    found = audience(list_ids=lists, vendor_id=launch.vendor_id, now=now, topic=topic_of(launch), among=among)
    launch.left_out = dict(found.left_out)


def bring_forward(launch_id: int, at: datetime, *, vendor_id: int | None, partner_id: int | None) -> None:
    """Let the sequence of a launch be looked at by `at` at the latest."""
    row = session.scalar(sa.select(Due).where(Due.kind == SEQUENCE, Due.object_id == launch_id))
    if row is None or row.due_at > at:
        set_due(SEQUENCE, launch_id, at, vendor_id=vendor_id, partner_id=partner_id)


def courses_for(launch: Launch, places: Iterable[Where]) -> dict[Where, Course]:
    """Return the way through the mails of a launch for recipients of each place."""
    return {where: course_for(launch, where) for where in set(places)}


def course_for(launch: Launch, where: Where) -> Course:
    """Return the way through the mails of a launch for recipients of one place."""
    return course_of(
        manifest_of(launch),
        start=require(launch.starts_at),
        zone=where.zone,
        country=where.country or "",
        left_out=launch.choices.get("left_out", ()),
        event_start=event_start_of(launch, confirmed=True),
        changes=changes_in(launch.choices),
    )
