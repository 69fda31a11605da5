"""Who stands behind a link that approves posts from a mail."""

from dataclasses import dataclass

from tcma.core import runtime
from tcma.core.actor import Actor, ActorKind
from tcma.core.db import session
from tcma.core.links import ForgedLink, Purpose
from tcma.identity.models import Membership, OrganisationKind
from tcma.identity.permissions import P, permissions_of


@dataclass(frozen=True, slots=True)
class Approver:
    """The member whom the mail was written to, the launch that it is about, and how this person reads."""

    launch_id: int
    actor: Actor
    company: str
    locale: str
    zone: str


def approver_of(token: str) -> Approver:
    """Return who a link speaks for, as long as that person may still decide; otherwise it is worth nothing."""
    ids = runtime.links().read(token, Purpose.POSTS)
    if len(ids) != 4:
        raise ForgedLink
    launch_id, vendor_id, partner_id, member_id = ids
    member = session.get(Membership, member_id)
    if member is None or not member.active or not member.user.active or member.org_id != partner_id:
        raise ForgedLink
    permissions = frozenset(permissions_of(OrganisationKind.PARTNER, member.role))
    if P.LAUNCHES_WRITE not in permissions:
        raise ForgedLink
    actor = Actor(
        ActorKind.MAIL_LINK,
        f"mail_link:member:{member.id}",
        user_id=member.user_id,
        membership_id=member.id,
        vendor_id=vendor_id,
        partner_id=partner_id,
        permissions=permissions,
    )
    return Approver(launch_id, actor, member.organisation.name, member.user.locale, member.user.zone)
