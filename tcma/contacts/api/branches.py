"""Giving a list or a person to one of the partner's branches."""

from pydantic import Field

from tcma.contacts import operations, queries
from tcma.contacts.api.ground import blueprint
from tcma.contacts.api.people import Changed, ContactOut, contact_out
from tcma.core import clock
from tcma.core.api import Body
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission


class ToBranch(Body):
    """The branch that people are to belong to; null is none."""

    branch: str | None = Field(max_length=40)


@blueprint.put("/lists/<list_id>/branch")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ToBranch)
@blueprint.output(Changed)
def give_list_to_branch(list_id: str, json_data: ToBranch) -> Changed:
    """Let everybody on a list at this moment belong to a branch, or to none."""
    found, by, now = queries.list_by(list_id), current_actor(), clock.now()
    return Changed(changed=operations.give_list_to_branch(list_id=found.id, branch=json_data.branch, by=by, now=now))


@blueprint.put("/contacts/<contact_id>/branch")
@requires(Permission.CONTACTS_WRITE)
@blueprint.input(ToBranch)
@blueprint.output(ContactOut)
def give_contact_to_branch(contact_id: str, json_data: ToBranch) -> ContactOut:
    """Let a person belong to a branch, or to none."""
    found, by, now = queries.contact_by(contact_id), current_actor(), clock.now()
    return contact_out(operations.give_contact_to_branch(contact_id=found.id, branch=json_data.branch, by=by, now=now))
