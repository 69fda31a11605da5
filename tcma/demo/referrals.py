"""Leads of the vendors' own: entered, offered to partners, accepted, refused, expired, called, won."""

from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from tcma.core.actor import Actor
from tcma.core.db import session, transaction
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.demo.deals import win_on_evidence
from tcma.demo.moments import Story
from tcma.demo.names import Country, practice_name
from tcma.demo.parties import ACTIVE, Cast, Partner, Vendor
from tcma.identity.models import Role
from tcma.leads.models import Assignment, AssignmentState, Lead
from tcma.leads.operations import Answer, accept_offer, enter_lead, open_deal, record_contact, reject_offer

PER_VENDOR = 24
OPEN_ONES = 4  # entered today, so that offers wait with a running clock
NEEDS = {
    "de": (
        "Neue Praxis, braucht WLAN bis in jeden Raum",
        "Will wissen, ob das Team auf Phishing hereinfällt",
        "Sucht Hilfe nach einem Datenverlust",
    ),
    "en": (
        "New practice, needs Wi-Fi in every room",
        "Wants to know whether the team falls for phishing",
        "Looks for help after losing data",
    ),
}
SKILLS = ("security", "networking", "cloud", "managed-services")


def live_through_referrals(cast: Cast, story: Story, *, rng: Random, until: datetime) -> None:
    """Enter leads over the last two months and let the partners answer them."""
    partners = {partner.id: partner for partner in cast.partners}
    for vendor in cast.vendors:
        countries = [partner.country for partner in cast.partners if vendor.id in partner.vendors]
        if not countries:
            continue
        for number in range(PER_VENDOR):
            entered = until - timedelta(days=60 - number * 2, hours=rng.randint(0, 5))
            _enter(vendor, rng.choice(countries), story, rng=rng, now=min(entered, until - timedelta(days=2)))
            _answer_offers(vendor, partners, story, rng=rng, until=until)
        hero = next(partner for partner in cast.partners if partner.email == ACTIVE.email)
        for number in range(OPEN_ONES):
            country = hero.country if number < OPEN_ONES // 2 else rng.choice(countries)
            _enter(vendor, country, story, rng=rng, now=until - timedelta(minutes=40 - number))


def _enter(vendor: Vendor, country: Country, story: Story, *, rng: Random, now: datetime) -> None:
    story.at(now)
    town, postcode = country.towns[0] if rng.random() < 0.6 else rng.choice(country.towns)
    family, first = rng.choice(country.families), rng.choice(country.first_names)
    answer = Answer(
        first_name=first,
        last_name=family,
        email=f"contact{rng.randint(1000, 999_999)}@practice.example",
        phone=f"{country.dial} {rng.randint(100, 999)} {rng.randint(1000, 9999)}",
        company=practice_name(country.language, family, rng),
        country=country.code,
        postcode=postcode,
        city=town,
        employees=rng.choice(("1-9", "10-49", "50-249")),
        need=rng.choice(NEEDS.get(country.language, NEEDS["en"])),
        competencies=(rng.choice(SKILLS),) if rng.random() < 0.6 else (),
    )
    with transaction(), acting(vendor.actors[Role.MARKETER]) as marketer:
        enter_lead(answer, source="Trade fair", by=marketer, now=now)
    story.let_work_run()


def _answer_offers(vendor: Vendor, partners: dict[int, Partner], story: Story, *, rng: Random, until: datetime) -> None:
    for _round in range(3):
        with transaction(), acting(vendor.actors[Role.CAM]):
            waiting = session.execute(
                sa.select(Assignment.id, Assignment.partner_id, Assignment.expires_at).where(
                    Assignment.state == AssignmentState.OFFERED
                )
            ).all()
        if not waiting:
            return
        for assignment_id, partner_id, expires_at in waiting:
            luck = rng.random()
            if luck < 0.2:
                story.at(min(expires_at + timedelta(minutes=1), until))
            else:
                story.at(
                    min(story.now() + timedelta(hours=rng.randint(1, 4)), expires_at - timedelta(minutes=5), until)
                )
                books, partner = vendor.actors[Role.ADMIN], partners[partner_id]
                _answer(partner, assignment_id, accept=luck < 0.8, books=books, story=story, rng=rng, until=until)
        story.let_work_run("offers")


def _answer(
    partner: Partner, assignment_id: int, *, accept: bool, books: Actor, story: Story, rng: Random, until: datetime
) -> None:
    now = story.now()
    with transaction(), acting(partner.actor) as actor:
        assignment = session.get_one(Assignment, assignment_id)
        if assignment.state is not AssignmentState.OFFERED or assignment.expires_at <= now:
            return
        if not accept:
            reject_offer(assignment=assignment, reason=rng.choice(("too_far", "no_capacity")), by=actor, now=now)
            return
        lead = accept_offer(assignment=assignment, by=actor, now=now)
        _follow(lead, partner, books=books, rng=rng, now=now, until=until)


def _follow(lead: Lead, partner: Partner, *, books: Actor, rng: Random, now: datetime, until: datetime) -> None:
    called = now + timedelta(hours=rng.randint(1, 20))
    if called > until or rng.random() < 0.2:
        return
    record_contact(lead=lead, by=partner.actor, now=called)
    if rng.random() < 0.5:
        opened = min(called + timedelta(days=1), until)
        deal = open_deal(lead=lead, account=lead.company, products=[], currency="EUR", by=partner.actor, now=opened)
        decided = opened + timedelta(days=rng.randint(4, 20))
        if decided <= until and rng.random() < 0.7:
            net = Money(rng.choice((90_000, 150_000, 310_000)), "EUR")
            win_on_evidence(deal, net=net, partner=partner.actor, vendor=books, rng=rng, now=decided)
