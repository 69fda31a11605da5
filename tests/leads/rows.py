"""Leads, offers and deals as the tests of pages and links need them."""

import itertools
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.leads import operations
from tcma.leads.models import Assignment, Deal, Lead, LeadKind
from tcma.leads.operations import Answer
from tcma.partners.models import Partnership, Territory
from tests import factories
from tests.people import People

DENTIST = Answer(
    first_name="Dora",
    last_name="Klein",
    company="Praxis Klein",
    email="dora@praxis.example",
    phone="+49 30 555 0101",
    country="DE",
    postcode="10115",
    city="Berlin",
    need="Wi-Fi in six rooms",
)


Row = TypeVar("Row")
_numbers = itertools.count(1)


def somebody() -> Answer:
    """A person whom nobody has heard of yet."""
    return replace(DENTIST, email=f"person{next(_numbers)}@praxis.example")


def serve(people: People) -> None:
    """Let Alice's and Charlie's companies serve Berlin."""
    for partnership in (people.partnership, people.other_partnership):
        with acting(Actor.system("test", vendor_id=partnership.vendor_id, partner_id=partnership.partner_id)):
            known = session.scalar(sa.select(Territory).where(Territory.partnership_id == partnership.id))
        if known is None:
            factories.save(
                Territory(
                    vendor_id=partnership.vendor_id,
                    partner_id=partnership.partner_id,
                    partnership_id=partnership.id,
                    country="DE",
                    postcode_prefix="1",
                )
            )


def kept(row: Row) -> Row:
    """Keep `row` as it is now: a test reads its names and keys whoever acts."""
    session.flush()
    session.refresh(row)
    session.expunge(row)
    return row


def vendor_lead(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Lead:
    """A lead of the vendor's own that nobody was asked about."""
    with acting(people.actor("vera")) as vera:
        return kept(operations.enter_lead(answer, source="entered", by=vera, now=now or clock.now()))


def offered(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Assignment:
    """A lead of the vendor's, offered to Alice's company."""
    serve(people)
    now = now or clock.now()
    with acting(people.actor("vera")) as vera:
        lead = operations.enter_lead(answer, source="entered", by=vera, now=now)
        partnership = session.get_one(Partnership, people.partnership.id)
        return kept(operations.assign_lead(lead=lead, partnership=partnership, by=vera, now=now))


def accepted(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Lead:
    """A lead of the vendor's that Alice has taken."""
    now = now or clock.now()
    offer_id = offered(people, answer, now=now).id
    with acting(people.actor("alice")) as alice:
        return kept(operations.accept_offer(assignment=session.get_one(Assignment, offer_id), by=alice, now=now))


def own_lead(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Lead:
    """Somebody who answered a campaign of Alice's company."""
    now = now or clock.now()
    lead = Lead(
        owner_id=people.partner.id,
        vendor_id=people.vendor.id,
        partner_id=people.partner.id,
        kind=LeadKind.PARTNER_GENERATED,
        state="qualified",
        identity_key=operations.intake.identity_key(answer),
        captured_at=now,
        updated_at=now,
        source="landing_page",
        first_name=answer.first_name,
        last_name=answer.last_name,
        company=answer.company,
        email=answer.email,
        phone=answer.phone,
        country=answer.country,
        postcode=answer.postcode,
        city=answer.city,
        need=answer.need,
        score=60,
        score_parts={"form": 50, "clicks": 10},
    )
    factories.save(lead)
    with acting(people.actor("alice")):
        return kept(lead)


def open_deal(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Deal:
    """A deal that Alice made of a lead of the vendor's."""
    now = now or clock.now()
    lead_id = accepted(people, answer, now=now).id
    with acting(people.actor("alice")) as alice:
        lead = session.get_one(Lead, lead_id)
        return kept(
            operations.open_deal(lead=lead, account="Praxis Klein", products=[], currency="EUR", by=alice, now=now)
        )


def won_deal(people: People, answer: Answer = DENTIST, *, now: datetime | None = None) -> Deal:
    """A deal that Alice reported as won."""
    now = now or clock.now()
    deal_id = open_deal(people, answer, now=now).id
    with acting(people.actor("alice")) as alice:
        deal = session.get_one(Deal, deal_id)
        return kept(operations.win_deal(deal=deal, net=Money(480_000, "EUR"), by=alice, now=now))
