"""Mails that partners sent from their own tools, as they report them: beside what is measured, never added to it."""

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import ReportedMail
from tcma.core.db import session
from tcma.insights.queries.returns import Dimension, names_along

MOST_KITS = 50


@dataclass(frozen=True, slots=True)
class Reported:
    """What partners reported of the mails of one kit, or one partner of its own: none where nobody says a number."""

    name: str
    campaigns: int
    sent: int
    delivered: int | None
    opened: int | None
    clicked: int | None


def reported_by_partners() -> list[Reported]:
    """Return what was reported to the acting vendor, by kit, most mails first; at most fifty kits."""
    return list(reported_along(Dimension.KIT, most=MOST_KITS).values())


def reported_along(dimension: Dimension, *, most: int | None = None) -> dict[int, Reported]:
    """Return by key what was reported to the acting vendor along kits or partners, most mails first.

    Along activities there is nothing: what was reported of an activity's campaign stands in its proof.
    """
    keys = {Dimension.KIT: Launch.kit_id, Dimension.PARTNER: Launch.partner_id}
    if dimension not in keys:
        return {}
    key, sent = keys[dimension], cast("Any", sa.func.sum(ReportedMail.sent))
    rows = session.execute(
        sa.select(
            key,
            sa.func.count(ReportedMail.launch_id.distinct()),
            sent,
            sa.func.sum(ReportedMail.delivered),
            sa.func.sum(ReportedMail.opened),
            sa.func.sum(ReportedMail.clicked),
        )
        .join(Launch, Launch.id == ReportedMail.launch_id)
        .group_by(key)
        .order_by(sent.desc(), key)
        .limit(most)
    ).all()
    names = names_along(dimension, {row[0] for row in rows})
    return {
        found: Reported(names.get(found, ""), campaigns, int(mails), _whole(delivered), _whole(opened), _whole(clicked))
        for found, campaigns, mails, delivered, opened, clicked in rows
    }


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
