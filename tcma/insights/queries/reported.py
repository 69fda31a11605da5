"""Mails that partners sent from their own tools, as they report them: beside what is measured, never added to it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import ReportedMail
from tcma.core.db import session
from tcma.insights.queries.returns import kit_titles

MOST_KITS = 50


@dataclass(frozen=True, slots=True)
class Reported:
    """What partners reported of the mails of one kit, over all their campaigns: none where nobody says a number."""

    kit: str
    campaigns: int
    sent: int
    delivered: int | None
    opened: int | None
    clicked: int | None


def reported_by_partners() -> list[Reported]:
    """Return what was reported to the acting vendor, by kit, most mails first; at most fifty kits."""
    sent: Any = sa.func.sum(ReportedMail.sent)
    rows = session.execute(
        sa.select(
            Launch.kit_id,
            sa.func.count(ReportedMail.launch_id.distinct()),
            sent,
            sa.func.sum(ReportedMail.delivered),
            sa.func.sum(ReportedMail.opened),
            sa.func.sum(ReportedMail.clicked),
        )
        .join(Launch, Launch.id == ReportedMail.launch_id)
        .group_by(Launch.kit_id)
        .order_by(sent.desc(), Launch.kit_id)
        .limit(MOST_KITS)
    ).all()
    titles = kit_titles([row[0] for row in rows])
    return [
        Reported(titles.get(kit, ""), campaigns, int(mails), _whole(delivered), _whole(opened), _whole(clicked))
        for kit, campaigns, mails, delivered, opened, clicked in rows
    ]


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
