"""Holds: when too much of a partner's mail comes back, it stops for every vendor until a person lets it go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState
from syndication.models import Bounce, Delivery, DeliveryState, SendingHold
from syndication.sequences.enrolling import bring_forward
from tcma.core import audit, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction
from tcma.core.errors import Conflict
from tcma.core.models import Due
from tcma.core.schedule import set_due
from tcma.core.tenancy import acting
from tcma.core.words import lazy_gettext as _
from tcma.partners.models import Partnership, PartnershipState

HEALTH = "sending_health"
WINDOW = timedelta(days=7)
LOOK_AFTER = timedelta(seconds=15)
LEASE = timedelta(minutes=2)
BOUNCES, COMPLAINTS = "bounces", "complaints"
FEWEST = {BOUNCES: 20, COMPLAINTS: 3}
"""So many must have come back before a share means anything."""
SHARE = {BOUNCES: 0.05, COMPLAINTS: 0.003}
"""Above this share of the mails of the last seven days, mail is held."""


class HoldIsOver(Conflict):
    """Somebody has let the mail go on already."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has let this mail go on already."))


@dataclass(frozen=True, slots=True)
class Health:
    """What became of a partner's mails since an instant."""

    mails: int
    bounces: int
    complaints: int

    @property
    def cause(self) -> str | None:
        """Why mail must be held, or None."""
        counts = {COMPLAINTS: self.complaints, BOUNCES: self.bounces}
        return next((c for c, n in counts.items() if n >= FEWEST[c] and n > SHARE[c] * max(self.mails, 1)), None)

    def came_back(self, cause: str) -> int:
        """Return how many mails came back for that reason."""
        return self.complaints if cause == COMPLAINTS else self.bounces


def look_soon(partner_id: int, *, now: datetime) -> None:
    """Have a partner's sending looked at; what comes back in the meantime is looked at together."""
    waits = sa.select(Due.id).where(Due.kind == HEALTH, Due.object_id == partner_id)
    if session.scalar(waits) is None:
        set_due(HEALTH, partner_id, now + LOOK_AFTER, vendor_id=None, partner_id=partner_id)


def look_at_health(now: datetime) -> int:
    """Look at the partners of whom mail came back, and hold what must be held; returns how many were looked at."""
    with transaction():
        claimed = schedule.claim(HEALTH, now=now, lease=LEASE, limit=20)
    for one in claimed:
        by = one.actor("sending health")
        with reading(), transaction(), acting(by):
            health = health_of(one.object_id, now=now)
        if health.cause is not None:
            _hold(one.object_id, health, health.cause, now)
        with transaction():
            schedule.release(one, due_at=None)
    return len(claimed)


def health_of(partner_id: int, *, now: datetime) -> Health:
    """Count a partner's mails of the last seven days, or since a person last let them go on."""
    since = max(filter(None, (now - WINDOW, _let_go_on_at(partner_id))))
    states = dict(
        session.execute(
            sa.select(Delivery.state, sa.func.count())
            .where(Delivery.partner_id == partner_id, Delivery.settled_at >= since)
            .where(Delivery.state.in_((DeliveryState.ACCEPTED, DeliveryState.REFUSED)))
            .group_by(Delivery.state)
        )
        .tuples()
        .all()
    )
    kinds = dict(
        session.execute(
            sa.select(Bounce.kind, sa.func.count())
            .where(Bounce.partner_id == partner_id, Bounce.at >= since, Bounce.undone_at.is_(None))
            .group_by(Bounce.kind)
        )
        .tuples()
        .all()
    )
    refused = states.get(DeliveryState.REFUSED, 0)
    return Health(sum(states.values()), refused + kinds.get("hard", 0), kinds.get("complaint", 0))


def _let_go_on_at(partner_id: int) -> datetime | None:
    return session.scalar(sa.select(sa.func.max(SendingHold.closed_at)).where(SendingHold.partner_id == partner_id))


