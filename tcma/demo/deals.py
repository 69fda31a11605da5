"""Deals are won on all three kinds of evidence: a partner's word, an approved registration, the vendor's own books."""

from datetime import datetime
from random import Random

from tcma.core.actor import Actor
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.leads.models import Deal, Evidence
from tcma.leads.operations import confirm_deal, win_deal

REPORTED, REGISTERED = 0.4, 0.65  # of won deals, one upon the other; the rest is confirmed


def win_on_evidence(
    deal: Deal, *, net: Money, months: int | None = None, partner: Actor, vendor: Actor, rng: Random, now: datetime
) -> None:
    """Let a deal be won, and rest on the word of whoever would have given it."""
    luck = rng.random()
    is_registered = REPORTED <= luck < REGISTERED
    win_deal(
        deal=deal, net=net, months=months, by=partner, now=now,
        evidence=Evidence.REGISTERED if is_registered else Evidence.REPORTED,
        evidence_ref=f"DR-{rng.randint(10_000, 99_999)}" if is_registered else f"PO {rng.randint(100, 999)}",
    )  # fmt: skip
    if luck >= REGISTERED:
        with acting(vendor):
            confirm_deal(deal=deal, reference=f"SO {rng.randint(10_000, 99_999)}", by=vendor, now=now)
