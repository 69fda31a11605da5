"""Who is told about leads: a partner's sales people, and a vendor's account managers."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from tcma.core.db import session
from tcma.identity.models import Membership, Organisation, OrganisationState, Role, User
from tcma.partners.models import Partnership

MOST = 20


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a mail, in their language and time."""

    membership_id: int
    name: str
    email: str
    locale: str
    zone: str


def sales_people(partner_id: int) -> list[Reader]:
    """Return those of a partner who may work on leads: its sales people and administrators."""
    return _readers(Membership.org_id == partner_id, Membership.role.in_((Role.SALES, Role.ADMIN)))


def account_managers(vendor_id: int, *, partner_ids: Iterable[int] = ()) -> list[Reader]:
    """Return the account managers of these partners, else all of the vendor, else its administrators."""
    chosen = sa.select(Partnership.cam_membership_id).where(
        Partnership.vendor_id == vendor_id, Partnership.partner_id.in_(list(partner_ids))
    )
    own = [one for one in session.scalars(chosen) if one is not None]
    of_vendor = Membership.org_id == vendor_id
    return (
        _readers(of_vendor, Membership.id.in_(own))
        or _readers(of_vendor, Membership.role == Role.CAM)
        or _readers(of_vendor, Membership.role == Role.ADMIN)
    )


def names_of(membership_ids: Iterable[int]) -> dict[int, str]:
    """Return the names behind memberships."""
    chosen = (
        sa.select(Membership.id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.id.in_(set(membership_ids)))
    )
    return {row.id: row.name for row in session.execute(chosen)}


def companies(org_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of organisations by their keys."""
    wanted = {one for one in org_ids if one is not None}
    chosen = sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return {row.id: row.name for row in session.execute(chosen)} if wanted else {}


def _readers(*which: sa.ColumnElement[bool]) -> list[Reader]:
    chosen = (
        sa.select(Membership.id, User.name, User.email, User.locale, User.zone)
        .join(User, User.id == Membership.user_id)
        .join(Organisation, Organisation.id == Membership.org_id)
        .where(User.active, Membership.active, Organisation.state == OrganisationState.ACTIVE, *which)
        .order_by(Membership.id)
        .limit(MOST)
    )
    readers: dict[str, Reader] = {}  # a person with two roles gets one mail
    for row in session.execute(chosen):
        readers.setdefault(row.email, Reader(*row))
    return list(readers.values())
