"""All files of a campaign, made one after another in the background, so that nobody waits for the whole."""

from contextlib import suppress
from datetime import datetime

from assets.library.models import Rendition
from assets.library.operations import PieceExpired, PieceUnfit, PieceWithdrawn, render_piece
from assets.library.operations.files import Drawn, draw
from assets.library.queries import designs_of
from campaigns.models import Launch
from campaigns.queries.files import files_of, progress_of
from campaigns.queries.pieces import piece_of
from campaigns.stages import Stage, stage_of_launch
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import reading, require, session, transaction


def ask_for_files(*, launch: Launch, now: datetime) -> bool:
    """Have the files of a campaign made that are not there yet; returns whether all are there already.

    A piece that does not fit keeps none of the others back; its vendor is told.
    """
    pieces = files_of(stage_of_launch(launch), launch)
    if progress_of(pieces).is_over and not any(piece.reasons for piece in pieces):
        return True
    outbox.tell("files.wanted", launch_id=launch.id, vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now)
    return progress_of(pieces).is_over


def make_file(
    *, stage: Stage, launch: Launch, key: str, what: str, by: Actor, now: datetime, drawn: Drawn | None = None
) -> Rendition:
    """Make one file of a campaign, or return the one that is the same.

    Refused as `render_piece` refuses, and with `PieceExpired` once the kit's time is over.
    """
    until = stage.version.available_until
    if until is not None and until < now.date():
        raise PieceExpired
    return render_piece(
        design_id=require(designs_of(stage.version.id).get(key)).id,
        piece=piece_of(stage.content, key, stage.side.language),
        look=stage.side.look(key),
        what=what,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        by=by,
        now=now,
        drawn=drawn,
    )


def make_all(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Make every file that is missing, each in a transaction of its own. The caller has none open."""
    with reading(), transaction():
        launch = session.get_one(Launch, launch_id)
        stage = stage_of_launch(launch)
        pieces = files_of(stage, launch)
        designs, partner_id = (
            {key: design.id for key, design in designs_of(stage.version.id).items()},
            launch.partner_id,
        )
        work = [(one.key, what) for one in pieces for what in (list(one.files)[:1] if one.reasons else one.missing)]
    for key, what in work:
        drawn = draw(
            piece_of(stage.content, key, stage.side.language),
            stage.side.look(key),
            what,
            partner_id=partner_id,
            design_id=designs[key],
        )
        with transaction(), suppress(PieceUnfit, PieceWithdrawn):  # what does not fit is kept for the vendor to see
            launch = session.get_one(Launch, launch_id)
            now_stage = stage_of_launch(launch)
            make_file(stage=now_stage, launch=launch, key=key, what=what, by=by, now=now, drawn=drawn)
