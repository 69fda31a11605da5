"""Starting a campaign, and pausing, resuming, stopping and withdrawing it. In code it is a launch."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.fit import best_language, is_available
from campaigns.models import Execution, KitGrant, KitState, KitVersion, Launch, LaunchList, LaunchState
from campaigns.operations.launch_tasks import make_tasks
from campaigns.operations.launching import freeze
from campaigns.queries.gates import reasons_not_to_launch
from campaigns.queries.launches import event_start_of, schedule_of
from tcma.core import audit, checks, outbox
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import public_id, require, session
from tcma.core.errors import Conflict, DomainError, ReasonsNot
from tcma.core.schedule import set_due
from tcma.core.words import lazy_gettext as _
from tcma.partners.operations import brand_profile

S = LaunchState
Fact = Literal[
    "launch.started", "launch.paused", "launch.resumed", "launch.stopped", "launch.completed", "launch.recalled"
]
OPEN = frozenset({S.CUSTOMISING, S.READY})
LIVE = frozenset({S.SCHEDULED, S.RUNNING, S.PAUSED, S.PENDING_VENDOR_APPROVAL})
MOVES: dict[LaunchState, frozenset[LaunchState]] = {
    S.CUSTOMISING: frozenset({S.READY, S.STOPPED, S.RECALLED}),
    S.READY: frozenset({S.CUSTOMISING, S.PENDING_VENDOR_APPROVAL, S.SCHEDULED, S.RUNNING, S.STOPPED, S.RECALLED}),
    S.PENDING_VENDOR_APPROVAL: frozenset({S.READY, S.SCHEDULED, S.RUNNING, S.STOPPED, S.RECALLED}),
    S.SCHEDULED: frozenset({S.RUNNING, S.PAUSED, S.STOPPED, S.RECALLED, S.FAILED}),
    S.RUNNING: frozenset({S.COMPLETED, S.PAUSED, S.STOPPED, S.RECALLED, S.FAILED}),
    S.PAUSED: frozenset({S.RUNNING, S.SCHEDULED, S.STOPPED, S.RECALLED}),
    S.COMPLETED: frozenset(),
    S.STOPPED: frozenset(),
    S.RECALLED: frozenset(),
    S.FAILED: frozenset({S.STOPPED}),
}
ANSWERS_COME_FOR = timedelta(days=14)
LONGEST_AHEAD = timedelta(days=365)


class KitNotOpen(DomainError):
    """The kit cannot be started: it is paused, withdrawn, out of its dates, or not for this partner."""


class NotReadyToLaunch(ReasonsNot):
    """The campaign cannot start; `reasons` say why, each with what to do."""


class OddStart(DomainError):
    """The day and hour of the start cannot be used."""


class ListsOfAnotherTool(DomainError):
    """Lists were picked for a campaign whose mails the partner sends from its own tool."""


class MailedElsewhere(DomainError):
    """The partner sends the mails of this campaign from its own tool, so no mail of it goes out from here."""


def move(launch: Launch, to: LaunchState) -> LaunchState:
    """Let a launch be in state `to` and return where it was; refused where the table does not lead there."""
    before = launch.state
    if to not in MOVES[before]:
        raise Conflict(_("This campaign has moved on in the meantime. Load the page again."))
    launch.state = to
    return before


def begin_launch(*, kit_version_id: int, by: Actor, now: datetime) -> Launch:
    """Open a campaign of a kit, ready to be looked at: one that was begun before is gone on with.

    Refused with `KitNotOpen` where the kit is not on offer to this partner today.
    """
    version = require(session.get(KitVersion, kit_version_id))
    _refuse_closed(version, partner_id=require(by.partner_id), now=now)
    begun = session.scalar(
        sa.select(Launch).where(Launch.kit_version_id == version.id, Launch.state.in_(OPEN)).order_by(Launch.id.desc())
    )
    if begun is not None:
        return begun
    profile = brand_profile(require(by.partner_id), now=now)
    language = best_language(version.languages, profile.languages) or version.default_language
    launch = Launch(
        vendor_id=version.vendor_id,
        partner_id=profile.partner_id,
        kit_id=version.kit_id,
        kit_version_id=version.id,
        name=str(version.title.get(language) or version.kit.slug)[:160],
        language=language,
        zone=profile.zone,
        page_slug=new_slug(version.kit.slug),
        choices={},
        created_at=now,
    )
    session.add(launch)
    session.flush()  # the audit row and the address need its keys
    audit.record(
        by=by, action="launch.begun", object_type="launch", object_id=launch.id,
        after={"kit_version_id": version.id}, now=now,
    )  # fmt: skip
    return launch


def _refuse_closed(version: KitVersion, *, partner_id: int, now: datetime) -> None:
    fits = session.scalar(
        sa.select(KitGrant.fits).where(KitGrant.kit_id == version.kit_id, KitGrant.partner_id == partner_id)
    )
    on_offer = version.state is KitState.PUBLISHED
    if not fits or not on_offer or not is_available(version.available_from, version.available_until, now.date()):
        raise KitNotOpen(_("This campaign is not on offer any more. Choose another one."))


def new_slug(kit_slug: str) -> str:
    """Return an address for the page of a campaign that nobody has."""
    return f"{kit_slug[:60]}-{public_id('x')[2:10]}"


def choose_look(
    *,
    launch_id: int,
    language: str,
    left_out: Iterable[str],
    event_start: datetime | None = None,
    by: Actor,
    now: datetime,
) -> Launch:
    """Let a campaign speak `language`, go without some of its pieces, and hold its event at a wall time."""
    launch = open_launch(launch_id)
    if language not in launch.version.languages:
        raise DomainError(_("This campaign does not come in that language."), field="language")
    known = {tactic.key for tactic in content_of(launch.version).kit.tactics}
    choices: dict[str, Any] = {**launch.choices, "left_out": sorted(known & set(left_out))}
    if event_start is not None:
        _refuse_odd_start(LocalSchedule.at(event_start, launch.zone).instant, now)
        choices["event_start"] = event_start.isoformat(timespec="minutes")
    before = {"language": launch.language, "choices": launch.choices}
    launch.language, launch.choices = language, choices
    launch.name = str(launch.version.title.get(language) or launch.name)[:160]
    after = {"language": language, "choices": choices}
    _record(by, "launch.look_chosen", launch, before=before, after=after, now=now)
    return launch


def choose_audience(
    *,
    launch_id: int,
    list_ids: Sequence[int],
    execution: Execution = Execution.PLATFORM,
    by: Actor,
    now: datetime,
) -> Launch:
    """Let a campaign go to the people on these lists; with none it runs by page, link, posts and paper alone.

    `exported`: the partner mails from its own tool, to its own people there. Refused with `ListsOfAnotherTool` where
    lists are picked beside.
    """
    launch = open_launch(launch_id)
    if list_ids and execution is Execution.EXPORTED:
        raise ListsOfAnotherTool(_("Choose lists, or mail from your own tool; not both."), field="lists")
    there = {
        row.list_id: row for row in session.scalars(sa.select(LaunchList).where(LaunchList.launch_id == launch.id))
    }
    for list_id in there.keys() - set(list_ids):
        session.delete(there[list_id])
    for list_id in dict.fromkeys(list_ids):
        if list_id not in there:
            session.add(LaunchList(partner_id=launch.partner_id, launch_id=launch.id, list_id=list_id))
    if launch.state is S.CUSTOMISING:
        move(launch, S.READY)
    before = {"lists": sorted(there), "execution": launch.execution}
    launch.choices, launch.execution = {**launch.choices, "audience_chosen": True}, execution
    picked = {"lists": sorted(list_ids), "execution": execution}
    _record(by, "launch.audience_chosen", launch, before=before, after=picked, now=now)
    return launch


def open_launch(launch_id: int) -> Launch:
    """Return a campaign that was begun and not started; a started one is not changed any more."""
    launch = require(session.get(Launch, launch_id))
    if launch.state not in OPEN:
        raise Conflict(_("This campaign has started, so it cannot be changed here any more."))
    return launch


def launch_kit(*, launch_id: int, start: datetime | None = None, by: Actor, now: datetime) -> Launch:
    """Start a campaign, now or at the wall time `start` in its own zone.

    Brand, version, words and choices are frozen; the page opens at its address; events and tasks get their
    dates; recipients, posts and deliveries follow from the fact `launch.started`. Refused with every reason
    at once (`NotReadyToLaunch`); higher parts answer the question `launch.start`.
    """
    launch = open_launch(launch_id)
    _refuse_closed(launch.version, partner_id=launch.partner_id, now=now)
    schedule = LocalSchedule.at(start, launch.zone) if start else LocalSchedule.of_instant(now, launch.zone)
    begins = schedule.instant if start else now
    if start is not None:
        _refuse_odd_start(begins, now)
    reasons = reasons_not_to_launch(launch, begins=begins, now=now)
    reasons += checks.reasons_against("launch.start", launch_id=launch.id, by=by, now=now)
    if reasons:
        raise NotReadyToLaunch(reasons)
    if launch.state is S.CUSTOMISING:
        move(launch, S.READY)
    before = move(launch, S.SCHEDULED if begins > now else S.RUNNING)
    launch.starts_at, launch.start_local = begins, schedule.wall.isoformat(timespec="minutes")
    launch.launched_by, launch.launched_at, launch.starts_unless = by.membership_id, now, None
    freeze(launch, now=now)
    set_due(
        "launch", launch.id, begins if begins > now else ends_at(launch),
        vendor_id=launch.vendor_id, partner_id=launch.partner_id,
    )  # fmt: skip
    after = {"state": launch.state, "starts_at": begins.isoformat()}
    _record(by, "launch.started", launch, before={"state": before}, after=after, now=now)
    _tell("launch.started", launch, now)
    return launch


def _refuse_odd_start(instant: datetime, now: datetime) -> None:
    if instant < now - timedelta(minutes=1):
        raise OddStart(_("That is in the past. Choose a later time, or start now."), field="start")
    if instant > now + LONGEST_AHEAD:
        raise OddStart(_("That is more than a year away. Choose an earlier date."), field="start")


def ends_at(launch: Launch) -> datetime:
    """Return when a launch is over: its last step or its event, and two weeks for answers."""
    dues = [step.due_at for step in schedule_of(launch)]
    event = event_start_of(launch)
    return max([require(launch.starts_at), *dues, *([event] if event else [])]) + ANSWERS_COME_FOR


def follow_event(*, launch_id: int, now: datetime) -> None:
    """Move the tasks and the end of a running launch to the dates of its event and steps; what is done stays."""
    launch = require(session.get(Launch, launch_id))
    if launch.state not in {S.SCHEDULED, S.RUNNING, S.PAUSED}:
        return
    make_tasks(launch)
    is_ahead = require(launch.starts_at) > now
    set_due(
        "launch", launch.id, launch.starts_at if is_ahead else ends_at(launch),
        vendor_id=launch.vendor_id, partner_id=launch.partner_id,
    )  # fmt: skip


def pause_launch(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Let nothing more of a campaign go out until it is resumed; its page stays open."""
    return _moved(launch_id, S.PAUSED, "launch.paused", by=by, now=now)


