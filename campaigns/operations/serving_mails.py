"""Mails about campaigns that were made for a partner: one link, one press, no password."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState, Service
from campaigns.operations.launches import OPEN
from campaigns.operations.serving import prepared_start
from campaigns.queries.gates import reasons_not_to_launch
from campaigns.queries.serving import preparer_of, vendor_name
from tcma.core import checks, mail, runtime
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.links import Purpose
from tcma.identity.models import Membership, Role

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WHO_STARTS = (Role.ADMIN, Role.MARKETER)


def mail_prepared(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Ask those of a partner who start campaigns for a yes, or tell them until when they can say no."""
    launch = require(session.get(Launch, launch_id))
    if launch.state not in OPEN:
        return
    start = prepared_start(launch, now=now)
    _write(
        "campaign_prepared",
        launch,
        by=by,
        now=now,
        is_subscribed=launch.service is Service.SUBSCRIBED,
        starts_unless=launch.starts_unless,
        starts_at=LocalSchedule.at(start, launch.zone).instant if start else None,
        preparer=preparer_of(launch),
    )


def mail_held_back(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Tell a partner what keeps a campaign of its subscription from starting; it waits for them from now on."""
    launch = require(session.get(Launch, launch_id))
    if launch.state is not LaunchState.READY:
        return
    reasons = reasons_not_to_launch(launch, begins=now, now=now)
    reasons += checks.reasons_against("launch.start", launch_id=launch.id, by=by, now=now)
    _write("campaign_held_back", launch, by=by, now=now, reasons=reasons)


def _write(template: str, launch: Launch, *, by: Actor, now: datetime, **values: object) -> None:
    chosen = sa.select(Membership).where(
        Membership.org_id == launch.partner_id, Membership.active, Membership.role.in_(WHO_STARTS)
    )
    for member in session.scalars(chosen.order_by(Membership.id)):
        mail.compose(
            template,
            org_id=launch.partner_id,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            to_address=member.user.email,
            to_name=member.user.name,
            locale=member.user.locale,
            unique_key=f"{template}:{launch.id}:{member.id}",
            now=now,
            campaign=launch.name,
            vendor=vendor_name(launch.vendor_id),
            url=answer_link(member.id, launch.id, now=now),
            **values,
        )


def answer_link(membership_id: int, launch_id: int, *, now: datetime) -> str:
    """Return the address under which one member answers one campaign that was made for them."""
    minute = max((now - BEGIN) // MINUTE, 0)
    token = runtime.links().sign(Purpose.PREPARED, membership_id, launch_id, minute)
    return f"{runtime.settings().base_url.rstrip('/')}/campaigns/answer/{token}"
