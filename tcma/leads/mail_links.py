"""Links from mails about leads: who presses, for whom, on what. A link is good for its person alone, for thirty days.

Only a POST acts; opening a link shows a page.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tcma.core import runtime
from tcma.core.actor import Actor, ActorKind
from tcma.core.errors import DomainError
from tcma.core.links import Purpose
from tcma.core.words import lazy_gettext as _
from tcma.identity import presence
from tcma.identity.permissions import Permission
from tcma.identity.presence import Person, Seat

LIFE = timedelta(days=30)
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class LinkIsOver(DomainError):
    """The link is too old, or its person no longer works on leads there."""

    status = 410


@dataclass(frozen=True, slots=True)
class Pressed:
    """Who holds the link, as an actor, and the key of the row that it is about."""

    actor: Actor
    person: Person
    seat: Seat
    object_id: int


def offer_link(membership_id: int, assignment_id: int, *, now: datetime) -> str:
    """Return the address under which one member answers one offer."""
    return _address("offer", Purpose.OFFER, membership_id, assignment_id, now)


def call_link(membership_id: int, lead_id: int, *, now: datetime) -> str:
    """Return the address under which one member records the call of one lead."""
    return _address("called", Purpose.CALLED, membership_id, lead_id, now)


def read_link(token: str, purpose: Purpose, *, now: datetime) -> Pressed:
    """Return who presses and on what. Forged: `ForgedLink`; too old, or no longer allowed: `LinkIsOver`."""
    membership_id, object_id, minute = runtime.links().read(token, purpose)
    if now - (BEGIN + minute * MINUTE) > LIFE:
        raise LinkIsOver(_("This link is more than 30 days old. Sign in, and you find the lead in your list."))
    found = presence.of_member(membership_id)
    if found is None or not found.actor.may(Permission.LEADS_WRITE):
        raise LinkIsOver(_("You no longer work on leads for this company, so this link does nothing."))
    actor = replace(found.actor, kind=ActorKind.MAIL_LINK)
    return Pressed(actor, found.person, found.seat, object_id)


def _address(page: str, purpose: Purpose, membership_id: int, object_id: int, now: datetime) -> str:
    minute = max((now - BEGIN) // MINUTE, 0)
    token = runtime.links().sign(purpose, membership_id, object_id, minute)
    return f"{runtime.settings().base_url}/lead/{page}/{token}"
