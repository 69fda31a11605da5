"""Somebody asked to be forgotten: the place stays as a count, the person goes out of it."""

import sqlalchemy as sa

from campaigns.models import Registrant
from tcma.core.actor import Actor
from tcma.core.db import session


def forget_registrant(*, contact_id: int, by: Actor) -> None:
    """Blank who a partner's registrants are that this contact was; how they stood is kept, so that counts hold."""
    own = sa.select(Registrant).where(Registrant.contact_id == contact_id, Registrant.partner_id == by.partner_id)
    for registrant in session.scalars(own.order_by(Registrant.id)):
        registrant.name, registrant.company, registrant.email = "", "", None
