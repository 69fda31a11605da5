"""A campaign that runs for several branches: which they are, who of the lists is whose, and what came of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from campaigns.models import Launch
from campaigns.outcomes import outcomes_of
from tcma.contacts.models import Contact
from tcma.contacts.queries.audience import on_lists
from tcma.core.db import session
from tcma.leads.models import Lead
from tcma.partners.models import Site

BRANCHES, LISTS = "branches", "list_branches"  # in the choices of a launch


def branches_of(choices: Mapping[str, Any]) -> list[int]:
    """Return the keys of the branches that a launch was chosen for, in their order; none is the whole company."""
    return [int(one) for one in choices.get(BRANCHES, ())]


def lists_by_branch(choices: Mapping[str, Any]) -> dict[int, int]:
    """Return the branch that a list is for, by the list's key, where the partner said so."""
    known = set(branches_of(choices))
    return {int(key): int(site) for key, site in choices.get(LISTS, {}).items() if int(site) in known}


def site_of(launch: Launch) -> Site | None:
    """Return the branch of a launch; before the start, of several the first."""
    key = launch.site_id or next(iter(branches_of(launch.choices)), None)
    return session.get(Site, key) if key is not None else None


def people_of(launch: Launch, *, now: datetime) -> sa.ColumnElement[bool] | None:
    """Return the condition under which somebody on the lists is written to by the launch's branch; None is everybody.

    Each person is some branch's, and of one alone: the branch that the person belongs to; else that of the first list
    with a branch that the person is on; else the first branch.
    """
    return None if launch.site_id is None else people_of_branch(launch, launch.site_id, now=now)


def people_of_branch(launch: Launch, site_id: int, *, now: datetime) -> sa.ColumnElement[bool] | None:
    """Return the condition under which somebody on the lists is one branch's; before the start, too."""
    branches = branches_of(launch.choices)
    if not branches:
        return None
    told = [(on_lists([key], now), sa.literal(site)) for key, site in sorted(lists_by_branch(launch.choices).items())]
    whose = sa.case((Contact.site_id.in_(branches), Contact.site_id), *told, else_=sa.literal(branches[0]))
    return whose == site_id


@dataclass(frozen=True, slots=True)
class BranchRun:
    """A launch for one branch among those that were started in one go, how its mails stand, and its leads."""

    launch: Launch
    branch: str
    address: str
    outcomes: Mapping[str, int]
    leads: int


def run_together(launch: Launch) -> list[BranchRun]:
    """Return the launches that were started in one go with this one, itself among them; none where it ran alone."""
    if launch.together is None:
        return []
    rows = session.execute(
        sa.select(Launch, Site.name, Site.public_id)
        .join(Site, Site.id == Launch.site_id)
        .where(Launch.together == launch.together, Launch.partner_id == launch.partner_id)
        .order_by(Launch.id)
    ).all()
    keys = [row[0].id for row in rows]
    outcomes, leads = outcomes_of(keys), _leads(keys)
    return [
        BranchRun(one, name, address, outcomes.get(one.id, {}), leads.get(one.id, 0)) for one, name, address in rows
    ]


def _leads(launch_ids: Sequence[int]) -> dict[int, int]:
    chosen = sa.select(Lead.launch_id, sa.func.count()).where(Lead.launch_id.in_(launch_ids)).group_by(Lead.launch_id)
    return {row[0]: row[1] for row in session.execute(chosen) if row[0] is not None}


def branch_names(site_ids: Sequence[int]) -> dict[int, str]:
    """Return what branches are called, by their keys."""
    chosen = sa.select(Site.id, Site.name).where(Site.id.in_(site_ids))
    return {row.id: row.name for row in session.execute(chosen)}
