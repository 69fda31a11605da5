"""What events do in the background: writing to registrants, and looking at events whose hour has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from campaigns import tasks as kit_work
from syndication import tasks as mail_work
from syndication.events import clock, forgetting, mails
from syndication.social import tasks as post_work
from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.outbox import Work
from tcma.core.tasks import Tick
from tcma.core.tenancy import acting

LOOKS = 50
LEASE = timedelta(minutes=2)


def write_to_registrant(*, registrant_id: int, what: str, revision: int, by: Actor, now: datetime) -> None:
    """Write to one registrant about what has happened."""
    mails.write_to_registrant(registrant_id=registrant_id, what=what, revision=revision, by=by, now=now)


def write_to_all(*, event_id: int, what: str, by: Actor, now: datetime) -> None:
    """Have everybody written to who expects an event that has changed."""
    mails.write_to_all(event_id=event_id, what=what, by=by, now=now)


def plan_looks(*, launch_id: int, by: Actor, now: datetime, event_id: int | None = None) -> None:
    """Have the events of a launch looked at at their hours, from now on."""
    del by, event_id
    clock.plan_looks(launch_id=launch_id, now=now)


def look_at_events(now: datetime) -> None:
    """Remind, move on and close the lists of events whose hour has come."""
    with transaction():
        claimed = schedule.claim(clock.EVENT, now=now, lease=LEASE, limit=LOOKS)
    for one in claimed:
        by = one.actor("events")
        with transaction(), acting(by):
            again = clock.look_at_event(event_id=one.object_id, by=by, now=now)
            schedule.release(one, due_at=again)


def forget_registrant(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Take a person who asked to be forgotten out of the lists of events; the count stays."""
    del now
    forgetting.forget_registrant(contact_id=contact_id, by=by)


PLAN = Work("events.plan_looks", plan_looks)
FORGET = Work("events.forget_registrant", forget_registrant)
TICKS: Mapping[str, Tick] = {"events": Tick(look_at_events, every=15)}

# Facts about events, and who does what with them.
LISTENERS: Mapping[str, Sequence[Work]] = {
    "event.changed": (Work("events.write_to_all", write_to_all, queue="mail"),),
    "event.cancelled": (
        Work("campaigns.without_event", kit_work.retime_launch),
        Work("syndication.without_event", mail_work.retime_sequence, queue="mail"),
        Work("social.without_event", post_work.end_posts_of_event, queue="social"),
    ),
    "registrant.changed": (Work("events.write_to_registrant", write_to_registrant, queue="mail"),),
}
