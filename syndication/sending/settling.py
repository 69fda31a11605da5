"""Unknown outcomes that somebody found out about: from the relay's own log, or by asking its operator."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from re import compile as compile_pattern

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.models import Delivery, DeliveryState
from syndication.sending.batches import end_sequences, tell_settled
from syndication.sequences.enrolling import bring_forward
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session

FOUND_OUT = "found out afterwards"
_CLEANUP = compile_pattern(r"postfix(?:/\w+)*/cleanup\[\d+\]: (\w+): message-id=(<[^>]+>)")


class Fate(StrEnum):
    """What became of a mail in doubt."""

    ACCEPTED = "accepted"  # the relay had it
    REFUSED = "refused"  # the relay never took it, and will not
    NOT_SENT = "not-sent"  # the relay never had it: it goes out again


@dataclass(slots=True)
class Found:
    """How many mails were settled as what, and the Message-IDs that stay unknown."""

    settled: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def in_postfix_log(lines: Iterable[str], wanted: Collection[str]) -> dict[str, Fate]:
    """Return the mails, by Message-ID, that Postfix took in: it had them, whatever it did with them later."""
    return {found[2]: Fate.ACCEPTED for line in lines if (found := _CLEANUP.search(line)) and found[2] in wanted}


def unknown_mails(launch_id: int) -> list[str]:
    """Return the Message-IDs of a launch's mails in doubt, in the order in which they were made."""
    chosen = sa.select(Delivery.message_id).where(
        Delivery.launch_id == launch_id, Delivery.state == DeliveryState.UNKNOWN, Delivery.message_id.is_not(None)
    )
    return [str(one) for one in session.scalars(chosen.order_by(Delivery.id))]


def settle_unknown(*, launch_id: int, fates: Mapping[str, Fate], by: Actor, now: datetime) -> Found:
    """Write what became of mails in doubt, by Message-ID; those that are not in doubt are left as they are.

    One that was not sent waits for its turn again and goes out once more; be sure before you say so.
    """
    launch = require(session.get(Launch, launch_id))
    chosen = sa.select(Delivery).where(Delivery.launch_id == launch_id, Delivery.state == DeliveryState.UNKNOWN)
    found, hours = Found(), [now]
    for row in session.scalars(chosen.order_by(Delivery.id).with_for_update()).all():
        fate = fates.get(row.message_id or "")
        if fate is None:
            found.unknown.append(row.message_id or "")
            continue
        hours.append(row.settled_at or now)
        _settle(row, fate, now)
        found.settled[fate.value] = found.settled.get(fate.value, 0) + 1
    if not found.settled:
        return found
    session.flush()
    tell_settled(launch_id, hours, whose=by, now=now)
    if Fate.NOT_SENT.value in found.settled:
        bring_forward(launch_id, now, vendor_id=launch.vendor_id, partner_id=launch.partner_id)
    audit.record(
        by=by, action="mails.found_out", object_type="launch", object_id=launch_id, after=dict(found.settled), now=now
    )
    return found


def _settle(row: Delivery, fate: Fate, now: datetime) -> None:
    row.reason, row.attempt_id, row.lease_until = FOUND_OUT, None, None
    if fate is Fate.NOT_SENT:
        row.state, row.settled_at, row.next_try_at = DeliveryState.READY, None, None
        return
    row.state = DeliveryState.ACCEPTED if fate is Fate.ACCEPTED else DeliveryState.REFUSED
    row.settled_at = row.settled_at or now
    if fate is Fate.REFUSED:
        end_sequences([row.recipient_id], "bounced")
