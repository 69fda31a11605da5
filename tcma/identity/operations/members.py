"""Colleagues: their roles, and their leaving. Both hold at their next request."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.identity.models import Membership, Organisation, Role, UserSession
from tcma.identity.permissions import permissions_of


class NoSuchRole(DomainError):
    """Companies of this kind have no such role."""


class LastAdministrator(Conflict):
    """Somebody has to be left who can let people in."""

    def __init__(self) -> None:
        super().__init__(_("Make somebody else administrator first; a company needs at least one."))


def change_role(*, membership_id: str, role: Role, by: Actor, now: datetime) -> Membership:
    """Give a colleague another role; what they could do before and no longer may ends at their next request."""
    member = _colleague(membership_id, by)
    check_role(by, role)
    if member.role is role:
        return member
    _leave_an_administrator(member)
    if session.scalar(_same_person(member).where(Membership.role == role, Membership.active)) is not None:
        raise Conflict(_("This person has that role already."))
    before = member.role
    old = session.scalar(_same_person(member).where(Membership.role == role))
    if old is not None:  # they had the role once, and left it
        member.active, old.active = False, True
        member = old
    else:
        member.role = role
    _record("membership.role_changed", member, by, now, before={"role": before.value}, after={"role": role.value})
    return member


def remove_member(*, membership_id: str, by: Actor, now: datetime) -> Membership:
    """End a colleague's membership: their sessions, keys and work in this company end with it."""
    member = _colleague(membership_id, by)
    _leave_an_administrator(member)
    member.active = False
    session.execute(sa.delete(UserSession).where(UserSession.membership_id == member.id))
    _record("membership.ended", member, by, now, before={"role": member.role.value}, after=None)
    return member


def check_role(by: Actor, role: Role) -> None:
    """Refuse a role that the actor's company has not (`NoSuchRole`)."""
    kind = session.get_one(Organisation, by.org_id).kind
    if not permissions_of(kind, role):
        raise NoSuchRole(_("Your company has no such role."), field="role")


def _colleague(membership_id: str, by: Actor) -> Membership:
    wanted = sa.select(Membership).where(Membership.public_id == membership_id, Membership.active)
    return require(session.scalar(wanted.where(Membership.org_id == by.org_id)))


def _same_person(member: Membership) -> sa.Select[tuple[Membership]]:
    others = sa.select(Membership).where(Membership.user_id == member.user_id, Membership.org_id == member.org_id)
    return others.where(Membership.id != member.id)


def _leave_an_administrator(member: Membership) -> None:
    if member.role is not Role.ADMIN:
        return
    # The rows are locked, so that two administrators cannot remove one another at the same time.
    administrators = session.scalars(
        sa.select(Membership.id)
        .where(Membership.org_id == member.org_id, Membership.role == Role.ADMIN, Membership.active)
        .order_by(Membership.id)
        .with_for_update()
    ).all()
    if set(administrators) <= {member.id}:
        raise LastAdministrator


def _record(
    action: str, member: Membership, by: Actor, now: datetime, *, before: dict[str, str], after: dict[str, str] | None
) -> None:
    audit.record(
        by=by, action=action, object_type="membership", object_id=member.id, before=before, after=after, now=now
    )
