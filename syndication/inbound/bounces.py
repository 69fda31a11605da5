"""Reports written down at the delivery they belong to, and what a partner takes back of them."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.inbound.reading import COMPLAINT, HARD, SOFT, Returned
from syndication.models import Bounce, Delivery, DeliveryState
from syndication.senders.holds import look_soon
from syndication.sending.batches import end_sequences, tell_settled
from tcma.contacts.models import Contact, SuppressionScope
from tcma.contacts.operations.blocking import forget_bounce
from tcma.contacts.operations.consent import suppress
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

REASONS = {HARD: "bounced", COMPLAINT: "complained"}
LONGEST_REASON = 500


class NothingToTakeBack(Conflict):
    """No bounce keeps this contact from being mailed."""

    def __init__(self) -> None:
        super().__init__(_("No bounce stands against this person. A complaint or an opt-out cannot be taken back."))


class ReasonMissing(DomainError):
    """A bounce is taken back for a reason that others can read."""

    def __init__(self) -> None:
        super().__init__(_("Say in a sentence why the address works."), field="reason")


def record_bounce(*, returned: Returned, by: Actor, now: datetime) -> Bounce:
    """Write down that a mail came back; after a hard bounce or a complaint this partner mails the address no more.

    A report that is told twice is one bounce.
    """
    delivery = require(session.scalar(sa.select(Delivery).where(Delivery.id == returned.delivery_id)))
    chosen = sa.select(Bounce).where(Bounce.delivery_id == delivery.id, Bounce.kind == returned.kind)
    known = session.scalar(chosen)
    if known is not None:
        return known
    bounce = Bounce(
        partner_id=delivery.partner_id, delivery_id=delivery.id, kind=returned.kind, detail=returned.detail, at=now
    )
    session.add(bounce)
    note_arrival(delivery, now=now)
    if returned.kind != SOFT:
        look_soon(delivery.partner_id, now=now)
        end_sequences([delivery.recipient_id], REASONS[returned.kind])
        _suppress(delivery, REASONS[returned.kind], by=by, now=now)
    return bounce


def note_arrival(delivery: Delivery, *, now: datetime) -> None:
    """Settle a delivery in doubt that something came back from: it had been accepted. Its hours are counted anew."""
    changed = [now]
    if delivery.state is DeliveryState.UNKNOWN:
        delivery.state, delivery.settled_at = DeliveryState.ACCEPTED, delivery.settled_at or now
        changed.append(delivery.settled_at)
    tell_settled(delivery.launch_id, changed, whose=_owner_of(delivery), now=now)


def _owner_of(delivery: Delivery) -> Actor:
    vendor_id = session.scalar(sa.select(Launch.vendor_id).where(Launch.id == delivery.launch_id))
    return Actor.system("bounces", vendor_id=vendor_id, partner_id=delivery.partner_id)


def _suppress(delivery: Delivery, reason: str, *, by: Actor, now: datetime) -> None:
    email = session.scalar(sa.select(Contact.email).where(Contact.id == delivery.contact_id))
    if email:
        scope = SuppressionScope.PARTNER
        suppress(scope=scope, org_id=delivery.partner_id, email=email, reason=reason, by=by, now=now)


def take_back_bounces(*, contact_id: int, reason: str, by: Actor, now: datetime) -> int:
    """Let a contact be mailed again whose mailbox was said not to exist; returns how many bounces were taken back.

    Complaints and opt-outs stay, and what ended in the meantime stays ended.
    Refused: `NotFound`, `ReasonMissing`, `NothingToTakeBack`.
    """
    contact = require(session.scalar(sa.select(Contact).where(Contact.id == contact_id, Contact.erased_at.is_(None))))
    note = reason.strip()[:LONGEST_REASON]
    if not note:
        raise ReasonMissing
    chosen = (
        sa.select(Bounce)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Delivery.contact_id == contact.id, Bounce.kind == HARD, Bounce.undone_at.is_(None))
    )
    found = session.scalars(chosen.order_by(Bounce.id)).all()
    if not forget_bounce(contact, now=now) and not found:
        raise NothingToTakeBack
    for bounce in found:
        _take_back(bounce, note, now)
    audit.record(
        by=by, action="bounces.taken_back", object_type="contact", object_id=contact.id,
        after={"bounces": len(found), "note": note}, now=now,
    )  # fmt: skip
    return len(found)


def _take_back(bounce: Bounce, note: str, now: datetime) -> None:
    bounce.undone_at, bounce.note = now, note
    delivery = session.scalars(sa.select(Delivery).where(Delivery.id == bounce.delivery_id)).one()
    tell_settled(delivery.launch_id, [bounce.at], whose=_owner_of(delivery), now=now)
