"""The files of a campaign: which there are, which are still to be made, and which pieces do not fit and why."""

from dataclasses import dataclass

import sqlalchemy as sa

from assets.library.models import Rendition
from assets.library.queries import designs_of
from assets.library.rendering import complaints_about, outputs, shape_of
from assets.library.shapes import digest_of
from assets.library.terms import TERMS_WAIT, terms_to_accept
from campaigns.models import Launch
from campaigns.queries.fields import said_of
from campaigns.queries.launches import is_left_out
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage
from tcma.core.db import session


@dataclass(frozen=True, slots=True)
class PieceFiles:
    """The files of one piece as it looks now: by what they are, made or still missing; or why none can be made."""

    key: str
    title: str
    files: dict[str, Rendition | None]
    reasons: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """What of it is still to be made."""
        return [] if self.reasons else [what for what, file in self.files.items() if file is None]

    @property
    def ready(self) -> dict[str, Rendition]:
        """What of it is there."""
        return {what: file for what, file in self.files.items() if file is not None}


def files_of(stage: Stage, launch: Launch) -> list[PieceFiles]:
    """Return the files of every piece that the campaign runs with, in the order of the kit."""
    language = stage.side.language
    found = []
    for tactic in stage.content.collateral:
        if tactic.key not in stage.content.designs or is_left_out(launch, tactic.key):
            continue
        piece, look = piece_of(stage.content, tactic.key, language), stage.side.look(tactic.key)
        made_from = shape_of(piece, look)
        shapes = {what: digest_of(made_from, what) for what in outputs(piece.design)}
        there = _made(launch, stage, tactic.key, shapes)
        reasons = [said_of(stage, tactic.key, one) for one in complaints_about(piece, look) if one.refuses]
        design = designs_of(stage.version.id).get(tactic.key)
        if design is not None and terms_to_accept(design, partner_id=launch.partner_id, language=language):
            reasons.append(str(TERMS_WAIT))
        found.append(
            PieceFiles(
                key=tactic.key,
                title=stage.content.title_of(tactic, language),
                files={what: there.get(shape) for what, shape in shapes.items()},
                reasons=tuple(dict.fromkeys(reasons)),
            )
        )
    return found


def _made(launch: Launch, stage: Stage, key: str, shapes: dict[str, str]) -> dict[str, Rendition]:
    design = designs_of(stage.version.id).get(key)
    chosen = sa.select(Rendition).where(
        Rendition.partner_id == launch.partner_id,
        Rendition.design_id == (design.id if design else 0),
        Rendition.shape_hash.in_(list(shapes.values())),
    )
    return {file.shape_hash: file for file in session.scalars(chosen)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the files that can be made are there."""

    done: int
    total: int

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be made."""
        return self.done >= self.total


def progress_of(pieces: list[PieceFiles]) -> Progress:
    """Return how far the files of a campaign are made; pieces that do not fit are not waited for."""
    fitting = [piece for piece in pieces if not piece.reasons]
    return Progress(sum(len(piece.ready) for piece in fitting), sum(len(piece.files) for piece in fitting))
