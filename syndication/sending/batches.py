"""Batches of deliveries: taken in hand under an attempt's id, and settled together in one transaction."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import randbits
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from campaigns.models import Launch
from campaigns.queries.topics import topic_of
from syndication.models import (
    Delivery,
    DeliveryState,
    Enrolment,
    EnrolmentState,
    Hit,
    Recipient,
)
from syndication.senders.holds import look_soon
from syndication.sending.claims import LEASE, end_claim, is_in_hand, open_claim
from syndication.sending.mails import Edition
from syndication.sending.opening import closed_to
from syndication.sending.outcomes import Settled
from syndication.sending.pacing import put_off
from syndication.sending.sender import Sender
from syndication.sequences.course import Where
from syndication.sequences.enrolling import bring_forward
from tcma.contacts.models import Contact
from tcma.contacts.queries import may_be_mailed
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import Base, among, session
from tcma.core.merge import contact_fields

MOST = 500
DELIVERIES = "deliveries"
SUPPRESSED = "suppressed"
LOOK_AGAIN = timedelta(seconds=15)
NOWHERE = Where("Etc/UTC", None)
STILL_OPEN = (DeliveryState.READY, DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One delivery in hand, with the address and fields of its contact as they stand now; equal to itself alone."""

    delivery_id: int
    cohort: date
    recipient_id: int
    contact_id: int
    step: str
    language: str
    attempts: int
    address: str
    name: str
    fields: Mapping[str, str]
    where: Where = NOWHERE
    variant: str | None = None

    @property
    def edition(self) -> Edition:
        """Which mail it is: the step, the language, and the subject."""
        return Edition(self.step, self.language, self.variant)


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries of one launch in the hands of one sender."""

    claim_id: int
    launch_id: int
    by: Actor
    rows: tuple[Row, ...]
    asked_at: float = float("-inf")  # by the monotonic clock: at that time nothing stood against any of its rows


def claim_batch(
    launch: Launch, *, sender: Sender, by: Actor, asked_at: float, now: datetime, limit: int = MOST
) -> Batch | None:
    """Take up to `limit` mails of a launch that wait; the caller commits before it sends. None: nothing waits.

    Whoever may not be mailed any more is settled here and now. `asked_at` is when, by the monotonic clock, the caller
    asked whether the launch may send; all else is asked after that.
    """
    claim_id = randbits(62)
    if not _take(launch.id, claim_id, limit, now):
        return None
    rows = _rows(claim_id)
    against = may_be_mailed([row.contact_id for row in rows], launch.vendor_id, now, topic=topic_of(launch))
    refused = {row: not_to(against[row.contact_id]) for row in rows if against[row.contact_id] is not None}
    write_outcomes(claim_id, refused, now)
    fit = [row for row in rows if row not in refused]
    waiting = closed_to(launch, fit, now)
    waiting |= put_off([row for row in fit if row not in waiting], now)
    write_outcomes(claim_id, waiting, now)
    batch = Batch(claim_id, launch.id, by, tuple(row for row in fit if row not in waiting), asked_at)
    if batch.rows:
        open_claim(claim_id, DELIVERIES, launch.id, sender=sender, by=by, now=now)
    return batch


def _waiting(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Delivery.attempt_id.is_(None),
        sa.or_(
            Delivery.state == DeliveryState.READY,
            sa.and_(Delivery.state == DeliveryState.DEFERRED, Delivery.next_try_at <= now),
        ),
    )


def _take(launch_id: int, claim_id: int, limit: int, now: datetime) -> int:
    """Mark up to `limit` mails that wait with the claim, and return how many those are."""
    waiting = (
        sa.select(Delivery.id, Delivery.cohort)
        .where(Delivery.launch_id == launch_id, _waiting(now))
        .order_by(Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    taken = session.execute(
        sa.update(Delivery)
        .where(Delivery.id == waiting.c.id, Delivery.cohort == waiting.c.cohort, Delivery.attempt_id.is_(None))
        .values(
            state=DeliveryState.READY,
            attempt_id=claim_id,
            attempts=Delivery.attempts + 1,
            lease_until=now + LEASE,
            next_try_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    return cast("sa.CursorResult[Any]", taken).rowcount


def _rows(claim_id: int) -> list[Row]:
    """Return what was taken; a contact that is gone keeps its row, and `may_be_mailed` says so."""
    chosen = (
        sa.select(
            Delivery.id, Delivery.cohort, Delivery.recipient_id, Delivery.contact_id, Delivery.step, Delivery.attempts,
            Delivery.variant, Recipient.language, Recipient.zone, Recipient.country,
            Contact.email, Contact.first_name, Contact.last_name, Contact.company, Contact.city,
        )
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(Delivery.attempt_id == claim_id)
        .order_by(Delivery.id)
    )  # fmt: skip
    return [
        Row(
            delivery_id=row.id,
            cohort=row.cohort,
            recipient_id=row.recipient_id,
            contact_id=row.contact_id,
            step=row.step,
            language=row.language,
            attempts=row.attempts,
            address=row.email or "",
            name=f"{row.first_name} {row.last_name}".strip(),
            where=Where(row.zone, row.country),
            variant=row.variant,
            fields=contact_fields(row.first_name, row.last_name, row.company, row.city),
        )
        for row in session.execute(chosen)
    ]


def not_to(reason: str | None) -> Settled:
    """Return how a mail stands that must not be sent to this contact."""
    state = DeliveryState.SUPPRESSED if reason == SUPPRESSED else DeliveryState.SKIPPED
    return Settled(state, reason=reason, counts=False)


def settle(batch: Batch, outcomes: Mapping[Row, Settled], *, now: datetime) -> None:
    """Write how every mail of a batch ended, give the claim back, and tell which hours have changed."""
    before = _settled_before(batch.claim_id)
    write_outcomes(batch.claim_id, outcomes, now)
    end_claim(batch.claim_id, now)
    ended = [one.at or now for one in outcomes.values() if one.state not in _COMES_AGAIN]
    tell_settled(batch.launch_id, [*before, *ended], whose=batch.by, now=now)
    if batch.by.partner_id is not None and any(one.state is DeliveryState.REFUSED for one in outcomes.values()):
        look_soon(batch.by.partner_id, now=now)
    again = [one.next_try_at or now for one in outcomes.values() if one.state in _COMES_AGAIN]
    if again:
        bring_forward(batch.launch_id, min(again), vendor_id=batch.by.vendor_id, partner_id=batch.by.partner_id)


def _settled_before(claim_id: int) -> Iterable[datetime]:
    """Return when mails of this attempt had ended by an earlier word: their old hours are counted anew too."""
    chosen = sa.select(Delivery.settled_at).where(Delivery.attempt_id == claim_id, Delivery.settled_at.is_not(None))
    return [at for at in session.scalars(chosen.distinct()) if at is not None]


def tell_settled(launch_id: int, instants: Iterable[datetime], *, whose: Actor, now: datetime) -> None:
    """Tell, per hour of UTC, that mails of a launch have ended otherwise than the roll-ups know."""
    for hour in sorted({at.replace(minute=0, second=0, microsecond=0) for at in instants}):
        outbox.tell(
            "mails.settled",
            launch_id=launch_id,
            hour=hour.isoformat(),
            vendor_id=whose.vendor_id,
            partner_id=whose.partner_id,
            now=now,
        )


_COMES_AGAIN = frozenset({DeliveryState.READY, DeliveryState.DEFERRED})


def write_outcomes(claim_id: int, outcomes: Mapping[Row, Settled], now: datetime) -> None:
    """Write outcomes where the row still carries this attempt and no later word; end sequences that they end."""
    if not outcomes:
        return
    values = [_values(claim_id, row, how, now) for row, how in outcomes.items()]
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # One statement: as many as there are mails take as long as making and sending them.
        written = sa.func.jsonb_to_recordset(sa.cast(sa.bindparam("written", type_=sa.Text), postgresql.JSONB))
        rows = written.table_valued(*(sa.column(name, kind) for name, kind in _WRITTEN.items()))
        days = _DELIVERIES.c.cohort.in_({row.cohort for row in outcomes})  # no other partition is looked at
        statement = _writing(rows.render_derived("written", with_types=True).c).where(days)
        connection.execute(statement, {"written": json.dumps(values, default=str), "claim_id": claim_id})
    else:
        each = {name: sa.bindparam(name, type_=kind) for name, kind in _WRITTEN.items()}
        connection.execute(_writing(each), [{**one, "claim_id": claim_id} for one in values])
    for reason, states in _EXITS.items():
        end_sequences([row.recipient_id for row, how in outcomes.items() if _ends(how, states)], reason)


_DELIVERIES = Base.metadata.tables["delivery"]
_WRITTEN: dict[str, sa.types.TypeEngine[Any]] = {
    "row_id": _DELIVERIES.c.id.type,
    "row_cohort": _DELIVERIES.c.cohort.type,
    "new_state": _DELIVERIES.c.state.type,
    "new_reason": _DELIVERIES.c.reason.type,
    "new_answer": _DELIVERIES.c.answer.type,
    "new_relay": _DELIVERIES.c.relay.type,
    "new_try": _DELIVERIES.c.next_try_at.type,
    "new_settled": _DELIVERIES.c.settled_at.type,
    "new_attempt": _DELIVERIES.c.attempt_id.type,
    "uncounted": _DELIVERIES.c.attempts.type,
}


def _writing(new: Any) -> sa.Update:
    """The statement that writes what `new` holds, by name, for one row or for many."""
    table = _DELIVERIES
    return (
        sa.update(table)
        .where(
            table.c.id == new["row_id"],
            table.c.cohort == new["row_cohort"],
            # Not by the index of attempts, which finds the whole batch anew for each of its mails.
            sa.func.coalesce(table.c.attempt_id, 0) == sa.bindparam("claim_id", type_=table.c.attempt_id.type),
            sa.or_(*(table.c.state == state for state in STILL_OPEN)),
        )
        .values(
            state=new["new_state"],
            reason=new["new_reason"],
            answer=new["new_answer"],
            relay=sa.func.coalesce(new["new_relay"], table.c.relay),
            next_try_at=new["new_try"],
            settled_at=new["new_settled"],
            attempt_id=new["new_attempt"],
            attempts=table.c.attempts + new["uncounted"],
            lease_until=None,
        )
    )


_EXITS = {"bounced": (DeliveryState.REFUSED,), "unsubscribed": (DeliveryState.SUPPRESSED,)}


def _ends(how: Settled, states: Collection[DeliveryState]) -> bool:
    return how.state in states


def _values(claim_id: int, row: Row, how: Settled, now: datetime) -> dict[str, object]:
    is_over = how.state not in _COMES_AGAIN
    return {
        "row_id": row.delivery_id,
        "row_cohort": row.cohort,
        "new_state": how.state,
        "new_reason": how.reason,
        "new_answer": how.answer,
        "new_relay": how.relay,
        "new_try": how.next_try_at,
        "new_settled": (how.at or now) if is_over else None,
        "new_attempt": claim_id if how.keeps_attempt else None,
        "uncounted": 0 if how.counts else -1,
    }


def end_sequences(recipient_ids: Collection[int], reason: str) -> None:
    """Let recipients leave their sequence: nothing more of the launch is mailed to them."""
    if not recipient_ids:
        return
    session.execute(
        sa.update(Enrolment)
        .where(Enrolment.recipient_id.in_(recipient_ids), Enrolment.state == EnrolmentState.ACTIVE)
        .values(state=EnrolmentState.EXITED, exit_reason=reason, next_step=None, due_at=None)
        .execution_options(synchronize_session=False)
    )


def with_hits(delivery_ids: Iterable[int]) -> list[int]:
    """Return those of the deliveries whose links were pressed already, to be judged anew."""
    chosen = sa.select(Hit.delivery_id).where(among(Hit.delivery_id, set(delivery_ids))).distinct()
    return [one for one in session.scalars(chosen) if one is not None]


def next_look(launch_id: int, now: datetime) -> datetime | None:
    """Return when the launch next has something to do; None when its sequence is over."""
    step = session.scalar(
        sa.select(sa.func.min(Enrolment.due_at)).where(
            Enrolment.launch_id == launch_id, Enrolment.state == EnrolmentState.ACTIVE
        )
    )
    waits = session.scalar(sa.select(Delivery.id).where(Delivery.launch_id == launch_id, _waiting(now)).limit(1))
    deferred = session.scalar(
        sa.select(sa.func.min(Delivery.next_try_at)).where(
            Delivery.launch_id == launch_id, Delivery.state == DeliveryState.DEFERRED
        )
    )
    times = [time for time in (step, deferred) if time is not None]
    if waits is not None:
        times.append(now)
    if is_in_hand(DELIVERIES, launch_id):
        times.append(now + LOOK_AGAIN)
    return max(min(times), now) if times else None
