"""Who may read which kit: rows with the reasons, worked out anew when a kit or a partnership changes."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaigns.fit import Eligibility, Fit, PartnerFacts, fit_of
from campaigns.models import KitGrant, KitState, KitVersion, Launch
from campaigns.operations.serving import tell_subscribers
from campaigns.queries.fit import partner_facts, published_versions
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.partners.models import Partnership, PartnershipState

CHUNK = 500


def grant_kit(*, kit_version_id: int, by: Actor, now: datetime, after: int = 0) -> None:
    """Work out for a chunk of the vendor's partners whether a published version fits, and ask for the next chunk."""
    version = session.get(KitVersion, kit_version_id)
    if version is None or version.state is not KitState.PUBLISHED:
        return
    facts = partner_facts(after=after, limit=CHUNK)
    _grant(version, facts, now=now)
    if len(facts) == CHUNK:
        outbox.tell(
            "kit.grants_due", kit_version_id=version.id, after=facts[-1].partner_id, vendor_id=by.vendor_id, now=now
        )


def grant_partner(*, partnership_id: int, by: Actor, now: datetime) -> None:
    """Work out for one partner which of the vendor's kits fit."""
    del by
    partnership = require(session.get(Partnership, partnership_id))
    facts = partner_facts(partner_id=partnership.partner_id)
    for version in published_versions():
        if partnership.state is PartnershipState.ACTIVE:
            _grant(version, facts, now=now)
        else:
            _withdraw(version.kit_id, [partnership.partner_id])


def _grant(version: KitVersion, partners: Iterable[PartnerFacts], *, now: datetime) -> None:
    wanted = Eligibility.from_values(version.eligibility, version.languages)
    fits = {partner.partner_id: fit_of(wanted, partner) for partner in partners}
    chosen = sa.select(KitGrant).where(KitGrant.kit_id == version.kit_id, KitGrant.partner_id.in_(list(fits)))
    there = {row.partner_id: row for row in session.scalars(chosen)}
    for partner_id, fit in fits.items():
        if fit.fits:
            _give(version, partner_id, fit, there.get(partner_id), now=now)
    _withdraw(version.kit_id, [partner_id for partner_id, fit in fits.items() if not fit.fits and partner_id in there])
    tell_subscribers(version, [partner_id for partner_id, fit in fits.items() if fit.fits], now=now)


def _give(version: KitVersion, partner_id: int, fit: Fit, row: KitGrant | None, *, now: datetime) -> None:
    if row is None:
        row = KitGrant(vendor_id=version.vendor_id, partner_id=partner_id, kit_id=version.kit_id, at=now)
        session.add(row)
    row.fits = True
    row.reasons = [reason.as_dict() for reason in fit.reasons]


def _withdraw(kit_id: int, partner_ids: list[int]) -> None:
    """Take a kit from partners; those with campaigns of it go on reading what they run."""
    if not partner_ids:
        return
    chosen = (KitGrant.kit_id == kit_id) & KitGrant.partner_id.in_(partner_ids)
    running = sa.select(Launch.partner_id).where(Launch.kit_id == kit_id)
    for statement in (
        sa.update(KitGrant).where(chosen).values(fits=False),
        sa.delete(KitGrant).where(chosen, KitGrant.partner_id.not_in(running)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
