"""Withdrawing what is out: who holds files of a version, who was told, who has confirmed that they are gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from assets.library.models import Design, DesignState, Recall, RecallNotice, Rendition
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict
from tcma.core.models import PublicAddress
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation

PER_PAGE = 50
REMINDED_AGAIN_AFTER = timedelta(days=1)
HELD = frozenset({DesignState.AVAILABLE, DesignState.SUPERSEDED, DesignState.EXPIRED})


class RemindedAlready(Conflict):
    """Everybody who has not confirmed was reminded within the last day."""

    def __init__(self) -> None:
        super().__init__(_("Everybody who has not confirmed was written to within the last day. Try again tomorrow."))


def follow_version(*, kit_version_id: int, state: DesignState) -> int:
    """Let the designs of a version stand where it stands. Returns how many moved.

    A withdrawn design stays so, and one whose time is over is only withdrawn any more.
    """
    final = {DesignState.RECALLED, state}
    if state is not DesignState.RECALLED:
        final.add(DesignState.EXPIRED)
    moved = session.execute(
        sa.update(Design)
        .where(Design.kit_version_id == kit_version_id, Design.state.not_in(final))
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]  # an UPDATE answers with a cursor


def open_recall(*, kit_id: int, kit_version_id: int, reason: str, by: Actor, now: datetime) -> Recall:
    """Begin a recall of a version: none of its files is made or fetched any more. Once per version."""
    found = recall_of(kit_version_id)
    if found is None:
        found = Recall(
            vendor_id=require(by.vendor_id),
            kit_id=kit_id,
            kit_version_id=kit_version_id,
            reason=reason,
            recalled_by=by.membership_id,
            recalled_at=now,
        )
        session.add(found)
    follow_version(kit_version_id=kit_version_id, state=DesignState.RECALLED)
    return found


def holders(*, kit_version_id: int, after: int, limit: int) -> list[int]:
    """Return the partners that have files of a version, by key, behind `after`."""
    chosen = sa.select(Rendition.partner_id).where(
        Rendition.kit_version_id == kit_version_id, Rendition.partner_id > after
    )
    return list(session.scalars(chosen.distinct().order_by(Rendition.partner_id).limit(limit)))


def notice_holder(*, recall_id: int, partner_id: int, launches: int, by: Actor, now: datetime) -> RecallNotice:
    """Note what one partner holds of a withdrawn version, and ask for it to be told. Once per recall and partner."""
    recall = session.get_one(Recall, recall_id)
    chosen = sa.select(RecallNotice).where(RecallNotice.recall_id == recall.id, RecallNotice.partner_id == partner_id)
    if (found := session.scalar(chosen)) is not None:
        return found
    counted = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Rendition.downloads), 0)).where(
        Rendition.kit_version_id == recall.kit_version_id, Rendition.partner_id == partner_id
    )
    files, downloads = session.execute(counted).one()
    notice = RecallNotice(
        vendor_id=recall.vendor_id,
        partner_id=partner_id,
        recall_id=recall.id,
        kit_version_id=recall.kit_version_id,
        files=files,
        downloads=downloads,
        launches=launches,
        told_at=now,
    )
    session.add(notice)
    session.flush()  # the bell carries its key
    _tell(notice, reminder=0, now=now)
    del by
    return notice


def remind_holders(*, recall: Recall, by: Actor, now: datetime) -> int:
    """Write once more to everybody who has not confirmed, at most once a day; returns to how many.

    Refused with `RemindedAlready` when there is nobody to write to today.
    """
    long_ago = now - REMINDED_AGAIN_AFTER
    chosen = sa.select(RecallNotice).where(
        RecallNotice.recall_id == recall.id,
        RecallNotice.confirmed_at.is_(None),
        sa.func.coalesce(RecallNotice.reminded_at, RecallNotice.told_at) <= long_ago,
    )
    waiting = session.scalars(chosen.order_by(RecallNotice.id)).all()
    if not waiting:
        raise RemindedAlready
    for notice in waiting:
        notice.reminded_at = now
        _tell(notice, reminder=int(now.timestamp()), now=now)
    audit.record(
        by=by, action="recall.reminded", object_type="recall", object_id=recall.id,
        after={"partners": len(waiting)}, now=now,
    )  # fmt: skip
    return len(waiting)


def _tell(notice: RecallNotice, *, reminder: int, now: datetime) -> None:
    outbox.tell(
        "recall.noticed",
        notice_id=notice.id,
        reminder=reminder,
        vendor_id=notice.vendor_id,
        partner_id=notice.partner_id,
        now=now,
    )


def confirm_recall(*, notice: RecallNotice, by: Actor, now: datetime) -> RecallNotice:
    """Note that a partner has taken down and thrown away what it held. A second time changes nothing."""
    if notice.confirmed_at is None:
        notice.confirmed_at, notice.confirmed_by = now, by.membership_id
        audit.record(
            by=by, action="recall.confirmed", object_type="recall_notice", object_id=notice.id,
            after={"files": notice.files}, now=now,
        )  # fmt: skip
    return notice


def publish_code(rendition: Rendition, *, now: datetime) -> None:
    """Let everybody who holds a file ask under its code whether it is still valid. The address holds ids only."""
    session.add(
        PublicAddress(
            slug=_slug(rendition.version_code),
            purpose="file",
            vendor_id=rendition.vendor_id,
            partner_id=rendition.partner_id,
            object_id=rendition.id,
            created_at=now,
        )
    )


def address_of_code(code: str) -> PublicAddress | None:
    """Return whose file a code names, as ids; letters may be typed large or small, with or without hyphens."""
    return session.scalar(
        sa.select(PublicAddress).where(PublicAddress.slug == _slug(code), PublicAddress.purpose == "file")
    )


def _slug(code: str) -> str:
    return f"file-{''.join(code.split()).replace('-', '').lower()}"[:80]


def file_by(rendition_id: int) -> tuple[Rendition, Design] | None:
    """Return a file in reach and its design, wherever it stands."""
    chosen = sa.select(Rendition, Design).join(Design, Design.id == Rendition.design_id)
    row = session.execute(chosen.where(Rendition.id == rendition_id)).first()
    return (row[0], row[1]) if row else None


def recall_of(kit_version_id: int) -> Recall | None:
    """Return the recall of a version, if there is one."""
    return session.scalar(sa.select(Recall).where(Recall.kit_version_id == kit_version_id))


def recall_by(public_id: str, *, vendor_id: int) -> Recall | None:
    """Return a recall of the acting vendor."""
    return session.scalar(sa.select(Recall).where(Recall.public_id == public_id, Recall.vendor_id == vendor_id))


def notice_by(public_id: str, *, partner_id: int) -> RecallNotice | None:
    """Return what the acting partner was told."""
    chosen = sa.select(RecallNotice).where(RecallNotice.public_id == public_id, RecallNotice.partner_id == partner_id)
    return session.scalar(chosen)


def notice(notice_id: int) -> RecallNotice | None:
    """Return a notice in reach by its key."""
    return session.scalar(sa.select(RecallNotice).where(RecallNotice.id == notice_id))


def open_notices(*, partner_id: int) -> Sequence[RecallNotice]:
    """Return what the acting partner has not confirmed yet, oldest first."""
    chosen = sa.select(RecallNotice).where(RecallNotice.partner_id == partner_id, RecallNotice.confirmed_at.is_(None))
    return session.scalars(chosen.order_by(RecallNotice.id).limit(PER_PAGE)).all()


@dataclass(frozen=True, slots=True)
class Completion:
    """How far a recall has come, in partners, and what is still out, in files."""

    holders: int
    confirmed: int
    files: int
    files_confirmed: int
    downloads: int

    @property
    def percent(self) -> int:
        """How many of a hundred holders have confirmed; 100 where nobody held anything."""
        return 100 if not self.holders else self.confirmed * 100 // self.holders


def completion_of(recall_id: int) -> Completion:
    """Count holders and files of a recall, and those that are confirmed."""
    done = RecallNotice.confirmed_at.is_not(None)
    counted = sa.select(
        sa.func.count(),
        sa.func.count().filter(done),
        sa.func.coalesce(sa.func.sum(RecallNotice.files), 0),
        sa.func.coalesce(sa.func.sum(RecallNotice.files).filter(done), 0),
        sa.func.coalesce(sa.func.sum(RecallNotice.downloads), 0),
    ).where(RecallNotice.recall_id == recall_id)
    return Completion(*session.execute(counted).one())


def notices_page(recall_id: int, *, waiting_only: bool, page: int) -> tuple[list[tuple[RecallNotice, str]], int]:
    """Return a page of holders with their names, those that have not confirmed first, and how many there are."""
    chosen = (
        sa.select(RecallNotice, Organisation.name)
        .join(Organisation, Organisation.id == RecallNotice.partner_id)
        .where(RecallNotice.recall_id == recall_id)
    )
    if waiting_only:
        chosen = chosen.where(RecallNotice.confirmed_at.is_(None))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.order_by(RecallNotice.confirmed_at.is_not(None), Organisation.name, RecallNotice.id)
    rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [(row[0], row[1]) for row in rows], total


def files_held(
    *, kit_version_id: int, partner_id: int | None = None, limit: int = 200
) -> list[tuple[Rendition, Design]]:
    """Return the files made from a version, by partner and design; of one partner where it is named."""
    chosen = (
        sa.select(Rendition, Design)
        .join(Design, Design.id == Rendition.design_id)
        .where(Rendition.kit_version_id == kit_version_id)
    )
    if partner_id is not None:
        chosen = chosen.where(Rendition.partner_id == partner_id)
    rows = session.execute(chosen.order_by(Rendition.partner_id, Design.id, Rendition.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def every_file(kit_version_id: int) -> Iterator[Mapping[str, object]]:
    """Yield a line for each file made from a version: whose, what, when, how often fetched, its code."""
    chosen = (
        sa.select(
            Organisation.name.label("partner"),
            Design.key.label("piece"),
            Rendition.format,
            Rendition.language,
            Rendition.version_code.label("code"),
            Rendition.downloads,
            Rendition.rendered_at,
        )
        .join(Design, Design.id == Rendition.design_id)
        .join(Organisation, Organisation.id == Rendition.partner_id)
        .where(Rendition.kit_version_id == kit_version_id)
        .order_by(Organisation.name, Design.id, Rendition.id)
        .execution_options(yield_per=1000)
    )
    for row in session.execute(chosen).mappings():
        yield dict(row)
