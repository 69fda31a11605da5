"""The link in an approver's mail: who decides, on what, as it was when the mail was written. Only a POST acts."""

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
from tcma.mdf.models import FundRequest

LIFE = timedelta(days=30)
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = 2**60


class LinkIsOver(DomainError):
    """The link is too old, or its person no longer approves there."""

    status = 410


@dataclass(frozen=True, slots=True)
class Pressed:
    """Who holds the link, as an actor who may do this one thing, and the request that it is about."""

    actor: Actor
    person: Person
    seat: Seat
    request_id: int
    stamp: int


def approval_link(membership_id: int, request: FundRequest, *, now: datetime) -> str:
    """Return the address under which one approver decides on one request as it stands."""
    minute = max((now - BEGIN) // MINUTE, 0)
    token = runtime.links().sign(Purpose.DECISION, membership_id, request.id, stamp_of(request), minute)
    return f"{runtime.settings().base_url}/approve/{token}"


def stamp_of(request: FundRequest) -> int:
    """Return what of a request's content stands in a link: other content, other stamp."""
    return int(request.content_hash or "0", 16) % STAMP


def read_link(token: str, *, now: datetime) -> Pressed:
    """Return who presses and on what. Forged: `ForgedLink`; too old, or no longer allowed: `LinkIsOver`."""
    membership_id, request_id, stamp, minute = runtime.links().read(token, Purpose.DECISION)
    if now - (BEGIN + minute * MINUTE) > LIFE:
        raise LinkIsOver(_("This link is more than 30 days old. Sign in, and you find the request in your inbox."))
    found = presence.of_member(membership_id)
    if found is None or not found.actor.may(Permission.REQUESTS_DECIDE):
        raise LinkIsOver(_("You no longer decide on requests for this company, so this link does nothing."))
    actor = replace(
        found.actor,
        kind=ActorKind.MAIL_LINK,
        label=f"mail_link:{membership_id}",
        permissions=frozenset({str(Permission.REQUESTS_DECIDE)}),
    )
    return Pressed(actor, found.person, found.seat, request_id, stamp)
