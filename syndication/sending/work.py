"""The work of a sender: looks at launches that are due, a batch at a time, in turns, until its time is over."""

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from logging import getLogger
from time import monotonic, sleep

import sqlalchemy as sa

from campaigns.models import Launch, LaunchState
from syndication.channels.email.build import MailBuilder
from syndication.channels.email.smtp import SmtpChannel
from syndication.models import DeliveryState
from syndication.sending import relays
from syndication.sending.batches import MOST, Batch, Row, claim_batch, next_look, settle, with_hits
from syndication.sending.delivering import Clock, send_batch
from syndication.sending.gate import Gate, may_send
from syndication.sending.mails import Edition, builder_for
from syndication.sending.messages import MESSAGES, send_message
from syndication.sending.outcomes import Settled
from syndication.sending.pacing import give_room_back, room_in, write_paces
from syndication.sending.recovery import recover
from syndication.sending.sender import this_sender
from syndication.sending.turns import a_launch_is_due, claim_turn
from syndication.sequences.stepping import take_due_steps
from syndication.tracking.judging import Whose, rejudge
from tcma.core import schedule
from tcma.core.db import require, session, transaction
from tcma.core.errors import ReasonsNot
from tcma.core.quarantine import is_quarantined
from tcma.core.schedule import Claimed
from tcma.core.tenancy import acting

LEASE = timedelta(seconds=20)
HELD_AGAIN = timedelta(minutes=5)
BUDGET = 20.0  # seconds that one look goes on for, so that turns between launches and ticks stay short
PATIENCE = 1.0  # seconds in which another sender will have taken a launch's next mails in hand, if it lives
SHORTLY = 0.02  # seconds between two looks at whether it has
AT_ONCE = 2  # looks of one process that send at the same time, each over a connection of its own
WAITING = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.PAUSED})

log = getLogger(__name__)
_slots = threading.BoundedSemaphore(AT_ONCE)
_recovering = threading.Lock()


def send_what_is_due(clock: Clock, *, budget: float = BUDGET) -> int:
    """Send what is due of all launches, and return how many mails were taken in hand."""
    if relays.all_are_away() or not _slots.acquire(blocking=False):
        return 0
    try:
        tidy_up(clock)
        return _send(clock, monotonic() + budget)
    finally:
        relays.close_old()
        _slots.release()


def tidy_up(clock: Clock) -> None:
    """Settle what senders left behind that have ended; one thread at a time is enough."""
    if _recovering.acquire(blocking=False):
        try:
            recover(now=clock())
        finally:
            _recovering.release()


def _send(clock: Clock, until: float) -> int:
    taken = 0
    while monotonic() < until and (claimed := _next_launch(clock, until)) is not None:
        channel = relays.connected()
        if channel is None:
            with transaction():
                schedule.release(claimed, due_at=clock())
            break
        try:
            taken += work_on(claimed, channel, clock)
        finally:
            relays.give_back(channel)
    return taken


def _next_launch(clock: Clock, until: float) -> Claimed | None:
    """Take the launch whose turn it is; one whose mails another sender takes in hand is waited for, not left to it."""
    patience = min(until, monotonic() + PATIENCE)
    while (claimed := _claimed(clock)) is None and monotonic() < patience and _is_due(clock):
        sleep(SHORTLY)
    return claimed


def _claimed(clock: Clock) -> Claimed | None:
    with transaction():
        return None if is_quarantined() else claim_turn(now=clock(), lease=LEASE)


def _is_due(clock: Clock) -> bool:
    with transaction():
        return a_launch_is_due(now=clock())


