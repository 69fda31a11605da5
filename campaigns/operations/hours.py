"""The hours in which the mails of a kit go out, and those that a partner chooses for its own campaign."""

from datetime import datetime
from typing import Any

from campaigns.content import content_of
from campaigns.manifest.editing import with_value
from campaigns.manifest.model import EmailSequence
from campaigns.manifest.times import Window
from campaigns.models import KitVersion, Launch
from campaigns.operations.drafting import draft_of, read_draft, rewritten
from campaigns.operations.launches import open_launch
from campaigns.operations.writing import with_files
from campaigns.windows import as_choice, faults_of, too_short
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.errors import ReasonsNot


class HoursRefused(ReasonsNot):
    """The kit does not allow these hours, or nothing could go out in them."""


def set_hours(*, version_id: int, window: Window | None, by: Actor, now: datetime) -> KitVersion:
    """Let the mails of a kit go out in these hours, on the clock of each recipient; None is at any time.

    Holds for every mail without hours of its own. What `window.lock` names, no partner chooses anew for its campaign.
    Refused with `HoursRefused` where the window is shorter than an hour, and with `Conflict` once the version is
    published; a kit without mails has no hours.
    """
    if window is not None and (faults := too_short(window)):
        raise HoursRefused(faults)
    version, package = draft_of(version_id)
    kit = read_draft(package)
    numbers = [number for number, tactic in enumerate(kit.tactics) if isinstance(tactic, EmailSequence)]
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    written = None if window is None else as_written(window)
    for number in require(numbers or None):
        manifest = with_value(manifest, ("tactics", number), "window", written)
    after = with_files(package, {"kit.yaml": manifest.encode()})
    return rewritten(version, after, "kit.hours_set", {"window": written}, by=by, now=now)


def as_written(window: Window) -> dict[str, Any]:
    """Return a window as `kit.yaml` writes it."""
    lock = {"lock": list(window.lock)} if window.lock else {}
    return {"from": window.from_, "until": window.until, "days": window.days, **lock}


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
