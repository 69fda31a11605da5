"""The end of a quarantine after a restore: what was sent since the backup is settled before anything may leave again.

The send journal lies outside the database and names each mail by launch, contact and step. With it, every mail that
was begun after the backup gets its end; without it, whatever was due meanwhile is unknown, named, and not sent again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState, Post, PostState, Recipient, SendClaim
from syndication.sending.messages import key_of
from syndication.sending.outcomes import PLAIN
from syndication.sending.sender import records_of, senders_folder
from syndication.sending.work import WAITING
from syndication.sequences.enrolling import bring_forward
from syndication.sequences.stepping import cohort_of, message_id_of, take_due_steps
from tcma.contacts.models import Contact
from tcma.core import outbox, runtime
from tcma.core.actor import Actor
from tcma.core.backups import journal_name
from tcma.core.db import reading, session, transaction
from tcma.core.errors import DomainError
from tcma.core.journal import Queue, SendBegin, SendEnd
from tcma.core.models import Message, MessageState
from tcma.core.quarantine import Standing, lift, standing
from tcma.core.tenancy import acting
from tcma.core.words import lazy_gettext as _

RESTORED = "it may have been sent between the backup and the restore"
LATE = "unknown until the journal was read after a restore"
BATCH = 500
OPEN = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.DEFERRED)
OPEN_MESSAGES = (MessageState.READY, MessageState.SENDING, MessageState.DEFERRED)
STATES: Mapping[DeliveryState, MessageState] = {
    DeliveryState.ACCEPTED: MessageState.ACCEPTED,
    DeliveryState.REFUSED: MessageState.REFUSED,
    DeliveryState.UNKNOWN: MessageState.UNKNOWN,
}
_WEIGHT = (DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


class NotQuarantined(DomainError):
    """There is no quarantine to end."""

    def __init__(self) -> None:
        super().__init__(_("Nothing is held back: there is no quarantine."))


class JournalIncomplete(DomainError):
    """The journal here is not the one that the backup knew."""


@dataclass(slots=True)
class Released:
    """What a release settled, and what it had to leave unknown: mails as launch, recipient and step.

    `lost_launches` are the keys of campaigns that the journal names and the database does not know as begun.
    """

    settled: int = 0
    unknown: list[dict[str, str]] = field(default_factory=list)
    posts_looked_for: int = 0
    lost_launches: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What the journal says of one mail: how it ended last, when, and the row that it had."""

    state: DeliveryState
    at: datetime
    row_id: int
    answer: str | None


Key = tuple[int, int, str]


def release(*, with_journal: bool, now: datetime) -> Released:
    """Settle what was sent since the backup and end the quarantine. Opens its own transactions.

    It may be broken off and called again: nothing leaves before it is through.
    """
    with reading(), transaction():
        held = standing()
    if held is None:
        raise NotQuarantined
    found = Released()
    if held.backup_at is not None:
        mails, messages = _journal(held) if with_journal else ({}, {})
        _let_old_work_run(held, now)
        launches = _launches(held.backup_at)
        named = {launch_id for launch_id, _contact, _step in mails}
        found.lost_launches = sorted(named - {launch_id for launch_id, _by in launches})
        for launch_id, by in launches:
            _settle_launch(launch_id, by, held, mails=mails if with_journal else None, found=found, now=now)
        _settle_messages(messages if with_journal else None, found, now)
        _end_claims(held.since, now)
        found.posts_looked_for = _look_for_posts(held)
    with transaction():
        lift()
    return found


def _journal(held: Standing) -> tuple[dict[Key, Told], dict[str, Told]]:
    """Read the whole journal: mails by launch, contact and step, messages by the digest of their key."""
    root = senders_folder()
    missing = [name for name in held.segments if not (root / name).exists()]
    if missing or journal_name(runtime.settings()) != held.journal:
        raise JournalIncomplete(
            _(
                "The journal in %(folder)s is not the one that the backup knew. Bring that one back, or release "
                "without it: what was due meanwhile is then unknown and is not sent.",
                folder=str(root.parent),
            )
        )
    mails: dict[Key, Told] = {}
    messages: dict[str, Told] = {}
    for sender in sorted(one.name for one in root.glob("[!.]*") if one.is_dir()):
        for begin, told in _sent_by(sender):
            if begin.queue is Queue.DELIVERY:
                key = (begin.launch_id, begin.contact_id, begin.key)
                mails[key] = _weightier(mails.get(key), told)
            else:
                messages[begin.key] = _weightier(messages.get(begin.key), told)
    return mails, messages


