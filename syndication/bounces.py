"""Mail that came back: read from a report to our signed return path, and written down at the delivery it belongs to."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses
from re import compile as compile_pattern

import sqlalchemy as sa
from flufl.bounce import all_failures

from campaigns.models import Launch
from syndication.models import Bounce, Delivery, DeliveryState
from syndication.senders.holds import look_soon
from syndication.sending.batches import end_sequences, tell_settled
from tcma.contacts.models import Contact, SuppressionScope
from tcma.contacts.operations.consent import suppress
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction
from tcma.core.links import ForgedLink, LinkSigner, Purpose
from tcma.core.tenancy import acting

HARD, SOFT, COMPLAINT = "hard", "soft", "complaint"
REASONS = {HARD: "bounced", COMPLAINT: "complained"}
_STATUS = compile_pattern(rb"(?mi)^Status:\s*([245])\.\d{1,3}\.\d{1,3}")
_AUTOMATIC = ("auto-replied",)


@dataclass(frozen=True, slots=True)
class Returned:
    """A report on one delivery: it will never arrive (hard) or not now (soft), or its reader complained."""

    delivery_id: int
    kind: str
    detail: str


def read_report(content: bytes, *, envelope_to: str = "", signer: LinkSigner) -> Returned | None:
    """Return what a mail to our return path reports; None when it is no report, or was not addressed by our signature.

    The signed address is the only proof that counts: what a report says about addresses is believed of nobody.
    """
    message = message_from_bytes(content)
    if message.get_content_type() == "multipart/report" and message.get_param("report-type") == "feedback-report":
        return _complaint(message, signer)
    delivery_id = next(
        (found for address in (envelope_to, *_addressees(message)) if (found := _delivery(address, signer))), None
    )
    if delivery_id is None or _is_vacation(message):
        return None
    temporary, permanent = all_failures(message)
    status = _STATUS.search(content)
    if status is None and not temporary and not permanent:
        return None
    is_hard = status[1] == b"5" if status is not None else bool(permanent)
    detail = status[0].decode("ascii", "replace") if status is not None else "no status"
    return Returned(delivery_id, HARD if is_hard else SOFT, detail[:300])


def _is_vacation(message: Message) -> bool:
    """Tell an answering machine from a report: Postfix marks its own reports as replied by a machine too."""
    if message.get_content_type() == "multipart/report" and message.get_param("report-type") == "delivery-status":
        return False
    return str(message.get("Auto-Submitted", "")).lower().startswith(_AUTOMATIC)


def _complaint(message: Message, signer: LinkSigner) -> Returned | None:
    """Read an abuse report (RFC 5965): our own signature in the Message-ID of the mail that it brings back counts."""
    for part in message.walk():
        for value in part.get_all("Message-ID", []):
            delivery_id = _signed(str(value).strip().strip("<>").partition("@")[0], signer)
            if delivery_id is not None:
                return Returned(delivery_id, COMPLAINT, "abuse report")
    return None


def _addressees(message: object) -> list[str]:
    headers = [str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in message.get_all(name, [])]  # type: ignore[attr-defined]
    return [address for _name, address in getaddresses(headers)]


def _delivery(address: str, signer: LinkSigner) -> int | None:
    _path, plus, mark = address.partition("@")[0].partition("+")
    return _signed(mark, signer) if plus else None


def _signed(mark: str, signer: LinkSigner) -> int | None:
    try:
        (delivery_id,) = signer.read_from_mailbox(mark, Purpose.RETURN)
    except (ForgedLink, ValueError):
        return None
    return delivery_id


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
    changed = [now]
    if delivery.state is DeliveryState.UNKNOWN:
        delivery.state, delivery.settled_at = DeliveryState.ACCEPTED, delivery.settled_at or now
        changed.append(delivery.settled_at)
    tell_settled(delivery.launch_id, changed, whose=_owner_of(delivery), now=now)
    if returned.kind != SOFT:
        look_soon(delivery.partner_id, now=now)
        end_sequences([delivery.recipient_id], REASONS[returned.kind])
        _suppress(delivery, REASONS[returned.kind], by=by, now=now)
    return bounce


def _owner_of(delivery: Delivery) -> Actor:
    vendor_id = session.scalar(sa.select(Launch.vendor_id).where(Launch.id == delivery.launch_id))
    return Actor.system("bounces", vendor_id=vendor_id, partner_id=delivery.partner_id)


def _suppress(delivery: Delivery, reason: str, *, by: Actor, now: datetime) -> None:
    email = session.scalar(sa.select(Contact.email).where(Contact.id == delivery.contact_id))
    if email:
        scope = SuppressionScope.PARTNER
        suppress(scope=scope, org_id=delivery.partner_id, email=email, reason=reason, by=by, now=now)


def take_in(content: bytes, *, envelope_to: str = "", signer: LinkSigner, now: datetime) -> Returned | None:
    """Take in one mail that came back, in transactions of its own; None when it says nothing about a mail of ours."""
    returned = read_report(content, envelope_to=envelope_to, signer=signer)
    if returned is None:
        return None
    with reading(), transaction(), acting(Actor.reader("bounces")):
        partner_id = session.scalar(sa.select(Delivery.partner_id).where(Delivery.id == returned.delivery_id))
    if partner_id is None:
        return None
    by = Actor.system("bounces", partner_id=partner_id)
    with transaction(), acting(by):
        record_bounce(returned=returned, by=by, now=now)
    return returned
