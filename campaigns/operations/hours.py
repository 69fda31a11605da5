"""The hours in which a partner lets the mails of its own campaign go out."""

from datetime import datetime

from campaigns.content import content_of
from campaigns.manifest.times import Window
from campaigns.models import Launch
from campaigns.operations.launches import open_launch
from campaigns.windows import as_choice, faults_of
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.errors import ReasonsNot


class HoursRefused(ReasonsNot):
    """The kit does not allow these hours, or nothing could go out in them."""


def choose_hours(*, launch_id: int, window: Window | None, by: Actor, now: datetime) -> Launch:
    """Let the mails of a campaign go out in these hours, on the clock of each recipient; None takes the kit's again.

    Holds for every mail but those that count from an event, from the start on and for the whole campaign. Refused with
    `HoursRefused` where the window is shorter than an hour, or goes against what the kit locks or its days; with
    `Conflict` once the campaign has started.
    """
    launch = open_launch(launch_id)
    if window is not None and (faults := faults_of(window, content_of(launch.version).kit.manifest)):
        raise HoursRefused(faults)
    before = launch.choices.get("window")
    launch.choices = {**launch.choices, "window": as_choice(window)}
    audit.record(
        by=by, action="launch.hours_chosen", object_type="launch", object_id=launch.id,
        before={"window": before}, after={"window": as_choice(window)}, now=now,
    )  # fmt: skip
    return launch
