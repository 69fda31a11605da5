"""The audit trail: one row per command of a person or a policy, in the transaction of what it changed."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import current_actor

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def record(
    *,
    by: Actor,
    action: str,
    object_type: str,
    object_id: int | None,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write that `by` did `action` (past tense: `launch.paused`) to an object. Personal data go in by id only."""
    # Somebody without an organisation (a recipient, a link) acts on the rows of the tenant at hand.
    reach = current_actor()
    org_id = by.org_id or by.vendor_id or reach.org_id or reach.vendor_id or by.partner_id or reach.partner_id
    if org_id is None:
        message = f"{action} by {by.label} has no organisation to be written under"
        raise ValueError(message)
    session.add(
        AuditEntry(
            at=now,
            org_id=org_id,
            actor_kind=by.kind.value,
            actor_label=by.label,
            user_id=by.user_id,
            on_behalf_of=by.on_behalf_of,
            action=action,
            object_type=object_type,
            object_id=object_id,
            before=before,
            after=after,
            request_id=request_id.get(),
        )
    )
