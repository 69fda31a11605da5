"""Who took which file along, by which way: counted by version, partner and channel."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from assets.library.models import Download, DownloadChannel, Rendition
from tcma.core.actor import Actor
from tcma.core.db import session


def count_download(*, rendition: Rendition, channel: DownloadChannel, by: Actor | None, now: datetime) -> None:
    """Note that a finished file was handed out; two at the same moment count as two."""
    session.add(
        Download(
            vendor_id=rendition.vendor_id,
            partner_id=rendition.partner_id,
            rendition_id=rendition.id,
            design_id=rendition.design_id,
            kit_version_id=rendition.kit_version_id,
            channel=channel,
            by=by.membership_id if by else None,
            at=now,
        )
    )
    session.execute(
        sa.update(Rendition)
        .where(Rendition.id == rendition.id)
        .values(downloads=Rendition.downloads + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(rendition, ["downloads"])


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """How often files of a version were taken along by one way, and by how many partners."""

    channel: DownloadChannel
    files: int
    partners: int


def taken_along(kit_version_id: int) -> list[TakenAlong]:
    """Count the files of a version that were handed out, by channel, the most used way first."""
    files = sa.func.count(Download.id)
    chosen = (
        sa.select(Download.channel, files, sa.func.count(Download.partner_id.distinct()))
        .where(Download.kit_version_id == kit_version_id)
        .group_by(Download.channel)
        .order_by(files.desc(), Download.channel)
    )
    return [TakenAlong(*row) for row in session.execute(chosen)]