def work_on(claimed: Claimed, channel: SmtpChannel, clock: Clock) -> int:
    """Take the due steps of one launch, send one batch of its mails, and return how many those were."""
    batch = take_batch(claimed, clock, relay=channel.relay.name)
    if batch is None or not batch.rows:
        return 0
    sender = this_sender()
    try:
        builders, unfit = _builders(batch, clock)
        contacts = [row.contact_id for row in batch.rows]
        gate = Gate(batch.launch_id, contacts, batch.by, asked_at=batch.asked_at, clock=clock)
        fit = replace(batch, rows=tuple(row for row in batch.rows if row not in unfit))
        sent = send_batch(fit, builders, channel=channel, sender=sender, gate=gate, clock=clock)
        _settle(batch, {**unfit, **sent.outcomes}, clock, slowed=sent.slowed)
        relays.judge(channel, sent.codes)
    finally:
        # What was not settled by now is dropped: the next look finds it in the journal.
        sender.in_hand.discard(batch.claim_id)
    return len(batch.rows)


def take_batch(claimed: Claimed, clock: Callable[[], datetime], *, relay: str = "") -> Batch | None:
    """Make the mails that are due and take a batch of them in hand, if the launch may run at this moment."""
    by, now, asked_at = claimed.actor("sending"), clock(), monotonic()
    with transaction(), acting(by):
        launch = session.get(Launch, claimed.object_id)
        if launch is None or not may_send(claimed.object_id, by, now=now):
            waits = launch is not None and launch.state in WAITING
            schedule.release(claimed, due_at=now + HELD_AGAIN if waits else None)
            return None
        take_due_steps(launch, now=now, limit=MOST)
        room = room_in(launch, relay, MOST, now)
        claim = partial(claim_batch, launch, sender=this_sender(), by=by, asked_at=asked_at, now=now)
        batch = claim(limit=room.now) if room.now else None
        give_room_back(launch, relay, room.now - (len(batch.rows) if batch else 0))
        due_at = next_look(launch.id, now)
        schedule.release(claimed, due_at=max([due_at, *room.turns[:1]]) if due_at is not None else None)
        return batch


def _builders(batch: Batch, clock: Clock) -> tuple[Mapping[Edition, MailBuilder], dict[Row, Settled]]:
    builders: dict[Edition, MailBuilder] = {}
    unfit: dict[Row, Settled] = {}
    for edition in sorted({row.edition for row in batch.rows}, key=str):
        try:
            builders[edition] = _builder(batch, edition, clock)
        except ReasonsNot as refusal:
            log.exception("a mail cannot be made", extra={"launch_id": batch.launch_id, "step": edition.step})
            how = Settled(DeliveryState.FAILED, reason=refusal.message[:200], counts=False)
            unfit |= {row: how for row in batch.rows if row.edition == edition}
    return builders, unfit


def _builder(batch: Batch, edition: Edition, clock: Clock) -> MailBuilder:
    try:
        return _builder_once(batch, edition, clock)
    except sa.exc.IntegrityError:
        return _builder_once(batch, edition, clock)  # another sender has compiled it in the same moment


def _builder_once(batch: Batch, edition: Edition, clock: Clock) -> MailBuilder:
    with transaction(), acting(batch.by):
        launch = require(session.get(Launch, batch.launch_id))
        return builder_for(launch, edition, now=clock())


def _settle(batch: Batch, outcomes: Mapping[Row, Settled], clock: Clock, *, slowed: Collection[str]) -> None:
    with transaction(), acting(batch.by):
        now = clock()
        settle(batch, outcomes, now=now)
        write_paces(outcomes, slowed, now)
        pressed = with_hits(row.delivery_id for row in outcomes)
        if pressed:
            launch = require(session.get(Launch, batch.launch_id))
            rejudge(pressed, whose=Whose(launch.vendor_id, launch.partner_id, launch.id), now=now)


def look_at_messages(clock: Clock) -> None:
    """Try the messages again that a relay did not take at first."""
    with transaction():
        claimed = schedule.claim(MESSAGES, now=clock(), lease=LEASE, limit=50)
    for one in claimed:
        send_message(message_id=one.object_id, clock=clock)
