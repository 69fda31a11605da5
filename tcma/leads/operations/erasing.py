"""Somebody asked to be forgotten: the lead stays as a count, the person goes out of it."""

from datetime import datetime

import sqlalchemy as sa

from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.leads.models import Lead, LeadNote

OF_THE_PERSON = ("first_name", "last_name", "email", "phone", "company", "postcode", "city", "need")


def forget_person(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Blank who a partner's leads are about that this contact made, and what was noted of the person.

    Key, hash, state and credit stay, so that counts hold and the same person is not taken for somebody new.
    """
    own = sa.select(Lead).where(Lead.contact_id == contact_id, Lead.owner_id == by.partner_id)
    for lead in session.scalars(own.order_by(Lead.id)):
        for name in OF_THE_PERSON:
            setattr(lead, name, "")
        lead.updated_at = now
        for note in session.scalars(sa.select(LeadNote).where(LeadNote.lead_id == lead.id)):
            note.text = ""
        audit.record(by=by, action="lead.person_erased", object_type="lead", object_id=lead.id, now=now)
