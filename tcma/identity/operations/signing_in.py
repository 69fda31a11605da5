"""Signing in and out, and changing the company one acts for."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.tenancy import acting
from tcma.identity import passwords, presence
from tcma.identity.models import Membership, User, UserSession
from tcma.identity.presence import Presence, digest

SESSION_LIFE = timedelta(days=14)


class WrongSignIn(DomainError):
    """Address and password do not belong together; the answer does not tell which of the two was wrong."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that was just begun: the secret for the browser's cookie, and who is there now."""

    sid: str
    presence: Presence


def sign_in(*, email: str, password: str, now: datetime) -> Begun:
    """Begin a session for the person with this address and password.

    An unknown address, a wrong password and a person without a company get the same answer in the same time.
    """
    user = session.scalar(sa.select(User).where(User.email == normalised(email), User.active))
    right = passwords.matches(user.password if user else None, password)
    seats = presence.of_user(user.id) if user and right else []
    if user is None or not seats:
        raise WrongSignIn(_("This address and password do not belong together. Try again, or ask for a new password."))
    if user.password and passwords.is_outdated(user.password):
        user.password = passwords.hashed(password)
    return begin_session(seat=_seat_of_last_time(seats), now=now)


def _seat_of_last_time(seats: list[Presence]) -> Presence:
    last = session.scalar(
        sa.select(UserSession.membership_id)
        .where(UserSession.user_id == seats[0].person.id)
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        .limit(1)
    )
    return next((found for found in seats if found.seat.id == last), seats[0])


def begin_session(*, seat: Presence, now: datetime) -> Begun:
    """Begin a session of this person in this seat; the caller has made sure that it is them."""
    with acting(seat.actor):
        audit.record(by=seat.actor, action="session.began", object_type="user", object_id=seat.person.id, now=now)
    return renew_session(seat=seat, now=now)


def renew_session(*, seat: Presence, now: datetime) -> Begun:
    """Give the person a session with a new secret, as a part of another command (a new password, joining)."""
    sid = secrets.token_urlsafe(32)
    session.execute(sa.delete(UserSession).where(UserSession.user_id == seat.person.id, UserSession.expires_at <= now))
    session.add(
        UserSession(
            token_hash=digest(sid),
            user_id=seat.person.id,
            membership_id=seat.seat.id,
            created_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )
    return Begun(sid, seat)


def sign_out(*, sid: str, by: Actor, now: datetime) -> None:
    """End this session; whoever kept its cookie is nobody from now on."""
    session.execute(sa.delete(UserSession).where(UserSession.token_hash == digest(sid)))
    audit.record(by=by, action="session.ended", object_type="user", object_id=by.user_id, now=now)


def end_sessions_of(user_id: int) -> None:
    """End every session of a person, for a new password."""
    session.execute(sa.delete(UserSession).where(UserSession.user_id == user_id))


def change_company(*, membership_id: str, sid: str, by: Actor, now: datetime) -> Begun:
    """Act for another company of one's own, in a new session that takes the place of `sid`."""
    wanted = sa.select(Membership.id).where(Membership.public_id == membership_id, Membership.user_id == by.user_id)
    seat = presence.of_member(require(session.scalar(wanted)))
    session.execute(sa.delete(UserSession).where(UserSession.token_hash == digest(sid)))
    return begin_session(seat=require(seat), now=now)


def normalised(email: str) -> str:
    """Return an address as it is kept and compared."""
    return email.strip().lower()
