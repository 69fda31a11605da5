"""Starting a campaign for several branches in one go, each with its own address and people; stopping them all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaigns.content import content_of
from campaigns.manifest.model import SocialPostStep
from campaigns.models import Launch, LaunchList, LaunchState
from campaigns.operations.copying import copy_zones
from campaigns.operations.launches import LIVE, NotReadyToLaunch, launch_kit, new_slug, open_launch, stop_launch
from campaigns.queries.branches import BRANCHES, LISTS, branches_of
from campaigns.queries.launches import lists_of, own_launch
from campaigns.timing import Change, as_choices, changes_in
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import public_id, session
from tcma.core.errors import Conflict
from tcma.core.words import lazy_gettext as _
from tcma.partners.models import Site


class BranchClosed(Conflict):
    """A branch that was chosen has been closed since."""


class NotTogether(Conflict):
    """The campaign does not run for several branches."""


def choose_branches(*, launch_id: int, site_ids: Sequence[int], by: Actor, now: datetime) -> Launch:
    """Let a campaign that was begun run for these branches, each on its own; none lets it run for the whole company."""
    launch = open_launch(launch_id)
    _choose(launch, BRANCHES, list(dict.fromkeys(site_ids)), default=[], by=by, now=now)
    return launch


def give_lists(*, launch_id: int, to: Mapping[int, int], by: Actor, now: datetime) -> Launch:
    """Say which branch each list is for, by their keys; who belongs to a branch is that branch's whatever the list."""
    launch = open_launch(launch_id)
    after = {str(key): site for key, site in sorted(to.items()) if site in branches_of(launch.choices)}
    _choose(launch, LISTS, after, default={}, by=by, now=now)
    return launch


def _choose(launch: Launch, name: str, after: Any, *, default: Any, by: Actor, now: datetime) -> None:
    """Keep one choice of a launch, and that it was made; the same again is no choice."""
    before = launch.choices.get(name, default)
    if before == after:
        return
    launch.choices = {**launch.choices, name: after}
    audit.record(
        by=by, action=f"launch.{name}_chosen", object_type="launch", object_id=launch.id,
        before={name: before}, after={name: after}, now=now,
    )  # fmt: skip


def start_everywhere(*, launch_id: int, start: datetime | None = None, by: Actor, now: datetime) -> list[Launch]:
    """Start a campaign for each branch that was chosen, all or none; for the whole company, if none was.

    Each is a launch of its own, on the clock of its branch: `start` is a wall time there. Posts go out once, with the
    first. Refused as any start is, each reason with its branch, and with `BranchClosed`.
    """
    launch = open_launch(launch_id)
    sites = _open_sites(branches_of(launch.choices))
    if not sites:
        return [launch_kit(launch_id=launch.id, start=start, by=by, now=now)]
    reasons: list[str] = []
    with session.begin_nested():  # whatever keeps one branch from starting keeps all of them
        launches = [launch, *(_copy(launch, now=now) for _site in sites[1:])]
        together = public_id("run")
        for number, (one, site) in enumerate(zip(launches, sites, strict=True)):
            _be_of(one, site, together, speaks=number == 0)
        session.flush()
        for one, site in zip(launches, sites, strict=True):
            try:
                launch_kit(launch_id=one.id, start=start, by=by, now=now)
            except NotReadyToLaunch as refusal:
                reasons += [f"{site.name}: {reason}" for reason in refusal.reasons]
        if reasons:
            raise NotReadyToLaunch(reasons)
    return launches


def _open_sites(keys: Sequence[int]) -> list[Site]:
    found = {site.id: site for site in session.scalars(sa.select(Site).where(Site.id.in_(keys)))}
    sites = [found[key] for key in keys if key in found]
    if closed := [site.name for site in sites if site.closed_at is not None]:
        raise BranchClosed(_("The branch %(name)s was closed. Choose the branches anew.", name=closed[0]))
    return sites


def _copy(launch: Launch, *, now: datetime) -> Launch:
    copy = Launch(
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        kit_id=launch.kit_id,
        kit_version_id=launch.kit_version_id,
        state=LaunchState.READY,
        execution=launch.execution,
        service=launch.service,
        prepared_by=launch.prepared_by,
        name=launch.name,
        language=launch.language,
        zone=launch.zone,
        page_slug=new_slug(launch.version.kit.slug),
        choices=dict(launch.choices),
        created_at=now,
    )
    session.add(copy)
    session.flush()  # its lists and words name it
    for list_id in lists_of(launch.id):
        session.add(LaunchList(partner_id=copy.partner_id, launch_id=copy.id, list_id=list_id))
    copy_zones(launch, copy, now=now)
    return copy


def _be_of(launch: Launch, site: Site, together: str, *, speaks: bool) -> None:
    """Let a launch run for a branch; of several one alone speaks on the company's accounts."""
    launch.site_id, launch.together, launch.zone = site.id, together, site.zone
    launch.name = f"{launch.name[: 160 - len(site.name) - 3]} · {site.name}"
    if not speaks:
        launch.choices = {**launch.choices, **_without_posts(launch)}


def _without_posts(launch: Launch) -> dict[str, Any]:
    content, changes = content_of(launch.version), dict(changes_in(launch.choices))
    for sequence, step in content.kit.manifest.steps():
        if isinstance(step, SocialPostStep):
            place = (sequence.key, step.key)
            changes[place] = replace(changes.get(place, Change()), skipped=True)
    left_out = {*launch.choices.get("left_out", ()), *(one.key for one in content.posts)}
    return {"left_out": sorted(left_out), "steps": as_choices(changes)}


def stop_together(*, launch_id: int, by: Actor, now: datetime) -> list[Launch]:
    """End a campaign for good in all branches that it was started for in one go. Refused: `NotTogether`."""
    launch = own_launch(launch_id, actor=by)
    if launch.together is None:
        raise NotTogether(_("This campaign runs for one branch, or for the whole company. Stop it alone."))
    chosen = sa.select(Launch).where(Launch.together == launch.together, Launch.partner_id == launch.partner_id)
    running = session.scalars(chosen.where(Launch.state.in_(LIVE)).order_by(Launch.id).with_for_update()).all()
    return [stop_launch(launch_id=one.id, by=by, now=now) for one in running]
