"""Taking the journal of hits into the database, each record exactly once, and judging it."""

from collections.abc import Sequence
from datetime import datetime
from logging import getLogger
from typing import Any

import sqlalchemy as sa

from syndication.models import Delivery, Hit, Link, LinkSet
from syndication.tracking.judging import CLICK, OPEN, TEST, judge_deliveries, judge_visits
from tcma.core import journal, runtime
from tcma.core.actor import Actor
from tcma.core.db import reading, session, transaction
from tcma.core.journal import Batch, read_batches
from tcma.core.links import Purpose
from tcma.core.models import JournalPosition
from tcma.core.tenancy import acting

BATCH = 500
log = getLogger(__name__)


def take_hits_in(*, now: datetime) -> int:
    """Take in what stands in this machine's journal of hits, and return how many hits that were."""
    folder = runtime.settings().journal_folder / "hits"
    taken = 0
    for batch in read_batches(folder, _positions(), limit=BATCH):
        if batch.damage:
            log.error("the journal of hits is damaged", extra={"segment": batch.segment, "bytes": batch.damage})
        if batch.start != batch.end:
            taken += _take(batch, now)
    return taken


def _positions() -> dict[str, int]:
    with reading(), transaction():
        rows = session.execute(sa.select(JournalPosition.segment, JournalPosition.offset))
        return {row.segment: row.offset for row in rows}


class _TakenByAnother(Exception):
    """Another process has moved the position; this one writes nothing."""


def _take(batch: Batch, now: datetime) -> int:
    try:
        with transaction():
            _move_position(batch, now)
            return _write(batch, now)
    except (_TakenByAnother, sa.exc.IntegrityError):
        return 0


def _move_position(batch: Batch, now: datetime) -> None:
    if batch.start == 0:
        session.add(JournalPosition(segment=batch.segment, offset=batch.end, updated_at=now))
        session.flush()  # whoever comes second fails here
        return
    moved: Any = session.execute(
        sa.update(JournalPosition)
        .where(JournalPosition.segment == batch.segment, JournalPosition.offset == batch.start)
        .values(offset=batch.end, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise _TakenByAnother


def _write(batch: Batch, now: datetime) -> int:
    records = [(number, record) for number, record in enumerate(batch.records) if isinstance(record, journal.Hit)]
    ids = {record.link_set for _number, record in records}
    sets = {row.id: row for row in session.scalars(sa.select(LinkSet).where(LinkSet.id.in_(ids)))}
    of_tenant: dict[tuple[int, int], list[tuple[int, journal.Hit]]] = {}
    for number, record in records:
        link_set = sets.get(record.link_set)
        if link_set is not None and link_set.channel != TEST:
            of_tenant.setdefault((link_set.vendor_id, link_set.partner_id), []).append((number, record))
    for (vendor_id, partner_id), own in of_tenant.items():
        with acting(Actor.system("hits", vendor_id=vendor_id, partner_id=partner_id)):
            _write_tenant(batch, own, sets, now)
    return sum(map(len, of_tenant.values()))


def _write_tenant(
    batch: Batch, own: Sequence[tuple[int, journal.Hit]], sets: dict[int, LinkSet], now: datetime
) -> None:
    recipients = _recipients(record.subject for _number, record in own if record.purpose == Purpose.CLICK)
    links = _links(record.link_set for _number, record in own)
    hits = []
    for number, record in own:
        link_set = sets[record.link_set]
        is_mail = record.purpose == Purpose.CLICK
        hits.append(
            Hit(
                at=record.at,
                segment=batch.segment,
                offset=batch.start + number,
                vendor_id=link_set.vendor_id,
                partner_id=link_set.partner_id,
                launch_id=link_set.launch_id,
                link_set_id=link_set.id,
                place=record.place,
                link_id=links.get((link_set.id, record.place)),
                delivery_id=record.subject if is_mail else None,
                recipient_id=recipients.get(record.subject) if is_mail else None,
                kind=CLICK if record.place else OPEN,
                method=record.method,
                agent=record.agent,
                network_hash=record.network.hex(),
            )
        )
    session.add_all(hits)
    session.flush()  # judging reads them among those that came before
    judge_deliveries({hit.delivery_id for hit in hits if hit.delivery_id is not None}, now=now)
    judge_visits([hit for hit in hits if hit.delivery_id is None], now=now)


def _recipients(delivery_ids: Any) -> dict[int, int]:
    chosen = sa.select(Delivery.id, Delivery.recipient_id).where(Delivery.id.in_(set(delivery_ids)))
    return {row.id: row.recipient_id for row in session.execute(chosen)}


def _links(link_set_ids: Any) -> dict[tuple[int, int], int]:
    chosen = sa.select(Link.link_set_id, Link.place, Link.id).where(Link.link_set_id.in_(set(link_set_ids)))
    return {(row.link_set_id, row.place): row.id for row in session.execute(chosen)}
