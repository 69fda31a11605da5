"""Where answers go: straight to the partner, or here first, so that who has written back gets no further mail."""

from datetime import datetime

import sqlalchemy as sa

from syndication.models import ReplyChoice
from tcma.core import audit, runtime
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class NoMailbox(DomainError):
    """This installation takes no answers in."""

    def __init__(self) -> None:
        super().__init__(_("Answers cannot come here: this installation has no mailbox for them."))


def answers_are_taken() -> bool:
    """Tell whether the operator has somebody look at what comes back."""
    return bool(runtime.settings().inbound_url)


def answers_come_here(partner_id: int) -> bool:
    """Tell whether answers to this partner's mails come here first."""
    chosen = sa.select(ReplyChoice.come_here).where(ReplyChoice.partner_id == partner_id)
    return answers_are_taken() and bool(session.scalar(chosen))


def choose_answers(*, come_here: bool, by: Actor, now: datetime) -> None:
    """Let answers come here first and be passed on at once, or go straight to the partner. For mails from now on.

    Refused: `NoMailbox`.
    """
    if come_here and not answers_are_taken():
        raise NoMailbox
    partner_id = require(by.partner_id)
    found = session.scalar(sa.select(ReplyChoice).where(ReplyChoice.partner_id == partner_id))
    if found is not None and found.come_here == come_here:
        return
    if found is None:
        session.add(ReplyChoice(partner_id=partner_id, come_here=come_here, chosen_at=now))
    else:
        found.come_here, found.chosen_at = come_here, now
    audit.record(
        by=by, action="sender.answers_chosen", object_type="organisation", object_id=partner_id,
        after={"come_here": come_here}, now=now,
    )  # fmt: skip
