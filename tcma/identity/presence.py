"""Who is there: read from the session row or the API token at each request, so that every change holds at once."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from tcma.core.actor import Actor, ActorKind
from tcma.core.db import session
from tcma.core.models import PublicAddress
from tcma.core.origins import Door, DoorKind
from tcma.core.tenancy import acting
from tcma.identity.models import (
    ApiToken,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationState,
    Role,
    User,
    UserSession,
)
from tcma.identity.permissions import permissions_of

TOKEN_ADDRESS = "api_token"  # noqa: S105 - a purpose, not a secret


@dataclass(frozen=True, slots=True)
class Person:
    """The person who is signed in, as pages show them."""

    id: int
    public_id: str
    name: str
    email: str
    locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class Seat:
    """The membership in use: the organisation, and the role held there."""

    id: int
    public_id: str
    role: Role
    org_id: int
    org_public_id: str
    org_name: str
    org_kind: OrganisationKind

    @property
    def is_vendor(self) -> bool:
        """Whether the seat is on a vendor's side."""
        return self.org_kind is OrganisationKind.VENDOR


@dataclass(frozen=True, slots=True)
class Presence:
    """A person in their seat, the actor that they are, and the row they came in by."""

    person: Person
    seat: Seat
    actor: Actor
    door: Door | None = None


_COLUMNS = (
    User.id,
    User.public_id,
    User.name,
    User.email,
    User.locale,
    User.zone,
    Membership.id,
    Membership.public_id,
    Membership.role,
    Organisation.id,
    Organisation.public_id,
    Organisation.name,
    Organisation.kind,
)


def digest(secret: str) -> str:
    """Return what is kept of a random secret: enough to find it, not to use it."""
    return sha256(secret.encode()).hexdigest()


def _standing() -> sa.Select[tuple[object, ...]]:
    """Select those who may act now: the person, the membership and the organisation are all active."""
    return (
        sa.select(*_COLUMNS)
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .join(Organisation, Organisation.id == Membership.org_id)
        .where(User.active, Membership.active, Organisation.state == OrganisationState.ACTIVE)
        .order_by(Membership.id)
    )


def of_session(sid: str, *, now: datetime) -> Presence | None:
    """Return who holds the browser session `sid`, or None when it ended or they may no longer act."""
    return _in_session(UserSession.token_hash == digest(sid), now=now)


def of_token(token: str, *, now: datetime) -> Presence | None:
    """Return who acts by the API token, with what both its scopes and their role allow; None when it is not valid."""
    return _with_token(PublicAddress.slug == digest(token), now=now)


def of_door(door: Door, *, now: datetime) -> Presence | None:
    """Return who came in by the row of a session or a token's address, if that still lets them in."""
    if door.kind is DoorKind.SESSION:
        return _in_session(UserSession.id == door.row_id, now=now)
    return _with_token(PublicAddress.id == door.row_id, now=now)


def _in_session(which: sa.ColumnElement[bool], *, now: datetime) -> Presence | None:
    found = session.execute(
        _standing()
        .add_columns(UserSession.id)
        .join(UserSession, sa.and_(UserSession.membership_id == Membership.id, UserSession.user_id == User.id))
        .where(which, UserSession.expires_at > now)
    ).one_or_none()
    if found is None:
        return None
    *standing, row_id = found
    return _presence(standing, door=Door(DoorKind.SESSION, row_id))


def _with_token(which: sa.ColumnElement[bool], *, now: datetime) -> Presence | None:
    address = session.scalar(sa.select(PublicAddress).where(which, PublicAddress.purpose == TOKEN_ADDRESS))
    if address is None:
        return None
    with acting(Actor.system("token", vendor_id=address.vendor_id, partner_id=address.partner_id)):
        found = session.execute(
            _standing()
            .add_columns(ApiToken.scopes, ApiToken.public_id)
            .join(ApiToken, sa.and_(ApiToken.membership_id == Membership.id, ApiToken.org_id == Organisation.id))
            .where(ApiToken.id == address.object_id, ApiToken.revoked_at.is_(None))
            .where(sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now))
        ).one_or_none()
    if found is None:
        return None
    *standing, scopes, public_id = found
    door = Door(DoorKind.TOKEN, address.id)
    return _presence(standing, scopes=frozenset(scopes), label=f"token:{public_id}", door=door)


def of_member(membership_id: int) -> Presence | None:
    """Return the member, if they may act now."""
    found = session.execute(_standing().where(Membership.id == membership_id)).one_or_none()
    return _presence(found) if found else None


def of_user(user_id: int) -> list[Presence]:
    """Return the seats that a person may act in now."""
    return [_presence(row) for row in session.execute(_standing().where(User.id == user_id))]


def _presence(
    row: object, *, scopes: frozenset[str] | None = None, label: str | None = None, door: Door | None = None
) -> Presence:
    columns = list(row)  # type: ignore[call-overload]
    person, seat = Person(*columns[:6]), Seat(*columns[6:13])
    held = frozenset(str(permission) for permission in permissions_of(seat.org_kind, seat.role))
    actor = Actor(
        kind=ActorKind.MEMBER if scopes is None else ActorKind.TOKEN,
        label=label or f"member:{seat.id}",
        user_id=person.id,
        membership_id=seat.id,
        vendor_id=seat.org_id if seat.is_vendor else None,
        partner_id=None if seat.is_vendor else seat.org_id,
        permissions=held if scopes is None else held & scopes,
    )
    return Presence(person, seat, actor, door)