def _hold(partner_id: int, health: Health, cause: str, now: datetime) -> None:
    with reading(), transaction(), acting(Actor.reader("sending health")):
        chosen = sa.select(Partnership.vendor_id).where(
            Partnership.partner_id == partner_id, Partnership.state == PartnershipState.ACTIVE
        )
        vendors = list(session.scalars(chosen.order_by(Partnership.vendor_id)))
    for vendor_id in vendors:
        by = Actor.system("sending health", vendor_id=vendor_id, partner_id=partner_id)
        with transaction(), acting(by):
            if not is_held(vendor_id, partner_id):
                _open(vendor_id, partner_id, health, cause, by=by, now=now)


def _open(vendor_id: int, partner_id: int, health: Health, cause: str, *, by: Actor, now: datetime) -> None:
    hold = SendingHold(
        vendor_id=vendor_id,
        partner_id=partner_id,
        cause=cause,
        mails=health.mails,
        came_back=health.came_back(cause),
        opened_at=now,
    )
    session.add(hold)
    session.flush()  # the trail and the mails name it
    _record(hold, "sending.held", by=by, now=now, after={"cause": cause, "mails": hold.mails, "back": hold.came_back})
    outbox.tell("sending.held", hold_id=hold.id, vendor_id=vendor_id, partner_id=partner_id, now=now)


def is_held(vendor_id: int, partner_id: int) -> bool:
    """Tell whether mail of a partner for a vendor's campaigns is held; senders ask at every pick-up of work."""
    chosen = sa.select(SendingHold.id).where(
        SendingHold.vendor_id == vendor_id, SendingHold.partner_id == partner_id, SendingHold.closed_at.is_(None)
    )
    return session.scalar(chosen.limit(1)) is not None


def open_holds(partner_id: int | None = None) -> Sequence[SendingHold]:
    """Return the holds in force in the actor's reach, of one partner or of all, the latest first."""
    chosen = sa.select(SendingHold).where(SendingHold.closed_at.is_(None))
    if partner_id is not None:
        chosen = chosen.where(SendingHold.partner_id == partner_id)
    return session.scalars(chosen.order_by(SendingHold.opened_at.desc(), SendingHold.id.desc()).limit(50)).all()


def holds_statement() -> sa.Select[tuple[SendingHold]]:
    """Return the holds in the actor's reach, past ones too, the latest first."""
    return sa.select(SendingHold).order_by(SendingHold.opened_at.desc(), SendingHold.id.desc())


def hold_by(public_id: str) -> SendingHold | None:
    """Return a hold in the actor's reach by its public id."""
    return session.scalar(sa.select(SendingHold).where(SendingHold.public_id == public_id))


def end_hold(*, hold_id: int, note: str, by: Actor, now: datetime) -> SendingHold:
    """Let held mail go on; what came back before counts no more. Refused: `NotFound`, `HoldIsOver`."""
    hold = require(session.scalar(sa.select(SendingHold).where(SendingHold.id == hold_id).with_for_update()))
    if hold.closed_at is not None:
        raise HoldIsOver
    hold.closed_at, hold.closed_by, hold.note = now, by.membership_id, note.strip()[:500]
    _record(hold, "sending.let_go_on", by=by, now=now, after={"note": hold.note})
    running = sa.select(Launch.id).where(
        Launch.partner_id == hold.partner_id,
        Launch.vendor_id == hold.vendor_id,
        Launch.state.in_((LaunchState.RUNNING, LaunchState.SCHEDULED)),
    )
    for launch_id in session.scalars(running):
        bring_forward(launch_id, now, vendor_id=hold.vendor_id, partner_id=hold.partner_id)
    return hold


def _record(hold: SendingHold, action: str, *, by: Actor, now: datetime, after: dict[str, object]) -> None:
    audit.record(by=by, action=action, object_type="sending_hold", object_id=hold.id, before=None, after=after, now=now)
