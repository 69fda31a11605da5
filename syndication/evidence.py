"""The platform's own proof: what was sent and when, how people answered, who came. Counts, never a person.

What the partner reported of its own tool's mails stands under a name of its own.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from campaigns.models import Execution, Launch
from syndication.events.export import attendance_facts
from syndication.exporting.reporting import reported_mails
from syndication.models import Delivery, DeliveryState, StepMail
from syndication.queries import delivery_counts, human_answers
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.mdf.models import Activity, FundRequest
from tcma.mdf.operations.proof import attach_proof

# What vendors and kits call the list of who came; a list that was closed here is that list.
ATTENDANCE = frozenset({"attendance", "attendee_list"})


def assemble_proof(*, activity_id: int, by: Actor, now: datetime) -> None:
    """Attach to an activity what was seen of its launch; without a launch there is nothing to say."""
    activity = require(session.scalar(sa.select(Activity).where(Activity.id == activity_id)))
    launch_id = session.scalar(sa.select(FundRequest.launch_id).where(FundRequest.id == activity.request_id))
    launch = session.get(Launch, launch_id) if launch_id is not None else None
    if launch is None:
        return
    attach_proof(activity=activity, facts=facts_of(launch, now=now), by=by, now=now)
    held = [one for one in attendance_facts(launch.id) if one["reported_at"]]
    for kind in ATTENDANCE & set(activity.proof_wanted) if held else ():
        attach_proof(activity=activity, facts={"events": held, "as_of": _iso(now)}, kind=kind, by=by, now=now)


def facts_of(launch: Launch, *, now: datetime) -> dict[str, Any]:
    """Return what ran, when, and what came of it, with each mail's creative by the hash of what was sent."""
    first, last = session.execute(
        sa.select(sa.func.min(Delivery.settled_at), sa.func.max(Delivery.settled_at)).where(
            Delivery.launch_id == launch.id, Delivery.state == DeliveryState.ACCEPTED
        )
    ).one()
    return {
        "launch": launch.public_id,
        "name": launch.name,
        "state": launch.state.value,
        "started_at": _iso(launch.starts_at),
        "first_sent_at": _iso(first),
        "last_sent_at": _iso(last),
        "recipients": launch.recipients,
        "mails": delivery_counts(launch.id),
        "human_answers": human_answers(launch.id),
        "as_reported": _reported(launch),
        "events": attendance_facts(launch.id),
        "creatives": [
            {"step": mail.step, "language": mail.language, "sha256": sha256(mail.compiled.encode()).hexdigest()}
            for mail in _mails(launch.id)
        ],
        "as_of": _iso(now),
    }


def _reported(launch: Launch) -> list[dict[str, Any]]:
    """Return what the partner said of the mails that it sent from its own tool: its word, and marked as that."""
    if launch.execution is not Execution.EXPORTED:
        return []
    names = ("step", "sent", "delivered", "opened", "clicked")
    return [
        {**{name: getattr(row, name) for name in names}, "as_of": _iso(row.as_of)} for row in reported_mails(launch)
    ]


def _mails(launch_id: int) -> list[StepMail]:
    chosen = sa.select(StepMail).where(StepMail.launch_id == launch_id).order_by(StepMail.step, StepMail.language)
    return list(session.scalars(chosen))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
