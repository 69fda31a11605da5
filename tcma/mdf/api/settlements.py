"""Payments: listing, releasing and taking them back."""

from typing import Any

from tcma.core import clock
from tcma.core.api import page_of
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.mdf import operations
from tcma.mdf.api.ground import blueprint
from tcma.mdf.api.showing import settlement_out
from tcma.mdf.queries import requests as queries
from tcma.mdf.shapes import ReasonBody, ReleaseBody, SettlementOut, SettlementPage, SettlementQuery


@blueprint.get("/settlements")
@requires(Permission.SETTLEMENTS_RELEASE)
@blueprint.input(SettlementQuery, location="query")
@blueprint.output(SettlementPage)
def settlements(query_data: SettlementQuery) -> dict[str, Any]:
    """List payments in one state."""
    rows, total = queries.payments(query_data.state, page=query_data.page, per_page=query_data.per_page)
    return page_of([settlement_out(row.settlement) for row in rows], total=total, query=query_data)


@blueprint.post("/settlements/<settlement_id>/release")
@requires(Permission.SETTLEMENTS_RELEASE)
@blueprint.input(ReleaseBody)
@blueprint.output(SettlementOut)
def release(settlement_id: str, json_data: ReleaseBody) -> SettlementOut:
    """Release a payment."""
    found = queries.settlement_by(settlement_id)
    return settlement_out(
        operations.release_settlement(
            settlement=found, reference=json_data.reference, by=current_actor(), now=clock.now()
        )
    )


@blueprint.post("/settlements/<settlement_id>/reverse")
@requires(Permission.SETTLEMENTS_RELEASE)
@blueprint.input(ReasonBody)
@blueprint.output(SettlementOut)
def reverse(settlement_id: str, json_data: ReasonBody) -> SettlementOut:
    """Take a payment back with reversing entries; its amount is reserved for the activity again."""
    found = queries.settlement_by(settlement_id)
    return settlement_out(
        operations.reverse_settlement(settlement=found, reason=json_data.reason, by=current_actor(), now=clock.now())
    )
