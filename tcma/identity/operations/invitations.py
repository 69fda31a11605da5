"""Inviting people, and their joining through the link in the mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _

from tcma.core import audit, mail, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.links import Purpose
from tcma.core.tenancy import acting
from tcma.identity import passwords, presence
from tcma.identity.models import Invitation, Membership, Organisation, OrganisationKind, OrganisationState, Role, User
from tcma.identity.operations.members import check_role
from tcma.identity.operations.new_password import SpentLink
from tcma.identity.operations.signing_in import normalised
from tcma.identity.presence import Presence

INVITATION_LIFE = timedelta(days=14)


class AlreadyMember(Conflict):
    """The person works here already."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation behind a link: who is invited where, and whether they are new on the platform."""

    invitation: Invitation
    organisation: Organisation
    user: User | None

    @property
    def actor(self) -> Actor:
        """The system, in reach of the company that invites."""
        return system_of(self.organisation, "identity.invitation")


def system_of(organisation: Organisation, label: str) -> Actor:
    """Return the system's actor in reach of one organisation's rows."""
    if organisation.kind is OrganisationKind.VENDOR:
        return Actor.system(label, vendor_id=organisation.id)
    return Actor.system(label, partner_id=organisation.id)


def invite_member(*, email: str, role: Role, by: Actor, now: datetime) -> Invitation:
    """Invite a person into one's own company; they get a link by mail that works once, for 14 days."""
    check_role(by, role)
    return invite(org_id=require(by.org_id), email=email, role=role, by=by, now=now)


def invite(*, org_id: int, email: str, role: Role, by: Actor, now: datetime) -> Invitation:
    """Invite a person into a company whose rows `by` has in reach: a vendor's partner gets its first member so.

    Inviting the same address again renews the invitation and mails a new link.
    """
    address = normalised(email)
    if session.scalar(_membership_of(address, org_id)) is not None:
        raise AlreadyMember(_("This person is a member already."), field="email")
    invitation = session.scalar(
        sa.select(Invitation).where(
            Invitation.org_id == org_id, Invitation.email == address, Invitation.accepted_at.is_(None)
        )
    )
    if invitation is None:
        invitation = Invitation(org_id=org_id, email=address, created_at=now)
        session.add(invitation)
    invitation.role, invitation.invited_by, invitation.expires_at = role, by.membership_id, now + INVITATION_LIFE
    session.flush()  # the mail and the trail need its id
    outbox.tell("invitation.made", invitation_id=invitation.id, org_id=org_id, now=now)
    audit.record(
        by=by,
        action="invitation.made",
        object_type="invitation",
        object_id=invitation.id,
        after={"role": role.value},
        now=now,
    )
    return invitation


def withdraw_invitation(*, invitation_id: str, by: Actor, now: datetime) -> None:
    """Take an invitation back: its link no longer works."""
    wanted = sa.select(Invitation).where(Invitation.public_id == invitation_id, Invitation.org_id == by.org_id)
    invitation = require(session.scalar(wanted.where(Invitation.accepted_at.is_(None))))
    audit.record(by=by, action="invitation.withdrawn", object_type="invitation", object_id=invitation.id, now=now)
    session.delete(invitation)


def mail_invitation(*, invitation_id: int, org_id: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a listener's signature
    """Mail the link of an invitation, in the company's language."""
    organisation = session.get_one(Organisation, org_id)
    actor = system_of(organisation, "identity.invitation")
    with acting(actor):
        invitation = session.get(Invitation, invitation_id)
        if invitation is None or invitation.accepted_at is not None:
            return
        token = runtime.links().sign(Purpose.INVITATION, org_id, invitation.id)
        inviter = session.get(Membership, invitation.invited_by) if invitation.invited_by else None
        mail.compose(
            "invitation",
            org_id=org_id,
            vendor_id=actor.vendor_id,
            partner_id=actor.partner_id,
            to_address=invitation.email,
            locale=organisation.language,
            unique_key=f"invitation:{invitation.id}:{int(invitation.expires_at.timestamp())}",
            now=now,
            url=f"{runtime.settings().base_url}/invitation/{token}",
            organisation=organisation.name,
            inviter=inviter.user.name if inviter else None,
            until=invitation.expires_at.date(),
        )


def read_invitation(token: str, *, now: datetime) -> Invited:
    """Return what the link invites to (`SpentLink` when it was used, withdrawn or is too old)."""
    org_id, invitation_id = runtime.links().read(token, Purpose.INVITATION)
    organisation = session.get(Organisation, org_id)
    if organisation is None or organisation.state is not OrganisationState.ACTIVE:
        raise _spent()
    with acting(system_of(organisation, "identity.invitation")):
        invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.accepted_at is not None or invitation.expires_at <= now:
        raise _spent()
    user = session.scalar(sa.select(User).where(User.email == invitation.email))
    return Invited(invitation, organisation, user)


def accept_invitation(*, token: str, name: str | None, password: str | None, now: datetime) -> Presence:
    """Let the person behind the link join. Somebody new gives a name and a password; who is known gives nothing."""
    invited = read_invitation(token, now=now)
    invitation, organisation = invited.invitation, invited.organisation
    with acting(invited.actor):
        user = invited.user or _new_user(invitation.email, name or "", password or "", organisation, now)
        member = _join(user, organisation, invitation.role, now)
        invitation.accepted_at = now
        seat = presence.of_member(member.id)
        if seat is None:
            raise _spent()
        outbox.tell("invitation.accepted", membership_id=member.id, org_id=organisation.id, now=now)
        audit.record(
            by=seat.actor, action="invitation.accepted", object_type="membership", object_id=member.id, now=now
        )
    return seat


def _new_user(email: str, name: str, password: str, organisation: Organisation, now: datetime) -> User:
    user = User(
        email=email,
        name=name.strip(),
        password=passwords.hashed(password),
        locale=organisation.language,
        zone=organisation.zone,
        created_at=now,
    )
    session.add(user)
    session.flush()  # the membership needs its id
    return user


def _join(user: User, organisation: Organisation, role: Role, now: datetime) -> Membership:
    member = session.scalar(
        sa.select(Membership).where(
            Membership.user_id == user.id, Membership.org_id == organisation.id, Membership.role == role
        )
    )
    if member is None:
        member = Membership(user_id=user.id, org_id=organisation.id, role=role, created_at=now)
        session.add(member)
    member.active = True
    session.flush()  # the trail and the session need its id
    return member


def _membership_of(address: str, org_id: int) -> sa.Select[tuple[int]]:
    members = sa.select(Membership.id).join(User, User.id == Membership.user_id)
    return members.where(User.email == address, Membership.org_id == org_id, Membership.active).limit(1)


def _spent() -> SpentLink:
    return SpentLink(
        _("This invitation was used, withdrawn or is too old. Ask the person who invited you for a new one.")
    )
