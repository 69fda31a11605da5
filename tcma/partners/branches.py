"""A partner's branches, each with an address, telephone and clock of its own. In code a branch is a site."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation
from tcma.partners.models import Site

WORDS = ("name", "street", "postcode", "city", "phone")
MOST_SITES = 100


class OddBranch(DomainError):
    """A branch without a name, with the name of another, on no clock that is known, or one too many."""


def save_site(*, site: Site | None = None, country: str, zone: str, by: Actor, now: datetime, **words: str) -> Site:
    """Let the acting partner have a branch with these `words` (of `WORDS`) and the clock `zone` (IANA).

    What runs for it already keeps the address that it started with. Refused: `OddBranch`.
    """
    partner_id = require(by.partner_id)
    said = {name: words.get(name, "").strip() for name in WORDS}
    if not said["name"]:
        raise OddBranch(_("Give the branch a name."), field="name")
    if zone not in available_timezones():
        raise OddBranch(_("Choose a time zone."), field="zone")
    others = [one for one in sites_of(partner_id) if site is None or one.id != site.id]
    if said["name"].casefold() in {one.name.casefold() for one in others}:
        raise OddBranch(_("There is a branch of this name already."), field="name")
    if len(others) >= MOST_SITES:
        raise OddBranch(_("That is more branches than can be kept: %(most)s.", most=MOST_SITES), field="name")
    before = _shown(site) if site is not None else None
    if site is None:
        language = session.get_one(Organisation, partner_id).language
        site = Site(partner_id=partner_id, language=language, holidays=[], opening_hours={})
        session.add(site)
    for name, value in said.items():
        setattr(site, name, value)
    site.country, site.zone = country, zone
    session.flush()  # the audit row names it
    audit.record(
        by=by, action="site.saved", object_type="site", object_id=site.id, before=before, after=_shown(site), now=now
    )
    return site


def _shown(site: Site) -> dict[str, object]:
    return {name: getattr(site, name) for name in (*WORDS, "country", "zone")}


def close_site(*, site: Site, by: Actor, now: datetime) -> Site:
    """Let nothing new be done in a branch; what runs for it goes on, and its people stay where they are."""
    if site.closed_at is None:
        site.closed_at = now
        audit.record(by=by, action="site.closed", object_type="site", object_id=site.id, now=now)
    return site


def sites_of(partner_id: int) -> Sequence[Site]:
    """Return the open branches of a partner, by name."""
    chosen = sa.select(Site).where(Site.partner_id == partner_id, Site.closed_at.is_(None))
    return session.scalars(chosen.order_by(sa.func.lower(Site.name), Site.id)).all()


def site_by(public_id: str, *, actor: Actor) -> Site:
    """Return an open branch of the acting partner; anything else answers as if it never existed."""
    chosen = sa.select(Site).where(
        Site.public_id == public_id, Site.partner_id == require(actor.partner_id), Site.closed_at.is_(None)
    )
    return require(session.scalar(chosen))


def branch_addresses(keys: Collection[int]) -> dict[int, str]:
    """Return the public ids of branches in reach, closed ones too, by their keys."""
    if not keys:
        return {}
    chosen = sa.select(Site.id, Site.public_id).where(Site.id.in_(keys))
    return {row.id: row.public_id for row in session.execute(chosen)}


def site_ids(public_ids: Collection[str], *, actor: Actor) -> list[int]:
    """Return the keys of open branches of the acting partner, in this order; of any other as if it never existed."""
    known = {site.public_id: site.id for site in sites_of(require(actor.partner_id))}
    return [require(known.get(one)) for one in dict.fromkeys(public_ids)]
