"""Double opt-in: who agrees on a form, or is put on a list that asks, is asked by mail.

Before saying yes there nobody is mailed to.
"""

from datetime import datetime

import sqlalchemy as sa

from assets.address import address_lines
from tcma.contacts.models import (
    Basis,
    CollectionPoint,
    Confirmation,
    Contact,
    ContactList,
    ContactRule,
    Suppression,
    SuppressionScope,
)
from tcma.contacts.operations.consent import OPTED_OUT, append, latest_event
from tcma.contacts.operations.waiting import settle
from tcma.contacts.queries.choices import language_of
from tcma.contacts.queries.confirming import (
    CONFIRMED,
    AskingLink,
    Standing,
    answer_to,
    may_be_asked_again,
    read_link,
    stamp_of,
)
from tcma.core import audit, mail, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.identity.models import Organisation
from tcma.partners.queries import brand_values, profile_of

MAIL, OF_LIST = "consent_confirm", "list"


def ask_forms_to_be_confirmed(*, wanted: bool, by: Actor, now: datetime) -> None:
    """Let everybody who agrees on a form of this partner confirm by mail first, or take the form's word for it."""
    partner_id = require(by.partner_id)
    found = session.scalar(sa.select(ContactRule).where(ContactRule.partner_id == partner_id))
    if found is None:
        found = ContactRule(partner_id=partner_id, confirm_forms=False)
        session.add(found)
    if found.confirm_forms == wanted:
        return
    found.confirm_forms = wanted
    audit.record(
        by=by, action="contacts.confirmation_chosen", object_type="organisation", object_id=partner_id,
        after={"confirm_forms": wanted}, now=now,
    )  # fmt: skip


def forms_are_confirmed(partner_id: int) -> bool:
    """Tell whether a form's word for it is not enough for this partner."""
    chosen = sa.select(ContactRule.confirm_forms).where(ContactRule.partner_id == partner_id)
    return bool(session.scalar(chosen))


def has_agreed(contact: Contact) -> bool:
    """Tell whether the contact's latest word is an agreement, so that nobody needs to ask again."""
    latest = latest_event(contact.id)
    return latest is not None and latest.granted and latest.basis is Basis.CONSENT


def ask_to_confirm(contact: Contact, point: CollectionPoint, *, by: Actor, now: datetime) -> None:
    """Mail the link that confirms, at most once a day. Until it is pressed nothing says that the contact agreed."""
    stamp = stamp_of(require(contact.email_hash))
    token = AskingLink(contact.partner_id, contact.id, point.id, now, stamp).token()
    company = session.scalar(sa.select(Organisation.name).where(Organisation.id == contact.partner_id)) or ""
    profile = profile_of(contact.partner_id)
    brand = brand_values(profile) if profile is not None else {"name": company}
    message = mail.compose(
        MAIL,
        org_id=contact.partner_id,
        vendor_id=by.vendor_id,
        partner_id=contact.partner_id,
        to_address=require(contact.email),
        locale=language_of(contact),
        unique_key=f"{MAIL}:{contact.id}:{point.id}:{stamp}:{now:%Y%m%d}",
        now=now,
        company=company,
        partner=brand,
        address=address_lines(brand),
        by_form=point.kind != OF_LIST,
        statement=point.text,
        url=f"{runtime.settings().base_url}/confirm/{token}",
    )
    message.from_name, message.reply_to = company[:200], brand.get("sender_email") or brand.get("email") or ""


def ask_again(*, token: str, by: Actor, now: datetime) -> bool:
    """Mail a new link in place of one that has expired, to the same address, at most once a day like the first one.

    Returns False where nobody is asked: the link is good or was answered, or the contact opted out or is blocked.
    Refused: `ForgedLink`.
    """
    link = read_link(token)
    if answer_to(link, now).standing is not Standing.EXPIRED or not may_be_asked_again(link.contact_id):
        return False
    contact = require(session.get(Contact, link.contact_id))
    ask_to_confirm(contact, require(session.get(CollectionPoint, link.point_id)), by=by, now=now)
    audit.record(by=by, action="consent.asked_again", object_type="contact", object_id=contact.id, now=now)
    return True


def confirm_consent(*, token: str, by: Actor, now: datetime) -> bool:
    """Keep that a contact agreed, from its own mailbox, and waits no more; an opt-out of before is taken back by it.

    Returns False, and changes nothing, when the link is not open any more: it has expired, was answered before, or no
    longer fits. Refused: `ForgedLink`.
    """
    link = read_link(token)
    if answer_to(link, now).standing is not Standing.OPEN:
        return False
    contact = require(session.get(Contact, link.contact_id))
    point = require(session.get(CollectionPoint, link.point_id))
    append(
        contact, granted=True, basis=Basis.CONSENT, method=CONFIRMED, source=_asking_list(contact.id) or point.kind,
        collection_point_id=point.id, by=by, now=now,
    )  # fmt: skip
    settle(contact.id, now)
    session.execute(
        sa.delete(Suppression).where(
            Suppression.digest == contact.email_hash,
            Suppression.scope == SuppressionScope.PARTNER,
            Suppression.org_id == contact.partner_id,
            Suppression.reason.in_(OPTED_OUT),
        )
    )
    audit.record(
        by=by, action="consent.confirmed", object_type="contact", object_id=contact.id,
        after={"text": point.text_hash}, now=now,
    )  # fmt: skip
    return True


def _asking_list(contact_id: int) -> str | None:
    """Return the name of the list for whose sake a contact was asked, if it was."""
    return session.scalar(
        sa.select(ContactList.name)
        .join(Confirmation, Confirmation.list_id == ContactList.id)
        .where(Confirmation.contact_id == contact_id, Confirmation.confirmed_at.is_(None))
    )
