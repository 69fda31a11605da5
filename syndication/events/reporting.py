"""Closing the list of who came: the others are absent, each gets the mail that fits, and the funds get their proof."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.manifest.model import EmailStep
from campaigns.models import Event, EventState, Execution, Launch, Registrant, RegistrantState
from campaigns.operations.seats import locked_event, tell_registrant
from campaigns.queries.launches import is_left_out
from syndication.models import Enrolment, EnrolmentState, Recipient
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.words import lazy_gettext as _
from tcma.mdf.models import Activity, FundRequest
from tcma.mdf.operations.requests import APPROVED, want_proof

S = RegistrantState
HELD = frozenset({EventState.REGISTRATION_OPEN, EventState.FULL, EventState.CLOSED, EventState.LIVE, EventState.ENDED})
EXPECTED = frozenset({S.REGISTERED, S.CONFIRMED})


def report_attendance(*, event_id: int, by: Actor, now: datetime) -> Event:
    """Close the list of an event that has begun: whoever had a place and was not checked in did not come.

    Those who came and those who did not are written to, each with their own mail: by the campaign's sequence where
    it has one for them, else in the words of the kit or our own. Doing it twice changes nothing. Refused with
    `Conflict` before the event, and for one that was called off.
    """
    event = locked_event(event_id)
    if event.state is EventState.REPORTED:
        return event
    if event.state not in HELD or event.starts_at > now:
        raise Conflict(_("The list can be closed once the event has begun."))
    before, event.state, event.reported_at = event.state, EventState.REPORTED, now
    people = list(session.scalars(sa.select(Registrant).where(Registrant.event_id == event.id).order_by(Registrant.id)))
    for registrant in people:
        if registrant.state in EXPECTED:
            registrant.state = S.NO_SHOW
    session.flush()  # the mails and the proof read how everybody stands
    counted = {state.value: sum(one.state is state for one in people) for state in (S.ATTENDED, S.NO_SHOW)}
    audit.record(
        by=by, action="event.reported", object_type="event", object_id=event.id,
        before={"state": before}, after=counted, now=now,
    )  # fmt: skip
    _follow_up(event, people, now=now)
    renew_proof(event, now=now)
    return event


def _follow_up(event: Event, people: Collection[Registrant], *, now: datetime) -> None:
    launch = require(session.get(Launch, event.launch_id))
    for state, what in ((S.ATTENDED, "attended"), (S.NO_SHOW, "absent")):
        theirs = [one for one in people if one.state is state]
        served = _served_by_sequence(launch, what, [one.contact_id for one in theirs if one.contact_id])
        for registrant in theirs:
            if registrant.contact_id not in served:
                tell_registrant(registrant, event, what, now=now)


def _served_by_sequence(launch: Launch, what: str, contact_ids: Collection[int]) -> set[int]:
    """Return whom a mail of the campaign's own sequence is still to come to: nobody gets two."""
    if not _has_mail(launch, what) or launch.execution is not Execution.PLATFORM:
        return set()
    chosen = (
        sa.select(Recipient.contact_id)
        .join(Enrolment, Enrolment.recipient_id == Recipient.id)
        .where(Recipient.launch_id == launch.id, Recipient.contact_id.in_(contact_ids))
        .where(Enrolment.state == EnrolmentState.ACTIVE)
    )
    return set(session.scalars(chosen))


def _has_mail(launch: Launch, what: str) -> bool:
    """Whether the campaign's sequence has a mail for those who came, or for those who did not."""
    return any(
        isinstance(step, EmailStep) and step.when is not None and what in step.when.words
        for sequence, step in content_of(launch.version).kit.manifest.steps()
        if not is_left_out(launch, sequence.key)
    )


def renew_proof(event: Event, *, now: datetime) -> None:
    """Have the list of attendance attached to what the vendor has agreed to fund of this campaign."""
    chosen = (
        sa.select(Activity)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(FundRequest.launch_id == event.launch_id, FundRequest.state.in_(APPROVED))
    )
    for activity in session.scalars(chosen.order_by(Activity.id)):
        want_proof(activity, now)
