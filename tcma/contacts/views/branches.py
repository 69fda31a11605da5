"""Giving a list or a person to one of the partner's branches."""

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from tcma.contacts import operations, queries
from tcma.contacts.views.ground import blueprint
from tcma.core import clock, web
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission

NO_BRANCH = "none"


class NoBranchChosen(DomainError):
    """The form came without a choice."""


@blueprint.post("/contacts/lists/<list_id>/branch")
@requires(Permission.CONTACTS_WRITE)
def give_list_to_branch(list_id: str) -> BaseResponse:
    """Let everybody on a list belong to a branch, or to none."""
    found, branch = queries.list_by(list_id), _chosen_branch()
    count = operations.give_list_to_branch(list_id=found.id, branch=branch, by=current_actor(), now=clock.now())
    words = ngettext("One person belongs there now.", "%(num)s people belong there now.", count)
    gone = ngettext("One person belongs to no branch now.", "%(num)s people belong to no branch now.", count)
    return web.go(url_for("contacts.show_list", list_id=list_id), words if branch else gone)


@blueprint.post("/contacts/<contact_id>/branch")
@requires(Permission.CONTACTS_WRITE)
def give_contact_to_branch(contact_id: str) -> BaseResponse:
    """Let a person belong to a branch, or to none."""
    found, branch = queries.contact_by(contact_id), _chosen_branch()
    operations.give_contact_to_branch(contact_id=found.id, branch=branch, by=current_actor(), now=clock.now())
    return web.go(url_for("contacts.show", contact_id=contact_id), _("Saved."))


def _chosen_branch() -> str | None:
    """The branch that was chosen; nothing chosen is no choice, for it would move a whole list."""
    chosen = request.form.get("branch", "")
    if not chosen:
        raise NoBranchChosen(_("Choose a branch, or “no branch”."), field="branch")
    return None if chosen == NO_BRANCH else chosen
