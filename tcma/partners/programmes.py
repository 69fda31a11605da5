"""A vendor's programmes, their tiers, and on which tier of each a partner stands."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError, NotFound
from tcma.core.words import lazy_gettext as _
from tcma.partners.models import Partnership, Programme, Standing, Tier

MOST_TIERS, LONGEST_NAME = 12, 80


class OddProgramme(DomainError):
    """A programme without a name, or with tiers that cannot be told apart."""


class TierInUse(DomainError):
    """Partners are on the tier that is to go."""


class TwoTiers(DomainError):
    """A partner is on one tier of a programme."""


def save_programme(
    *, programme: Programme | None = None, name: str, tiers: Sequence[str], by: Actor, now: datetime
) -> Programme:
    """Let the acting vendor have a programme of this name with these tiers, the lowest first.

    A tier keeps its key, by which kits ask for it, as long as its name stays. Refused are an empty name and tiers of
    the same name (`OddProgramme`), and leaving out a tier that partners are on (`TierInUse`).
    """
    vendor_id = require(by.vendor_id)
    if not name.strip():
        raise OddProgramme(_("Give the programme a name."), field="name")
    wanted = _told_apart(tiers)
    if programme is None:
        programme = Programme(vendor_id=vendor_id, name=name.strip())
        session.add(programme)
        session.flush()  # the tiers name it
    programme.name = name.strip()
    known = {tier.key: tier for tier in session.scalars(sa.select(Tier).where(Tier.programme_id == programme.id))}
    _leave_out([known[key] for key in known.keys() - wanted.keys()])
    for rank, (key, words) in enumerate(wanted.items(), start=1):
        tier = known.get(key) or Tier(vendor_id=vendor_id, programme_id=programme.id, key=key)
        tier.name, tier.rank = words, rank
        session.add(tier)
    audit.record(
        by=by, action="programme.saved", object_type="programme", object_id=programme.id,
        after={"name": programme.name, "tiers": list(wanted.values())}, now=now,
    )  # fmt: skip
    session.flush()  # whoever lists the tiers next sees them
    return programme


def _told_apart(tiers: Sequence[str]) -> dict[str, str]:
    names = [name.strip() for name in tiers if name.strip()]
    if not names or len(names) > MOST_TIERS:
        message = _("Name the tiers, one line each, the lowest first; at most %(most)s.", most=MOST_TIERS)
        raise OddProgramme(message, field="tiers")
    found: dict[str, str] = {}
    for name in names:
        if key_of(name) in found or len(name) > LONGEST_NAME:
            raise OddProgramme(_("“%(name)s” is too long, or too much like another tier.", name=name), field="tiers")
        found[key_of(name)] = name
    return found


def key_of(name: str) -> str:
    """Return the key by which kits ask for the tier of this name: small letters, figures and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or f"tier-{sha256(name.encode()).hexdigest()[:8]}"


def _leave_out(tiers: Sequence[Tier]) -> None:
    for tier in tiers:
        if session.scalar(sa.select(sa.exists().where(Standing.tier_id == tier.id))):
            message = _("Partners are on the tier “%(name)s”. Move them to another one first.", name=tier.name)
            raise TierInUse(message, field="tiers")
        session.delete(tier)


def stand_on(partnership: Partnership, tier_ids: Collection[int]) -> None:
    """Let a partner be on these tiers and no others; `TwoTiers` where two are of one programme."""
    chosen = session.scalars(sa.select(Tier).where(Tier.id.in_(tier_ids))).all()
    if len(chosen) < len(set(tier_ids)):
        raise NotFound
    wanted = {tier.programme_id: tier for tier in chosen}
    if len(wanted) < len(chosen):
        raise TwoTiers(_("A partner is on one tier of a programme. Choose one of them."), field="tiers")
    held = session.scalars(sa.select(Standing).where(Standing.partnership_id == partnership.id)).all()
    for standing in held:
        tier = wanted.pop(standing.programme_id, None)
        if tier is None:
            session.delete(standing)
        else:
            standing.tier_id = tier.id
    for programme_id, tier in wanted.items():
        session.add(
            Standing(
                vendor_id=partnership.vendor_id,
                partner_id=partnership.partner_id,
                partnership_id=partnership.id,
                programme_id=programme_id,
                tier_id=tier.id,
            )
        )
