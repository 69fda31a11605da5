"""How many leads a partner has at a time. One conditional update lets nobody's limit be passed."""

from datetime import datetime

import sqlalchemy as sa

from tcma.core.db import session
from tcma.partners.models import Partnership


def take_room(partnership_id: int, now: datetime) -> bool:
    """Count one lead more for the partnership, if it has room; tells whether it had."""
    taken = session.execute(
        sa.update(Partnership)
        .where(Partnership.id == partnership_id, Partnership.open_leads < Partnership.lead_capacity)
        .values(open_leads=Partnership.open_leads + 1, last_assigned_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def give_room_back(*, vendor_id: int, partner_id: int) -> None:
    """Count one lead less: the offer was not taken, or the lead is done with."""
    session.execute(
        sa.update(Partnership)
        .where(Partnership.vendor_id == vendor_id, Partnership.partner_id == partner_id, Partnership.open_leads > 0)
        .values(open_leads=Partnership.open_leads - 1)
        .execution_options(synchronize_session=False)
    )
