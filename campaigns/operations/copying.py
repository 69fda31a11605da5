"""Taking what a partner wrote and chose in one campaign along to another."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assets.library.models import ZoneChoice, ZoneStyle
from assets.library.queries import designs_of
from campaigns.models import Launch
from tcma.core.db import session


def copy_zones(last: Launch, launch: Launch, *, now: datetime) -> None:
    """Copy what was written into open places, and how they look; it is checked at the start, as everything there is."""
    before = {design.id: key for key, design in designs_of(last.kit_version_id).items()}
    after = designs_of(launch.kit_version_id)
    for model, of, said in _said_in(last):
        design = after.get(before.get(of.design_id, ""))
        if design is not None:
            session.add(
                model(
                    vendor_id=launch.vendor_id,
                    partner_id=launch.partner_id,
                    design_id=design.id,
                    launch_id=launch.id,
                    language=of.language,
                    zone=of.zone,
                    updated_at=now,
                    **said,
                )
            )


def _said_in(launch: Launch) -> Iterator[tuple[type[ZoneChoice | ZoneStyle], ZoneChoice | ZoneStyle, dict[str, Any]]]:
    for word in session.scalars(sa.select(ZoneChoice).where(ZoneChoice.launch_id == launch.id).order_by(ZoneChoice.id)):
        yield ZoneChoice, word, {"value": word.value}
    for look in session.scalars(sa.select(ZoneStyle).where(ZoneStyle.launch_id == launch.id).order_by(ZoneStyle.id)):
        yield ZoneStyle, look, {"style": dict(look.style)}
