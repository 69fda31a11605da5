"""Filling an empty database with a demo: what the pages need at once, and then some months of history."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tcma.core import outbox
from tcma.core.db import transaction
from tcma.demo import funds, kits, parties
from tcma.demo.parties import HEROES, Cast

BEGAN = timedelta(days=200)
KITS_CAME = timedelta(days=120)
Say = Callable[[str], None]


@dataclass(slots=True)
class Built:
    """What was made, for those who go on from here."""

    cast: Cast
    fund_ids: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0


def essentials(*, vendors: int, partners: int, seed: int, as_of: datetime, say: Say) -> Built:
    """Make vendors, partners, published kits and funds, as of some months before `as_of`.

    The same arguments give the same companies, people and kits.
    """
    started = time.monotonic()
    rng = Random(seed)  # noqa: S311 - made-up data
    say(f"{vendors} vendors with programmes, tiers and people …")
    suppliers = parties.make_vendors(vendors, began=as_of - BEGAN, today=as_of.date())
    say(f"{partners} partners in ten countries …")
    made = _partners(suppliers, partners, rng=rng, as_of=as_of, say=say)
    cast = Cast(suppliers, made)
    say("Kits: imported, rendered for every partner, published …")
    for supplier in suppliers:
        kits.publish_kits(supplier, now=as_of - KITS_CAME)
    say("Funds …")
    built = Built(cast)
    for supplier in suppliers:
        built.fund_ids[supplier.id] = funds.open_fund(supplier, made, now=as_of - KITS_CAME)
    with transaction():
        parties.write_cards(suppliers, now=as_of)
    outbox.drain(now=as_of - KITS_CAME)
    built.seconds = time.monotonic() - started
    return built


def _partners(
    suppliers: list[parties.Vendor], count: int, *, rng: Random, as_of: datetime, say: Say
) -> list[parties.Partner]:
    password = parties.hashed_password()
    made: list[parties.Partner] = []
    for number in range(1, count + 1):
        hero = HEROES[number - 1] if number <= len(HEROES) else None
        joined = as_of - (timedelta(days=1) if hero is parties.NEW else timedelta(days=rng.randint(125, 190)))
        with transaction():
            made.append(parties.make_partner(number, suppliers, rng=rng, password=password, joined=joined, hero=hero))
        if number % 100 == 0:
            say(f"  {number} of {count}")
    return made
