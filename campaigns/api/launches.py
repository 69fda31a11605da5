"""Campaigns: beginning, choosing whom to reach, testing, starting, holding and ending them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaigns.api.ground import blueprint
from campaigns.api.kits import version_of
from campaigns.api.outcome_shapes import BranchRunList, BranchRunOut
from campaigns.api.shapes import AudienceIn, AudienceOut, LaunchIn, LaunchOut, LaunchPage, StartIn
from campaigns.models import Launch
from campaigns.operations import branches
from campaigns.operations import launches as operations
from campaigns.operations.repeating import begin_again
from campaigns.outcomes import outcomes_of
from campaigns.queries.branches import BranchRun, people_of, run_together
from campaigns.queries.launches import launch_by, lists_of, lists_of_each
from campaigns.queries.topics import topic_of
from campaigns.stopping import answer_when_stopped
from campaigns.values import page_address
from tcma.contacts.queries import audience as people_on
from tcma.contacts.queries import lists_of as contact_lists
from tcma.core import clock
from tcma.core.api import PageQuery, paged
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import P
from tcma.partners.branches import branch_addresses, site_ids


def launch_out(launch: Launch) -> LaunchOut:
    """Return a campaign as the API gives it."""
    return launches_out([launch])[0]


def launches_out(found: Sequence[Launch]) -> list[LaunchOut]:
    """Return campaigns as the API gives them: what is beside them is asked for once, however many they are."""
    keys, actor = [one.id for one in found], current_actor()
    outcomes, picked = outcomes_of(keys), lists_of_each(keys)
    names = {row.id: row.public_id for row in contact_lists(actor.partner_id)} if actor.partner_id else {}
    branch_of = branch_addresses([one.site_id for one in found if one.site_id is not None])
    return [
        LaunchOut(
            id=one.public_id,
            kit=one.version.kit.public_id,
            version=one.version.public_id,
            name=one.name,
            state=one.state.value,
            execution=one.execution,
            service=one.service,
            starts_unless=one.starts_unless,
            language=one.language,
            starts_at=one.starts_at,
            page_url=page_address(one.page_slug),
            recipients=one.recipients,
            lists=[names[key] for key in picked.get(one.id, ()) if key in names],
            outcomes=outcomes.get(one.id, {}),
            branch=branch_of.get(one.site_id) if one.site_id is not None else None,
            together=one.together,
        )
        for one in found
    ]


@blueprint.get("/launches")
@requires(P.LAUNCHES_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(LaunchPage)
def launches(query_data: PageQuery) -> dict[str, Any]:
    """List the partner's campaigns, the latest first."""
    statement = sa.select(Launch).options(joinedload(Launch.version)).order_by(Launch.id.desc())
    found = paged(statement, query_data)
    return {**found, "items": launches_out(found["items"])}


@blueprint.get("/launches/<launch_id>")
@requires(P.LAUNCHES_READ)
@blueprint.output(LaunchOut)
def launch(launch_id: str) -> LaunchOut:
    """Show one campaign."""
    return launch_out(own_launch(launch_id))


def own_launch(public_id: str) -> Launch:
    """Return a campaign of the acting partner's own."""
    require(current_actor().partner_id)
    return require(launch_by(public_id))


@blueprint.post("/launches")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(LaunchIn)
@blueprint.output(LaunchOut, status_code=201)
def start(json_data: LaunchIn) -> LaunchOut:
    """Start a campaign: look, audience and start in one call."""
    actor, now = current_actor(), clock.now()
    version = version_of(json_data.kit)
    start, event_start = wall(json_data.start, "start"), wall(json_data.event_start, "event_start")
    lists = _list_ids(json_data.lists, require(actor.partner_id))
    begun = operations.begin_launch(kit_version_id=version.id, by=actor, now=now)
    operations.choose_look(
        launch_id=begun.id,
        language=json_data.language or begun.language,
        left_out=json_data.left_out,
        event_start=event_start,
        by=actor,
        now=now,
    )
    operations.choose_audience(
        launch_id=begun.id, list_ids=lists, execution=json_data.execution, by=actor, now=now
    )  # fmt: skip
    branches.choose_branches(launch_id=begun.id, site_ids=site_ids(json_data.branches, actor=actor), by=actor, now=now)
    given = json_data.list_branches
    to = {_list_ids([key], begun.partner_id)[0]: site_ids([one], actor=actor)[0] for key, one in given.items()}
    branches.give_lists(launch_id=begun.id, to=to, by=actor, now=now)
    if json_data.begin_only:
        return launch_out(begun)
    return launch_out(branches.start_everywhere(launch_id=begun.id, start=start, by=actor, now=now)[0])


def wall(moment: datetime | None, field: str) -> datetime | None:
    """Return a wall time as it came; one with an offset is refused."""
    if moment is not None and moment.tzinfo is not None:
        raise DomainError(_("Give the time as a wall time in the partner's zone, without an offset."), field=field)
    return moment


