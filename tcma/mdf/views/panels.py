"""What campaigns' pages show about money: what an activity costs of what is left, and the requests beside a launch."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.mdf.queries import balances, partners


def activity_cost(*, tactic: Any, vendor_id: int, **_more: Any) -> str:
    """Say what the vendor would bear of a paid activity, and how much the partner has left for it."""
    partner_id = current_actor().partner_id
    if partner_id is None:
        return ""
    shares = [
        share
        for share in balances.shares_of_partner(partner_id, vendor_id=vendor_id)
        if share.fund.currency == tactic.cost.currency and share.fund.state.value == "open"
    ]
    if not shares:
        return ""
    best = max(shares, key=lambda share: share.left.minor)
    asked = Money(tactic.cost.minor, tactic.cost.currency).percent(best.fund.rate_percent * 100)
    return render_template("mdf/_activity_cost.html", asked=asked, share=best, is_enough=asked <= best.left)


def launch_activities(*, launch: Any, paid: Sequence[dict[str, Any]] = (), **_more: Any) -> str:
    """List the requests beside a campaign, and the paid activities of its kit that money can be asked for."""
    if current_actor().partner_id is None:
        return ""
    found = partners.requests_of_launch(launch.id)
    asked = {activity.tactic for _request, activity in found}
    shares = balances.shares_of_partner(launch.partner_id, vendor_id=launch.vendor_id)
    if not found and not shares and not paid:
        return ""
    return render_template(
        "mdf/_launch_activities.html", launch=launch, rows=found, shares=shares,
        offers=[one for one in paid if one["key"] not in asked],
        money_of=lambda activity: Money(activity.approved_minor or activity.asked_minor, activity.currency),
    )  # fmt: skip
