"""A partner's branches: each with an address, a telephone and a clock of its own."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import branches as operations
from tcma.partners.api.ground import PLAIN, blueprint

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class BranchOut(Answer):
    """A branch."""

    id: str = Field(validation_alias="public_id")
    name: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str
    zone: str


class BranchList(Answer):
    """The open branches of a partner, by name."""

    items: list[BranchOut]


class BranchIn(Body):
    """A branch as it shall be, whole; `zone` is a name of the IANA time zones."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=PLAIN)]
    street: Annotated[str, StringConstraints(max_length=200, pattern=PLAIN)] = ""
    postcode: Annotated[str, StringConstraints(max_length=20, pattern=PLAIN)] = ""
    city: Annotated[str, StringConstraints(max_length=120, pattern=PLAIN)] = ""
    country: Country
    phone: Annotated[str, StringConstraints(max_length=40, pattern=PLAIN)] = ""
    zone: Annotated[str, StringConstraints(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$")]


@blueprint.get("/branches")
@requires(Permission.BRAND_WRITE)
@blueprint.output(BranchList)
def branches() -> dict[str, Any]:
    """List the open branches."""
    return {"items": list(operations.sites_of(require(current_actor().partner_id)))}


@blueprint.post("/branches")
@requires(Permission.BRAND_WRITE)
@blueprint.input(BranchIn)
@blueprint.output(BranchOut, status_code=201)
def add_branch(json_data: BranchIn) -> Any:
    """Add a branch."""
    return operations.save_site(**json_data.model_dump(), by=current_actor(), now=clock.now())


@blueprint.put("/branches/<branch_id>")
@requires(Permission.BRAND_WRITE)
@blueprint.input(BranchIn)
@blueprint.output(BranchOut)
def change_branch(branch_id: str, json_data: BranchIn) -> Any:
    """Let a branch be as it is sent; what runs for it already stays as it is."""
    found = operations.site_by(branch_id, actor=current_actor())
    return operations.save_site(site=found, **json_data.model_dump(), by=current_actor(), now=clock.now())


@blueprint.delete("/branches/<branch_id>")
@requires(Permission.BRAND_WRITE)
@blueprint.output(Nothing)
def close_branch(branch_id: str) -> Nothing:
    """Let nothing new be done in a branch; what runs for it goes on."""
    found = operations.site_by(branch_id, actor=current_actor())
    operations.close_site(site=found, by=current_actor(), now=clock.now())
    return Nothing()
