"""From hits to touches: all hits of one mail are judged together, and judged anew when more is known."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from syndication.models import Delivery, DeliveryState, Enrolment, Hit, LinkSet, Touch
from syndication.models import Verdict as Stored
from syndication.tracking.verdict import Judgement, Sent, Verdict, judge
from tcma.core import journal, outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting

CLICK, OPEN, TEST = "click", "open", "test"
SAME_VISIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Whose:
    """The launch that touches belong to."""

    vendor_id: int
    partner_id: int
    launch_id: int


def judge_deliveries(delivery_ids: Collection[int], *, now: datetime) -> None:
    """Judge all hits of these mails as things stand; whoever calls has their partner in reach."""
    for ids in _chunks(sorted(delivery_ids)):
        hits = session.scalars(sa.select(Hit).where(Hit.delivery_id.in_(ids)).order_by(Hit.at, Hit.id)).all()
        sent = _sent(ids)
        by_mail: dict[int, list[Hit]] = {}
        for hit in hits:
            by_mail.setdefault(hit.delivery_id or 0, []).append(hit)
        for delivery_id, mails_hits in by_mail.items():
            known, accepted_at = sent.get(delivery_id, (False, None))
            # A mail that nobody has accepted yet cannot have been read: only machines on its way see its links.
            assumed = accepted_at or (now + SAME_VISIT if known else None)
            _keep(mails_hits, judge([_as_read(hit) for hit in mails_hits], Sent(assumed)), now=now)


def _sent(ids: Sequence[int]) -> dict[int, tuple[bool, datetime | None]]:
    chosen = sa.select(Delivery.id, Delivery.state, Delivery.settled_at).where(Delivery.id.in_(ids))
    taken = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
    return {row.id: (True, row.settled_at if row.state in taken else None) for row in session.execute(chosen)}


def judge_visits(hits: Sequence[Hit], *, now: datetime) -> None:
    """Judge hits on public links (posts, codes, the share link), those of one visitor together."""
    visits: dict[tuple[int, str, str], list[Hit]] = {}
    for hit in hits:
        visits.setdefault((hit.link_set_id, hit.network_hash, hit.agent), []).append(hit)
    for visit in visits.values():
        _keep(visit, judge([_as_read(hit) for hit in visit], Sent(None)), now=now)


def _as_read(hit: Hit) -> journal.Hit:
    return journal.Hit(
        at=hit.at,
        purpose=0,
        link_set=hit.link_set_id,
        subject=hit.delivery_id or 0,
        place=hit.place,
        method=hit.method,
        agent=hit.agent,
        network=bytes.fromhex(hit.network_hash),
    )


def _keep(hits: Sequence[Hit], judgements: Sequence[Judgement], *, now: datetime) -> None:
    """Write one touch per hit, or correct the one that is there; tell which hours have changed."""
    ids = [hit.id for hit in hits]
    there = {touch.hit_id: touch for touch in session.scalars(sa.select(Touch).where(Touch.hit_id.in_(ids)))}
    link_set = session.get_one(LinkSet, hits[0].link_set_id)
    changed: list[Hit] = []
    for hit, judgement in zip(hits, judgements, strict=True):
        verdict, reasons = Stored(judgement.verdict.value), [str(reason) for reason in judgement.reasons]
        touch = there.get(hit.id)
        if touch is None:
            session.add(_touch(hit, link_set, verdict, reasons, judgement.rules_version))
        elif (touch.verdict, touch.reasons) == (verdict, reasons):
            continue
        else:
            touch.verdict, touch.reasons, touch.rules_version = verdict, reasons, judgement.rules_version
        changed.append(hit)
    human = [
        hit
        for hit, judgement in zip(hits, judgements, strict=True)
        if judgement.verdict is Verdict.HUMAN and hit.kind == CLICK
    ]
    _mark_responses(human)
    tell_recorded(
        Whose(link_set.vendor_id, link_set.partner_id, link_set.launch_id), [hit.at for hit in changed], now=now
    )


def _touch(hit: Hit, link_set: LinkSet, verdict: Stored, reasons: list[str], rules_version: int) -> Touch:
    return Touch(
        at=hit.at,
        vendor_id=hit.vendor_id,
        partner_id=hit.partner_id,
        launch_id=hit.launch_id,
        hit_id=hit.id,
        link_id=hit.link_id,
        recipient_id=hit.recipient_id,
        tactic=link_set.tactic,
        step=link_set.step,
        channel=link_set.channel,
        kind=hit.kind,
        verdict=verdict,
        reasons=reasons,
        rules_version=rules_version,
    )


def _mark_responses(human: Sequence[Hit]) -> None:
    for hit in human:
        if hit.recipient_id is not None:
            mark_response(hit.recipient_id, at=hit.at)


def mark_response(recipient_id: int, *, at: datetime) -> None:
    """Write down that a person answered, once: with the first answer."""
    session.execute(
        sa.update(Enrolment)
        .where(Enrolment.recipient_id == recipient_id, Enrolment.responded_at.is_(None))
        .values(responded_at=at)
        .execution_options(synchronize_session=False)
    )


def tell_recorded(whose: Whose, instants: Iterable[datetime], *, now: datetime) -> None:
    """Tell, per hour of UTC, that a launch has touches that the roll-ups do not know yet."""
    for hour in sorted({at.replace(minute=0, second=0, microsecond=0) for at in instants}):
        outbox.tell(
            "touches.recorded",
            launch_id=whose.launch_id,
            hour=hour.isoformat(),
            vendor_id=whose.vendor_id,
            partner_id=whose.partner_id,
            now=now,
        )


def rejudge(delivery_ids: Collection[int], *, whose: Whose, now: datetime) -> None:
    """Judge mails anew that were pressed before it was known whether they were delivered."""
    with acting(Actor.system("judging", vendor_id=whose.vendor_id, partner_id=whose.partner_id)):
        judge_deliveries(delivery_ids, now=now)


def _chunks(ids: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
