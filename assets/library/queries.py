"""What pages read of the library: designs of a version, a partner's words in their zones, finished files."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import sqlalchemy as sa

from assets.library.models import Design, DesignState, Rendition, ZoneChoice, ZoneStyle
from assets.library.shapes import Styles
from tcma.core.db import session

Row = TypeVar("Row", ZoneChoice, ZoneStyle)


def designs_of(kit_version_id: int) -> dict[str, Design]:
    """Return the designs of a version by their key."""
    chosen = sa.select(Design).where(Design.kit_version_id == kit_version_id).order_by(Design.id)
    return {design.key: design for design in session.scalars(chosen)}


def words_in_zones(
    *, partner_id: int, design_ids: Iterable[int], language: str, launch_id: int | None = None
) -> dict[int, dict[str, str]]:
    """Return what the partner wrote, by design and zone; words of a launch come before those for all launches."""
    found: dict[int, dict[str, str]] = {}
    for row in session.scalars(_of_zones(ZoneChoice, partner_id, design_ids, language, launch_id)):
        found.setdefault(row.design_id, {})[row.zone] = row.value
    return found


def styles_of_zones(
    *, partner_id: int, design_ids: Iterable[int], language: str, launch_id: int | None = None
) -> dict[int, Styles]:
    """Return how the partner has zones look, by design and zone; a launch's own come before those for all launches."""
    found: dict[int, dict[str, dict[str, str]]] = {}
    for row in session.scalars(_of_zones(ZoneStyle, partner_id, design_ids, language, launch_id)):
        found.setdefault(row.design_id, {})[row.zone] = dict(row.style)
    return {design: styled for design, zones in found.items() if (styled := {z: s for z, s in zones.items() if s})}


def _of_zones(
    model: type[Row], partner_id: int, design_ids: Iterable[int], language: str, launch_id: int | None
) -> sa.Select[tuple[Row]]:
    """Those for all launches first, so that a launch's own are read over them."""
    launches: sa.ColumnElement[bool] = model.launch_id.is_(None)
    if launch_id is not None:
        launches = sa.or_(launches, model.launch_id == launch_id)
    return (
        sa.select(model)
        .where(
            model.partner_id == partner_id,
            model.design_id.in_(list(design_ids)),
            model.language == language,
            launches,
        )
        .order_by(model.launch_id.is_not(None), model.id)
    )


def rendition_by(public_id: str) -> tuple[Rendition, Design] | None:
    """Return a finished file and its design, while the vendor has not withdrawn it."""
    chosen = (
        sa.select(Rendition, Design)
        .join(Design, Design.id == Rendition.design_id)
        .where(Rendition.public_id == public_id, Design.state != DesignState.RECALLED)
    )
    row = session.execute(chosen).first()
    return (row[0], row[1]) if row else None


def renditions_of_launch(launch_id: int) -> Sequence[Rendition]:
    """Return the files that were made for a launch, oldest first."""
    return session.scalars(sa.select(Rendition).where(Rendition.launch_id == launch_id).order_by(Rendition.id)).all()
