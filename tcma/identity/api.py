"""The API about who acts, and its own document."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, g, jsonify

from tcma.core.api import Answer, Paged, PageQuery, api_blueprint, paged
from tcma.core.models import AuditEntry
from tcma.core.tenancy import current_actor
from tcma.identity.access import public, requires, signed_in
from tcma.identity.permissions import Permission

blueprint = api_blueprint("identity")


class Me(Answer):
    """Who the token acts for, and what it may do."""

    organisation_id: str
    organisation: str
    kind: str
    person: str
    role: str
    permissions: list[str]


class AuditOut(Answer):
    """One command, by whom and when."""

    at: datetime
    actor_kind: str
    actor_label: str
    action: str
    object_type: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


class AuditPage(Paged[AuditOut]):
    """A page of the audit trail."""


@blueprint.get("/me")
@signed_in
@blueprint.output(Me)
def me() -> Me:
    """Tell who the token acts for."""
    seat = g.membership
    return Me(
        organisation_id=seat.org_public_id,
        organisation=seat.org_name,
        kind=seat.org_kind.value,
        person=g.user.public_id,
        role=seat.role.value,
        permissions=sorted(current_actor().permissions),
    )


@blueprint.get("/audit")
@requires(Permission.AUDIT_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(AuditPage)
def audit(query_data: PageQuery) -> dict[str, Any]:
    """List what was done in the organisation, newest first."""
    entries = sa.select(AuditEntry).where(AuditEntry.org_id == current_actor().org_id)
    return paged(entries.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()), query_data)


@blueprint.get("/openapi.json")
@blueprint.doc(hide=True)
@public
def document() -> Response:
    """Give the OpenAPI document of this installation."""
    return jsonify(current_app.spec)  # type: ignore[attr-defined]
