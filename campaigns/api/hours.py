"""The hours in which a partner lets the mails of its own campaign go out."""

from campaigns.api.ground import blueprint
from campaigns.api.launches import own_launch
from campaigns.api.shapes import HoursIn, HoursOut, WindowOut
from campaigns.manifest.times import Window
from campaigns.models import Launch
from campaigns.operations.hours import choose_hours
from campaigns.windows import own_window
from tcma.core import clock
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _out(launch: Launch) -> HoursOut:
    own = own_window(launch.choices)
    return HoursOut(own=WindowOut.model_validate(own) if own else None)


@blueprint.get("/launches/<launch_id>/hours")
@requires(P.LAUNCHES_READ)
@blueprint.output(HoursOut)
def hours(launch_id: str) -> HoursOut:
    """Tell the hours that the partner chose for the mails of a campaign."""
    return _out(own_launch(launch_id))


@blueprint.put("/launches/<launch_id>/hours")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(HoursIn)
@blueprint.output(HoursOut)
def set_hours(launch_id: str, json_data: HoursIn) -> HoursOut:
    """Let the mails of a campaign that was begun go out in these hours, as far as its kit allows."""
    window = Window(from_=json_data.start, until=json_data.end, days=json_data.days)
    return _out(choose_hours(launch_id=own_launch(launch_id).id, window=window, by=current_actor(), now=clock.now()))


@blueprint.delete("/launches/<launch_id>/hours")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(HoursOut)
def drop_hours(launch_id: str) -> HoursOut:
    """Let the hours of the kit hold again."""
    return _out(choose_hours(launch_id=own_launch(launch_id).id, window=None, by=current_actor(), now=clock.now()))
