"""Roll-ups by the hour, counted anew so that no replay counts twice; benchmarks; a deal's activity; calendars."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Bounce, Delivery, DeliveryState, Touch
from tcma.core import audit, schedule
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.models import Due
from tcma.insights.benchmarks import OLD_ENOUGH, WHOLE, Benchmark, Tally, whole_of
from tcma.insights.models import CalendarFeed, KitBenchmark, LaunchHour
from tcma.insights.queries.tallies import tallies_of_kit
from tcma.leads import operations as leads
from tcma.leads.models import Deal, Lead
from tcma.mdf.models import Activity, ActivityDecision, FundRequest

Key = tuple[str, str, str, str]  # tactic, step, kind, verdict
SENT = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.REFUSED: "refused",
    DeliveryState.FAILED: "failed",
    DeliveryState.UNKNOWN: "unknown",
}

BENCHMARK = "kit_benchmark"
STILL_ANSWERED = timedelta(days=90)

BACK = {"hard": "bounced", "soft": "delayed", "complaint": "complained"}


def count_hour(*, launch_id: int, hour: str, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a listener's signature
    """Let the roll-up of one launch and one hour of UTC (ISO 8601) say what the rows say now."""
    start = datetime.fromisoformat(hour).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    # One count of a launch at a time: what the next one reads is then complete. Keys to the row stay free.
    chosen = sa.select(Launch).where(Launch.id == launch_id).with_for_update(key_share=True)
    launch = require(session.scalar(chosen))
    counts = _counted(launch_id, start, start + timedelta(hours=1))
    known = {
        (row.tactic, row.step, row.kind, row.verdict): row
        for row in session.scalars(
            sa.select(LaunchHour).where(LaunchHour.launch_id == launch_id, LaunchHour.hour == start).with_for_update()
        )
    }
    for key in known.keys() - counts.keys():
        session.delete(known[key])
    for key, count in counts.items():
        tactic, step, kind, verdict = key
        if row := known.get(key):
            row.count = count
        else:
            session.add(
                LaunchHour(
                    vendor_id=launch.vendor_id,
                    partner_id=launch.partner_id,
                    launch_id=launch_id,
                    kit_id=launch.kit_id,
                    tactic=tactic,
                    step=step,
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
        sa.select(Touch.tactic, Touch.step, Touch.kind, Touch.verdict, number)
        .where(Touch.launch_id == launch_id, Touch.at >= start, Touch.at < end)
        .group_by(Touch.tactic, Touch.step, Touch.kind, Touch.verdict)
    )
    for tactic, step, kind, verdict, count in touches:
        counts[tactic, step, kind, verdict.value] += count
    deliveries = session.execute(
        sa.select(Delivery.step, Delivery.state, number)
        .where(Delivery.launch_id == launch_id, Delivery.settled_at >= start, Delivery.settled_at < end)
        .group_by(Delivery.step, Delivery.state)
    )
    for step, state, count in deliveries:
        if state in SENT:
            counts["mails", step, SENT[state], ""] += count
    bounced = session.execute(
        sa.select(Delivery.step, Bounce.kind, number)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Delivery.launch_id == launch_id, Bounce.at >= start, Bounce.at < end, Bounce.undone_at.is_(None))
        .group_by(Delivery.step, Bounce.kind)
    )
    for step, kind, count in bounced:
        counts["mails", step, BACK.get(kind, kind), ""] += count
    leads = session.execute(
        sa.select(sa.func.coalesce(Lead.tactic, ""), number)
        .where(Lead.launch_id == launch_id, Lead.captured_at >= start, Lead.captured_at < end)
        .group_by(Lead.tactic)
    )
    for tactic, count in leads:
        counts[tactic, "", "lead", ""] += count
    return counts


def plan_benchmark(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Let the benchmark of a launch's kit be counted once the launch is old enough to be in it."""
    del by
    launch = require(session.scalar(sa.select(Launch).where(Launch.id == launch_id)))
    due = sa.select(Due.id).where(Due.kind == BENCHMARK, Due.object_id == launch.kit_id)
    if session.scalar(due) is None:
        schedule.set_due(
            BENCHMARK,
            launch.kit_id,
            max(now, launch.starts_at or now) + OLD_ENOUGH,
            vendor_id=launch.vendor_id,
            partner_id=None,
        )


def count_benchmark(*, kit_id: int, by: Actor, now: datetime) -> datetime | None:
    """Let the benchmark of a kit say what the roll-ups say now; return when to count again.

    That is tomorrow while its launches of the last `STILL_ANSWERED` can bring more, and never otherwise: the next
    launch plans it anew.
    """
    vendor_id = require(by.vendor_id)
    by_step: dict[str, list[Tally]] = {}
    for tallies in tallies_of_kit(kit_id, before=now).values():
        for step, tally in (*tallies.items(), (WHOLE, whole_of(tallies))):
            by_step.setdefault(step, []).append(tally)
    known = {row.step: row for row in session.scalars(sa.select(KitBenchmark).where(KitBenchmark.kit_id == kit_id))}
    for step in known.keys() - by_step.keys():
        session.delete(known[step])
    for step, each in by_step.items():
        row = known.get(step) or KitBenchmark(vendor_id=vendor_id, kit_id=kit_id, step=step)
        benchmark = Benchmark.of(each)
        row.partners, row.delivered, row.middles = benchmark.partners, benchmark.delivered, benchmark.to_json()
        row.counted_until = now
        session.add(row)
    latest = session.scalar(sa.select(sa.func.max(Launch.starts_at)).where(Launch.kit_id == kit_id))
    return now + timedelta(days=1) if latest is not None and latest > now - STILL_ANSWERED else None


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