def _sent_by(sender: str) -> Iterator[tuple[SendBegin, Told]]:
    begun: dict[tuple[int, int, int], SendBegin] = {}
    ended: dict[tuple[int, int, int], SendEnd] = {}
    for record in records_of(sender):
        if isinstance(record, SendBegin):
            begun[record.queue, record.row_id, record.attempt_id] = record
        elif isinstance(record, SendEnd):
            ended[record.queue, record.row_id, record.attempt_id] = record
    for name, begin in begun.items():
        end = ended.get(name)
        if end is None:
            yield begin, Told(DeliveryState.UNKNOWN, begin.at, begin.row_id, None)
        elif end.outcome in PLAIN:
            answer = f"{end.code or ''} {end.text}".strip()[:300] or None
            yield begin, Told(PLAIN[end.outcome], end.at, begin.row_id, answer)


def _weightier(known: Told | None, told: Told) -> Told:
    """Of several attempts at one mail, the one that says most surely that it has gone out."""
    return told if known is None or _WEIGHT.index(told.state) >= _WEIGHT.index(known.state) else known


def _let_old_work_run(held: Standing, now: datetime) -> None:
    """Run what was told before the restore, so that everything which it makes is there to be settled."""
    while True:
        with reading(), transaction():
            waiting = outbox.due(now, told_until=held.since)
        if not sum(outbox.run(outbox_id, now=now) for outbox_id, _queue in waiting):
            return


def _launches(backup_at: datetime) -> list[tuple[int, Actor]]:
    with reading(), transaction(), acting(Actor.reader("release")):
        rows = session.execute(
            sa.select(Launch.id, Launch.vendor_id, Launch.partner_id)
            .where(Launch.created_at <= backup_at, Launch.launched_at.is_not(None))
            .order_by(Launch.id)
        ).all()
    return [(one.id, Actor.system("release", vendor_id=one.vendor_id, partner_id=one.partner_id)) for one in rows]


def _settle_launch(
    launch_id: int, by: Actor, held: Standing, *, mails: Mapping[Key, Told] | None, found: Released, now: datetime
) -> None:
    with transaction(), acting(by):
        launch = session.get_one(Launch, launch_id)
        if mails is not None:
            # A mail that the journal does not name was never begun: it may go.
            own = {(contact, step): told for (one, contact, step), told in mails.items() if one == launch_id}
            _settle_known(launch, own, found)
        else:
            while launch.state in WAITING and take_due_steps(launch, now=held.since, limit=BATCH):
                pass
            _leave_unknown(launch, found, now)
        _give_back(launch_id)
        if launch.state in WAITING:
            bring_forward(launch_id, now, vendor_id=launch.vendor_id, partner_id=launch.partner_id)


def _settle_known(launch: Launch, told: Mapping[tuple[int, str], Told], found: Released) -> None:
    """Write what the journal knows: on the row that is there, or on one that takes the place of a lost one."""
    people = session.execute(
        sa.select(Recipient.id, Recipient.contact_id, Recipient.partner_id, Recipient.public_id, Contact.created_at)
        .join(Contact, Contact.id == Recipient.contact_id)
        .where(Recipient.launch_id == launch.id)
    )
    of_contact = {row.contact_id: row for row in people}
    rows = {
        (row.contact_id, row.step): row
        for row in session.scalars(sa.select(Delivery).where(Delivery.launch_id == launch.id))
    }
    for (contact_id, step), how in told.items():
        row, person = rows.get((contact_id, step)), of_contact.get(contact_id)
        if person is None or person.created_at > how.at or (row is not None and row.state not in OPEN):
            continue  # a contact that is younger than the mail got its number from one that was lost
        if row is None:
            row = Delivery(
                id=how.row_id, cohort=cohort_of(launch), partner_id=person.partner_id, launch_id=launch.id,
                recipient_id=person.id, contact_id=contact_id, step=step, attempts=0, created_at=how.at,
                message_id=message_id_of(how.row_id),
            )  # fmt: skip
            session.add(row)
        row.state, row.settled_at, row.answer = how.state, how.at, how.answer
        row.reason = LATE if how.state is DeliveryState.UNKNOWN else None
        row.attempts, row.attempt_id, row.lease_until, row.next_try_at = row.attempts + 1, None, None, None
        found.settled += 1
        if how.state is DeliveryState.UNKNOWN:
            found.unknown.append({"launch": launch.public_id, "recipient": person.public_id, "step": step})
    session.flush()


