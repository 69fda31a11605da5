"""How much is on a list of what must not be mailed. What is on it nobody can read: it is kept as hashes."""

import sqlalchemy as sa

from tcma.contacts.models import Suppression, SuppressionScope
from tcma.core.db import session


def blocked_counts(scope: SuppressionScope, org_id: int) -> dict[tuple[str, str], int]:
    """Return how many entries there are, by reason and by kind: an address or a domain."""
    rows = session.execute(
        sa.select(Suppression.reason, Suppression.kind, sa.func.count())
        .where(Suppression.scope == scope, Suppression.org_id == org_id)
        .group_by(Suppression.reason, Suppression.kind)
        .order_by(Suppression.reason, Suppression.kind)
    )
    return {(reason, kind): count for reason, kind, count in rows}
