"""What an approver should look at twice in a claim: asked of the rows each time, never kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tcma.core.db import session
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation
from tcma.mdf.invoices import invoice_key
from tcma.mdf.models import Activity, Claim, ClaimLine, ClaimState

BEFORE_THE_DAY = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at: what kind, in words, how grave, and the other claim that it is about."""

    kind: str
    words: Any
    tone: str = "warning"
    other_id: str | None = None


def flags_of(claim: Claim) -> list[Flag]:
    """Return the flags of a claim as its vendor sees it: other claims of all of that vendor's partners are compared."""
    activity = session.get_one(Activity, claim.activity_id)
    return [
        *_duplicates(claim),
        *_arithmetic(claim, activity),
        *_dates(claim, activity),
        *_supplier(claim),
    ]


def _duplicates(claim: Claim) -> list[Flag]:
    same = [
        column == value
        for column, value in (
            (Claim.invoice_key, claim.invoice_key),
            (Claim.invoice_digest, claim.invoice_digest),
        )
        if value
    ]
    if not same:
        return []
    rows = session.execute(
        sa.select(Claim, Organisation.name)
        .join(Organisation, Organisation.id == Claim.partner_id)
        .where(Claim.id != claim.id, Claim.state.not_in((ClaimState.DRAFT, ClaimState.REVERSED)), sa.or_(*same))
        .order_by(Claim.submitted_at, Claim.id)
        .limit(10)
    )
    return [_duplicate(claim, other, name) for other, name in rows]


def _duplicate(claim: Claim, other: Claim, partner: str) -> Flag:
    if claim.invoice_key and claim.invoice_key == other.invoice_key:
        words = _(
            "Invoice %(number)s was claimed before, by %(partner)s.", number=other.invoice_number, partner=partner
        )
        return Flag("same_invoice", words, "danger", other.public_id)
    words = _(
        "The same file came with another claim of %(partner)s, as invoice %(number)s.",
        number=other.invoice_number,
        partner=partner,
    )
    return Flag("same_file", words, "danger", other.public_id)


def _arithmetic(claim: Claim, activity: Activity) -> list[Flag]:
    net, tax = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(ClaimLine.net_minor), 0), sa.func.coalesce(sa.func.sum(ClaimLine.tax_minor), 0)
        ).where(ClaimLine.claim_id == claim.id)
    ).one()
    found = []
    if claim.invoice_total_minor is not None and claim.invoice_total_minor != net + tax:
        found.append(Flag("total", _("The lines do not add up to the total on the invoice.")))
    if net > activity.cost_minor:
        found.append(Flag("above_plan", _("The invoice is higher than the cost that was planned.")))
    if tax > net:
        found.append(Flag("tax", _("The tax is higher than the net amount.")))
    return found


def _dates(claim: Claim, activity: Activity) -> list[Flag]:
    found = []
    day, last = claim.invoice_date, activity.claim_until
    if day is not None:
        early = day < activity.happens_on - BEFORE_THE_DAY
        if early or (last is not None and day > last):
            found.append(Flag("date", _("The date of the invoice is outside the time of the activity.")))
        if claim.submitted_at is not None and day > claim.submitted_at.date() + timedelta(days=1):
            found.append(Flag("future", _("The invoice is dated after the claim was handed in.")))
    if last is not None and claim.submitted_at is not None and claim.submitted_at.date() > last:
        found.append(Flag("late", _("The claim came after the last day for it.")))
    return found


def _supplier(claim: Claim) -> list[Flag]:
    name = session.scalar(sa.select(Organisation.name).where(Organisation.id == claim.partner_id)) or ""
    if claim.invoice_supplier and invoice_key(claim.invoice_supplier, "1") == invoice_key(name, "1"):
        return [Flag("own_invoice", _("The supplier on the invoice is the partner itself."), "danger")]
    return []