def _leave_unknown(launch: Launch, found: Released, now: datetime) -> None:
    """Name what may have gone out and of which nothing is known."""
    chosen = (
        sa.select(Delivery, Recipient.public_id)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.launch_id == launch.id, Delivery.state.in_(OPEN))
        .order_by(Delivery.id)
    )
    for row, recipient in session.execute(chosen).all():
        row.state, row.reason, row.settled_at = DeliveryState.UNKNOWN, RESTORED, now
        row.attempt_id = row.lease_until = row.next_try_at = None
        found.unknown.append({"launch": launch.public_id, "recipient": recipient, "step": row.step})
    session.flush()


def _give_back(launch_id: int) -> None:
    """Let go of what a sender held when the backup was taken: it has ended, and its journal was read."""
    session.execute(
        sa.update(Delivery)
        .where(Delivery.launch_id == launch_id, Delivery.state.in_(OPEN), Delivery.attempt_id.is_not(None))
        .values(state=DeliveryState.READY, attempt_id=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _settle_messages(told: Mapping[str, Told] | None, found: Released, now: datetime) -> None:
    for owner in _owners_of_messages():
        with transaction(), acting(Actor.system("release", vendor_id=owner, partner_id=owner)):
            chosen = sa.select(Message).where(Message.org_id == owner, Message.state.in_(OPEN_MESSAGES))
            for message in session.scalars(chosen):
                how = told.get(key_of(message.unique_key)) if told is not None else None
                message.attempt_id = None
                if how is not None:
                    message.state, message.answer, message.settled_at = STATES[how.state], how.answer, how.at
                    found.settled += 1
                elif told is None:
                    message.state, message.answer, message.settled_at = MessageState.UNKNOWN, RESTORED, now
                    found.unknown.append({"message": message.public_id, "kind": message.kind})


def _owners_of_messages() -> list[int]:
    with reading(), transaction(), acting(Actor.reader("release")):
        chosen = sa.select(Message.org_id).where(Message.state.in_(OPEN_MESSAGES)).distinct()
        return list(session.scalars(chosen))


def _end_claims(since: datetime, now: datetime) -> None:
    with transaction():
        session.execute(
            sa.update(SendClaim)
            .where(SendClaim.settled_at.is_(None), SendClaim.at <= since)
            .values(settled_at=now)
            .execution_options(synchronize_session=False)
        )


def _look_for_posts(held: Standing) -> int:
    """Let every post that was due meanwhile be looked for on its network before it may be sent."""
    found = 0
    with reading(), transaction(), acting(Actor.reader("release")):
        due = (Post.state.in_((PostState.SCHEDULED, PostState.PUBLISHING))) & (Post.due_at <= held.since)
        owners = session.execute(sa.select(Post.vendor_id, Post.partner_id).where(due).distinct()).all()
    for owner in owners:
        by = Actor.system("release", vendor_id=owner.vendor_id, partner_id=owner.partner_id)
        with transaction(), acting(by):
            marked = session.execute(
                sa.update(Post)
                .where(due, Post.partner_id == owner.partner_id, Post.vendor_id == owner.vendor_id)
                .values(sent_at=sa.func.coalesce(Post.sent_at, held.backup_at))
                .execution_options(synchronize_session=False)
            )
            found += int(marked.rowcount)  # type: ignore[attr-defined]  # an UPDATE answers with a cursor
    return found
