"""MDF ROI: what was paid, from the ledger, beside what was won, per kind of evidence; never added across kinds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from campaigns.models import Kit, KitVersion
from tcma.core.db import session
from tcma.core.money import Money
from tcma.identity.models import Organisation
from tcma.leads.models import Deal, DealState, Evidence
from tcma.mdf.models import (
    Activity,
    Claim,
    FundRequest,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Purpose,
    Settlement,
    SettlementState,
)

WITHOUT = 0


class Dimension(StrEnum):
    """Along what the return is told."""

    KIT = "kit"
    PARTNER = "partner"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Return:
    """What was paid for one kit, partner or activity, and what was won with it, in one currency.

    `won` holds the vendor's net amount per kind of evidence (a monthly amount times its months). A return on
    investment is (won - paid) / paid; it is None where nothing was paid, or nothing is
    won on that kind of evidence.
    """

    key: int
    name: str
    currency: str
    paid: Money
    won: dict[Evidence, Money] = field(default_factory=dict)
    deals: int = 0

    def roi(self, evidence: Evidence) -> float | None:
        """Return (won - paid) / paid for one kind of evidence; 1.0 means that each unit came back twice."""
        if not self.paid.minor or evidence not in self.won:
            return None
        return (self.won[evidence].minor - self.paid.minor) / self.paid.minor


PER_PAGE = 50


def returns(dimension: Dimension, *, limit: int = PER_PAGE, offset: int = 0) -> list[Return]:
    """Return the MDF ROI of the acting vendor along a dimension, the largest spend first.

    What was paid or won without a kit, or without a paid activity, is a row of its own: each dimension adds up
    to the same sums.
    """
    found = _rows(dimension).subquery()
    won = sum((sa.func.coalesce(found.c[one.value], 0) for one in Evidence), start=sa.literal(0))
    ordered = sa.select(found).order_by(found.c.paid.desc(), won.desc(), found.c.key, found.c.currency)
    rows = session.execute(ordered.limit(limit).offset(offset)).all()
    names = names_along(dimension, {row.key for row in rows})
    return [_return(row, names) for row in rows]


def how_many(dimension: Dimension) -> int:
    """Return how many rows the return has along a dimension."""
    return session.scalar(sa.select(sa.func.count()).select_from(_rows(dimension).subquery())) or 0


def every_return(dimension: Dimension) -> Iterator[Return]:
    """Yield every row of the return along a dimension, for a file."""
    for offset in range(0, how_many(dimension), PER_PAGE):
        yield from returns(dimension, offset=offset)


def _return(row: Any, names: Mapping[int, str]) -> Return:
    amounts = {one: getattr(row, one.value) for one in Evidence}
    return Return(
        key=row.key,
        name=names.get(row.key, ""),
        currency=row.currency,
        paid=Money(int(row.paid), row.currency),
        won={one: Money(int(minor), row.currency) for one, minor in amounts.items() if minor is not None},
        deals=int(row.deals),
    )


def _rows(dimension: Dimension) -> sa.Select[Any]:
    """One row per key and currency: paid, won per kind of evidence (none where nothing was), and deals."""
    both = sa.union_all(_paid(dimension), _won(dimension)).subquery()
    paid, deals = sa.func.coalesce(sa.func.sum(both.c.paid), 0), sa.func.coalesce(sa.func.sum(both.c.deals), 0)
    return (
        sa.select(
            both.c.key,
            both.c.currency,
            paid.label("paid"),
            *(sa.func.sum(both.c[one.value]).label(one.value) for one in Evidence),
            deals.label("deals"),
        )
        .group_by(both.c.key, both.c.currency)
        .having(sa.or_(paid != 0, deals > 0))
    )


def total_paid() -> list[Money]:
    """Return what the acting vendor has paid from its funds, per currency, as the ledger says."""
    rows = session.execute(
        sa.select(LedgerAccount.currency, sa.func.sum(LedgerAccount.balance_minor))
        .where(LedgerAccount.purpose == Purpose.PAID)
        .group_by(LedgerAccount.currency)
        .order_by(LedgerAccount.currency)
    )
    return [Money(int(minor), currency) for currency, minor in rows]


def _paid(dimension: Dimension) -> sa.Select[Any]:
    """Every entry on an account of purpose paid; its settlement leads to the activity, the request and the kit."""
    key: Any = {
        Dimension.KIT: FundRequest.kit_id,
        Dimension.PARTNER: LedgerAccount.partner_id,
        Dimension.ACTIVITY: Activity.id,
    }[dimension]
    nothing = sa.cast(sa.null(), sa.BigInteger)
    of_settlement = (LedgerTransaction.object_type == "settlement") & (LedgerTransaction.object_id == Settlement.id)
    return (
        sa.select(
            sa.func.coalesce(key, WITHOUT).label("key"),
            LedgerEntry.currency.label("currency"),
            sa.func.sum(LedgerEntry.amount_minor).label("paid"),
            *(nothing.label(one.value) for one in Evidence),
            nothing.label("deals"),
        )
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .outerjoin(Settlement, of_settlement)
        .outerjoin(Claim, Claim.id == Settlement.claim_id)
        .outerjoin(Activity, Activity.id == Claim.activity_id)
        .outerjoin(FundRequest, FundRequest.id == Activity.request_id)
        .where(LedgerAccount.purpose == Purpose.PAID)
        .group_by(sa.text("1"), LedgerEntry.currency)
    )


def _won(dimension: Dimension) -> sa.Select[Any]:
    key: Any = {
        Dimension.KIT: Deal.kit_id,
        Dimension.PARTNER: Deal.partner_id,
        Dimension.ACTIVITY: _activity_of_deal(),
    }[dimension]
    worth = Deal.amount_minor * sa.func.coalesce(Deal.months, 1)
    nothing = sa.cast(sa.null(), sa.BigInteger)
    return (
        sa.select(
            sa.func.coalesce(key, WITHOUT).label("key"),
            Deal.currency.label("currency"),
            nothing.label("paid"),
            *(sa.func.sum(sa.case((Deal.evidence == one, worth))).label(one.value) for one in Evidence),
            sa.func.count().label("deals"),
        )
        .where(Deal.state == DealState.WON)
        .group_by(sa.text("1"), Deal.currency)
    )


def _activity_of_deal() -> sa.ColumnElement[int]:
    """The activity that a deal names, else the one that was paid in the same launch; of several, none is guessed."""
    paid = (
        sa.select(sa.case((sa.func.count() == 1, sa.func.min(Activity.id))))
        .join(FundRequest, FundRequest.id == Activity.request_id)
        .where(
            FundRequest.launch_id == Deal.launch_id,
            FundRequest.vendor_id == Deal.vendor_id,
            Activity.id.in_(_paid_activities()),
        )
        .correlate(Deal)
        .scalar_subquery()
    )
    return sa.func.coalesce(Deal.activity_id, paid)


def _paid_activities() -> sa.Select[tuple[int]]:
    return (
        sa.select(Claim.activity_id)
        .join(Settlement, Settlement.claim_id == Claim.id)
        .where(Settlement.state.in_((SettlementState.SENT, SettlementState.CONFIRMED)))
    )


def names_along(dimension: Dimension, keys: set[int]) -> dict[int, str]:
    """Return what the kits, partners or activities of these keys are called."""
    if dimension is Dimension.PARTNER:
        rows = session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(keys)))
        return {row.id: row.name for row in rows}
    if dimension is Dimension.ACTIVITY:
        titles = session.execute(
            sa.select(Activity.id, Activity.title, Organisation.name)
            .join(Organisation, Organisation.id == Activity.partner_id)
            .where(Activity.id.in_(keys))
        )
        return {WITHOUT: _("Without a paid activity"), **{row.id: f"{row.title} · {row.name}" for row in titles}}
    return {WITHOUT: _("Without a kit"), **kit_titles(sorted(keys))}


def kit_titles(kit_ids: Sequence[int], language: str = "en") -> dict[int, str]:
    """Return the title of each kit, from its newest version, in this language or the kit's own."""
    rows = session.execute(
        sa.select(Kit.id, Kit.slug, KitVersion.title, KitVersion.default_language)
        .join(KitVersion, KitVersion.kit_id == Kit.id)
        .where(Kit.id.in_(kit_ids))
        .order_by(KitVersion.number)
    )
    return {row.id: str(row.title.get(language) or row.title.get(row.default_language) or row.slug) for row in rows}
