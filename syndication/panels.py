"""What sending and tracking put on pages of lower parts."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import render_template, url_for

from campaigns.models import Execution, Launch
from syndication.exporting.shown import own_tool_numbers
from syndication.inbound.queries import counts_of
from syndication.models import Touch
from syndication.queries import delivery_counts, human_answers
from syndication.senders.domains import domain_of
from syndication.senders.holds import is_held, open_holds
from syndication.sequences.shown import shown_tests
from tcma.core.db import session
from tcma.core.tenancy import current_actor
from tcma.identity.permissions import P
from tcma.leads.models import Lead
from tcma.partners.models import Partnership

MOST_TOUCHES = 20


def launch_numbers(*, launch: Launch) -> str:
    """What was sent and how people answered; for the partner, whose numbers these are."""
    if not current_actor().is_partner:
        return ""
    if launch.execution is Execution.EXPORTED:
        return own_tool_numbers(launch)
    sent = delivery_counts(launch.id)
    return render_template(
        "syndication/_launch_numbers.html", launch=launch, sent=sent, total=sum(sent.values()),
        answers=human_answers(launch.id), back=counts_of(launch.id),
        is_held=is_held(launch.vendor_id, launch.partner_id), tests=shown_tests(launch),
    )  # fmt: skip


def partner_hold(*, partnership: Partnership) -> str:
    """Mail of this partner that is held, for its vendor, who may let it go on."""
    held = open_holds(partnership.partner_id)
    may_end = current_actor().may(P.PARTNERS_WRITE)
    back = url_for("partners.partner", public_id=partnership.public_id)
    return "".join(
        render_template("senders/_partner_hold.html", hold=hold, may_end=may_end, back=back) for hold in held
    )


def brand_sender() -> str:
    """From which address the partner's mail comes, and the way to change it."""
    actor = current_actor()
    if actor.partner_id is None or not actor.may(P.CONNECTIONS_WRITE):
        return ""
    return render_template("senders/_brand_sender.html", domain=domain_of(actor.partner_id))


def lead_touches(*, lead: Lead) -> str:
    """What a person looked at before and after the answer."""
    found = touches_of(lead.id)
    return render_template("syndication/_lead_touches.html", touches=found) if found else ""


def touches_of(lead_id: int) -> Sequence[Touch]:
    """Return the touches of a lead and of the recipient behind it, the latest first."""
    behind = sa.select(Touch.recipient_id).where(Touch.lead_id == lead_id, Touch.recipient_id.is_not(None))
    chosen = sa.select(Touch).where(sa.or_(Touch.lead_id == lead_id, Touch.recipient_id.in_(behind)))
    return session.scalars(chosen.order_by(Touch.at.desc(), Touch.id.desc()).limit(MOST_TOUCHES)).all()
