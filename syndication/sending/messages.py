"""Mail that is not marketing: one message, one attempt at a time, through the same relay and journal."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import randbits

import sqlalchemy as sa

from syndication.channels import Outgoing, Result
from syndication.channels.email.build import SenderIdentity, SimpleMail, build_simple
from syndication.models import SendClaim
from syndication.senders.keys import platform_key
from syndication.sending import relays
from syndication.sending.backoff import backoff_after
from syndication.sending.claims import end_claim, open_claim
from syndication.sending.delivering import Clock
from syndication.sending.sender import Sender, this_sender
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.errors import DomainError
from tcma.core.journal import Outcome, Queue, SendBegin, SendEnd
from tcma.core.models import Due, Message, MessageState
from tcma.core.quarantine import is_quarantined
from tcma.core.schedule import set_due
from tcma.core.tenancy import acting

MESSAGES = "message"
NAME = "TCMA"
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=1)
PASSED_ON = "reply_passed_on"
"""What somebody wrote to a partner: its words are kept until they are handed over, and no longer."""
STATES = {
    Outcome.ACCEPTED: MessageState.ACCEPTED,
    Outcome.REFUSED: MessageState.REFUSED,
    Outcome.UNKNOWN: MessageState.UNKNOWN,
}


def send_message(*, message_id: int, clock: Clock) -> None:
    """Send a message that waits; whoever comes second finds it taken. A relay that is away is tried again later."""
    owner = _owner_of(message_id)
    if owner is None:
        return
    by, sender, claim_id = Actor.system("messages", vendor_id=owner, partner_id=owner), this_sender(), randbits(62)
    with transaction(), acting(by):
        taken = _taken(message_id, claim_id, sender=sender, by=by, now=clock())
    if taken is None:
        return
    mail, key = taken
    try:
        result = _hand_over(mail, claim_id, key, sender, clock)
        with transaction(), acting(by):
            _settle(message_id, claim_id, result, now=clock())
    finally:
        sender.in_hand.discard(claim_id)


def _owner_of(message_id: int) -> int | None:
    """Return whose message it is: the bell names a row, and the row names its tenant."""
    with reading(), transaction(), acting(Actor.reader("messages")):
        return session.scalar(sa.select(Message.org_id).where(Message.id == message_id))


def _taken(message_id: int, claim_id: int, *, sender: Sender, by: Actor, now: datetime) -> tuple[Outgoing, str] | None:
    if is_quarantined():
        set_due(MESSAGES, message_id, now + LONGEST_WAIT, vendor_id=None, partner_id=None)
        return None
    chosen = sa.select(Message).where(
        Message.id == message_id,
        Message.attempt_id.is_(None),
        Message.state.in_((MessageState.READY, MessageState.DEFERRED)),
    )
    message = session.scalar(chosen.with_for_update(skip_locked=True))
    if message is None:
        return None
    try:
        mail = built(message, at=now)
    except DomainError as reason:
        message.answer = reason.message[:300]
        _end(message, MessageState.REFUSED, now)
        return None
    message.attempt_id, message.state = str(claim_id), MessageState.READY
    open_claim(claim_id, MESSAGES, message.id, sender=sender, by=by, now=now)
    return mail, key_of(message.unique_key)


def key_of(unique_key: str) -> str:
    """Return how the journal names a message: the same in a restored database, and nothing to read in it."""
    return sha256(unique_key.encode()).hexdigest()


def built(message: Message, *, at: datetime) -> Outgoing:
    """Return a message as it goes out; `DomainError` says that this address cannot get it."""
    domain = runtime.settings().mail_domain
    identity = SenderIdentity(
        from_name=message.from_name or NAME,
        from_address=f"notices@{domain}",
        return_path=f"b@{domain}",
        message_id_domain=domain,
        partner_id=0,
        link_set_id=0,
        reply_to=message.reply_to,
    )
    return build_simple(
        SimpleMail(message.subject, message.text, message.html, message.locale, message.calendar),
        to=message.to_address,
        name=message.to_name,
        identity=identity,
        message_id=message.id,
        signer=runtime.links(),
        at=at,
        dkim=platform_key(),
        ref=message.id,
    )


def _hand_over(mail: Outgoing, claim_id: int, key: str, sender: Sender, clock: Clock) -> Result:
    watch = _Watch(claim_id, key, sender, clock)
    channel = relays.connected()
    if channel is None:
        return Result(Outcome.FAILED, 0, "no relay answers")
    try:
        channel.send([mail], watch)
    finally:
        relays.give_back(channel)
    sender.journal.sync()
    relays.judge(channel, [watch.result.code] if watch.result.outcome is not Outcome.WITHHELD else [])
    return watch.result


class _Watch:
    def __init__(self, attempt_id: int, key: str, sender: Sender, clock: Clock) -> None:
        self._attempt_id, self._key, self._journal, self._clock = attempt_id, key, sender.journal, clock
        self.result = Result(Outcome.WITHHELD)

    def admit(self, mail: Outgoing) -> bool:  # noqa: ARG002 - a message has no list to be taken off
        return True

    def begin(self, mail: Outgoing) -> bool:
        begin = SendBegin(self._clock(), Queue.MESSAGE, _id(mail), self._attempt_id, key=self._key)
        self._journal.append(begin)
        return True

    def end(self, mail: Outgoing, result: Result) -> None:
        now = self._clock()
        self._journal.append(
            SendEnd(now, Queue.MESSAGE, _id(mail), self._attempt_id, result.outcome, result.code, result.text)
        )
        self.result = result


def _id(mail: Outgoing) -> int:
    return int(str(mail.ref))


def recover_message(claim: SendClaim, result: Result | None, *, now: datetime) -> None:
    """Settle the message of a sender that has ended; one that never began is sent anew."""
    _settle(claim.object_id, claim.id, result or Result(Outcome.WITHHELD), now=now)


def _settle(message_id: int, claim_id: int, result: Result, *, now: datetime) -> None:
    chosen = sa.select(Message).where(Message.id == message_id, Message.attempt_id == str(claim_id))
    message = session.scalar(chosen.with_for_update())
    if message is not None and message.settled_at is None:
        _write(message, result, now)
    end_claim(claim_id, now)


def _write(message: Message, result: Result, now: datetime) -> None:
    message.answer = f"{result.code or ''} {result.text}".strip()[:300] or None
    tries = session.scalar(sa.select(Due.attempts).where(Due.kind == MESSAGES, Due.object_id == message.id)) or 0
    if result.outcome in STATES or tries >= MOST_ATTEMPTS:
        _end(message, STATES.get(result.outcome, MessageState.FAILED), now)
        set_due(MESSAGES, message.id, None, vendor_id=None, partner_id=None)
        return
    message.attempt_id = None
    message.state = MessageState.READY if result.outcome is Outcome.WITHHELD else MessageState.DEFERRED
    pause = backoff_after(result, tries + 1).pause
    set_due(MESSAGES, message.id, now + pause, vendor_id=None, partner_id=None)


def _end(message: Message, state: MessageState, now: datetime) -> None:
    message.state, message.settled_at = state, now
    if message.kind == PASSED_ON:
        message.subject = message.text = message.html = message.from_name = message.reply_to = ""
