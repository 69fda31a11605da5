"""What a sender left behind: rows without a begin wait again, those with an end are settled, the rest is unknown."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from syndication.channels import Result
from syndication.models import Delivery, SendClaim
from syndication.sending.batches import Batch, Row, settle
from syndication.sending.messages import MESSAGES, recover_message
from syndication.sending.outcomes import Settled, back_to_ready, settled
from syndication.sending.sender import has_ended, records_of, this_sender
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.journal import Outcome, Record, SendBegin, SendEnd
from tcma.core.tenancy import acting

LOST = "the sender was stopped between the begin and the relay's answer"


def recover(*, now: datetime) -> int:
    """Settle the claims of senders that have ended, and those that this process dropped; returns how many."""
    own = this_sender()
    with reading(), transaction():
        open_claims = session.scalars(sa.select(SendClaim).where(SendClaim.settled_at.is_(None)).limit(1000)).all()
        session.expunge_all()
    left = [claim for claim in open_claims if claim.id not in own.in_hand]
    dead = {name for name in {claim.sender for claim in left} if name == own.name or has_ended(name)}
    for name in dead:
        records = records_of(name)
        for claim in left:
            if claim.sender == name:
                _recover_claim(claim, records, now=now)
    return sum(claim.sender in dead for claim in left)


def _recover_claim(claim: SendClaim, records: Iterable[Record], *, now: datetime) -> None:
    own = [one for one in records if isinstance(one, SendBegin | SendEnd) and one.attempt_id == claim.id]
    by = Actor.system("recovery", vendor_id=claim.vendor_id, partner_id=claim.partner_id)
    with transaction(), acting(by):
        if claim.kind == MESSAGES:
            recover_message(claim, result_in(last_record(own, claim.object_id)), now=now)
            return
        rows = _rows_of(claim.id)
        batch = Batch(claim.id, claim.object_id, by, tuple(rows))
        settle(batch, {row: _how(own, row, now) for row in rows}, now=now)


def _how(records: Iterable[SendBegin | SendEnd], row: Row, now: datetime) -> Settled:
    record = last_record(records, row.delivery_id)
    if record is None:
        return back_to_ready()
    how = settled(result_in(record) or Result(Outcome.UNKNOWN), attempts=row.attempts, now=record.at)
    if how.next_try_at is not None:
        return replace(how, next_try_at=max(how.next_try_at, now))
    return replace(how, reason=LOST) if isinstance(record, SendBegin) else how


def last_record(records: Iterable[SendBegin | SendEnd], row_id: int) -> SendBegin | SendEnd | None:
    """Return what the journal last says of an attempt for a row: its end, or that it began; None for neither."""
    began = None
    for record in records:
        if record.row_id == row_id:
            if isinstance(record, SendEnd):
                return record
            began = record
    return began


def result_in(record: SendBegin | SendEnd | None) -> Result | None:
    """Return how an attempt ended; one that began and has no end is unknown."""
    if isinstance(record, SendEnd):
        return Result(record.outcome, record.code, record.text)
    return Result(Outcome.UNKNOWN, 0, LOST) if record is not None else None


def _rows_of(claim_id: int) -> list[Row]:
    chosen = sa.select(Delivery).where(Delivery.attempt_id == claim_id).order_by(Delivery.id)
    return [
        Row(
            delivery_id=one.id,
            cohort=one.cohort,
            recipient_id=one.recipient_id,
            contact_id=one.contact_id,
            step=one.step,
            language="",
            attempts=one.attempts,
            address="",
            name="",
            fields={},
        )
        for one in session.scalars(chosen)
    ]