def resume_launch(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Let a paused campaign go on; what became due meanwhile goes out now."""
    launch = require(session.get(Launch, launch_id))
    to = S.SCHEDULED if launch.starts_at and launch.starts_at > now else S.RUNNING
    return _moved(launch_id, to, "launch.resumed", by=by, now=now)


def stop_launch(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """End a campaign for good: nothing more goes out. What was answered stays, and its page thanks visitors."""
    launch = _moved(launch_id, S.STOPPED, "launch.stopped", by=by, now=now)
    launch.stopped_at, launch.starts_unless = now, None
    set_due("launch", launch.id, None, vendor_id=launch.vendor_id, partner_id=launch.partner_id)
    return launch


def complete_launch(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Close a campaign whose last step is over; answers that still come are taken."""
    launch = _moved(launch_id, S.COMPLETED, "launch.completed", by=by, now=now)
    launch.completed_at = now
    return launch


def _moved(launch_id: int, to: LaunchState, fact: Fact, *, by: Actor, now: datetime) -> Launch:
    launch = require(session.get(Launch, launch_id))
    before = move(launch, to)
    _record(by, fact, launch, before={"state": before}, after={"state": to}, now=now)
    _tell(fact, launch, now)
    return launch


def recall_launches(*, kit_version_id: int, now: datetime) -> int:
    """Withdraw every campaign of a version that is not over, and return how many those are."""
    chosen = sa.select(Launch).where(Launch.kit_version_id == kit_version_id, Launch.state.in_(OPEN | LIVE))
    launches = session.scalars(chosen).all()
    for launch in launches:
        move(launch, S.RECALLED)
        launch.stopped_at = now
        set_due("launch", launch.id, None, vendor_id=launch.vendor_id, partner_id=launch.partner_id)
        _tell("launch.recalled", launch, now)
    return len(launches)


def ask_for_test(*, launch_id: int, by: Actor, now: datetime) -> Launch:
    """Have the mails of a campaign sent to the one who asks, and to nobody else. Refused: `MailedElsewhere`."""
    launch = require(session.get(Launch, launch_id))
    if launch.execution is Execution.EXPORTED:
        raise MailedElsewhere(_("You mail this campaign from your own tool. Send yourself the test from there."))
    _record(by, "launch.test_asked", launch, now=now)
    outbox.tell(
        "launch.test_asked", launch_id=launch.id, user_id=require(by.user_id),
        vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now,
    )  # fmt: skip
    return launch


def look_at_launch(*, launch_id: int, by: Actor, now: datetime) -> datetime | None:
    """Begin a campaign whose hour has come, or close one that is over; returns when to look again."""
    launch = session.get(Launch, launch_id)
    if launch is None or launch.state not in {S.SCHEDULED, S.RUNNING, S.PAUSED}:
        return None
    if launch.state is S.SCHEDULED and require(launch.starts_at) <= now:
        move(launch, S.RUNNING)
        _record(by, "launch.opened", launch, before={"state": S.SCHEDULED}, after={"state": S.RUNNING}, now=now)
    if launch.state is S.RUNNING and ends_at(launch) <= now:
        complete_launch(launch_id=launch.id, by=by, now=now)
        return None
    return max(ends_at(launch), now + timedelta(hours=1))


def _record(
    by: Actor,
    action: str,
    launch: Launch,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    audit.record(by=by, action=action, object_type="launch", object_id=launch.id, before=before, after=after, now=now)


def _tell(fact: Fact, launch: Launch, now: datetime) -> None:
    outbox.tell(fact, launch_id=launch.id, vendor_id=launch.vendor_id, partner_id=launch.partner_id, now=now)
