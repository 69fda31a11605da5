"""What campaigns' pages show about money before there is a campaign: what an activity costs of what is left."""

from typing import Any

from flask import render_template

from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.mdf.operations.requests import share_borne
from tcma.mdf.queries import balances


def activity_cost(*, tactic: Any, vendor_id: int, **_more: Any) -> str:
    """Say what the vendor would bear of a paid activity, and how much the partner has left for it."""
    partner_id = current_actor().partner_id
    if partner_id is None:
        return ""
    best = balances.share_to_draw(partner_id, vendor_id=vendor_id, currency=tactic.cost.currency)
    if best is None:
        return ""
    asked = Money(tactic.cost.minor, tactic.cost.currency).percent(share_borne(best.fund, tactic.share_percent) * 100)
    return render_template("mdf/_activity_cost.html", asked=asked, share=best, is_enough=asked <= best.left)
