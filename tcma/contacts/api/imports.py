"""The API about files of people that the partner brings in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from tcma.contacts import operations, queries
from tcma.contacts.api.ground import blueprint
from tcma.contacts.models import Basis, ContactImport, Merge
from tcma.core import clock
from tcma.core.api import Answer, Body, Paged, PageQuery, paged
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission


class ImportOut(Answer):
    """Where an import stands."""

    id: str = Field(validation_alias="public_id")
    state: str
    file_name: str
    rows_total: int
    rows_done: int
    added: int
    updated: int
    duplicates: int
    bad: int
    suppressed: int
    waiting: int
    created_at: datetime
    finished_at: datetime | None


class ImportPage(Paged[ImportOut]):
    """A page of imports."""


class ImportIn(Body):
    """A file of people as CSV text, what its columns hold, and the ground on which they may be mailed."""

    file_name: str = Field("contacts.csv", min_length=1, max_length=200)
    csv: str = Field(min_length=1, max_length=8_000_000)
    columns: list[str] | None = Field(None, max_length=500)
    basis: Basis
    source: str = Field(min_length=1, max_length=300)
    list_id: str | None = Field(None, max_length=40)
    merge: Merge = Merge.FILE


@blueprint.get("/imports")
@requires(Permission.CONTACTS_READ)
@blueprint.input(PageQuery, location="query")
@blueprint.output(ImportPage)
def imports(query_data: PageQuery) -> dict[str, Any]:
    """List the imports, the latest first."""
    return paged(sa.select(ContactImport).order_by(ContactImport.id.desc()), query_data)


@blueprint.post("/imports")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ImportIn)
@blueprint.output(ImportOut, status_code=202)
def start_import(json_data: ImportIn) -> Any:
    """Bring a file of people in; columns that are not named are guessed by their headers."""
    by, now = current_actor(), clock.now()
    list_id = queries.list_by(json_data.list_id).id if json_data.list_id else None
    data = json_data.csv.encode("utf-8", "replace")
    found = operations.upload(file_name=json_data.file_name, data=data, by=by, now=now)
    fields = json_data.columns if json_data.columns is not None else require(found.mapping["fields"])
    return operations.start_import(
        import_id=found.id, fields=fields, basis=json_data.basis, source=json_data.source, list_id=list_id,
        merge=json_data.merge, by=by, now=now,
    )  # fmt: skip


@blueprint.get("/imports/<import_id>")
@requires(Permission.CONTACTS_READ)
@blueprint.output(ImportOut)
def one_import(import_id: str) -> Any:
    """Tell where an import stands."""
    return queries.import_by(import_id)
