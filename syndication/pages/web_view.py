"""A mail in the browser, for the one who got it."""

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.channels.email.build import MailRoutes
from syndication.channels.email.compiled import CLICK, CompiledMail
from syndication.models import Delivery, Recipient, StepMail
from tcma.contacts.models import Contact
from tcma.core import runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.links import Purpose
from tcma.core.merge import Template, contact_fields
from tcma.core.tenancy import acting


def mail_in_browser(delivery_id: int) -> str:
    """Return the HTML of a delivery with the same words and links as in the mail. The signed address was the proof."""
    with acting(Actor.reader("mail in a browser")):
        row = session.execute(
            sa.select(Delivery.partner_id, Launch.vendor_id)
            .join(Launch, Launch.id == Delivery.launch_id)
            .where(Delivery.id == delivery_id)
        ).first()
    found = require(row)
    with acting(Actor.system("mail in a browser", vendor_id=found.vendor_id, partner_id=found.partner_id)):
        return _filled(delivery_id)


def _filled(delivery_id: int) -> str:
    row = session.execute(
        sa.select(Delivery, Recipient.language, Contact)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(Delivery.id == delivery_id)
    ).first()
    delivery, language, contact = require(row)
    kept = require(
        session.scalar(
            sa.select(StepMail).where(
                StepMail.launch_id == delivery.launch_id,
                StepMail.step == delivery.step,
                StepMail.language == language,
            )
        )
    )
    signer, routes = runtime.links(), MailRoutes(runtime.settings().base_url.rstrip("/"))
    choice = signer.sign(Purpose.UNSUBSCRIBE, delivery.partner_id, contact.id, delivery.id)
    values = {
        **contact_fields(contact.first_name, contact.last_name, contact.company, contact.city),
        CLICK: signer.sign(Purpose.CLICK, kept.link_set_id, delivery.id),
        "unsubscribe_url": routes.unsubscribe(choice),
        "preferences_url": routes.preferences(choice),
        "view_url": routes.view(signer.sign(Purpose.VIEW, delivery.id)),
    }
    return Template(CompiledMail.from_json(kept.compiled).html).fill(values, "html")
