"""What happens to leads in the background: they find their partner, clocks run out, people are told."""

from datetime import datetime

from tcma.core.actor import Actor
from tcma.core.db import transaction
from tcma.leads import operations
from tcma.leads.operations.mails import mail_accepted, mail_answer, mail_offer, mail_unassigned

__all__ = ["forget_person", "look_at_offers", "mail_accepted", "mail_answer", "mail_offer", "mail_unassigned", "route"]


def route(*, lead_id: int, by: Actor, now: datetime) -> None:
    """Offer a lead of the vendor's to the next partner."""
    operations.route_lead(lead_id=lead_id, by=by, now=now)


def forget_person(*, contact_id: int, by: Actor, now: datetime) -> None:
    """Blank somebody who asked to be forgotten on the partner's leads."""
    operations.forget_person(contact_id=contact_id, by=by, now=now)


def look_at_offers(now: datetime) -> None:
    """Let offers whose time has run out go to the next partner, until none is left."""
    while True:
        with transaction():
            expired = operations.expire_offers(now=now)
        if not expired:
            return
