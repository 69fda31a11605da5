"""A vendor's partners as the router sees them, kept in memory for a few seconds.

What is kept may be a little old: a partner's edit counts after `KEPT` at the latest, and who finally has room is
settled by the database.
"""

from collections import OrderedDict, defaultdict
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from tcma.core.db import session
from tcma.identity.models import Organisation, OrganisationState
from tcma.leads.models import Lead
from tcma.leads.routing import Candidate, RoutingIndex, Wanted
from tcma.partners.models import Partnership, PartnershipState, Territory
from tcma.partners.queries import best_rank

KEPT = timedelta(seconds=4)
MOST_VENDORS = 8

_Kept = OrderedDict[int, tuple[datetime, RoutingIndex]]
_kept: WeakKeyDictionary[sa.Engine, _Kept] = WeakKeyDictionary()
_lock = Lock()


def index_of(vendor_id: int, *, now: datetime) -> RoutingIndex:
    """Return the index of the vendor's partners, at most `KEPT` old."""
    engine = session.get_bind().engine
    with _lock:
        held = _kept.setdefault(engine, OrderedDict())
        found = held.get(vendor_id)
    if found is not None and timedelta(0) <= now - found[0] < KEPT:
        return found[1]
    index = RoutingIndex(candidates())
    with _lock:
        held[vendor_id] = (now, index)
        held.move_to_end(vendor_id)
        while len(held) > MOST_VENDORS:
            held.popitem(last=False)
    return index


def wanted_by(lead: Lead) -> Wanted:
    """Return what the router looks at in a lead."""
    postcode = "".join(lead.postcode.split()).upper()
    return Wanted(lead.country.upper(), postcode, frozenset(lead.competencies))


def candidates() -> list[Candidate]:
    """Return the acting vendor's active partners as they are now."""
    places: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(sa.select(Territory.partnership_id, Territory.country, Territory.postcode_prefix)):
        places[row.partnership_id].append((row.country, row.postcode_prefix))
    chosen = (
        sa.select(
            Partnership.id, Partnership.partner_id, Partnership.competencies, Partnership.lead_capacity,
            Partnership.open_leads, Partnership.last_assigned_at, sa.func.coalesce(best_rank(), 0).label("rank"),
        )
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(Partnership.state == PartnershipState.ACTIVE, Organisation.state == OrganisationState.ACTIVE)
        .order_by(Partnership.id)
    )  # fmt: skip
    return [
        Candidate(
            partnership_id=row.id,
            partner_id=row.partner_id,
            territories=tuple(places[row.id]),
            competencies=frozenset(row.competencies),
            tier_rank=row.rank,
            capacity=row.lead_capacity,
            open_leads=row.open_leads,
            last_assigned_at=row.last_assigned_at,
        )
        for row in session.execute(chosen)
    ]
