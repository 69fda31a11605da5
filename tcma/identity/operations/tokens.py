"""Keys to the API: made once, shown once, revoked at once."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.models import PublicAddress
from tcma.identity.models import ApiToken
from tcma.identity.permissions import Permission
from tcma.identity.presence import TOKEN_ADDRESS, digest

# A key cannot make further keys or let people in: losing one must not mean losing the company.
FOR_PEOPLE_ONLY = frozenset({Permission.TOKENS_WRITE, Permission.MEMBERS_WRITE})
HINT_LENGTH = 8


class ScopeNotHeld(DomainError):
    """A key may do no more than the person who makes it."""


def scopes_for(by: Actor) -> list[str]:
    """Return what a key of this person may be given."""
    return sorted(by.permissions - FOR_PEOPLE_ONLY)


def make_token(*, name: str, scopes: Iterable[str], days: int, by: Actor, now: datetime) -> tuple[ApiToken, str]:
    """Make a key with these scopes; the second value is the key itself, which is not kept."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(scopes_for(by)):
        raise ScopeNotHeld(_("A key may do no more than you may yourself."), field="scopes")
    secret = f"tok_{secrets.token_urlsafe(32)}"
    token = ApiToken(
        org_id=require(by.org_id),
        membership_id=require(by.membership_id),
        name=name.strip(),
        hint=secret[:HINT_LENGTH],
        scopes=list(wanted),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(token)
    session.flush()  # its address and the trail name it
    session.add(
        PublicAddress(
            slug=digest(secret),
            purpose=TOKEN_ADDRESS,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            object_id=token.id,
            created_at=now,
        )
    )
    audit.record(
        by=by, action="token.made", object_type="token", object_id=token.id, after={"scopes": list(wanted)}, now=now
    )
    return token, secret


def revoke_token(*, token_id: str, by: Actor, now: datetime) -> ApiToken:
    """Take a key of one's company out of use; requests with it are refused from now on."""
    wanted = sa.select(ApiToken).where(ApiToken.public_id == token_id, ApiToken.org_id == by.org_id)
    token = require(session.scalar(wanted))
    if token.revoked_at is None:
        token.revoked_at = now
        audit.record(by=by, action="token.revoked", object_type="token", object_id=token.id, now=now)
    return token
