"""What pages read of kits: the vendor's own, and those that fit a partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaigns.fit import Reason
from campaigns.models import Kit, KitGrant, KitState, KitVersion, Preflight
from campaigns.past import Past
from tcma.core.db import session
from tcma.identity.models import Organisation

SEEN_BY_PARTNERS = frozenset({KitState.PUBLISHED})
PER_PAGE = 24


def kit_by(public_id: str, *, vendor_id: int | None = None) -> Kit | None:
    """Return the kit at this address, if it is in reach; with `vendor_id`, only one of that vendor's own."""
    chosen = sa.select(Kit).where(Kit.public_id == public_id)
    return session.scalar(chosen if vendor_id is None else chosen.where(Kit.vendor_id == vendor_id))


def own_version_by(public_id: str, *, vendor_id: int | None) -> KitVersion | None:
    """Return a version of the acting vendor's own kit."""
    chosen = sa.select(KitVersion).where(KitVersion.public_id == public_id, KitVersion.vendor_id == vendor_id)
    return session.scalar(chosen.options(joinedload(KitVersion.kit)))


def versions_of(kit_id: int) -> Sequence[KitVersion]:
    """Return every version of a kit, the newest first."""
    chosen = sa.select(KitVersion).where(KitVersion.kit_id == kit_id).options(joinedload(KitVersion.kit))
    return session.scalars(chosen.order_by(KitVersion.number.desc())).all()


def version_on_offer(kit_id: int) -> KitVersion | None:
    """Return the version of a kit that partners see now."""
    chosen = (
        sa.select(KitVersion)
        .where(KitVersion.kit_id == kit_id, KitVersion.state.in_(SEEN_BY_PARTNERS))
        .options(joinedload(KitVersion.kit))
    )
    return session.scalar(chosen.order_by(KitVersion.number.desc()))


@dataclass(frozen=True, slots=True)
class KitRow:
    """A kit in the vendor's list: the version that partners have, the newest, and how many it fits."""

    kit: Kit
    newest: KitVersion
    on_offer: KitVersion | None
    fits: int

    @property
    def shown(self) -> KitVersion:
        """The version that stands for the kit."""
        return self.on_offer or self.newest


def kits_page(*, vendor_id: int, words: str = "", page: int = 1) -> tuple[list[KitRow], int]:
    """Return a page of the vendor's kits, the newest first, and how many there are in all."""
    chosen = sa.select(Kit).where(Kit.vendor_id == vendor_id)
    if words:
        chosen = chosen.where(Kit.slug.icontains(words, autoescape=True) | Kit.theme.icontains(words, autoescape=True))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    kits = session.scalars(
        chosen.order_by(Kit.created_at.desc(), Kit.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    versions = session.scalars(
        sa.select(KitVersion).where(KitVersion.kit_id.in_([kit.id for kit in kits])).order_by(KitVersion.number)
    ).all()
    newest = {version.kit_id: version for version in versions}
    on_offer = {version.kit_id: version for version in versions if version.state in SEEN_BY_PARTNERS}
    fits = _fitting([kit.id for kit in kits])
    rows = [KitRow(kit, newest[kit.id], on_offer.get(kit.id), fits.get(kit.id, 0)) for kit in kits if kit.id in newest]
    return rows, total


def _fitting(kit_ids: Sequence[int]) -> dict[int, int]:
    chosen = (
        sa.select(KitGrant.kit_id, sa.func.count())
        .where(KitGrant.kit_id.in_(kit_ids), KitGrant.fits)
        .group_by(KitGrant.kit_id)
    )
    return {row[0]: row[1] for row in session.execute(chosen)}


def fitting_count(kit_id: int) -> int:
    """Return how many partners a kit is on offer to."""
    return _fitting([kit_id]).get(kit_id, 0)


@dataclass(frozen=True, slots=True)
class OfferedKit:
    """A kit that fits a partner, why, and what came of it."""

    version: KitVersion
    vendor: str
    reasons: tuple[Reason, ...]
    past: Past


def offered_kits(*, partner_id: int, today: date, page: int = 1) -> tuple[list[OfferedKit], int]:
    """Return a page of the kits that fit a partner today, and how many there are.

    First come those that promise most by what came of them, then the latest published.
    """
    chosen = (
        sa.select(KitVersion, KitGrant.reasons, Organisation.name, KitGrant.past)
        .join(KitGrant, KitGrant.kit_id == KitVersion.kit_id)
        .join(Organisation, Organisation.id == KitVersion.vendor_id)
        .where(
            KitGrant.partner_id == partner_id,
            KitGrant.fits,
            KitVersion.state.in_(SEEN_BY_PARTNERS),
            sa.or_(KitVersion.available_from.is_(None), KitVersion.available_from <= today),
            sa.or_(KitVersion.available_until.is_(None), KitVersion.available_until >= today),
        )
    )
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.options(joinedload(KitVersion.kit)).order_by(
        KitGrant.promise.desc(), KitVersion.published_at.desc(), KitVersion.id.desc()
    )
    rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [
        OfferedKit(version, vendor, tuple(Reason.from_dict(one) for one in reasons), Past.from_dict(past))
        for version, reasons, vendor, past in rows
    ], total


def offered_kit(public_id: str, *, partner_id: int, today: date) -> OfferedKit | None:
    """Return one kit that fits a partner, by its address."""
    chosen = (
        sa.select(KitVersion, KitGrant.reasons, Organisation.name, KitGrant.past)
        .join(Kit, Kit.id == KitVersion.kit_id)
        .join(KitGrant, KitGrant.kit_id == KitVersion.kit_id)
        .join(Organisation, Organisation.id == KitVersion.vendor_id)
        .where(
            Kit.public_id == public_id,
            KitGrant.partner_id == partner_id,
            KitGrant.fits,
            KitVersion.state.in_(SEEN_BY_PARTNERS),
            sa.or_(KitVersion.available_from.is_(None), KitVersion.available_from <= today),
            sa.or_(KitVersion.available_until.is_(None), KitVersion.available_until >= today),
        )
        .options(joinedload(KitVersion.kit))
        .order_by(KitVersion.number.desc())
    )
    row = session.execute(chosen).first()
    if row is None:
        return None
    return OfferedKit(row[0], row[2], tuple(Reason.from_dict(one) for one in row[1]), Past.from_dict(row[3]))


def preflight_of(version_id: int) -> Preflight | None:
    """Return the dry run of a version, as far as it has come."""
    return session.scalar(sa.select(Preflight).where(Preflight.kit_version_id == version_id))
