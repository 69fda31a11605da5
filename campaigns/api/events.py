"""Events of a campaign: what there is, and giving one its date."""

from campaigns.api.ground import blueprint
from campaigns.api.launches import own_launch, wall
from campaigns.api.shapes import EventIn, EventList, EventOut
from campaigns.models import Event, Launch
from campaigns.operations.events import set_event_date
from campaigns.queries.launches import events_of
from campaigns.values import event_address
from tcma.core import clock
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


def _event_out(launch: Launch, event: Event) -> EventOut:
    columns = ("public_id", "tactic", "state", "title", "starts_at", "zone", "minutes", "capacity", "join_url", "place")
    address = event_address(f"{launch.page_slug}-{event.tactic}"[:80])
    return EventOut.model_validate({**{name: getattr(event, name) for name in columns}, "page_url": address})


@blueprint.get("/launches/<launch_id>/events")
@requires(P.LAUNCHES_READ)
@blueprint.output(EventList)
def events(launch_id: str) -> EventList:
    """List the events of a campaign."""
    launch = own_launch(launch_id)
    return EventList(items=[_event_out(launch, one) for one in events_of(launch.id)])


@blueprint.put("/launches/<launch_id>/events/<event_id>")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(EventIn)
@blueprint.output(EventOut)
def plan_event(launch_id: str, event_id: str, json_data: EventIn) -> EventOut:
    """Give an event its date, and open its registration."""
    launch, start = own_launch(launch_id), require(wall(json_data.start, "start"))
    event = require(next((one for one in events_of(launch.id) if one.public_id == event_id), None))
    planned = set_event_date(
        event_id=event.id, start=start, join_url=json_data.join_url, place=json_data.place, by=current_actor(),
        now=clock.now(),
    )  # fmt: skip
    return _event_out(launch, planned)
