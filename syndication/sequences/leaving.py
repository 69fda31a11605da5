"""How a sequence ends for everybody at once: its launch was stopped, withdrawn, or is over."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState
from syndication.models import Delivery, DeliveryState, Enrolment, EnrolmentState, Recipient
from tcma.core.db import session

REASONS = {
    LaunchState.STOPPED: "the campaign was stopped",
    LaunchState.RECALLED: "the campaign was withdrawn",
    LaunchState.COMPLETED: "the campaign is over",
}
WAITING = (DeliveryState.READY, DeliveryState.DEFERRED)


def close_sequence(launch: Launch, *, now: datetime) -> None:
    """Name what waited and will not be sent. A mail that a sender has in hand keeps the outcome it gets there."""
    reason = REASONS.get(launch.state)
    if reason is None:
        return
    session.execute(
        sa.update(Delivery)
        .where(Delivery.launch_id == launch.id, Delivery.state.in_(WAITING), Delivery.attempt_id.is_(None))
        .values(state=DeliveryState.SKIPPED, reason=reason, settled_at=now, next_try_at=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Enrolment)
        .where(Enrolment.launch_id == launch.id, Enrolment.state == EnrolmentState.ACTIVE)
        .values(state=EnrolmentState.EXITED, exit_reason="recalled", next_step=None, due_at=None)
        .execution_options(synchronize_session=False)
    )


def leave_all(contact_id: int, reason: str) -> None:
    """Let a contact leave every sequence of its partner, whichever vendor's kit it is."""
    of_contact = sa.select(Recipient.id).where(Recipient.contact_id == contact_id)
    session.execute(
        sa.update(Enrolment)
        .where(Enrolment.recipient_id.in_(of_contact), Enrolment.state == EnrolmentState.ACTIVE)
        .values(state=EnrolmentState.EXITED, exit_reason=reason, next_step=None, due_at=None)
        .execution_options(synchronize_session=False)
    )
