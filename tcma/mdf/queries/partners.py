"""Which partners a vendor gives money to, and what a partner may claim now."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tcma.core.db import require, session
from tcma.identity.models import Organisation
from tcma.mdf.models import Activity, Claim, ClaimState, FundRequest, RequestState
from tcma.partners.models import Partnership, PartnershipState

MOST_CHOICES = 2000
SOON = 5


def _partners() -> sa.Select[tuple[int, str, str]]:
    return (
        sa.select(Organisation.id, Organisation.public_id, Organisation.name)
        .join(Partnership, Partnership.partner_id == Organisation.id)
        .where(Partnership.state == PartnershipState.ACTIVE)
        .order_by(Organisation.name, Organisation.id)
    )


def partner_choices() -> list[tuple[str, str]]:
    """Return the acting vendor's active partners, by name."""
    return [(row.public_id, row.name) for row in session.execute(_partners().limit(MOST_CHOICES))]


def partner_id_of(public_id: str) -> int:
    """Return the key of one of the acting vendor's partners."""
    return int(require(session.scalar(_partners().where(Organisation.public_id == public_id))))


def partner_ids_by_name() -> dict[str, int]:
    """Return the keys of all active partners, by name and by public id."""
    rows = session.execute(_partners()).all()
    return {row.name.casefold(): row.id for row in rows} | {row.public_id: row.id for row in rows}


def activities_to_claim(*, now: datetime) -> Sequence[Activity]:
    """Return the acting partner's approved activities that took place and wait for their invoice."""
    claimed = sa.select(Claim.activity_id).where(Claim.state.not_in((ClaimState.DRAFT, ClaimState.REJECTED)))
    return session.scalars(
        sa.select(Activity)
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(
            FundRequest.state.in_((RequestState.APPROVED, RequestState.PARTIALLY_APPROVED)),
            Activity.approved_minor > 0,
            Activity.happens_on <= now.date(),
            Activity.claim_until >= now.date(),
            Activity.id.not_in(claimed),
        )
        .order_by(Activity.claim_until, Activity.id)
        .limit(SOON)
    ).all()
