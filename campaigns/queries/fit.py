"""What decides on fit, as it stands on partnerships and organisations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from campaigns.fit import Eligibility, PartnerFacts
from campaigns.models import Kit, KitFit, KitGroup, KitState, KitVersion
from tcma.core.db import session
from tcma.identity.models import Organisation, OrganisationState
from tcma.partners.groups import Rules, which_fit
from tcma.partners.models import PartnerGroup, Partnership, PartnershipState, Territory
from tcma.partners.queries import tiers_of


def partner_facts(
    *,
    after: int = 0,
    until: int | None = None,
    limit: int = 500,
    partner_id: int | None = None,
    kit_id: int | None = None,
) -> list[PartnerFacts]:
    """Return the facts of active partners in reach, in the order of their keys, behind `after` and up to `until`.

    With `kit_id` they tell only the groups that this kit is limited to: nothing else decides on its fit.
    """
    chosen = _active(Partnership, Organisation.country, Organisation.language)
    chosen = chosen.where(Partnership.partner_id > after).order_by(Partnership.partner_id).limit(limit)
    if partner_id is not None:
        chosen = chosen.where(Partnership.partner_id == partner_id)
    if until is not None:
        chosen = chosen.where(Partnership.partner_id <= until)
    rows = session.execute(chosen).all()
    countries = _countries_served(row[0].id for row in rows)
    held = tiers_of(row[0].id for row in rows)
    groups = _groups_of([row[0].partner_id for row in rows], kit_id)
    return [
        PartnerFacts(
            partner_id=partnership.partner_id,
            partner_type=partnership.partner_type,
            tiers=frozenset(tier.key for tier in held[partnership.id]),
            competencies=frozenset(partnership.competencies),
            industries=frozenset(partnership.industries),
            countries=frozenset({country, *countries[partnership.id]}),
            languages=(language,),
            groups=frozenset(groups[partnership.partner_id]),
        )
        for partnership, country, language in rows
    ]


def count_partners() -> int:
    """Return for how many partners in reach it is worked out whether a kit is for them."""
    return session.scalar(_active(sa.func.count())) or 0


def _active(*columns: Any) -> sa.Select[Any]:
    """Select of the active partners in reach."""
    return (
        sa.select(*columns)
        .select_from(Partnership)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(Partnership.state == PartnershipState.ACTIVE, Organisation.state == OrganisationState.ACTIVE)
    )


def _countries_served(partnership_ids: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    chosen = sa.select(Territory.partnership_id, Territory.country).where(
        Territory.partnership_id.in_(list(partnership_ids))
    )
    for partnership_id, country in session.execute(chosen):
        found[partnership_id].add(country)
    return found


def _groups_of(partner_ids: Sequence[int], kit_id: int | None) -> dict[int, set[str]]:
    """Return, for each of these partners, the groups that it is in, of those that this kit or any is limited to."""
    found: dict[int, set[str]] = defaultdict(set)
    limits = sa.select(KitGroup.group_id)
    if kit_id is not None:
        limits = limits.where(KitGroup.kit_id == kit_id)
    used = session.scalars(sa.select(PartnerGroup).where(PartnerGroup.id.in_(limits)).order_by(PartnerGroup.id)).all()
    if not used or not partner_ids:
        return found
    for partner_id, fits in which_fit([Rules.from_json(group.rules) for group in used], partner_ids).items():
        found[partner_id] = {group.public_id for group, holds in zip(used, fits, strict=True) if holds}
    return found


def groups_of_kit(kit_id: int) -> list[PartnerGroup]:
    """Return the groups that a kit is limited to, by name; none means all that it fits."""
    chosen = sa.select(PartnerGroup).join(KitGroup, KitGroup.group_id == PartnerGroup.id)
    return list(session.scalars(chosen.where(KitGroup.kit_id == kit_id).order_by(PartnerGroup.name, PartnerGroup.id)))


def wanted_by(version: KitVersion) -> Eligibility:
    """Return whom a version asks for: as its file says, and within the groups that its kit is limited to."""
    groups = [group.public_id for group in groups_of_kit(version.kit_id)]
    return Eligibility.from_values(version.eligibility, version.languages, groups)


def kits_of_group(group_id: int) -> list[Kit]:
    """Return the kits that are limited to a group, by their short name."""
    chosen = sa.select(Kit).join(KitGroup, KitGroup.kit_id == Kit.id).where(KitGroup.group_id == group_id)
    return list(session.scalars(chosen.order_by(Kit.slug)))


def fit_under_way(kit_id: int) -> KitFit | None:
    """Return how far it is worked out whom a kit is for; nothing when that is done."""
    return session.scalar(sa.select(KitFit).where(KitFit.kit_id == kit_id, KitFit.finished_at.is_(None)))


def fits_under_way(group_id: int) -> list[tuple[Kit, KitFit]]:
    """Return the kits limited to a group for which it is being worked out whom they are for, by their short name."""
    chosen = (
        sa.select(Kit, KitFit)
        .join(KitGroup, KitGroup.kit_id == Kit.id)
        .join(KitFit, KitFit.kit_id == Kit.id)
        .where(KitGroup.group_id == group_id, KitFit.finished_at.is_(None))
    )
    return [(kit, fit) for kit, fit in session.execute(chosen.order_by(Kit.slug))]


def published_versions() -> Sequence[KitVersion]:
    """Return the version in use of each kit of the vendor in reach."""
    chosen = sa.select(KitVersion).where(KitVersion.state == KitState.PUBLISHED)
    return session.scalars(chosen.order_by(KitVersion.id)).all()
