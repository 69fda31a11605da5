"""What pages and senders read of launches."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from campaigns.brands import own_brand
from campaigns.content import Content, content_of
from campaigns.manifest.model import Manifest
from campaigns.models import Event, EventState, KitState, KitVersion, Launch, LaunchList, LaunchState
from campaigns.queries.branches import site_of
from campaigns.queries.pieces import Side, partners_styles, partners_words, side_of
from campaigns.timing import AS_PLANNED, Planned, changes_in, planned, proposed_event_start
from campaigns.values import event_address, event_fields
from campaigns.windows import own_window, windows_of, with_own_window
from tcma.core.actor import Actor
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.tenancy import in_reach_of
from tcma.identity.models import Organisation, OrganisationState
from tcma.partners.models import Partnership, PartnershipState

PER_PAGE = 24
STARTED = frozenset({LaunchState.SCHEDULED, LaunchState.RUNNING, LaunchState.PAUSED})
KIT_MAY_RUN = frozenset({KitState.PUBLISHED, KitState.PAUSED, KitState.EXPIRED, KitState.ARCHIVED})


def launch_by(public_id: str) -> Launch | None:
    """Return the launch at this address, if it is in the reach of who acts."""
    chosen = sa.select(Launch).where(Launch.public_id == public_id).options(joinedload(Launch.version))
    return session.scalar(chosen)


def own_launch(launch_id: int, *, actor: Actor) -> Launch:
    """Return the launch with this key on the actor's side; one of anybody else answers as if it never existed."""
    return require(session.scalar(sa.select(Launch).where(Launch.id == launch_id, in_reach_of(Launch, actor))))


def own_event(event_id: int, *, actor: Actor) -> tuple[Event, Launch]:
    """Return an event on the actor's side, and its launch."""
    event = require(session.scalar(sa.select(Event).where(Event.id == event_id, in_reach_of(Event, actor))))
    return event, own_launch(event.launch_id, actor=actor)


def open_launch_of(kit_version_id: int) -> Launch | None:
    """Return the campaign of a version that the acting partner has begun and not started."""
    chosen = sa.select(Launch).where(
        Launch.kit_version_id == kit_version_id, Launch.state.in_({LaunchState.CUSTOMISING, LaunchState.READY})
    )
    return session.scalar(chosen.options(joinedload(Launch.version)).order_by(Launch.id.desc()))


def launch_may_run(launch_id: int, *, now: datetime) -> bool:
    """Tell whether anything of a launch may go out now; senders ask at every pick-up of work.

    It reads launch, kit version, partnership and organisation as they stand, so that a stop, a recall and an
    off-boarding hold at once.
    """
    chosen = (
        sa.select(Launch.state, Launch.starts_at, KitVersion.state, Partnership.state, Organisation.state)
        .join(KitVersion, KitVersion.id == Launch.kit_version_id)
        .join(Partnership, (Partnership.vendor_id == Launch.vendor_id) & (Partnership.partner_id == Launch.partner_id))
        .join(Organisation, Organisation.id == Launch.partner_id)
        .where(Launch.id == launch_id)
    )
    row = session.execute(chosen).first()
    if row is None:
        return False
    state, starts_at, kit, partnership, organisation = row
    has_begun = starts_at is not None and starts_at <= now
    return (
        (state is LaunchState.RUNNING or (state is LaunchState.SCHEDULED and has_begun))
        and kit in KIT_MAY_RUN
        and partnership is PartnershipState.ACTIVE
        and organisation is OrganisationState.ACTIVE
    )


def is_left_out(launch: Launch, tactic: str) -> bool:
    """Whether the partner runs the launch without this tactic."""
    return tactic in launch.choices.get("left_out", ())


def has_started(launch: Launch) -> bool:
    """Whether brand and words of a launch are fixed."""
    return launch.launched_at is not None


def side_of_launch(launch: Launch) -> Side:
    """Return the partner's side of a launch: frozen if it has started, as things stand if not."""
    content = content_of(launch.version)
    if has_started(launch):
        brand, words = launch.brand, launch.choices.get("zones", {})
        styles = launch.choices.get("styles", {})
    else:
        brand = own_brand(launch.partner_id, site_of(launch))
        whose: dict[str, Any] = {
            "partner_id": launch.partner_id,
            "language": launch.language,
            "launch_id": launch.id,
        }
        words, styles = partners_words(launch.version, **whose), partners_styles(launch.version, **whose)
    return side_of(
        launch.version,
        brand=brand,
        language=launch.language,
        words=words,
        styles=styles,
        page_slug=launch.page_slug,
        event=event_values(launch, content),
    )


def event_schedule(launch: Launch, start: datetime) -> LocalSchedule:
    """Return when the launch's event takes place: as the partner chose, or as proposed."""
    chosen = launch.choices.get("event_start")
    if chosen:
        return LocalSchedule.at(datetime.fromisoformat(chosen), launch.zone)
    return proposed_event_start(start, launch.zone)


def event_start_of(launch: Launch, *, start: datetime | None = None, confirmed: bool = False) -> datetime | None:
    """Return when the launch's event takes place, as far as it has one: as set, as chosen, or as proposed.

    `confirmed`: only if the partner has set the date; nobody is invited before.
    """
    content = content_of(launch.version)
    tactic = next((one for one in content.events if not is_left_out(launch, one.key)), None)
    if tactic is None:
        return None
    row = session.scalar(sa.select(Event).where(Event.launch_id == launch.id, Event.tactic == tactic.key))
    if row is not None:
        stands = row.state is not EventState.CANCELLED and not (confirmed and row.state is EventState.DRAFT)
        return row.starts_at if stands else None
    if confirmed and not launch.choices.get("event_start"):
        return None
    return event_schedule(launch, start or launch.starts_at or launch.created_at).instant


