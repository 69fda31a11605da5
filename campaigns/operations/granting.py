"""Who may read which kit: rows with the reasons, worked out anew when a kit or a partnership changes."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from campaigns.fit import Fit, PartnerFacts, fit_of
from campaigns.models import Kit, KitGrant, KitGroup, KitVersion, Launch
from campaigns.operations.fitting import begin_fit, end_turn, keep_chunks_waiting, take_turn
from campaigns.operations.serving import tell_subscribers
from campaigns.queries.fit import groups_of_kit, kits_of_group, partner_facts, published_versions, wanted_by
from campaigns.queries.kits import version_on_offer
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.words import lazy_gettext as _
from tcma.partners.groups import group_by
from tcma.partners.models import Partnership, PartnershipState

CHUNK = 500


def grant_kit(*, kit_id: int, run: int, after: int, by: Actor, now: datetime) -> None:
    """Work out for a chunk of the vendor's partners whether the version on offer fits, and ask for the next chunk.

    Nothing happens where the chunk was done before or a newer run has begun; with no version on offer the run ends.
    """
    del by
    fit = take_turn(kit_id=kit_id, run=run, after=after)
    if fit is None:
        return
    version = version_on_offer(kit_id)
    facts = partner_facts(after=after, limit=CHUNK, kit_id=kit_id) if version is not None else []
    if version is not None:
        _grant(version, facts, now=now)
    end_turn(fit, [one.partner_id for one in facts], is_last=len(facts) < CHUNK, now=now)


def grant_partner(*, partnership_id: int, by: Actor, now: datetime) -> None:
    """Work out for one partner which of the vendor's kits fit."""
    del by
    keep_chunks_waiting()
    partnership = require(session.get(Partnership, partnership_id))
    facts = partner_facts(partner_id=partnership.partner_id)
    for version in published_versions():
        if partnership.state is PartnershipState.ACTIVE:
            _grant(version, facts, now=now)
        else:
            _withdraw(version.kit_id, [partnership.partner_id])


def limit_kit(*, kit: Kit, groups: Iterable[str], by: Actor, now: datetime) -> Kit:
    """Let a kit be for the partners of these groups alone; with none, for all whom it fits. It holds for every version.

    Partners are offered it or lose it as they fit; campaigns of it that run go on.
    """
    # One change after the other; the lock lets grants of the kit be written all the same.
    session.execute(sa.select(Kit.id).where(Kit.id == kit.id).with_for_update(key_share=True))
    before = [group.name for group in groups_of_kit(kit.id)]
    wanted = {group.id: group for group in map(group_by, groups)}
    kept = session.scalars(sa.select(KitGroup).where(KitGroup.kit_id == kit.id)).all()
    for row in kept:
        if row.group_id not in wanted:
            session.delete(row)
    for group_id in wanted.keys() - {row.group_id for row in kept}:
        session.add(KitGroup(vendor_id=kit.vendor_id, kit_id=kit.id, group_id=group_id))
    after = sorted(group.name for group in wanted.values())
    audit.record(
        by=by, action="kit.limited", object_type="kit", object_id=kit.id, before={"groups": before},
        after={"groups": after}, now=now,
    )  # fmt: skip
    session.flush()  # the page shows them
    _work_out_anew({kit.id}, kit.vendor_id, now)
    return kit


def follow_group(*, group_id: int, by: Actor, now: datetime) -> None:
    """Ask for the grants of every kit that is limited to a group whose rules have changed."""
    kits = kits_of_group(group_id)
    _work_out_anew({kit.id for kit in kits}, require(by.vendor_id), now)


def _work_out_anew(kit_ids: set[int], vendor_id: int, now: datetime) -> None:
    on_offer = {version.kit_id for version in published_versions()}
    begin_fit(kit_ids=kit_ids & on_offer, vendor_id=vendor_id, now=now)


def reasons_to_keep_group(*, group_id: int) -> list[str]:
    """Return why a group of partners cannot be removed: the kits that are limited to it."""
    return [
        str(_("The kit “%(kit)s” is limited to this group. Change whom it is for first.", kit=kit.slug))
        for kit in kits_of_group(group_id)
    ]


def _grant(version: KitVersion, partners: Iterable[PartnerFacts], *, now: datetime) -> None:
    wanted = wanted_by(version)
    fits = {partner.partner_id: fit_of(wanted, partner) for partner in partners}
    chosen = sa.select(KitGrant).where(_of(version.kit_id, list(fits)))
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


def _of(kit_id: int, partner_ids: list[int]) -> sa.ColumnElement[bool]:
    """Return which grants of a kit are those partners'."""
    # The range keeps PostgreSQL from reading every grant of the kit for each chunk.
    within = KitGrant.partner_id.between(min(partner_ids, default=0), max(partner_ids, default=0))
    return sa.and_(KitGrant.kit_id == kit_id, within, KitGrant.partner_id.in_(partner_ids))


def _withdraw(kit_id: int, partner_ids: list[int]) -> None:
    """Take a kit from partners; those with campaigns of it go on reading what they run."""
    if not partner_ids:
        return
    chosen = _of(kit_id, partner_ids)
    running = sa.select(Launch.partner_id).where(Launch.kit_id == kit_id)
    for statement in (
        sa.update(KitGrant).where(chosen).values(fits=False),
        sa.delete(KitGrant).where(chosen, KitGrant.partner_id.not_in(running)),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
