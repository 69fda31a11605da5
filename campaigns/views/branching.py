"""Choosing the branches that a campaign runs for, and which of them takes whom on the lists."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from campaigns.models import Launch
from campaigns.queries.branches import branch_names, branches_of, lists_by_branch
from tcma.contacts.queries import ListRow
from tcma.core.db import require
from tcma.core.tenancy import current_actor
from tcma.partners.branches import sites_of

MOST_NAMED = 8


def branches_chosen(begun: Launch | None) -> list[str]:
    """The branches that a campaign was begun for, by their addresses."""
    keys = branches_of(begun.choices) if begun is not None else []
    sites = sites_of(require(current_actor().partner_id)) if keys else []
    return [site.public_id for site in sites if site.id in keys]


def branch_choices(launch: Launch) -> dict[str, Any]:
    """The branches that a list can be given to, by their addresses, and which was."""
    keys = branches_of(launch.choices)
    sites = {site.id: site for site in sites_of(launch.partner_id) if site.id in keys}
    given = lists_by_branch(launch.choices)
    return {
        "branches": [(sites[key].public_id, sites[key].name) for key in keys if key in sites],
        "for_branches": for_branches(launch),
        "first_branch": next((sites[key].name for key in keys if key in sites), ""),
        "given": {key: sites[site].public_id for key, site in given.items() if site in sites},
    }


def for_branches(launch: Launch) -> str:
    """Say for which branches a campaign will run; nothing where it runs for the whole company."""
    keys = branches_of(launch.choices)
    names = branch_names(keys)
    found = [names[key] for key in keys if key in names]
    if not found:
        return ""
    if len(found) > MOST_NAMED:
        return str(_("For %(num)s branches, each with its own address, telephone and people", num=len(found)))
    return str(
        ngettext("For the branch %(names)s", "For %(num)s branches: %(names)s", len(found), names=", ".join(found))
    )


def branches_given(rows: Iterable[ListRow]) -> dict[int, int]:
    """Which list was given to which branch, by their keys."""
    sent = {row.id: request.form.get(f"branch-{row.public_id}") for row in rows}
    known = {site.public_id: site.id for site in sites_of(require(current_actor().partner_id))}
    return {key: known[one] for key, one in sent.items() if one and one in known}
