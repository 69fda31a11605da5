"""What somebody who answered has looked at, for the mail about the answer."""

import sqlalchemy as sa
from flask_babel import gettext as _

from syndication.models import Link, Touch, Verdict
from tcma.core.db import session

MOST = 5


def what_they_looked_at(*, lead_id: int, **_about: object) -> list[str]:
    """Return the names of what the person pressed, in the order of time; what a scanner pressed is left out."""
    recipients = sa.select(Touch.recipient_id).where(Touch.lead_id == lead_id, Touch.recipient_id.is_not(None))
    chosen = (
        sa.select(Link.name, Touch.kind, Touch.at)
        .select_from(Touch)
        .outerjoin(Link, Link.id == Touch.link_id)
        .where(sa.or_(Touch.lead_id == lead_id, Touch.recipient_id.in_(recipients)), Touch.verdict == Verdict.HUMAN)
        .order_by(Touch.at)
        .limit(50)
    )
    names = [name or (_("Filled in the form") if kind == "form" else "") for name, kind, _at in session.execute(chosen)]
    return list(dict.fromkeys(name for name in names if name))[:MOST]
