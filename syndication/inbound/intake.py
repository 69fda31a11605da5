"""One mail that came back, taken in once: whatever it is, and whether a pipe or a mailbox brings it."""

from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.inbound.bounces import record_bounce
from syndication.inbound.letters import letter_in
from syndication.inbound.reading import AUTOMATIC, REPLY, Returned, key_of, read_mail
from syndication.inbound.replies import record_reply
from syndication.models import Delivery, InboundMail
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.links import LinkSigner
from tcma.core.tenancy import acting

LARGEST = 1024 * 1024  # what matters of a report stands in front
NOT_OURS = "none"
KEPT_FOR = timedelta(days=400)


class _TakenByAnother(Exception):
    """Another process takes the same mail in; this one writes nothing."""


def take_in(
    content: bytes, *, envelope_to: str = "", place: str | None = None, signer: LinkSigner, now: datetime
) -> Returned | None:
    """Take in one mail, in transactions of its own; None when it says nothing about a mail of ours.

    `place` names where in a mailbox it lies. The same mail is taken in once, by whichever way it comes.
    """
    returned = read_mail(content, envelope_to=envelope_to, signer=signer)
    owner = _owner_of(returned) if returned is not None else None
    if returned is None or owner is None:
        if place is not None:
            with transaction():
                _is_new(sha256(place.encode()).hexdigest(), place, NOT_OURS, now)
        return None
    key = key_of(content, returned)
    try:
        with transaction(), acting(owner):
            if _is_new(key, place, returned.kind, now):
                _record(returned, content, key, by=owner, now=now)
    except _TakenByAnother:
        pass
    return returned


def is_taken(place: str) -> bool:
    """Tell whether the mail that lies there was taken in already."""
    with reading(), transaction():
        return session.scalar(sa.select(InboundMail.id).where(InboundMail.place == place)) is not None


def forget_old(*, now: datetime) -> None:
    """Drop what was noted about mails that are long gone from the mailbox."""
    with transaction():
        session.execute(sa.delete(InboundMail).where(InboundMail.at < now - KEPT_FOR))


def _owner_of(returned: Returned) -> Actor | None:
    """Return in whose reach the delivery lies; the signature was the proof."""
    chosen = (
        sa.select(Delivery.partner_id, Launch.vendor_id)
        .join(Launch, Launch.id == Delivery.launch_id)
        .where(Delivery.id == returned.delivery_id)
    )
    with reading(), transaction(), acting(Actor.reader("inbound mail")):
        found = session.execute(chosen).one_or_none()
    return Actor.system("inbound mail", vendor_id=found.vendor_id, partner_id=found.partner_id) if found else None


def _is_new(key: str, place: str | None, kind: str, now: datetime) -> bool:
    if session.scalar(sa.select(InboundMail.id).where(InboundMail.key == key)) is not None:
        return False
    session.add(InboundMail(key=key, place=place, kind=kind, at=now))
    try:
        session.flush()  # whoever comes second fails here
    except sa.exc.IntegrityError as reason:
        raise _TakenByAnother from reason
    return True


def _record(returned: Returned, content: bytes, key: str, *, by: Actor, now: datetime) -> None:
    if returned.kind == REPLY:
        record_reply(delivery_id=returned.delivery_id, letter=letter_in(content), key=key, by=by, now=now)
    elif returned.kind != AUTOMATIC:
        record_bounce(returned=returned, by=by, now=now)
