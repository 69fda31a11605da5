"""Launches from their first day to their last, or to today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from campaigns.models import KitGrant, KitState, KitVersion
from campaigns.operations import launches
from syndication.social.demo import connect_sandbox_account
from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.demo.deals import win_on_evidence
from tcma.demo.moments import Story
from tcma.demo.parties import Partner
from tcma.demo.reactions import Audience
from tcma.leads.models import Lead, LeadState
from tcma.leads.operations import close_lead, open_deal, record_contact

OFFICE = timedelta(hours=3)
OVER = timedelta(days=40)
DAYS_LOOKED_AT = (0, 4, 9)  # those of the kits' mails
CALLED, DEALS, WON = 0.7, 0.45, 0.6  # of leads; of those called; of those deals that are decided
PRICES = (48_000, 96_000, 129_000, 185_000, 240_000)


@dataclass(frozen=True, slots=True)
class Run:
    """One launch that is to have happened: whose, of which kit version, when, to which list."""

    partner: Partner
    kit_version_id: int
    vendor_id: int
    starts: datetime
    list_id: int | None
    posts: bool = False


def versions_for(partner: Partner) -> list[tuple[int, int]]:
    """Return key and vendor of the kit versions on offer to a partner."""
    with transaction(), acting(partner.actor):
        rows = session.execute(
            sa.select(KitVersion.id, KitVersion.vendor_id)
            .join(KitGrant, KitGrant.kit_id == KitVersion.kit_id)
            .where(KitVersion.state == KitState.PUBLISHED, KitGrant.partner_id == partner.id, KitGrant.fits)
            .order_by(KitVersion.id)
        )
        return [(row.id, row.vendor_id) for row in rows]


def connect_accounts(partner: Partner, *, now: datetime) -> None:
    """Connect two accounts of the sandbox network."""
    with transaction(), acting(partner.actor) as actor:
        for network in ("linkedin", "facebook"):
            connect_sandbox_account(network=network, name=partner.name, by=actor, now=now)


def live_through(run: Run, story: Story, audience: Audience, *, books: Actor, rng: Random, until: datetime) -> int:
    """Start a launch on its day and go through what follows, up to its end or `until`; returns its key.

    `books` is who confirms deals for the vendor.
    """
    launch_id = _start(run, story)
    tenant = Actor.system("customers", vendor_id=run.vendor_id, partner_id=run.partner.id)
    since = run.starts - timedelta(minutes=1)
    for day in DAYS_LOOKED_AT:
        moment = run.starts + timedelta(days=day) + OFFICE
        if moment > until:
            break
        story.at(moment)
        story.let_work_run("sequences", *(("posts",) if run.posts else ()))
        later = story.at(min(moment + timedelta(hours=7), until))
        for contact_id, click, when in audience.react(launch_id, tenant, since=since, now=later):
            lead_id = audience.answer(launch_id, tenant, contact_id, click, now=when)
            if lead_id is not None:
                _work_on(run.partner, lead_id, books=books, rng=rng, now=when, until=until)
        since = moment
        story.let_work_run("hits", "tasks")
    if run.starts + OVER < until:
        story.at(run.starts + OVER)
        story.let_work_run("launches")
    return launch_id


def _start(run: Run, story: Story) -> int:
    story.at(run.starts)
    with transaction(), acting(run.partner.actor) as actor:
        launch = launches.begin_launch(kit_version_id=run.kit_version_id, by=actor, now=run.starts)
        picked = [run.list_id] if run.list_id is not None else []
        launches.choose_audience(launch_id=launch.id, list_ids=picked, by=actor, now=run.starts)
        launches.launch_kit(launch_id=launch.id, by=actor, now=run.starts)
        return launch.id


def _work_on(partner: Partner, lead_id: int, *, books: Actor, rng: Random, now: datetime, until: datetime) -> None:
    """Call the lead, and sometimes make a deal of it; what lies after `until` stays open."""
    called = now + timedelta(hours=rng.randint(1, 30))
    if rng.random() > CALLED or called > until:
        return
    with transaction(), acting(partner.actor) as actor:
        lead = session.get_one(Lead, lead_id)
        if lead.contacted_at is not None or lead.state in {LeadState.CONVERTED, LeadState.CLOSED}:
            return
        record_contact(lead=lead, by=actor, now=called)
        if rng.random() > DEALS:
            if rng.random() < 0.4:
                close_lead(lead=lead, reason="no_budget", by=actor, now=called + timedelta(minutes=5))
            return
        opened = min(called + timedelta(days=2), until)
        currency = "GBP" if partner.country.code == "GB" else "EUR"
        deal = open_deal(
            lead=lead, account=lead.company, products=lead.products, currency=currency, by=actor, now=opened
        )
        decided = opened + timedelta(days=rng.randint(5, 25))
        if decided <= until and rng.random() < WON:
            months = 12 if rng.random() < 0.5 else None
            price = Money(rng.choice(PRICES) // (6 if months else 1), currency)
            win_on_evidence(deal, net=price, months=months, partner=actor, vendor=books, rng=rng, now=decided)
