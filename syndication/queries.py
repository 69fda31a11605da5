"""What pages, reports and other parts read of what was sent and answered."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from syndication.models import Bounce, Delivery, DeliveryState, Recipient, Touch, Verdict
from tcma.core.db import session

CHUNK = 2_000
SEVERITY = {"soft": 1, "hard": 2, "complaint": 3}
AFTERWARDS = {SEVERITY["hard"]: "bounced", SEVERITY["complaint"]: "complained"}


def mailed_at_least(since: datetime, most: int) -> sa.Select[tuple[int]]:
    """Return the contacts who got at least `most` campaign mails since an instant, for the frequency cap."""
    return (
        sa.select(Delivery.contact_id)
        .where(Delivery.state == DeliveryState.ACCEPTED, Delivery.settled_at >= since)
        .group_by(Delivery.contact_id)
        .having(sa.func.count() >= most)
    )


def clicked_since(since: datetime) -> sa.Select[tuple[int | None]]:
    """Return the contacts who, as far as can be told, pressed a link in a mail themselves since an instant."""
    return (
        sa.select(Recipient.contact_id)
        .join(Touch, Touch.recipient_id == Recipient.id)
        .where(Touch.kind == "click", Touch.verdict == Verdict.HUMAN, Touch.at >= since)
        .where(Recipient.contact_id.is_not(None))
    )


def mailed_since(since: datetime) -> sa.Select[tuple[int]]:
    """Return the contacts who got a campaign mail since an instant."""
    return sa.select(Delivery.contact_id).where(Delivery.state == DeliveryState.ACCEPTED, Delivery.settled_at >= since)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One recipient and one step: how it stands, after how many attempts, under which Message-ID."""

    recipient: str
    step: str
    variant: str | None
    outcome: str
    attempts: int
    message_id: str | None
    reason: str | None
    answer: str | None
    settled_at: datetime | None
    next_try_at: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values."""
        values = asdict(self)
        for name in ("settled_at", "next_try_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values


def report_lines(launch_id: int) -> Iterator[ReportLine]:
    """Yield a line per recipient and step of a launch, in the order in which the mails were made."""
    bounced = (
        sa.select(sa.func.max(sa.case(SEVERITY, value=Bounce.kind, else_=0)))
        .where(Bounce.delivery_id == Delivery.id, Bounce.undone_at.is_(None))
        .correlate(Delivery)
        .scalar_subquery()
    )
    after = 0
    while True:
        rows = session.execute(
            sa.select(Delivery, Recipient.public_id, bounced)
            .join(Recipient, Recipient.id == Delivery.recipient_id)
            .where(Delivery.launch_id == launch_id, Delivery.id > after)
            .order_by(Delivery.id)
            .limit(CHUNK)
        ).all()
        for delivery, recipient, bounce in rows:
            yield _line(delivery, recipient, bounce)
        if not rows:
            return
        after = rows[-1][0].id


def _line(delivery: Delivery, recipient: str, bounce: int | None) -> ReportLine:
    return ReportLine(
        recipient=recipient,
        step=delivery.step,
        variant=delivery.variant,
        outcome=outcome_in_words(delivery.state, bounce),
        attempts=delivery.attempts,
        message_id=delivery.message_id,
        reason=delivery.reason,
        answer=delivery.answer,
        settled_at=delivery.settled_at,
        next_try_at=delivery.next_try_at,
    )


def outcome_in_words(state: DeliveryState, worst: int | None) -> str:
    """Return the one word that a report says; a mail that waits for its first try counts as deferred.

    `worst` is the gravest report that came back. A soft one tells of a delay: the mail was accepted all the same.
    """
    if state is DeliveryState.ACCEPTED and worst in AFTERWARDS:
        return AFTERWARDS[worst]
    waiting = {DeliveryState.READY, DeliveryState.SENDING}
    return DeliveryState.DEFERRED.value if state in waiting else state.value


def delivery_counts(launch_id: int) -> dict[str, int]:
    """Return how many mails of a launch stand where."""
    chosen = sa.select(Delivery.state, sa.func.count()).where(Delivery.launch_id == launch_id).group_by(Delivery.state)
    return {state.value: count for state, count in session.execute(chosen)}


def outcomes_of(launch_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many mails of each launch had which outcome, in the words of the report."""
    bounced = (
        sa.select(sa.func.max(Bounce.kind))
        .where(Bounce.delivery_id == Delivery.id, Bounce.undone_at.is_(None))
        .correlate(Delivery)
        .scalar_subquery()
    )
    each = (
        sa.select(Delivery.launch_id, Delivery.state, bounced.label("bounce"))
        .where(Delivery.launch_id.in_(launch_ids))
        .subquery()
    )
    columns = (each.c.launch_id, each.c.state, each.c.bounce)
    found: dict[int, dict[str, int]] = {}
    for launch_id, state, bounce, count in session.execute(sa.select(*columns, sa.func.count()).group_by(*columns)):
        word = outcome_in_words(state, bounce)
        counts = found.setdefault(launch_id, {})
        counts[word] = counts.get(word, 0) + count
    return found


def human_answers(launch_id: int) -> dict[str, int]:
    """Return how often people (no machines) answered a launch, by kind."""
    chosen = (
        sa.select(Touch.kind, sa.func.count())
        .where(Touch.launch_id == launch_id, Touch.verdict == Verdict.HUMAN)
        .group_by(Touch.kind)
    )
    return {row[0]: row[1] for row in session.execute(chosen)}


def human_clicks_of(recipient_id: int) -> int:
    """Return how often a recipient pressed a link, as far as it was a person."""
    chosen = sa.select(sa.func.count()).where(
        Touch.recipient_id == recipient_id, Touch.kind == "click", Touch.verdict == Verdict.HUMAN
    )
    return session.scalar(chosen) or 0
