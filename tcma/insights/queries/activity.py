"""What ran and what came of it: counts by launch and by day, and the adoption funnel of a vendor's partners."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from campaigns.models import KitGrant, Launch, LaunchState
from tcma.core.db import session
from tcma.insights.models import LaunchHour
from tcma.leads.models import Deal, DealState
from tcma.partners.models import Partnership, PartnershipState

HUMAN = "human"
ANSWERS = ("click", "form", "reply", "registration")
STARTED = (LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.COMPLETED, LaunchState.PAUSED, LaunchState.STOPPED)
ACTIVE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Counts:
    """What one launch, or several, sent and got back; people apart from machines."""

    mailed: int = 0
    human_clicks: int = 0
    machine_clicks: int = 0
    forms: int = 0
    registrations: int = 0
    leads: int = 0


def _sum(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), LaunchHour.count), else_=0)), 0)


def _columns() -> tuple[sa.ColumnElement[int], ...]:
    human = LaunchHour.verdict == HUMAN
    return (
        _sum(LaunchHour.kind == "accepted").label("mailed"),
        _sum(LaunchHour.kind == "click", human).label("human_clicks"),
        _sum(LaunchHour.kind == "click", ~human).label("machine_clicks"),
        _sum(LaunchHour.kind == "form", human).label("forms"),
        _sum(LaunchHour.kind == "registration").label("registrations"),
        _sum(LaunchHour.kind == "lead").label("leads"),
    )


def counts_of(launch_ids: Sequence[int]) -> dict[int, Counts]:
    """Return the counts of each launch; all zero where nothing happened yet."""
    rows = session.execute(
        sa.select(LaunchHour.launch_id, *_columns())
        .where(LaunchHour.launch_id.in_(launch_ids))
        .group_by(LaunchHour.launch_id)
    )
    found = {row.launch_id: Counts(*(int(value) for value in row[1:])) for row in rows}
    return {launch_id: found.get(launch_id, Counts()) for launch_id in launch_ids}


def totals(*, since: datetime) -> Counts:
    """Return the counts of everything in reach since an instant."""
    row = session.execute(sa.select(*_columns()).where(LaunchHour.hour >= since)).one()
    return Counts(*(int(value) for value in row))


def answers_by_day(*, until: datetime, days: int = 30) -> list[tuple[date, int, int]]:
    """Return day (UTC), human answers and mails accepted, of everything in reach, gaps as zero."""
    first = (until - timedelta(days=days - 1)).astimezone(UTC).date()
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = session.execute(
        sa.select(
            LaunchHour.hour,
            _sum(LaunchHour.kind.in_(ANSWERS), LaunchHour.verdict == HUMAN).label("answers"),
            _sum(LaunchHour.kind == "accepted").label("mailed"),
        )
        .where(LaunchHour.hour >= start)
        .group_by(LaunchHour.hour)
    )
    found: dict[date, tuple[int, int]] = {}
    for hour, answers, mailed in hours:
        before = found.get(hour.date(), (0, 0))
        found[hour.date()] = (before[0] + int(answers), before[1] + int(mailed))
    span = [first + timedelta(days=number) for number in range(days)]
    return [(day, *found.get(day, (0, 0))) for day in span]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far a vendor's partners have come: each step counts partners, once."""

    partners: int
    with_a_kit: int
    launched: int
    answered: int
    won: int


def adoption(*, now: datetime) -> Funnel:
    """Return the acting vendor's adoption funnel; launched and answered count the last 90 days."""
    since = now - timedelta(days=ACTIVE_DAYS)
    active = sa.select(Partnership.partner_id).where(Partnership.state == PartnershipState.ACTIVE)

    def partners(column: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]) -> int:
        chosen = sa.select(sa.func.count(sa.distinct(column))).where(column.in_(active), *conditions)
        return session.scalar(chosen) or 0

    return Funnel(
        partners=session.scalar(sa.select(sa.func.count()).select_from(active.subquery())) or 0,
        with_a_kit=partners(KitGrant.partner_id),  # type: ignore[arg-type]
        launched=partners(Launch.partner_id, Launch.launched_at >= since, Launch.state.in_(STARTED)),  # type: ignore[arg-type]
        answered=partners(
            LaunchHour.partner_id,  # type: ignore[arg-type]
            LaunchHour.hour >= since,
            LaunchHour.kind.in_((*ANSWERS, "lead")),
            LaunchHour.verdict.in_((HUMAN, "")),
        ),
        won=partners(Deal.partner_id, Deal.state == DealState.WON, Deal.decided_at >= since),  # type: ignore[arg-type]
    )


def recent_launches(*, limit: int = 6) -> Sequence[Launch]:
    """Return the launches in reach that were started last."""
    chosen = sa.select(Launch).where(Launch.state.in_(STARTED))
    return session.scalars(chosen.order_by(Launch.launched_at.desc(), Launch.id.desc()).limit(limit)).all()
