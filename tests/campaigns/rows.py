"""Kits and campaigns to try routes with: made once, and anew when a route has moved them on."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from assets.library.models import Recall, RecallNotice, ZoneChoice
from assets.library.operations import render_piece
from assets.library.queries import designs_of
from assets.svg import rasterised
from campaigns.content import content_of
from campaigns.manifest.sections import address_of
from campaigns.models import (
    Event,
    Execution,
    KitGrant,
    KitState,
    KitVersion,
    Launch,
    LaunchState,
    LaunchTask,
    PreflightFinding,
    Service,
)
from campaigns.operations import doing, kits, launches
from campaigns.operations.recalling import notice_holders
from campaigns.queries.pieces import piece_of
from campaigns.stages import stage_of_launch
from syndication.exporting.mails import keep_mails
from tcma.core import clock, runtime
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import LOGO, starter, with_logo
from tests.people import People

PUBLISHED = (KitState.PUBLISHED, KitState.PAUSED)


def version(people: People, *states: KitState) -> KitVersion:
    """A version of the starter kit in one of these states, on offer to both partners."""
    by, now = people.actor("vera"), clock.now()
    with acting(by):
        found = session.scalar(sa.select(KitVersion).where(KitVersion.state.in_(states or PUBLISHED)))
        if found is not None:
            return found
        for row in session.scalars(sa.select(KitVersion)):
            row.package_hash, row.label = "0" * 64, "0.0.1"  # so that the same files may come in again
        found = kits.import_kit(package=starter(), by=by, now=now)
        if not states:
            found.state, found.published_at = KitState.PUBLISHED, now
        session.flush()
        granted = set(session.scalars(sa.select(KitGrant.partner_id)))
        for partner in (people.partner, people.other_partner):
            if partner.id not in granted:
                session.add(KitGrant(vendor_id=found.vendor_id, partner_id=partner.id, kit_id=found.kit_id, at=now))
        session.flush()
    return found


def kit(people: People) -> dict[str, Any]:
    found = version(people)
    with acting(people.actor("vera")):
        return {"public_id": found.kit.public_id}


def offered(people: People) -> dict[str, Any]:
    by = people.actor("vera")
    found = version(people, KitState.PUBLISHED) if _is_published(people) else version(people)
    with acting(by):
        found.state = KitState.PUBLISHED
        session.flush()
        return {"public_id": found.kit.public_id}


def _is_published(people: People) -> bool:
    with acting(people.actor("vera")):
        return session.scalar(sa.select(KitVersion.id).where(KitVersion.state == KitState.PUBLISHED)) is not None


def published_version(people: People) -> dict[str, Any]:
    return {"public_id": version(people).public_id}


def draft(people: People) -> dict[str, Any]:
    return {"public_id": version(people, KitState.DRAFT, KitState.IN_REVIEW).public_id}


def section(people: People) -> dict[str, Any]:
    """The second section of a draft's landing page."""
    found = version(people, KitState.DRAFT, KitState.IN_REVIEW)
    with acting(people.actor("vera")):
        page = content_of(found).landing
        assert page is not None
        return {"public_id": found.public_id, "address": address_of(page, 1)}


def api_section(people: People) -> dict[str, Any]:
    """The second section of a draft's landing page, as the API names it."""
    found = section(people)
    return {"version_id": found["public_id"], "address": found["address"]}


def in_review(people: People) -> dict[str, Any]:
    found, by = version(people, KitState.DRAFT, KitState.IN_REVIEW), people.actor("vera")
    with acting(by):
        kits.ask_to_publish(version_id=found.id, by=by, now=clock.now())
        session.flush()
    return {"public_id": found.public_id}


