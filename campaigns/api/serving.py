"""Who does what: the partner's choice per theme, what a vendor prepares, and the answers to it."""

from campaigns.api.ground import blueprint
from campaigns.api.kits import version_of
from campaigns.api.launches import launch_out, own_launch, wall
from campaigns.api.shapes import LaunchOut, PreparedOut, PrepareIn, ServiceIn, StartIn, ThemeList, ThemeOut
from campaigns.operations import serving
from campaigns.queries.serving import themes_of
from tcma.core import clock
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import P


@blueprint.get("/service")
@requires(P.LAUNCHES_READ)
@blueprint.output(ThemeList)
def service() -> ThemeList:
    """List how campaigns of each vendor and theme reach the partner."""
    return _themes()


@blueprint.put("/service")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(ServiceIn)
@blueprint.output(ThemeList)
def choose_service(json_data: ServiceIn) -> ThemeList:
    """Choose how the campaigns of one vendor and theme reach the partner."""
    rows = themes_of(require(current_actor().partner_id))
    named = (json_data.vendor, json_data.theme)
    row = require(next((one for one in rows if (one.vendor, one.theme) == named), None))
    serving.choose_service(
        vendor_id=row.vendor_id, theme=row.theme, service=json_data.service, veto_days=json_data.veto_days,
        by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return _themes()


@blueprint.post("/kits/<kit_id>/prepare")
@requires(P.KITS_PUBLISH)
@blueprint.input(PrepareIn)
@blueprint.output(PreparedOut)
def prepare(kit_id: str, json_data: PrepareIn) -> PreparedOut:
    """Prepare a campaign for partners; each is asked for its yes, and nothing goes out without it."""
    asked = serving.prepare_launches(
        kit_version_id=version_of(kit_id).id, partnership_ids=json_data.partnerships,
        start=wall(json_data.start, "start"), by=current_actor(), now=clock.now(),
    )  # fmt: skip
    return PreparedOut(asked=asked)


@blueprint.post("/launches/<launch_id>/yes")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(StartIn)
@blueprint.output(LaunchOut)
def say_yes(launch_id: str, json_data: StartIn) -> LaunchOut:
    """Start a campaign that was prepared or subscribed to."""
    launch, start, now = own_launch(launch_id), wall(json_data.start, "start"), clock.now()
    start = start or serving.prepared_start(launch, now=now)
    return launch_out(serving.say_yes(launch_id=launch.id, start=start, by=current_actor(), now=now))


@blueprint.post("/launches/<launch_id>/no")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut)
def say_no(launch_id: str) -> LaunchOut:
    """Put a campaign away that was prepared or subscribed to."""
    found = own_launch(launch_id)
    return launch_out(serving.say_no(launch_id=found.id, by=current_actor(), now=clock.now()))


def _themes() -> ThemeList:
    rows = themes_of(require(current_actor().partner_id))
    return ThemeList(items=[ThemeOut.model_validate(row) for row in rows])
