"""What a person changes about themselves."""

from datetime import datetime

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.identity.models import User


def change_account(*, name: str, locale: str, zone: str, by: Actor, now: datetime) -> User:
    """Give the signed-in person this name, language and time zone."""
    user = session.get_one(User, by.user_id)
    before = {"locale": user.locale, "zone": user.zone}
    user.name, user.locale, user.zone = name.strip(), locale, zone
    audit.record(
        by=by,
        action="account.changed",
        object_type="user",
        object_id=user.id,
        before=before,
        after={"locale": locale, "zone": zone},
        now=now,
    )
    return user
