"""Lists of people, keys and the trail, shaped for their pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.identity.models import ApiToken, Invitation, Membership, Role, User

PER_PAGE = 50
MOST = 500


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of one's own company, as the list shows them."""

    public_id: str
    name: str
    email: str
    role: Role
    since: datetime
    is_me: bool


def colleagues(actor: Actor) -> list[Colleague]:
    """Return the active members of the actor's company, by name."""
    rows = session.execute(
        sa.select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.org_id == actor.org_id, Membership.active)
        .order_by(sa.func.lower(User.name), Membership.id)
        .limit(MOST)
    )
    return [Colleague(m.public_id, u.name, u.email, m.role, m.created_at, m.id == actor.membership_id) for m, u in rows]


def member_of(actor: Actor, public_id: str) -> Membership | None:
    """Return an active member of the actor's own company."""
    wanted = sa.select(Membership).where(Membership.public_id == public_id, Membership.org_id == actor.org_id)
    return session.scalar(wanted.where(Membership.active))


def open_invitations(actor: Actor) -> list[Invitation]:
    """Return the invitations of the actor's company that nobody has taken up."""
    wanted = sa.select(Invitation).where(Invitation.org_id == actor.org_id, Invitation.accepted_at.is_(None))
    return list(session.scalars(wanted.order_by(Invitation.created_at.desc(), Invitation.id.desc()).limit(MOST)))


def tokens(actor: Actor) -> list[tuple[ApiToken, str]]:
    """Return the keys of the actor's company with their makers' names, newest first."""
    rows = session.execute(
        sa.select(ApiToken, User.name)
        .join(Membership, Membership.id == ApiToken.membership_id)
        .join(User, User.id == Membership.user_id)
        .where(ApiToken.org_id == actor.org_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
        .limit(MOST)
    )
    return [(token, name) for token, name in rows]


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of the audit trail."""

    entries: list[dict[str, Any]]
    page: int
    pages: int
    total: int


def trail(actor: Actor, *, search: str = "", page: int = 1) -> TrailPage:
    """Return a page of what was done in the actor's company, newest first; `search` is part of an action's name."""
    wanted = sa.select(AuditEntry).where(AuditEntry.org_id == actor.org_id)
    if search:
        wanted = wanted.where(AuditEntry.action.contains(search.strip().lower().replace(" ", "_"), autoescape=True))
    total = session.scalar(sa.select(sa.func.count()).select_from(wanted.order_by(None).subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = session.scalars(
        wanted.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    names = _names({row.user_id for row in rows if row.user_id})
    entries = [{"row": row, "who": names.get(row.user_id or 0) or row.actor_label} for row in rows]
    return TrailPage(entries, page, pages, total)


def _names(ids: set[int]) -> dict[int, str]:
    found = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)).order_by(User.id).limit(MOST))
    return dict(found.tuples().all())
