"""What happens by itself: posts at their hour, accounts looked after, and what follows a launch."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from campaigns.queries.launches import around_event
from syndication.channels.social import versions_that_end
from syndication.social import posting_mails
from syndication.social.health import look_after
from syndication.social.operations import making
from syndication.social.operations.posts import end_posts, ring_posts
from syndication.social.operations.publishing import LEASE
from syndication.social.publishing import attend_to
from tcma.core import schedule
from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.core.tasks import Tick

log = logging.getLogger(__name__)

AT_ONCE = 50
LONGEST_SHIFT = 120.0  # seconds; then the next bell goes on


def publish_due(now: datetime) -> None:
    """Publish the posts whose hour has come, one after another, and look for those in doubt."""
    for at, claimed in _one_by_one("post", now):
        attend_to(claimed, now=at)


def look_after_accounts(now: datetime) -> None:
    """Look how long each connection will last, and renew those that can renew themselves."""
    for at, claimed in _one_by_one("social_account", now):
        look_after(claimed, now=at)


def _one_by_one(kind: str, now: datetime) -> Iterator[tuple[datetime, schedule.Claimed]]:
    started = time.monotonic()
    for _number in range(AT_ONCE):
        passed = time.monotonic() - started
        if passed > LONGEST_SHIFT:
            return
        at = now + timedelta(seconds=passed)
        with transaction():
            claimed = schedule.claim(kind, now=at, lease=LEASE)
        if not claimed:
            return
        yield at, claimed[0]


def warn_of_versions(now: datetime) -> None:
    """Say in the log which network switches off the version that we speak."""
    for network in versions_that_end(now.date()):
        log.warning(
            "an interface version ends",
            extra={"network": network.name, "version": network.version.name, "ends": str(network.version.ends)},
        )


def make_posts(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Make the posts of a launch that has started, and ask for a yes where one is wanted."""
    made = making.make_posts(launch_id=launch_id, by=by, now=now)
    posting_mails.ask_for_approval(launch_id=launch_id, posts=made, now=now)


def retime_posts(*, launch_id: int, event_id: int, by: Actor, now: datetime) -> None:
    """Make the posts that waited for the event's date, and move those that hang on it."""
    del event_id
    make_posts(launch_id=launch_id, by=by, now=now)


def end_posts_of_event(*, launch_id: int, event_id: int, by: Actor, now: datetime) -> None:
    """Let no post go out any more that hangs on an event that was called off."""
    del by, now
    end_posts(launch_id=launch_id, only=around_event(launch_id, event_id))


def end_of_launch(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Let nothing of a stopped or withdrawn launch go out; the senders ask by themselves as well."""
    del by, now
    end_posts(launch_id=launch_id)


def launch_resumed(*, launch_id: int, by: Actor, now: datetime) -> None:
    """Let posts that became due during a pause go out."""
    del by
    ring_posts(launch_id=launch_id, now=now)


TICKS = {
    "posts": Tick(publish_due, every=5, queue="social"),
    "social_accounts": Tick(look_after_accounts, every=60, queue="social"),
    "social_versions": Tick(warn_of_versions, every=24 * 3600, queue="social"),
}
