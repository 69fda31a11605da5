"""The partner's own hours for the mails of a campaign, among the options of the last screen."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from campaigns.forms import HoursForm
from campaigns.manifest.times import Window
from campaigns.models import Launch
from campaigns.operations.hours import HoursRefused, choose_hours
from campaigns.operations.launches import OPEN
from campaigns.queries.launches import launch_by, manifest_of
from campaigns.views import blueprint
from campaigns.windows import own_window, windows_of
from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def hours_form(launch: Launch, **more: Any) -> HoursForm:
    """Return the form as the campaign stands: its own hours, or those of the kit's first mail that has some."""
    own = own_window(launch.choices)
    shown = own or next(iter(windows_of(manifest_of(launch)).values()), Window())
    opens, closes = shown.hours
    return HoursForm(whose="own" if own else "kit", opens=opens, closes=closes, days=shown.days, **more)


@blueprint.route("/campaigns/launches/<public_id>/hours", methods=["GET", "POST"])
@requires(P.LAUNCHES_WRITE)
def hours(public_id: str) -> BaseResponse:
    """When the mails of a campaign may go out: as the kit says, or in the partner's own hours."""
    require(current_actor().partner_id)
    launch = require(launch_by(public_id))
    require(launch if launch.state in OPEN else None)
    form = hours_form(launch)
    if form.validate_on_submit():
        window = None
        if form.whose.data == "own":
            window = Window(
                from_=form.opens.data.strftime("%H:%M"), until=form.closes.data.strftime("%H:%M"), days=form.days.data
            )
        try:
            choose_hours(launch_id=launch.id, window=window, by=current_actor(), now=clock.now())
        except HoursRefused as refusal:
            form.opens.errors = refusal.reasons
        else:
            return web.go(url_for("campaigns.review", public_id=public_id), _("The hours are kept."))
    return web.render("campaigns/hours.html", launch=launch, form=form, status=422 if form.errors else 200)