def finding(people: People) -> dict[str, Any]:
    """Something that the dry run found, with its picture."""
    where, by = in_review(people), people.actor("vera")
    with acting(by):
        found = session.scalars(sa.select(KitVersion).where(KitVersion.public_id == where["public_id"])).one()
        picture = runtime.store().put(f"org-{by.vendor_id}/dryrun", b"a picture").path
        row = PreflightFinding(
            vendor_id=found.vendor_id, kit_version_id=found.id, for_partner_id=people.partner.id, piece="banner",
            language="en", complaint={"message": "Too long.", "mend": "Shorten it.", "data": {}}, picture=picture,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return {**where, "finding_id": row.id}


def open_launch(people: People) -> Launch:
    """A campaign of Alice's company that was begun and not started."""
    offered(people)
    found, by = version(people, KitState.PUBLISHED), people.actor("alice")
    with_logo(people)
    with acting(by):
        begun = launches.begin_launch(kit_version_id=found.id, by=by, now=clock.now())
        session.flush()
    return begun


def running_launch(people: People) -> Launch:
    """A campaign of Alice's company that runs."""
    by = people.actor("alice")
    with acting(by):
        found = session.scalar(sa.select(Launch).where(Launch.state == LaunchState.RUNNING))
    if found is not None:
        return found
    begun = open_launch(people)
    with acting(by):
        found = launches.launch_kit(launch_id=begun.id, by=by, now=clock.now())
        session.flush()
    return found


def begun(people: People) -> dict[str, Any]:
    return {"public_id": open_launch(people).public_id}


def running(people: People) -> dict[str, Any]:
    return {"public_id": running_launch(people).public_id}


def mailed_elsewhere(people: People) -> dict[str, Any]:
    """A campaign of Alice's company that runs, and that she mails from her own tool."""
    by = people.actor("alice")
    with acting(by):
        found = session.scalar(sa.select(Launch).where(Launch.execution == Execution.EXPORTED))
    if found is None:
        begun = open_launch(people)
        with acting(by):
            launches.choose_audience(
                launch_id=begun.id, list_ids=[], execution=Execution.EXPORTED, by=by, now=clock.now()
            )
            found = launches.launch_kit(launch_id=begun.id, by=by, now=clock.now())
            keep_mails(found, now=clock.now())
            session.flush()
    return {"public_id": found.public_id}


def prepared(people: People) -> dict[str, Any]:
    """A campaign that Vera has prepared for Alice's company and that waits for a yes."""
    launch = open_launch(people)
    with acting(people.actor("alice")):
        launch.service = Service.PREPARED
        session.flush()
    return {"public_id": launch.public_id}


def in_branches(people: People) -> dict[str, Any]:
    """A campaign that runs, as one of those for several branches."""
    launch = running_launch(people)
    with acting(people.actor("alice")):
        session.get_one(Launch, launch.id).together = f"run_{launch.id}"
        session.flush()
        return {"public_id": launch.public_id}


def step(people: People) -> dict[str, Any]:
    """The call of a campaign that runs."""
    return {**running(people), "tactic": "mails", "key": "call"}


def task(people: People) -> dict[str, Any]:
    """Flyers to hand out, of a campaign that runs; Alice's work."""
    launch, by = running_launch(people), people.actor("alice")
    with acting(by):
        found = session.scalar(sa.select(LaunchTask).where(LaunchTask.key == "flyers", LaunchTask.done_at.is_(None)))
        if found is None:
            count = session.scalar(sa.select(sa.func.count()).select_from(LaunchTask)) or 0
            found = LaunchTask(
                vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, key="flyers",
                made_for=count, title="Hand out the flyers", due_at=clock.now() + timedelta(days=3),
                assigned_to=by.membership_id,
            )  # fmt: skip
            session.add(found)
            session.flush()
        return {"public_id": found.public_id}


def paid_task(people: People) -> dict[str, Any]:
    """The ads of a campaign that runs."""
    launch = running_launch(people)
    with acting(people.actor("alice")):
        chosen = sa.select(LaunchTask.public_id).where(LaunchTask.launch_id == launch.id)
        return {"public_id": session.scalars(chosen.where(LaunchTask.key == "search-ads")).one()}


def done_task(people: People) -> dict[str, Any]:
    """Flyers that were handed out, with a picture of it."""
    where, by = task(people), people.actor("alice")
    with acting(by):
        found = session.scalars(sa.select(LaunchTask).where(LaunchTask.public_id == where["public_id"])).one()
        picture = doing.Shown(rasterised(LOGO, side=600), "stand.png", "photo")
        doing.tick_off(task_id=found.id, note="All gone", shown=picture, by=by, now=clock.now())
        session.flush()
    return where


def event(people: People) -> dict[str, Any]:
    launch = running_launch(people)
    with acting(people.actor("alice")):
        found = session.scalars(sa.select(Event.public_id).where(Event.launch_id == launch.id)).one()
    return {"public_id": launch.public_id, "event_id": found}


def look(people: People) -> dict[str, Any]:
    return {"kind": "launch", "public_id": running_launch(people).public_id}


def piece(people: People) -> dict[str, Any]:
    return {**look(people), "key": "banner", "page": 1}


def open_piece(people: People) -> dict[str, Any]:
    return {"kind": "launch", "public_id": open_launch(people).public_id, "key": "banner"}


def rendition(people: People) -> dict[str, Any]:
    launch, by = running_launch(people), people.actor("alice")
    with acting(by):
        stage = stage_of_launch(launch)
        made = render_piece(
            design_id=designs_of(launch.kit_version_id)["banner"].id,
            piece=piece_of(stage.content, "banner", launch.language),
            look=stage.side.look("banner"),
            what="png",
            partner_id=launch.partner_id,
            launch_id=launch.id,
            by=by,
            now=clock.now(),
        )
        session.flush()
    return {"public_id": made.public_id, "name": "banner.png"}


def placed(people: People) -> dict[str, Any]:
    """A picture that Alice has put into a place of a piece."""
    where = open_piece(people)
    with acting(people.actor("alice")):
        launch = session.scalars(sa.select(Launch).where(Launch.public_id == where["public_id"])).one()
        blob = runtime.store().put(f"org-{launch.partner_id}", rasterised(LOGO, side=600))
        design = designs_of(launch.kit_version_id)["banner"]
        session.add(
            ZoneChoice(
                vendor_id=launch.vendor_id, partner_id=launch.partner_id, design_id=design.id, launch_id=launch.id,
                language=launch.language, zone="partner_logo", value=blob.path, updated_at=clock.now(),
            )
        )  # fmt: skip
        session.flush()
    return {**where, "zone": "partner_logo"}


def recalled(people: People) -> dict[str, Any]:
    """A recall by Vera's vendor, with Alice's company as a holder."""
    _noticed(people)
    with acting(people.actor("vera")):
        return {"public_id": session.scalars(sa.select(Recall.public_id)).first()}


def noticed(people: People) -> dict[str, Any]:
    return {"public_id": _noticed(people)}


def _noticed(people: People) -> str:
    by, now = people.actor("vera"), clock.now()
    with acting(by):
        found = session.scalar(sa.select(RecallNotice.public_id))
        if found is not None:
            return str(found)
    rendition(people)
    with acting(by):
        of = session.scalars(sa.select(KitVersion).where(KitVersion.state.in_(PUBLISHED))).one()
        kits.recall_version(version_id=of.id, reason="Wrong price", by=by, now=now)
        notice_holders(kit_version_id=of.id, after=0, by=by, now=now)
        session.flush()
        return session.scalars(sa.select(RecallNotice.public_id)).one()
