"""A person's answer to a mail: the sequence ends for who wrote, the launch has a touch, and the partner the letter."""

from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.inbound.bounces import note_arrival
from syndication.inbound.letters import Letter
from syndication.models import Delivery, LinkSet, Recipient, Touch, Verdict
from syndication.sending.batches import end_sequences
from syndication.sending.mails import CHANNEL, PLATFORM, VIA, answers_go_to
from syndication.sending.messages import PASSED_ON
from syndication.tracking.judging import Whose, mark_response, tell_recorded
from syndication.tracking.verdict import RULES_VERSION
from tcma.contacts.models import Contact
from tcma.core import audit, mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.identity.models import Membership, Organisation, Role

MOST_OF_ONE_MAIL = 20


def record_reply(*, delivery_id: int, letter: Letter, key: str, by: Actor, now: datetime) -> Touch | None:
    """Write down that a person wrote back, and pass the letter on to the partner. Its words are not kept.

    `key` tells one letter from another. Whoever writes more often than twenty times to one mail is heard no more.
    """
    delivery = require(session.scalar(sa.select(Delivery).where(Delivery.id == delivery_id)))
    launch = session.scalars(sa.select(Launch).where(Launch.id == delivery.launch_id)).one()
    mark = f"reply:{delivery.id}:"
    told = sa.select(sa.func.count()).where(
        Touch.recipient_id == delivery.recipient_id, Touch.answer_key.startswith(mark)
    )
    if (session.scalar(told) or 0) >= MOST_OF_ONE_MAIL:
        return None
    note_arrival(delivery, now=now)
    touch = _touch(launch, delivery, f"{mark}{key}"[:80], now)
    session.add(touch)
    mark_response(delivery.recipient_id, at=now)
    end_sequences([delivery.recipient_id], "replied")
    tell_recorded(Whose(launch.vendor_id, launch.partner_id, launch.id), [now], now=now)
    _pass_on(launch, delivery, letter, key, now)
    audit.record(
        by=by, action="reply.taken_in", object_type="delivery", object_id=delivery.id,
        after={"launch_id": launch.id}, now=now,
    )  # fmt: skip
    return touch


def _touch(launch: Launch, delivery: Delivery, answer_key: str, now: datetime) -> Touch:
    of_step = sa.select(LinkSet.tactic).where(
        LinkSet.launch_id == launch.id, LinkSet.step == delivery.step, LinkSet.channel == CHANNEL
    )
    return Touch(
        at=now,
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        recipient_id=delivery.recipient_id,
        tactic=session.scalar(of_step.order_by(LinkSet.id).limit(1)) or "mails",
        step=delivery.step,
        channel=CHANNEL,
        kind="reply",
        verdict=Verdict.HUMAN,
        reasons=[],
        rules_version=RULES_VERSION,
        answer_key=answer_key,
    )


def _pass_on(launch: Launch, delivery: Delivery, letter: Letter, key: str, now: datetime) -> None:
    owner = session.get_one(Organisation, launch.partner_id)
    for number, address in enumerate(_to_whom(launch)):
        message = mail.compose(
            PASSED_ON, org_id=owner.id, vendor_id=launch.vendor_id, partner_id=owner.id, to_address=address,
            to_name=owner.name, locale=owner.language.partition("-")[0], unique_key=f"reply:{key}:{number}", now=now,
            letter=letter, campaign=launch.name, person=_person(delivery),
        )  # fmt: skip
        message.from_name = VIA.format(name=letter.name or letter.address, platform=PLATFORM)[:200]
        message.reply_to = letter.address


def _to_whom(launch: Launch) -> list[str]:
    """Return the address that answers to the launch go to; else those of the partner's administrators."""
    address = answers_go_to(launch)
    # Mail to the platform's own domain would come back here.
    if address and not address.lower().endswith(f"@{runtime.settings().mail_domain.lower()}"):
        return [address]
    admins = sa.select(Membership).where(
        Membership.org_id == launch.partner_id, Membership.active, Membership.role == Role.ADMIN
    )
    return [one.user.email for one in session.scalars(admins.order_by(Membership.id).limit(5))]


def _person(delivery: Delivery) -> str:
    """Return the public id of the contact who got the mail, for a way to its page."""
    chosen = (
        sa.select(Contact.public_id)
        .join(Recipient, Recipient.contact_id == Contact.id)
        .where(Recipient.id == delivery.recipient_id, Contact.erased_at.is_(None))
    )
    found = session.scalar(chosen)
    return f"{runtime.settings().base_url.rstrip('/')}/contacts/{found}" if found else ""
