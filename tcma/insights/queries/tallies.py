"""What came of the mails of launches, per step, summed from the roll-ups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaigns.models import Execution, Launch
from tcma.core.db import session
from tcma.insights.benchmarks import OLD_ENOUGH, Tally
from tcma.insights.models import LaunchHour

HUMAN = "human"
TRIED = ("accepted", "refused", "failed", "unknown")


def _sum(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), LaunchHour.count), else_=0)), 0)


def _columns() -> tuple[sa.ColumnElement[int], ...]:
    kind, by_people = LaunchHour.kind, LaunchHour.verdict == HUMAN
    return (
        _sum(kind.in_(TRIED)),
        _sum(kind == "accepted"),
        _sum(kind == "bounced"),
        _sum(kind == "click", by_people),
        _sum(kind == "reply", by_people),
        _sum(kind == "form", by_people),
    )


def _tally(sums: Sequence[int]) -> Tally:
    tried, accepted, bounced, clicks, replies, forms = map(int, sums)
    return Tally(tried, max(0, accepted - bounced), clicks, replies, forms)


def tallies_of_launch(launch_id: int) -> dict[str, Tally]:
    """Return what came of each mail of a launch so far, by the mail's key; posts and pages are not mails."""
    chosen = sa.select(LaunchHour.step, *_columns()).where(LaunchHour.launch_id == launch_id, LaunchHour.step != "")
    return _of_mails({step: _tally(sums) for step, *sums in session.execute(chosen.group_by(LaunchHour.step))})


def tallies_of_kit(kit_id: int, *, before: datetime, partner_id: int | None = None) -> dict[int, dict[str, Tally]]:
    """Return what came of each mail of a kit before an instant, by partner and the mail's key, all launches together.

    Launches that were younger than `OLD_ENOUGH` then are left out, and those mailed from the partner's own tool: what
    was answered there has no mails here to be measured by. With `partner_id` only that partner's.
    """
    chosen = (
        sa.select(LaunchHour.partner_id, LaunchHour.step, *_columns())
        .join(Launch, Launch.id == LaunchHour.launch_id)
        .where(
            LaunchHour.kit_id == kit_id,
            LaunchHour.step != "",
            LaunchHour.hour < before,
            Launch.starts_at <= before - OLD_ENOUGH,
            Launch.execution == Execution.PLATFORM,
        )
        .group_by(LaunchHour.partner_id, LaunchHour.step)
    )
    if partner_id is not None:
        chosen = chosen.where(LaunchHour.partner_id == partner_id)
    found: dict[int, dict[str, Any]] = {}
    for partner, step, *sums in session.execute(chosen):
        found.setdefault(partner, {})[step] = _tally(sums)
    return {partner: _of_mails(tallies) for partner, tallies in found.items()}


def _of_mails(by_step: dict[str, Tally]) -> dict[str, Tally]:
    """Leave the steps that mails were sent for: what came through a post has no mail to be measured by."""
    return {step: tally for step, tally in by_step.items() if tally.tried}
