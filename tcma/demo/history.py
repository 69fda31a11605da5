"""Some months of history, launch by launch, from the oldest to yesterday's."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from tcma.demo.build import Built
from tcma.demo.customers import bring_in_customers
from tcma.demo.moments import Story, telling
from tcma.demo.money import live_through_funds
from tcma.demo.parties import ACTIVE, BOTH, Partner
from tcma.demo.reactions import Audience
from tcma.demo.referrals import live_through_referrals
from tcma.demo.runs import Run, connect_accounts, live_through, versions_for
from tcma.identity.models import Role

FIRST_DAY = 112  # days ago
LAST_DAY = 12
HEROES_DAYS = (95, 47, 6)


def history(
    built: Built, *, seed: int, as_of: datetime, say: Callable[[str], None], contacts: int | None = None
) -> float:
    """Make the history of everybody who runs campaigns, up to `as_of`; returns the seconds it took.

    `contacts` is how many people there are on all their lists together; without it each list is a small office's.
    """
    started = time.monotonic()
    rng = Random(seed + 1)  # noqa: S311 - made-up data
    story = Story(as_of)
    with telling(story):
        audience = Audience.of_this_machine(rng)
        lists = _customers(built.cast.partners, contacts, rng=rng, as_of=as_of, story=story)
        runs = _runs(built.cast.partners, lists, rng=rng, as_of=as_of)
        say(f"{len(runs)} campaigns, with their mails, posts, clicks and answers …")
        done: list[tuple[Run, int]] = []
        books = {vendor.id: vendor.actors[Role.ADMIN] for vendor in built.cast.vendors}
        for number, run in enumerate(runs, start=1):
            done.append((run, live_through(run, story, audience, books=books[run.vendor_id], rng=rng, until=as_of)))
            if number % 25 == 0:
                say(f"  {number} of {len(runs)}")
        say("Requests, claims, settlements …")
        live_through_funds(built, done, story, rng=rng, until=as_of)
        say("Leads of the vendors' own …")
        live_through_referrals(built.cast, story, rng=rng, until=as_of)
        story.at(as_of)
        story.let_work_run("sequences", "hits", "launches", "tasks", "offers")
    return time.monotonic() - started


def _customers(
    partners: list[Partner], contacts: int | None, *, rng: Random, as_of: datetime, story: Story
) -> dict[int, int]:
    lists: dict[int, int] = {}
    active = [partner for partner in partners if partner.active]
    for place, partner in enumerate(active):
        is_hero = partner.email in {ACTIVE.email, BOTH.email}
        now = story.at(as_of - timedelta(days=FIRST_DAY + 2))
        usual = 64 if is_hero else rng.randint(8, 18)
        count = usual if contacts is None else contacts // len(active) + (place < contacts % len(active))
        if count:
            lists[partner.id] = bring_in_customers(partner, count, rng=rng, now=now)
        if is_hero:
            connect_accounts(partner, now=now)
    return lists


def _runs(partners: list[Partner], lists: dict[int, int], *, rng: Random, as_of: datetime) -> list[Run]:
    runs: list[Run] = []
    for partner in partners:
        versions = versions_for(partner) if partner.active else []
        if not versions:
            continue
        is_hero = partner.email in {ACTIVE.email, BOTH.email}
        days = (
            HEROES_DAYS if is_hero else sorted(rng.sample(range(LAST_DAY, FIRST_DAY), rng.randint(1, 2)), reverse=True)
        )
        for number, day in enumerate(days):
            version_id, vendor_id = versions[number % len(versions)]
            starts = (as_of - timedelta(days=day)).replace(hour=7, minute=rng.randrange(60), second=0, microsecond=0)
            runs.append(Run(partner, version_id, vendor_id, starts, lists.get(partner.id), posts=is_hero))
    return sorted(runs, key=lambda run: run.starts)
