"""A new password: changed by who is signed in, or set through a link in a mail, once."""

from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from flask_babel import lazy_gettext as _

from tcma.core import audit, mail, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.errors import DomainError
from tcma.core.links import Purpose
from tcma.core.tenancy import acting
from tcma.identity import passwords, presence
from tcma.identity.models import User
from tcma.identity.operations.signing_in import end_sessions_of, normalised

LINK_LIFE = timedelta(hours=1)


class WrongPassword(DomainError):
    """The password that was given as the present one is not."""


class SpentLink(DomainError):
    """The link was used, is too old, or another password was set since."""

    status = 410


def ask_for_new_password(*, email: str, now: datetime) -> None:
    """Let a link be mailed to this address, if a person who may act has it; nobody learns whether."""
    user = session.scalar(sa.select(User).where(User.email == normalised(email), User.active))
    if user is not None and presence.of_user(user.id):
        outbox.tell("password.forgotten", user_id=user.id, now=now)


def mail_password_link(*, user_id: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a listener's signature
    """Mail a person the link under which they set a new password."""
    user, seats = session.get_one(User, user_id), presence.of_user(user_id)
    if not seats:
        return
    actor = seats[0].actor
    token = runtime.links().sign(Purpose.PASSWORD, user.id, _minute(now), _stamp(user))
    with acting(Actor.system("identity.password", vendor_id=actor.vendor_id, partner_id=actor.partner_id)):
        mail.compose(
            "password_link",
            org_id=seats[0].seat.org_id,
            vendor_id=actor.vendor_id,
            partner_id=actor.partner_id,
            to_address=user.email,
            to_name=user.name,
            locale=user.locale,
            unique_key=f"password:{user.id}:{_minute(now)}",
            now=now,
            url=f"{runtime.settings().base_url}/password/new/{token}",
            minutes=int(LINK_LIFE.total_seconds() // 60),
        )


def read_password_link(token: str, *, now: datetime) -> User:
    """Return whose password the link may set (`SpentLink` when it no longer may)."""
    user_id, minute, stamp = runtime.links().read(token, Purpose.PASSWORD)
    user = session.get(User, user_id)
    too_old = _minute(now) - minute > LINK_LIFE.total_seconds() // 60
    if user is None or not user.active or too_old or stamp != _stamp(user):
        raise SpentLink(_("This link was used or is more than an hour old. Ask for a new one; it takes a minute."))
    return user


def set_password_by_link(*, token: str, password: str, now: datetime) -> None:
    """Set the password of whom the link belongs to; the link is spent, and every session of theirs ends."""
    user = read_password_link(token, now=now)
    _set(user, password, now)


def change_password(*, present: str, password: str, by: Actor, now: datetime) -> None:
    """Give the signed-in person a new password; every session of theirs ends, this one too."""
    user = session.get_one(User, by.user_id)
    if not passwords.matches(user.password, present):
        raise WrongPassword(_("That is not your present password."), field="present")
    _set(user, password, now)


def _set(user: User, password: str, now: datetime) -> None:
    user.password = passwords.hashed(password)
    end_sessions_of(user.id)
    for seat in presence.of_user(user.id)[:1]:
        with acting(seat.actor):
            audit.record(by=seat.actor, action="password.changed", object_type="user", object_id=user.id, now=now)


def _minute(now: datetime) -> int:
    return int(now.timestamp() // 60)


def _stamp(user: User) -> int:
    """A number that changes with the password, so that a link works once."""
    return int.from_bytes(sha256(f"{user.password or ''}|{user.email}".encode()).digest()[:6], "big")
