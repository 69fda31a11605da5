"""While a campaign runs: giving a step that is still to come another date, skipping it, and taking it up again."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.models import Launch, LaunchState
from campaigns.operations.launches import LONGEST_AHEAD, OddStart, follow_event
from campaigns.queries.launches import schedule_of
from campaigns.timing import Change, Place, Planned, as_choices, changes_in
from tcma.core import audit, outbox
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

CHANGEABLE = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.PAUSED})


class StepIsOver(Conflict):
    """The step has begun or is behind, or the campaign does not run any more."""

    def __init__(self) -> None:
        super().__init__(_("This step is behind, so it cannot be changed any more."))


class StepFollowsEvent(DomainError):
    """The step's day is counted from the event's."""

    def __init__(self) -> None:
        super().__init__(_("This step follows the event. Move the event, and it moves along."), field="at")


class StepOutOfOrder(DomainError):
    """The step would come before the one that it follows, or after the one that follows it."""


def move_step(*, launch_id: int, tactic: str, key: str, at: datetime, by: Actor, now: datetime) -> Launch:
    """Let a step that is still to come happen at the wall time `at`, on the clocks of each recipient's own zone.

    What the kit counts from this step moves with it. Refused: `StepIsOver`, `StepFollowsEvent`, `StepOutOfOrder`,
    and `OddStart` for a time that is past, before the start, or after the kit's last day.
    """
    launch, step = _still_to_come(launch_id, (tactic, key), now)
    if step.of_event:
        raise StepFollowsEvent
    if step.skipped:
        raise Conflict(_("This step is skipped. Take it up again first."))
    _refuse_odd_time(launch, at, now)
    changes = dict(changes_in(launch.choices))
    changes[tactic, key] = replace(changes.get((tactic, key), Change()), at=at.replace(second=0, microsecond=0))
    return _changed(launch, step, changes, "launch.step_moved", by=by, now=now)


def skip_step(*, launch_id: int, tactic: str, key: str, by: Actor, now: datetime) -> Launch:
    """Let a step that is still to come not happen; everybody goes on to the next at its time."""
    return _skip(launch_id, (tactic, key), "launch.step_skipped", skipped=True, by=by, now=now)


def take_step_up(*, launch_id: int, tactic: str, key: str, by: Actor, now: datetime) -> Launch:
    """Let a skipped step happen after all, at its time."""
    return _skip(launch_id, (tactic, key), "launch.step_taken_up", skipped=False, by=by, now=now)


def _skip(launch_id: int, place: Place, action: str, *, skipped: bool, by: Actor, now: datetime) -> Launch:
    launch, step = _still_to_come(launch_id, place, now)
    changes = dict(changes_in(launch.choices))
    changes[place] = replace(changes.get(place, Change()), skipped=skipped)
    return _changed(launch, step, changes, action, by=by, now=now)


def _still_to_come(launch_id: int, place: Place, now: datetime) -> tuple[Launch, Planned]:
    # Locked: two changes at once must not lose one another.
    launch = require(session.scalar(sa.select(Launch).where(Launch.id == launch_id).with_for_update()))
    if launch.state not in CHANGEABLE:
        raise StepIsOver
    step = require(next((one for one in _whole(launch) if (one.tactic, one.key) == place), None))
    if step.due_at <= now:
        raise StepIsOver
    return launch, step


def _whole(launch: Launch) -> list[Planned]:
    return schedule_of(launch, skipped=True)


def _refuse_odd_time(launch: Launch, at: datetime, now: datetime) -> None:
    instant = LocalSchedule.at(at, launch.zone).instant
    if instant <= now:
        raise OddStart(_("That is in the past. Choose a later time."), field="at")
    if instant < require(launch.starts_at):
        raise OddStart(_("That is before the campaign starts. Choose a later time."), field="at")
    if instant > now + LONGEST_AHEAD:
        raise OddStart(_("That is more than a year away. Choose an earlier date."), field="at")


def _changed(
    launch: Launch, step: Planned, changes: dict[Place, Change], action: str, *, by: Actor, now: datetime
) -> Launch:
    before = {(one.tactic, one.key): one for one in _whole(launch)}
    launch.choices = {**launch.choices, "steps": as_choices(changes)}
    after = {(one.tactic, one.key): one for one in _whole(launch)}
    _refuse_disorder(launch, step, after)
    _refuse_after_the_end(launch, after[step.tactic, step.key])
    follow_event(launch_id=launch.id, now=now)
    was, now_is = before[step.tactic, step.key], after[step.tactic, step.key]
    audit.record(
        by=by, action=action, object_type="launch", object_id=launch.id,
        before=_in_short(was), after=_in_short(now_is), now=now,
    )  # fmt: skip
    affected = sorted({one.key for place, one in after.items() if one != before.get(place)})
    outbox.tell(
        "launch.step_changed", launch_id=launch.id, steps=",".join(affected),
        vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now,
    )  # fmt: skip
    return launch


def _in_short(step: Planned) -> dict[str, Any]:
    return {"step": f"{step.tactic}/{step.key}", "due_at": step.due_at.isoformat(), "skipped": step.skipped}


def _refuse_disorder(launch: Launch, step: Planned, plan: dict[Place, Planned]) -> None:
    """Mails of a sequence are read as a story; posts and activities stand alone."""
    order = [
        one.key for sequence, one in content_of(launch.version).kit.manifest.steps() if sequence.key == step.tactic
    ]
    if step.key not in order:
        return
    here, at = order.index(step.key), plan[step.tactic, step.key].due_at
    for other in plan.values():
        if other.tactic != step.tactic or other.key == step.key or other.of_event or other.skipped:
            continue
        is_before = order.index(other.key) < here
        if is_before and other.due_at > at:
            raise StepOutOfOrder(_("It would come before the step that it follows. Choose a later time."), field="at")
        if not is_before and other.due_at < at:
            raise StepOutOfOrder(_("It would come after the step that follows it. Choose an earlier time."), field="at")


def _refuse_after_the_end(launch: Launch, step: Planned) -> None:
    until = launch.version.available_until
    if until is not None and step.due_at.date() > until and not step.skipped:
        words = _("The campaign is on offer until %(until)s. Choose an earlier date.", until=until.isoformat())
        raise OddStart(words, field="at")
