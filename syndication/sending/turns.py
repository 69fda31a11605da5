"""Whose turn it is: launches that are due, those of the partner first whose mail was taken in hand longest ago.

So a partner with many campaigns, or with a very large one, delays others by one batch and no more.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from syndication.models import SendClaim
from syndication.sequences.enrolling import SEQUENCE
from tcma.core import schedule
from tcma.core.models import Due
from tcma.core.schedule import Claimed

LOOK_BACK = timedelta(minutes=10)


def claim_turn(*, now: datetime, lease: timedelta) -> Claimed | None:
    """Take the launch whose turn it is; nobody else gets it until the lease ends. None: nothing is due."""
    served = (
        sa.select(sa.func.max(SendClaim.at))
        .where(SendClaim.partner_id == Due.partner_id, SendClaim.at > now - LOOK_BACK)
        .correlate(Due)
        .scalar_subquery()
    )
    found = schedule.claim(SEQUENCE, now=now, lease=lease, first=(served.asc().nulls_first(),))
    return found[0] if found else None


def a_launch_is_due(*, now: datetime) -> bool:
    """Tell whether a launch is due, though another sender may be taking its mails in hand at this moment."""
    return schedule.is_due(SEQUENCE, now=now)
