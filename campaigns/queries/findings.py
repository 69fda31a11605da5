"""What the dry run found, and what partners could not have made: as their pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assets.library.models import Design, RenderRefusal
from campaigns.models import PreflightFinding
from tcma.core.db import session
from tcma.identity.models import Organisation

PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding of the dry run with the partner's name."""

    finding: PreflightFinding
    partner: str


@dataclass(frozen=True, slots=True)
class PieceCount:
    """How often something is wrong with a piece, and how often nobody has looked at it yet."""

    piece: str
    total: int
    open: int


def counts_by_piece(version_id: int) -> list[PieceCount]:
    """Return the pieces that break for somebody, the most frequent first."""
    is_open = sa.case((PreflightFinding.acknowledged_at.is_(None), 1), else_=0)
    total, still_open = sa.func.count(), sa.func.sum(is_open)
    chosen = (
        sa.select(PreflightFinding.piece, total, still_open)
        .where(PreflightFinding.kit_version_id == version_id)
        .group_by(PreflightFinding.piece)
        .order_by(total.desc(), PreflightFinding.piece)
    )
    return [PieceCount(piece, int(count), int(open_)) for piece, count, open_ in session.execute(chosen)]


def findings_page(
    version_id: int, *, piece: str = "", words: str = "", only_open: bool = False, page: int = 1
) -> tuple[list[FindingRow], int]:
    """Return a page of findings, those not looked at first, and how many there are in all."""
    chosen = (
        sa.select(PreflightFinding, Organisation.name)
        .join(Organisation, Organisation.id == PreflightFinding.for_partner_id)
        .where(PreflightFinding.kit_version_id == version_id)
    )
    if piece:
        chosen = chosen.where(PreflightFinding.piece == piece)
    if words:
        chosen = chosen.where(Organisation.name.icontains(words, autoescape=True))
    if only_open:
        chosen = chosen.where(PreflightFinding.acknowledged_at.is_(None))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.order_by(
        PreflightFinding.acknowledged_at.is_not(None), sa.func.lower(Organisation.name), PreflightFinding.id
    )
    rows = session.execute(ordered.limit(PER_PAGE).offset((page - 1) * PER_PAGE))
    return [FindingRow(finding, name) for finding, name in rows], total


def finding_by_id(version_id: int, finding_id: int) -> PreflightFinding | None:
    """Return one finding of a version."""
    chosen = sa.select(PreflightFinding).where(
        PreflightFinding.kit_version_id == version_id, PreflightFinding.id == finding_id
    )
    return session.scalar(chosen)


@dataclass(frozen=True, slots=True)
class RefusedPiece:
    """A piece that partners could not have made as it is for them: how many, the newest reasons, and when."""

    key: str
    partners: int
    complaints: Sequence[dict[str, Any]]
    at: datetime


def refused_pieces(version_id: int) -> list[RefusedPiece]:
    """Return the pieces of a version that somebody could not have made and still cannot, most partners first."""
    mine = (RenderRefusal.kit_version_id == version_id) & RenderRefusal.mended_at.is_(None)
    newest = sa.func.row_number().over(
        partition_by=RenderRefusal.design_id, order_by=(RenderRefusal.at.desc(), RenderRefusal.id.desc())
    )
    ranked = sa.select(RenderRefusal.id, newest.label("place")).where(mine).subquery()
    counted = (
        sa.select(RenderRefusal.design_id, sa.func.count(sa.distinct(RenderRefusal.partner_id)).label("partners"))
        .where(mine)
        .group_by(RenderRefusal.design_id)
        .subquery()
    )
    chosen = (
        sa.select(Design.key, counted.c.partners, RenderRefusal.complaints, RenderRefusal.at)
        .join(ranked, ranked.c.id == RenderRefusal.id)
        .join(counted, counted.c.design_id == RenderRefusal.design_id)
        .join(Design, Design.id == RenderRefusal.design_id)
        .where(ranked.c.place == 1)
        .order_by(counted.c.partners.desc(), Design.key)
    )
    return [RefusedPiece(*row) for row in session.execute(chosen)]
