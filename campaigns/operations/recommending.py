"""Kits recommended by what came of them: noted beside each partner's grant, for that partner alone."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import KitGrant
from campaigns.past import Ran, Tallies
from tcma.core.db import session
from tcma.partners.models import Partnership


def note_past(*, kit_id: int, ran: Iterable[Ran], now: datetime) -> int:
    """Let each partner whom a kit fits read what came of it, and order its kits by that; return how many changed.

    A partner reads its own numbers, and of others an average of at least five of them (`campaigns.past`).
    """
    del now
    tallies, changed = Tallies(ran, kit_id=kit_id), 0
    chosen = (
        sa.select(KitGrant, Partnership.partner_type)
        .join(Partnership, Partnership.partner_id == KitGrant.partner_id)
        .where(KitGrant.kit_id == kit_id, KitGrant.fits, Partnership.vendor_id == KitGrant.vendor_id)
        .order_by(KitGrant.id)
    )
    for grant, partner_type in session.execute(chosen.execution_options(yield_per=500)):
        past = tallies.past_of(grant.partner_id, partner_type)
        if grant.past != past.as_dict():
            grant.past, grant.promise = past.as_dict(), past.promise
            changed += 1
    return changed