@blueprint.post("/launches/<launch_id>/start")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(StartIn)
@blueprint.output(LaunchOut)
def start_begun(launch_id: str, json_data: StartIn) -> LaunchOut:
    """Start a campaign that was begun."""
    found, start = own_launch(launch_id), wall(json_data.start, "start")
    started = branches.start_everywhere(launch_id=found.id, start=start, by=current_actor(), now=clock.now())
    return launch_out(started[0])


@blueprint.get("/launches/<launch_id>/branches")
@requires(P.LAUNCHES_READ)
@blueprint.output(BranchRunList)
def in_branches(launch_id: str) -> BranchRunList:
    """Tell what came of a campaign in each branch that it was started for in one go."""
    runs = run_together(own_launch(launch_id))
    return BranchRunList(items=[_run_out(one) for one in runs])


def _run_out(one: BranchRun) -> BranchRunOut:
    return BranchRunOut(
        launch=one.launch.public_id, branch=one.address, branch_name=one.branch, state=one.launch.state.value,
        recipients=one.launch.recipients, leads=one.leads, outcomes=dict(one.outcomes),
    )  # fmt: skip


@blueprint.post("/launches/<launch_id>/stop-everywhere")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(BranchRunList)
def stop_everywhere(launch_id: str) -> BranchRunList:
    """End a campaign for good in all branches that it was started for in one go."""
    found = own_launch(launch_id)
    for one in branches.stop_together(launch_id=found.id, by=current_actor(), now=clock.now()):
        answer_when_stopped(one.id)
    return BranchRunList(items=[_run_out(one) for one in run_together(found)])


@blueprint.post("/launches/<launch_id>/again")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut, status_code=201)
def run_again(launch_id: str) -> LaunchOut:
    """Begin a campaign like one that ran: its language, pieces, words and lists. It is started by a call of its own."""
    return launch_out(begin_again(launch_id=own_launch(launch_id).id, by=current_actor(), now=clock.now()))


@blueprint.get("/launches/<launch_id>/audience")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(AudienceOut)
def audience(launch_id: str) -> AudienceOut:
    """Count whom the lists of a campaign would reach now, and who is left out for which reason."""
    return _audience(own_launch(launch_id))


@blueprint.put("/launches/<launch_id>/audience")
@requires(P.LAUNCHES_WRITE)
@blueprint.input(AudienceIn)
@blueprint.output(AudienceOut)
def choose_audience(launch_id: str, json_data: AudienceIn) -> AudienceOut:
    """Choose the lists of a campaign that was begun, and count whom they would reach."""
    found = own_launch(launch_id)
    lists = _list_ids(json_data.lists, found.partner_id)
    operations.choose_audience(
        launch_id=found.id, list_ids=lists, execution=json_data.execution, by=current_actor(), now=clock.now()
    )
    return _audience(found)


def _audience(found: Launch) -> AudienceOut:
    picked = lists_of(found.id)
    names = {row.id: row.public_id for row in contact_lists(found.partner_id)}
    now = clock.now()
    counted = people_on(
        list_ids=picked, vendor_id=found.vendor_id, now=now, topic=topic_of(found), among=people_of(found, now=now)
    )
    return AudienceOut(
        lists=[names[key] for key in picked if key in names],
        total=counted.total,
        mailable=counted.mailable,
        left_out=counted.left_out,
    )


@blueprint.post("/launches/<launch_id>/test")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut, status_code=202)
def send_test(launch_id: str) -> LaunchOut:
    """Send the mails of a campaign to the one whose key this is, and to nobody else."""
    found = own_launch(launch_id)
    return launch_out(operations.ask_for_test(launch_id=found.id, by=current_actor(), now=clock.now()))


def _list_ids(public_ids: list[str], partner_id: int) -> list[int]:
    there = {row.public_id: row.id for row in contact_lists(partner_id)}
    if unknown := [one for one in public_ids if one not in there]:
        raise DomainError(_("There is no list %(name)s.", name=unknown[0]), field="lists")
    return [there[one] for one in public_ids]


@blueprint.post("/launches/<launch_id>/pause")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut)
def pause(launch_id: str) -> LaunchOut:
    """Hold everything of a campaign back."""
    found = own_launch(launch_id)
    answer_when_stopped(found.id)
    return launch_out(operations.pause_launch(launch_id=found.id, by=current_actor(), now=clock.now()))


@blueprint.post("/launches/<launch_id>/resume")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut)
def resume(launch_id: str) -> LaunchOut:
    """Go on with a paused campaign."""
    return launch_out(operations.resume_launch(launch_id=own_launch(launch_id).id, by=current_actor(), now=clock.now()))


@blueprint.post("/launches/<launch_id>/stop")
@requires(P.LAUNCHES_WRITE)
@blueprint.output(LaunchOut)
def stop(launch_id: str) -> LaunchOut:
    """End a campaign for good."""
    found = own_launch(launch_id)
    answer_when_stopped(found.id)
    return launch_out(operations.stop_launch(launch_id=found.id, by=current_actor(), now=clock.now()))
