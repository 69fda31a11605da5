"""Somebody who asked to be forgotten goes out of the partner's leads; the lead stays as a count."""

import sqlalchemy as sa

from tcma.contacts.operations.contacts import erase_contact
from tcma.core import outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Outbox
from tcma.core.tenancy import acting
from tcma.leads import operations
from tcma.leads.models import Lead, LeadNote
from tcma.leads.operations import Answer
from tests.campaigns.rows import running_launch
from tests.contacts.rows import contact
from tests.factories import NOW
from tests.people import People

ANSWER = Answer(
    first_name="Dora", last_name="Ruiz", email="dora@praxis.example", phone="+49 30 1", company="Praxis Ruiz",
    country="DE", postcode="10115", city="Berlin", need="Call me at home: +49 30 2",
)  # fmt: skip


def captured(people: People, partner: str, contact_id: int | None) -> int:
    run = running_launch(people)
    with acting(Actor.system("test", vendor_id=people.vendor.id, partner_id=getattr(people, partner).id)) as by:
        lead = operations.capture(
            ANSWER, vendor_id=people.vendor.id, partner_id=getattr(people, partner).id, kit_id=run.kit_id,
            launch_id=run.id if partner == "partner" else None, tactic="page", contact_id=contact_id, by=by, now=NOW,
        )  # fmt: skip
        return lead.id


def test_an_erased_contact_is_blank_on_every_lead_of_that_partner_and_on_nobody_elses(people: People) -> None:
    person = contact(people.partner, email="dora@praxis.example", first_name="Dora")
    mine, others = captured(people, "partner", person.id), captured(people, "other_partner", None)
    with acting(people.actor("alice")) as alice:
        before = session.get_one(Lead, mine).identity_key
        erase_contact(contact_id=person.id, by=alice, now=NOW)
    session.commit()

    told = session.scalars(sa.select(Outbox.id).where(Outbox.listener == "leads.forget_person")).one()
    assert outbox.run(told, now=NOW)

    with acting(people.actor("alice")):
        lead = session.get_one(Lead, mine)
        left = [lead.first_name, lead.last_name, lead.email, lead.phone, lead.company, lead.postcode, lead.city]
        assert [*left, lead.need] == [""] * 8
        assert (lead.identity_key, lead.country, lead.kit_id is None) == (before, "DE", False)
        assert not any(session.scalars(sa.select(LeadNote.text).where(LeadNote.lead_id == mine)))
    with acting(people.actor("charlie")):
        assert session.get_one(Lead, others).email == "dora@praxis.example"