def schedule_of(
    launch: Launch,
    *,
    start: datetime | None = None,
    confirmed: bool = False,
    skipped: bool = False,
    unchanged: bool = False,
) -> list[Planned]:
    """Return everything that a launch does, in order of time, without what the partner left out or skipped.

    Freezing, gates, posts, tasks, the end and the timeline all read it. `start` is for a launch that has none
    yet; with `confirmed`, what follows an event waits until the partner has set its date; with `skipped`, what
    was skipped is there too, marked; `unchanged` as the kit has it.
    """
    begins = start or require(launch.starts_at)
    event = event_start_of(launch, start=begins, confirmed=confirmed)
    manifest = manifest_of(launch)
    steps = planned(
        manifest,
        start=begins,
        zone=launch.zone,
        country=country_of(launch) if windows_of(manifest) else "",
        event_start=event,
        changes=AS_PLANNED if unchanged else changes_in(launch.choices),
    )
    return [one for one in steps if not is_left_out(launch, one.tactic) and (skipped or not one.skipped)]


def manifest_of(launch: Launch) -> Manifest:
    """Return what a launch does: the kit's manifest, with the hours that the partner chose for its mails."""
    return with_own_window(content_of(launch.version).kit.manifest, own_window(launch.choices))


def country_of(launch: Launch) -> str:
    """Return the country of the branch or the partner, whose holidays count where nothing nearer is known."""
    if (site := site_of(launch)) is not None:
        return site.country
    return require(session.get(Organisation, launch.partner_id)).country


def around_event(launch_id: int, event_id: int) -> set[tuple[str, str]]:
    """Return tactic and key of everything in a launch whose day is counted from its event's."""
    launch, event = require(session.get(Launch, launch_id)), require(session.get(Event, event_id))
    steps = planned(
        manifest_of(launch), start=require(launch.starts_at), zone=launch.zone,
        event_start=event.starts_at,
    )  # fmt: skip
    return {(one.tactic, one.key) for one in steps if one.of_event}


def event_values(launch: Launch, content: Content) -> dict[str, str] | None:
    """Return what the merge fields of the launch's event say; nothing where it has none."""
    tactic = next((one for one in content.events if not is_left_out(launch, one.key)), None)
    if tactic is None:
        return None
    row = session.scalar(sa.select(Event).where(Event.launch_id == launch.id, Event.tactic == tactic.key))
    start = row.starts_at if row else event_schedule(launch, launch.starts_at or launch.created_at).instant
    return event_fields(
        title=content.words(tactic.title, launch.language),
        starts_at=start,
        zone=launch.zone,
        url=event_address(f"{launch.page_slug}-{tactic.key}"[:80]),
        language=launch.language,
    )


def fields_of(launch: Launch) -> dict[str, str]:
    """Return what every merge field of a launch says, but those of single people."""
    return dict(side_of_launch(launch).fields)


def lists_of(launch_id: int) -> list[int]:
    """Return the keys of the contact lists that were picked."""
    return lists_of_each([launch_id]).get(launch_id, [])


def lists_of_each(launch_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the keys of the contact lists that were picked, by launch."""
    chosen = sa.select(LaunchList.launch_id, LaunchList.list_id).where(LaunchList.launch_id.in_(launch_ids))
    found: dict[int, list[int]] = {}
    for launch_id, list_id in session.execute(chosen.order_by(LaunchList.list_id)):
        found.setdefault(launch_id, []).append(list_id)
    return found


def events_of(launch_id: int) -> Sequence[Event]:
    """Return the events of a launch."""
    return session.scalars(
        sa.select(Event).where(Event.launch_id == launch_id).order_by(Event.starts_at, Event.id)
    ).all()


def launches_page(*, state: str = "", page: int = 1, per_page: int = PER_PAGE) -> tuple[Sequence[Launch], int]:
    """Return a page of the launches in reach, the latest first, and how many there are in all."""
    chosen = sa.select(Launch)
    if state in set(LaunchState):
        chosen = chosen.where(Launch.state == LaunchState(state))
    total = session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    rows = chosen.options(joinedload(Launch.version)).order_by(Launch.created_at.desc(), Launch.id.desc())
    return session.scalars(rows.limit(per_page).offset((page - 1) * per_page)).all(), total


def launches_of_kit(kit_id: int) -> Sequence[Launch]:
    """Return the acting partner's launches of a kit, the latest first."""
    chosen = sa.select(Launch).where(Launch.kit_id == kit_id).options(joinedload(Launch.version))
    return session.scalars(chosen.order_by(Launch.id.desc()).limit(PER_PAGE)).all()


def launches_by_state(kit_version_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many launches of each version stand where, for the vendor's pages."""
    chosen = (
        sa.select(Launch.kit_version_id, Launch.state, sa.func.count())
        .where(Launch.kit_version_id.in_(kit_version_ids))
        .group_by(Launch.kit_version_id, Launch.state)
    )
    found: dict[int, dict[str, int]] = {}
    for version_id, state, count in session.execute(chosen):
        found.setdefault(version_id, {})[state.value] = count
    return found
