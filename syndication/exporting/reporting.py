"""What a partner says of the mails that it sent from its own tool: kept beside what is measured, never added to it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from campaigns.models import Launch
from syndication.exporting.mails import mail_keys, refuse_unless_own_tool
from syndication.models import ReportedMail
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

MOST = 100_000_000
CLOCKS_DIFFER_BY = timedelta(minutes=5)


class OddNumbers(DomainError):
    """The numbers cannot be true together, or their day cannot be; `field` says which."""


@dataclass(frozen=True, slots=True)
class Told:
    """How one mail did, as a tool counts people: none where it does not say."""

    sent: int
    delivered: int | None = None
    opened: int | None = None
    clicked: int | None = None


def refuse_odd(told: Told) -> None:
    """Refuse numbers that cannot be true together: `OddNumbers`, with the field."""
    for name, number in asdict(told).items():
        if number is not None and not 0 <= number <= MOST:
            raise OddNumbers(_("Give a number of people, from 0 to 100,000,000."), field=name)
    if told.delivered is not None and told.delivered > told.sent:
        raise OddNumbers(_("More were delivered than sent. Look the two up again."), field="delivered")
    reached = told.sent if told.delivered is None else told.delivered
    for name, number in (("opened", told.opened), ("clicked", told.clicked)):
        if number is not None and number > reached:
            raise OddNumbers(
                _("More people opened or clicked than were reached. Count each person once, not each time."), field=name
            )


def report_mail(
    *, launch: Launch, step: str, told: Told, as_of: datetime | None = None, by: Actor, now: datetime
) -> ReportedMail:
    """Keep what a tool counted of one mail by `as_of`; what was said of it before is replaced.

    Refused: `NotFromOwnTool`, `OddNumbers`, and as if it never existed for a mail that the launch does not have.
    """
    refuse_unless_own_tool(launch)
    require(step if step in mail_keys(launch) else None)
    refuse_odd(told)
    if as_of is not None and as_of > now + CLOCKS_DIFFER_BY:
        raise OddNumbers(_("That is in the future. Say when your tool showed these numbers."), field="as_of")
    # One report of a launch at a time: the next one finds the row that this one makes.
    session.execute(sa.select(Launch.id).where(Launch.id == launch.id).with_for_update(key_share=True))
    row = session.scalar(_of_launch(launch).where(ReportedMail.step == step))
    before = _numbers(row) if row is not None else None
    if row is None:
        row = ReportedMail(vendor_id=launch.vendor_id, partner_id=launch.partner_id, launch_id=launch.id, step=step)
        session.add(row)
    row.sent, row.delivered, row.opened, row.clicked = told.sent, told.delivered, told.opened, told.clicked
    row.as_of, row.reported_by, row.reported_at = as_of or now, by.membership_id, now
    session.flush()
    audit.record(
        by=by, action="launch.mail_reported", object_type="launch", object_id=launch.id, before=before,
        after=_numbers(row), now=now,
    )  # fmt: skip
    return row


def _numbers(row: ReportedMail) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("step", "sent", "delivered", "opened", "clicked")}


def reported_mails(launch: Launch) -> Sequence[ReportedMail]:
    """Return what was said of the mails of a launch, in the order in which it has them."""
    order = {key: place for place, key in enumerate(mail_keys(launch))}
    return sorted(session.scalars(_of_launch(launch)), key=lambda one: (order.get(one.step, len(order)), one.step))


def _of_launch(launch: Launch) -> sa.Select[tuple[ReportedMail]]:
    return sa.select(ReportedMail).where(ReportedMail.launch_id == launch.id)


def in_all(rows: Sequence[ReportedMail]) -> dict[str, int | None]:
    """Return each number over all mails of a launch: none where no mail says it."""
    found: dict[str, int | None] = {}
    for name in ("sent", "delivered", "opened", "clicked"):
        said = [number for row in rows if (number := getattr(row, name)) is not None]
        found[name] = sum(said) if said else None
    return found
