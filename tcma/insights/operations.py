"""Roll-ups, counted anew by the hour so that a replay counts nothing twice; a deal's activity; a calendar's address."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Bounce, Delivery, DeliveryState, Touch
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.insights.models import CalendarFeed, LaunchHour
from tcma.leads import operations as leads
from tcma.leads.models import Deal, Lead
from tcma.mdf.models import Activity, ActivityDecision, FundRequest

Key = tuple[str, str, str]  # tactic, kind, verdict
SENT = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.REFUSED: "refused",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "unknown",
}

BACK = {"hard": "bounced", "soft": "delayed", "complaint": "complained"}


def count_hour(*, launch_id: int, hour: str, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a listener's signature
    """Let the roll-up of one launch and one hour of UTC (ISO 8601) say what the rows say now."""
    start = datetime.fromisoformat(hour).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    # One count of a launch at a time: what the next one reads is then complete. Keys to the row stay free.
    chosen = sa.select(Launch).where(Launch.id == launch_id).with_for_update(key_share=True)
    launch = require(session.scalar(chosen))
    counts = _counted(launch_id, start, start + timedelta(hours=1))
    known = {
        (row.tactic, row.kind, row.verdict): row
        for row in session.scalars(
            sa.select(LaunchHour).where(LaunchHour.launch_id == launch_id, LaunchHour.hour == start).with_for_update()
        )
    }
    for key in known.keys() - counts.keys():
        session.delete(known[key])
    for (tactic, kind, verdict), count in counts.items():
        if row := known.get((tactic, kind, verdict)):
            row.count = count
        else:
            session.add(
                LaunchHour(
                    vendor_id=launch.vendor_id,
                    partner_id=launch.partner_id,
                    launch_id=launch_id,
                    kit_id=launch.kit_id,
                    tactic=tactic,
                    hour=start,
                    kind=kind,
                    verdict=verdict,
                    count=count,
                )
            )


def _counted(launch_id: int, start: datetime, end: datetime) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    number = sa.func.count()
    touches = session.execute(
        sa.select(Touch.tactic, Touch.kind, Touch.verdict, number)
        .where(Touch.launch_id == launch_id, Touch.at >= start, Touch.at < end)
        .group_by(Touch.tactic, Touch.kind, Touch.verdict)
    )
    for tactic, kind, verdict, count in touches:
        counts[tactic, kind, verdict.value] += count
    deliveries = session.execute(
        sa.select(Delivery.state, number)
        .where(Delivery.launch_id == launch_id, Delivery.settled_at >= start, Delivery.settled_at < end)
        .group_by(Delivery.state)
    )
    for state, count in deliveries:
        if state in SENT:
            counts["mails", SENT[state], ""] += count
    bounced = session.execute(
        sa.select(Bounce.kind, number)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Delivery.launch_id == launch_id, Bounce.at >= start, Bounce.at < end, Bounce.undone_at.is_(None))
        .group_by(Bounce.kind)
    )
    for kind, count in bounced:
        counts["mails", BACK.get(kind, kind), ""] += count
    leads = session.execute(
        sa.select(sa.func.coalesce(Lead.tactic, ""), number)
        .where(Lead.launch_id == launch_id, Lead.captured_at >= start, Lead.captured_at < end)
        .group_by(Lead.tactic)
    )
    for tactic, count in leads:
        counts[tactic, "lead", ""] += count
    return counts


def credit_deal(*, deal_id: int, by: Actor, now: datetime) -> None:
    """Let a new deal name the activity that brought it: by the tactic that was answered, or the launch's only one."""
    deal = session.scalar(sa.select(Deal).where(Deal.id == deal_id))
    if deal is None or deal.activity_id is not None:
        return
    activity_id = _activity_behind(deal)
    if activity_id is not None:
        leads.credit_activity(deal=deal, activity_id=activity_id, by=by, now=now)


def _activity_behind(deal: Deal) -> int | None:
    approved = session.execute(
        sa.select(Activity.id, Activity.tactic)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(
            FundRequest.launch_id == deal.launch_id,
            FundRequest.vendor_id == deal.vendor_id,
            Activity.decision.in_((ActivityDecision.APPROVED, ActivityDecision.REDUCED)),
        )
    ).all()
    answered = _tactics_of(deal)
    for candidates in ([row for row in approved if row.tactic in answered], approved):
        if len(candidates) == 1:
            found: int = candidates[0].id
            return found
    return None


def _tactics_of(deal: Deal) -> set[str | None]:
    """Return the tactics of the answers that made the lead."""
    if deal.lead_id is None:
        return set()
    lead = session.scalar(sa.select(Lead.tactic).where(Lead.id == deal.lead_id))
    touches = session.scalars(sa.select(Touch.tactic).where(Touch.lead_id == deal.lead_id).distinct())
    return {lead, *touches} - {None, ""}


def renew_feed(*, by: Actor, now: datetime) -> None:
    """Let the acting member's calendar be read at a new secret address; the one before leads nowhere any more."""
    membership_id = require(by.membership_id)
    chosen = sa.select(CalendarFeed).where(CalendarFeed.membership_id == membership_id).with_for_update()
    feed = session.scalar(chosen)
    if feed is None:
        session.add(CalendarFeed(org_id=require(by.org_id), membership_id=membership_id, number=1, renewed_at=now))
    else:
        feed.number, feed.renewed_at = feed.number + 1, now
    audit.record(
        by=by, action="calendar.address_renewed", object_type="membership", object_id=membership_id, now=now
    )  # fmt: skip
