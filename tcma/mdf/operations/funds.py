"""A vendor's budgets, and each partner's share of them."""

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from tcma.core import audit, outbox, schedule
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.words import lazy_gettext as _
from tcma.mdf import ledger
from tcma.mdf.ledger import Move, Place
from tcma.mdf.models import Allocation, Fund, FundKind, FundState, LedgerTransaction, Purpose
from tcma.mdf.operations.locking import locked_fund
from tcma.mdf.operations.reservations import ALLOCATION_LAPSES
from tcma.partners.models import Partnership


class OddFund(DomainError):
    """A fund's name, dates or rate make no sense."""


class WrongCurrency(DomainError):
    """The amount is in another currency than the fund."""


def open_fund(
    *,
    name: str,
    budget: Money,
    rate_percent: int = 50,
    starts_on: date,
    requests_until: date,
    claims_until: date,
    kind: FundKind = FundKind.MDF,
    form_key: str | None = None,
    by: Actor,
    now: datetime,
) -> Fund:
    """Open a fund with its budget on the ledger; `rate_percent` is the share of costs it bears. Refused: `OddFund`."""
    vendor_id = require(by.vendor_id)
    if form_key:
        known = session.scalar(sa.select(Fund).where(Fund.vendor_id == vendor_id, Fund.form_key == form_key))
        if known is not None:
            return known
    fund = Fund(
        vendor_id=vendor_id,
        name=name.strip()[:120],
        kind=kind,
        currency=budget.currency,
        rate_percent=rate_percent,
        starts_on=starts_on,
        requests_until=requests_until,
        claims_until=claims_until,
        form_key=form_key,
    )
    _check(fund, budget)
    session.add(fund)
    session.flush()  # its accounts name it
    ledger.post(
        [Move(Place(fund.id, Purpose.FUNDING), Place(fund.id, Purpose.UNALLOCATED), budget)],
        vendor_id=vendor_id, key=f"fund {fund.id} budget", reason="budget", object_type="fund", object_id=fund.id,
        by=by, now=now,
    )  # fmt: skip
    audit.record(
        by=by, action="fund.opened", object_type="fund", object_id=fund.id,
        after={"budget_minor": budget.minor, "currency": budget.currency}, now=now,
    )  # fmt: skip
    return fund


def _check(fund: Fund, budget: Money) -> None:
    if not fund.name:
        raise OddFund(_("Give the fund a name that partners understand."), field="name")
    if budget.minor <= 0:
        raise OddFund(_("A fund has a budget above zero."), field="budget")
    if not fund.starts_on < fund.requests_until:
        raise OddFund(_("The last day for requests comes after the first day."), field="requests_until")
    if fund.requests_until > fund.claims_until:
        raise OddFund(_("The last day for claims comes after the last day for requests."), field="claims_until")
    if not 1 <= fund.rate_percent <= 100:
        raise OddFund(_("The share of costs is between 1 and 100 percent."), field="rate_percent")


def add_budget(*, fund: Fund, amount: Money, form_key: str, by: Actor, now: datetime) -> Fund:
    """Put more money into a fund; `form_key` makes a second press harmless."""
    current = _payable_in(fund, amount)
    ledger.post(
        [Move(Place(current.id, Purpose.FUNDING), Place(current.id, Purpose.UNALLOCATED), amount)],
        vendor_id=current.vendor_id, key=f"fund {current.id} budget {form_key}", reason="budget",
        object_type="fund", object_id=current.id, by=by, now=now,
    )  # fmt: skip
    audit.record(
        by=by, action="fund.budget_added", object_type="fund", object_id=current.id,
        after={"minor": amount.minor, "currency": amount.currency}, now=now,
    )  # fmt: skip
    return current


