"""Who may decide: separation of duties compares persons, and limits are read where the money moves."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import Forbidden
from tcma.core.money import Money, minor_digits
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Membership, Organisation, OrganisationState, User
from tcma.identity.permissions import Permission, permissions_of
from tcma.mdf.models import Claim, FundRequest, Rate

MILLION = 1_000_000


class OwnRequest(Forbidden):
    """Somebody would decide on, or pay, what they asked for or approved themselves."""


class OverLimit(Forbidden):
    """The amount is above what this person may approve."""


class NotYourRole(Forbidden):
    """The role was taken away since the page was opened."""


def check_role(by: Actor, permission: Permission) -> Membership | None:
    """Return the membership as it stands at this instant, if it (still) may do this (`NotYourRole`).

    It is held until the commit, so that nobody's role is taken away between the look and the money. The system has
    no membership: it acts for a policy, which its caller names in the audit trail.
    """
    if by.membership_id is None or not by.may(permission):
        if by.membership_id is None and by.may(permission):
            return None
        raise NotYourRole(_("Your role does not allow this."))
    membership = session.get_one(
        Membership, by.membership_id, populate_existing=True, with_for_update={"read": True, "of": Membership}
    )
    if not _stands(membership, by, permission):
        raise NotYourRole(_("Your role does not allow this."))
    return membership


def _stands(membership: Membership, by: Actor, permission: Permission) -> bool:
    organisation = session.get_one(Organisation, membership.org_id, populate_existing=True)
    person = session.get_one(User, membership.user_id, populate_existing=True)
    return (
        membership.active
        and person.active
        and organisation.state is OrganisationState.ACTIVE
        and membership.org_id == by.org_id
        and membership.user_id == by.user_id
        and permission in permissions_of(organisation.kind, membership.role)
    )


def check_limit(membership: Membership | None, amount: Money, *, now: datetime) -> None:
    """Refuse an amount above the person's limit (`OverLimit`); without a limit any will do.

    An amount in another currency than the limit counts at the newest rate; without one it is above any limit.
    """
    if membership is None or membership.approval_limit_minor is None or not amount.minor:
        return
    limit = Money(membership.approval_limit_minor, membership.approval_currency or amount.currency)
    counted = _in_currency(amount, limit.currency, vendor_id=membership.org_id, now=now)
    if counted is None or counted > limit:
        raise OverLimit(_("You may approve up to %(limit)s. Ask somebody with a higher limit.", limit=limit))


def _in_currency(amount: Money, currency: str, *, vendor_id: int, now: datetime) -> Money | None:
    if amount.currency == currency:
        return amount
    millionths = session.scalar(
        sa.select(Rate.millionths)
        .where(Rate.vendor_id == vendor_id, Rate.base == amount.currency, Rate.quote == currency)
        .where(Rate.on <= now.date())
        .order_by(Rate.on.desc())
        .limit(1)
    )
    if millionths is None:
        return None
    shift = minor_digits(currency) - minor_digits(amount.currency)
    exact = amount.minor * millionths * 10 ** max(shift, 0)
    return Money(-(-exact // (MILLION * 10 ** max(-shift, 0))), currency)  # upwards: a limit is not rounded away


def check_other_person(by: Actor, *others: int | None, claimant_id: int | None = None) -> None:
    """Refuse when the acting person had a hand in it before, or belongs to the claimant too (`OwnRequest`)."""
    if by.user_id is None:
        return
    if by.user_id in others or (claimant_id is not None and _is_member(by.user_id, claimant_id)):
        raise OwnRequest(_("You had a hand in this before. Somebody else has to take the next step."))


def _is_member(user_id: int, org_id: int) -> bool:
    found = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.org_id == org_id, Membership.active
    )
    return session.scalar(found.limit(1)) is not None


def lay_hand(row: FundRequest | Claim, by: Actor) -> None:
    """Remember that this person wrote some of it: they will not decide on it."""
    if by.user_id is not None and by.user_id not in row.hands:
        row.hands = [*row.hands, by.user_id]


def persons(*hands: Iterable[int | None] | int | None) -> list[int]:
    """Return the persons among single ids and lists of ids."""
    found: list[int] = []
    for one in hands:
        ids = [one] if isinstance(one, int) or one is None else list(one)
        found += [person for person in ids if person is not None]
    return found
