"""Claims: what a sender has in hand, so that whoever comes after it knows what to look for in its journal."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from syndication.models import SendClaim
from syndication.sending.sender import Sender
from tcma.core.actor import Actor
from tcma.core.db import session

LEASE = timedelta(minutes=5)


def open_claim(claim_id: int, kind: str, object_id: int, *, sender: Sender, by: Actor, now: datetime) -> None:
    """Write down that `sender` has this attempt in hand. It knows so itself before anybody can read the row."""
    sender.in_hand.add(claim_id)
    session.add(
        SendClaim(
            id=claim_id,
            sender=sender.name,
            kind=kind,
            object_id=object_id,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            at=now,
            lease_until=now + LEASE,
        )
    )


def end_claim(claim_id: int, now: datetime) -> None:
    """Mark a claim as settled."""
    session.execute(
        sa.update(SendClaim)
        .where(SendClaim.id == claim_id, SendClaim.settled_at.is_(None))
        .values(settled_at=now)
        .execution_options(synchronize_session=False)
    )


def is_in_hand(kind: str, object_id: int) -> bool:
    """Tell whether a sender has something of this object in hand."""
    chosen = sa.select(SendClaim.id).where(
        SendClaim.kind == kind, SendClaim.object_id == object_id, SendClaim.settled_at.is_(None)
    )
    return session.scalar(chosen.limit(1)) is not None