def allocate(
    *,
    fund: Fund,
    partner_id: int,
    amount: Money,
    lapses_on: date | None = None,
    form_key: str | None = None,
    by: Actor,
    now: datetime,
) -> Allocation:
    """Give a partner a share of the fund, or add to it; `form_key` makes a second press harmless.

    Refused: `FundsExhausted` when the fund has less left, `WrongCurrency`, `OddFund`.
    """
    current = _payable_in(fund, amount)
    require(session.scalar(sa.select(Partnership.id).where(Partnership.partner_id == partner_id)))
    allocation = session.scalar(
        sa.select(Allocation).where(Allocation.fund_id == current.id, Allocation.partner_id == partner_id)
    )
    if allocation is None:
        allocation = Allocation(
            vendor_id=current.vendor_id,
            partner_id=partner_id,
            fund_id=current.id,
            lapses_on=lapses_on or current.requests_until,
            created_at=now,
        )
        session.add(allocation)
        session.flush()  # the key of its posting names it
    elif lapses_on is not None:
        allocation.lapses_on = lapses_on
    key = f"allocation {allocation.id} {form_key or _postings(allocation, 'allocation') + 1}"
    ledger.post(
        [Move(Place(current.id, Purpose.UNALLOCATED), Place(current.id, Purpose.ALLOCATED, partner_id), amount)],
        vendor_id=current.vendor_id, key=key, reason="allocation",
        object_type="allocation", object_id=allocation.id, by=by, now=now,
    )  # fmt: skip
    schedule.set_due(
        ALLOCATION_LAPSES, allocation.id, datetime.combine(allocation.lapses_on + timedelta(days=1), time(), UTC),
        vendor_id=current.vendor_id, partner_id=partner_id,
    )  # fmt: skip
    audit.record(
        by=by, action="fund.allocated", object_type="allocation", object_id=allocation.id,
        after={"partner_id": partner_id, "minor": amount.minor, "currency": amount.currency}, now=now,
    )  # fmt: skip
    outbox.tell(
        "fund.allocated", allocation_id=allocation.id, vendor_id=current.vendor_id, partner_id=partner_id, now=now
    )
    return allocation


def _payable_in(fund: Fund, amount: Money) -> Fund:
    if amount.currency != fund.currency:
        raise WrongCurrency(_("This fund is in %(currency)s.", currency=fund.currency), field="amount")
    if amount.minor <= 0:
        raise OddFund(_("Enter an amount above zero."), field="amount")
    current = locked_fund(fund.id)
    if current.state is FundState.RECONCILED:
        raise OddFund(_("This fund is closed for good."), field="amount")
    return current


def _postings(allocation: Allocation, reason: str) -> int:
    found = session.scalar(
        sa.select(sa.func.count()).where(
            LedgerTransaction.object_type == "allocation",
            LedgerTransaction.object_id == allocation.id,
            LedgerTransaction.reason == reason,
        )
    )
    return int(found or 0)


def expire_allocation(*, allocation: Allocation, by: Actor, now: datetime) -> Money:
    """Let what is left of a partner's share lapse; what is reserved, payable or paid stays. Returns what lapsed."""
    fund = locked_fund(allocation.fund_id)
    place = Place(fund.id, Purpose.ALLOCATED, allocation.partner_id)
    left = ledger.balance(place, vendor_id=fund.vendor_id, currency=fund.currency)
    if not left.minor:
        return left
    ledger.post(
        [Move(place, Place(fund.id, Purpose.EXPIRED, allocation.partner_id), left)],
        vendor_id=fund.vendor_id, key=f"allocation {allocation.id} lapsed {_postings(allocation, 'lapsed') + 1}",
        reason="lapsed", object_type="allocation", object_id=allocation.id, by=by, now=now,
    )  # fmt: skip
    audit.record(
        by=by, action="fund.lapsed", object_type="allocation", object_id=allocation.id, after={"minor": left.minor},
        now=now,
    )  # fmt: skip
    return left


def close_fund(*, fund: Fund, to: FundState, by: Actor, now: datetime) -> Fund:
    """Close the fund to requests, to claims, or for good."""
    current = locked_fund(fund.id)
    order = list(FundState)
    if order.index(to) <= order.index(current.state):
        raise OddFund(_("A fund is closed step by step and not opened again."))
    before, current.state = current.state, to
    audit.record(
        by=by, action="fund.closed", object_type="fund", object_id=current.id, before={"state": before},
        after={"state": to}, now=now,
    )  # fmt: skip
    return current
