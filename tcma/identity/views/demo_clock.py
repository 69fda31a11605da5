"""The demo's clock button. The blueprint is registered in the demo only; elsewhere there is no such address."""

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import own_address, signed_in
from tcma.identity.operations.demo_clock import MOVES, move_clock

blueprint = Blueprint("demo", __name__)


@blueprint.post("/demo/clock")
@signed_in
def clock_forward() -> Response:
    """Move the clock one hour, one day or one week forward; what is due then is done within a few seconds."""
    by_much = require(MOVES.get(request.form.get("by", "hour")))
    move_clock(by_much=by_much, by=current_actor(), now=clock.now())
    back = own_address(request.form.get("back"))
    return web.go(back or url_for("identity.start"), _("The clock was moved. What is due now happens in a moment."))
