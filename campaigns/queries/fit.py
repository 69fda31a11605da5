"""What decides on fit, as it stands on partnerships and organisations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from campaigns.fit import PartnerFacts
from campaigns.models import KitState, KitVersion
from tcma.core.db import session
from tcma.identity.models import Organisation, OrganisationState
from tcma.partners.models import Partnership, PartnershipState, Territory
from tcma.partners.queries import tiers_of


def partner_facts(
    *, after: int = 0, until: int | None = None, limit: int = 500, partner_id: int | None = None
) -> list[PartnerFacts]:
    """Return the facts of active partners in reach, in the order of their keys, behind `after` and up to `until`."""
    chosen = (
        sa.select(Partnership, Organisation.country, Organisation.language)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(
            Partnership.state == PartnershipState.ACTIVE,
            Organisation.state == OrganisationState.ACTIVE,
            Partnership.partner_id > after,
        )
        .order_by(Partnership.partner_id)
        .limit(limit)
    )
    if partner_id is not None:
        chosen = chosen.where(Partnership.partner_id == partner_id)
    if until is not None:
        chosen = chosen.where(Partnership.partner_id <= until)
    rows = session.execute(chosen).all()
    countries = _countries_served(row[0].id for row in rows)
    held = tiers_of(row[0].id for row in rows)
    return [
        PartnerFacts(
            partner_id=partnership.partner_id,
            partner_type=partnership.partner_type,
            tiers=frozenset(tier.key for tier in held[partnership.id]),
            competencies=frozenset(partnership.competencies),
            industries=frozenset(partnership.industries),
            countries=frozenset({country, *countries[partnership.id]}),
            languages=(language,),
        )
        for partnership, country, language in rows
    ]


def _countries_served(partnership_ids: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    chosen = sa.select(Territory.partnership_id, Territory.country).where(
        Territory.partnership_id.in_(list(partnership_ids))
    )
    for partnership_id, country in session.execute(chosen):
        found[partnership_id].add(country)
    return found


def published_versions() -> Sequence[KitVersion]:
    """Return the version in use of each kit of the vendor in reach."""
    chosen = sa.select(KitVersion).where(KitVersion.state == KitState.PUBLISHED)
    return session.scalars(chosen.order_by(KitVersion.id)).all()
