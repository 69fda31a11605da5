"""What follows a recall: every holder is noted and told, with one link that takes one press."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from assets.library import governance
from assets.library.models import RecallNotice
from campaigns.models import Launch
from campaigns.queries.recalls import known_version
from tcma.core import mail, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.links import Purpose
from tcma.identity.models import Membership, Role

CHUNK = 200
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WHO_HOLDS_FILES = (Role.ADMIN, Role.MARKETER)


def notice_holders(*, kit_version_id: int, after: int, by: Actor, now: datetime) -> None:
    """Note the next chunk of partners that have files or campaigns of a withdrawn version, and ask for the next."""
    recall = governance.recall_of(kit_version_id)
    if recall is None:
        return
    launches = _launches(kit_version_id, after=after)
    with_files = governance.holders(kit_version_id=kit_version_id, after=after, limit=CHUNK)
    partners = sorted({*launches, *with_files})[:CHUNK]
    for partner_id in partners:
        governance.notice_holder(
            recall_id=recall.id, partner_id=partner_id, launches=launches.get(partner_id, 0), by=by, now=now
        )
    if len(partners) == CHUNK:
        outbox.tell(
            "kit.recalled", kit_version_id=kit_version_id, after=partners[-1], vendor_id=recall.vendor_id, now=now
        )
    else:
        recall.noticed_at = now


def _launches(kit_version_id: int, *, after: int) -> dict[int, int]:
    chosen = (
        sa.select(Launch.partner_id, sa.func.count())
        .where(Launch.kit_version_id == kit_version_id, Launch.partner_id > after, Launch.launched_at.is_not(None))
        .group_by(Launch.partner_id)
        .order_by(Launch.partner_id)
        .limit(CHUNK)
    )
    return {row[0]: row[1] for row in session.execute(chosen)}


def mail_holder(*, notice_id: int, reminder: int, by: Actor, now: datetime) -> None:
    """Write to those of a partner who work with files; each link is good for its person alone, for thirty days."""
    notice = governance.notice(notice_id)
    if notice is None or notice.confirmed_at is not None:
        return
    withdrawn = require(known_version(notice.kit_version_id))
    for member in session.scalars(_readers(notice)):
        mail.compose(
            "files_withdrawn",
            org_id=notice.partner_id,
            vendor_id=by.vendor_id,
            partner_id=by.partner_id,
            to_address=member.user.email,
            to_name=member.user.name,
            locale=member.user.locale,
            unique_key=f"files_withdrawn:{notice.id}:{reminder}:{member.id}",
            now=now,
            vendor=withdrawn.vendor,
            kit=withdrawn.title(member.user.locale),
            reason=withdrawn.version.recall_reason or "",
            notice=notice,
            again=bool(reminder),
            url=recall_link(member.id, notice.id, now=now),
        )


def _readers(notice: RecallNotice) -> sa.Select[tuple[Membership]]:
    chosen = sa.select(Membership).where(
        Membership.org_id == notice.partner_id, Membership.active, Membership.role.in_(WHO_HOLDS_FILES)
    )
    return chosen.order_by(Membership.id)


def recall_link(membership_id: int, notice_id: int, *, now: datetime) -> str:
    """Return the address under which one member confirms one notice."""
    minute = max((now - BEGIN) // MINUTE, 0)
    token = runtime.links().sign(Purpose.RECALLED, membership_id, notice_id, minute)
    return f"{runtime.settings().base_url.rstrip('/')}/withdrawn/{token}"
