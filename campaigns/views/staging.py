"""The stage of a preview, at the address that is asked for."""

from flask import request

from campaigns.models import KitState
from campaigns.stages import Stage, stage_of
from tcma.core import clock
from tcma.core.db import require
from tcma.core.tenancy import current_actor


def stage_at(kind: str, public_id: str) -> Stage:
    """Return the stage at an address, with the language and brand that the query asks for."""
    return stage_of(kind, public_id, query=request.args, by=current_actor(), today=clock.now().date())


def stage_in_use(kind: str, public_id: str) -> Stage:
    """Return the same; what its vendor has withdrawn answers to a partner as if it never existed."""
    stage = stage_at(kind, public_id)
    is_withdrawn = stage.launch is not None and stage.version.state is KitState.RECALLED
    return require(None if is_withdrawn else stage)
