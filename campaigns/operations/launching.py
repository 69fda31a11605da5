"""What a start fixes: brand, words, address, events and tasks. Nothing of it changes while the launch runs."""

from datetime import datetime
from typing import Any

from campaigns.content import Content, content_of
from campaigns.manifest.model import Event
from campaigns.models import Event as EventRow
from campaigns.models import EventState, Launch
from campaigns.operations.launch_tasks import make_tasks
from campaigns.queries.branches import site_of
from campaigns.queries.launches import event_schedule, is_left_out
from campaigns.queries.pieces import partners_styles, partners_words
from tcma.core.calendar import LocalSchedule
from tcma.core.db import require, session
from tcma.core.models import PublicAddress
from tcma.partners.queries import brand_values, profile_of

DEFAULT_CAPACITY = 100


def freeze(launch: Launch, *, now: datetime) -> None:
    """Fix what the launch is made of, and make the rows that it starts with."""
    content = content_of(launch.version)
    launch.brand = brand_values(require(profile_of(launch.partner_id)), site_of(launch))
    launch.choices = {**launch.choices, **_chosen(launch)}
    session.add(
        PublicAddress(
            slug=launch.page_slug,
            purpose="page",
            vendor_id=launch.vendor_id,
            partner_id=launch.partner_id,
            object_id=launch.id,
            created_at=now,
        )
    )
    _make_events(launch, content, now=now)
    session.flush()  # tasks read the event's date
    make_tasks(launch)


def _chosen(launch: Launch) -> dict[str, Any]:
    """What the partner wrote into zones and how it has them look, by the design's key."""
    whose: dict[str, Any] = {"partner_id": launch.partner_id, "language": launch.language, "launch_id": launch.id}
    styles = {key: dict(of) for key, of in partners_styles(launch.version, **whose).items()}
    return {"zones": partners_words(launch.version, **whose), "styles": styles}


def _make_events(launch: Launch, content: Content, *, now: datetime) -> None:
    start = require(launch.starts_at)
    for tactic in content.events:
        if not is_left_out(launch, tactic.key):
            event = _event(launch, tactic, content, event_schedule(launch, start))
            session.add(event)
            session.flush()  # the address leads to its key
            session.add(
                PublicAddress(
                    slug=f"{launch.page_slug}-{tactic.key}"[:80],
                    purpose="event",
                    vendor_id=launch.vendor_id,
                    partner_id=launch.partner_id,
                    object_id=event.id,
                    created_at=now,
                )
            )


def _event(launch: Launch, tactic: Event, content: Content, schedule: LocalSchedule) -> EventRow:
    return EventRow(
        vendor_id=launch.vendor_id,
        partner_id=launch.partner_id,
        launch_id=launch.id,
        tactic=tactic.key,
        # Nobody is invited before the partner has confirmed the date.
        state=EventState.REGISTRATION_OPEN if launch.choices.get("event_start") else EventState.DRAFT,
        title=content.words(tactic.title, launch.language)[:200],
        starts_at=schedule.instant,
        start_local=schedule.wall.isoformat(timespec="minutes"),
        zone=launch.zone,
        minutes=tactic.minutes,
        capacity=tactic.capacity or DEFAULT_CAPACITY,
    )
