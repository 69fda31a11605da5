"""Lists that ask: whoever is put on one gets one mail, and is mailed nothing else before saying yes there."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import force_locale

from tcma.contacts.models import CollectionPoint, Confirmation, ConsentEvent, Contact, ContactList
from tcma.contacts.operations.confirming import OF_LIST, ask_to_confirm
from tcma.contacts.operations.lists import static_list
from tcma.contacts.operations.statements import Statement, collection_point
from tcma.contacts.operations.waiting import ring
from tcma.contacts.queries.audience import LeftOut, latest_consent, reason_of
from tcma.contacts.queries.choices import language_of
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation

BATCH = 100


def ask_on_list(*, list_id: int, wanted: bool, by: Actor, now: datetime) -> ContactList:
    """Let whoever is put on a list from now on confirm by mail first, or take the partner's word for it.

    Who is on it already is not asked, and who was asked waits on: the mail said that silence means no.
    Refused: `LiveList`.
    """
    found = static_list(list_id)
    if found.asks == wanted:
        return found
    found.asks = wanted
    audit.record(
        by=by, action="list.confirmation_chosen", object_type="contact_list", object_id=found.id,
        after={"asks": wanted}, now=now,
    )  # fmt: skip
    return found


def mail_confirmations(*, by: Actor, now: datetime) -> None:
    """Mail a partner's people who wait and were not asked yet; who may not be mailed for another reason is not.

    A bell for many people rings again after each batch.
    """
    partner_id = require(by.partner_id)
    rows = session.execute(_due(partner_id)).all()
    points: dict[str, CollectionPoint] = {}
    for confirmation, contact in rows:
        language = language_of(contact)
        point = points.setdefault(language, _point(partner_id, language, now))
        ask_to_confirm(contact, point, by=by, now=now)
        confirmation.mailed_at = now
    if len(rows) == BATCH:
        ring(partner_id, now)


def _due(partner_id: int) -> sa.Select[tuple[Confirmation, Contact]]:
    chosen = sa.and_(Contact.partner_id == partner_id, Contact.id == Confirmation.contact_id)
    mine = Contact.id.in_(
        sa.select(Confirmation.contact_id).where(
            Confirmation.partner_id == partner_id,
            Confirmation.mailed_at.is_(None),
            Confirmation.confirmed_at.is_(None),
        )
    )
    reason = reason_of(mine, vendor_id=None, now=None)
    return (
        sa.select(Confirmation, Contact)
        .join(Contact, chosen)
        .outerjoin(ConsentEvent, ConsentEvent.id == latest_consent())
        .where(
            Confirmation.mailed_at.is_(None),
            Confirmation.confirmed_at.is_(None),
            reason == LeftOut.WAITING.value,
        )
        .order_by(Confirmation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Confirmation)
    )


def _point(partner_id: int, language: str, now: datetime) -> CollectionPoint:
    name = session.scalar(sa.select(Organisation.name).where(Organisation.id == partner_id)) or ""
    words = _("%(name)s may write to me by e-mail about its offers and news. I can stop that at any time.", name=name)
    with force_locale(language):
        text = str(words)
    statement = Statement(text=text, language=language, kind=OF_LIST, parties=(f"controller: {name}",))
    return collection_point(partner_id, statement, now)
