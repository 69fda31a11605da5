"""Funds: a budget for each vendor, and a share for each partner that runs campaigns."""

from datetime import datetime, timedelta

from tcma.core.db import transaction
from tcma.core.money import Money
from tcma.core.tenancy import acting
from tcma.demo.parties import Partner, Vendor
from tcma.identity.models import Role
from tcma.mdf import operations as mdf

BUDGETS = {"Nordwall": (Money(32_000_000, "EUR"), 50), "Vaultline": (Money(16_000_000, "GBP"), 60)}
USUAL = (Money(16_000_000, "EUR"), 50)
SHARE_OF_BUDGET = 80  # one partner's share is the budget divided by this


def open_fund(vendor: Vendor, partners: list[Partner], *, now: datetime) -> int:
    """Open the fund of the year, give a share to each partner that runs campaigns, and return the fund's key."""
    budget, rate = BUDGETS.get(vendor.plan.name, USUAL)
    with transaction(), acting(vendor.actors[Role.FINANCE]) as finance:
        fund = mdf.open_fund(
            name=f"{vendor.plan.programme} {now.year}",
            budget=budget,
            rate_percent=rate,
            starts_on=now.date(),
            requests_until=now.date() + timedelta(days=270),
            claims_until=now.date() + timedelta(days=330),
            by=finance,
            now=now,
        )
        fund_id = fund.id
        share = Money(budget.minor // SHARE_OF_BUDGET, budget.currency)
        for partner in partners:
            if partner.active and vendor.id in partner.vendors:
                mdf.allocate(fund=fund, partner_id=partner.id, amount=share, by=finance, now=now)
    return fund_id
