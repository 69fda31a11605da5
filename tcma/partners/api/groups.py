"""Groups of partners by rules, with how many partners are in each at this moment."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tcma.core import clock
from tcma.core.api import Answer, Body, Nothing
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.partners import groups as rules_of
from tcma.partners.api.ground import PLAIN, blueprint
from tcma.partners.groups import LONGEST_NAME, LONGEST_VALUE, MOST_RULES, MOST_VALUES, Rule, Rules, checked
from tcma.partners.models import PartnerGroup

Value = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_VALUE, pattern=PLAIN)]


class RuleIn(Body):
    """One rule: about what, and that it is one of the values, or none of them."""

    about: Literal["partner_type", "tier", "competency", "country", "language", "industry"]
    how: Literal["is", "is_not"] = "is"
    values: Annotated[list[Value], Field(min_length=1, max_length=MOST_VALUES)]


class RulesIn(Body):
    """The rules of a group, all of which have to hold; with `any_of_them`, one of them."""

    rules: Annotated[list[RuleIn], Field(min_length=1, max_length=MOST_RULES)]
    any_of_them: bool = False


class GroupIn(RulesIn):
    """A group and its rules."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=PLAIN)]


class RuleOut(Answer):
    """One rule of a group."""

    about: str
    how: str
    values: list[str]


class GroupOut(Answer):
    """A group; `partners` is how many active partners the rules fit at this moment."""

    id: str
    name: str
    rules: list[RuleOut]
    any_of_them: bool
    partners: int


class GroupList(Answer):
    """All groups of a vendor; there are few."""

    items: list[GroupOut]


class GroupCount(Answer):
    """How many active partners rules fit at this moment."""

    partners: int


def _out(found: PartnerGroup, partners: int | None = None) -> GroupOut:
    rules = Rules.from_json(found.rules)
    return GroupOut(
        id=found.public_id,
        name=found.name,
        rules=[RuleOut(about=one.about, how=one.how, values=list(one.values)) for one in rules.rules],
        any_of_them=rules.any_of_them,
        partners=rules_of.count_by_rules(rules) if partners is None else partners,
    )


def _checked(rows: Sequence[RuleIn], *, any_of_them: bool) -> Rules:
    return checked([Rule(one.about, one.how, tuple(one.values)) for one in rows], any_of_them=any_of_them)


@blueprint.get("/partner-groups")
@requires(Permission.GROUPS_WRITE)
@blueprint.output(GroupList)
def groups() -> GroupList:
    """List the vendor's groups, by name."""
    return GroupList(items=[_out(one, partners) for one, partners in rules_of.groups_counted()])


@blueprint.post("/partner-groups")
@requires(Permission.GROUPS_WRITE)
@blueprint.input(GroupIn)
@blueprint.output(GroupOut, status_code=201)
def add_group(json_data: GroupIn) -> GroupOut:
    """Make a group."""
    rules = _checked(json_data.rules, any_of_them=json_data.any_of_them)
    return _out(rules_of.save_group(name=json_data.name, rules=rules, by=current_actor(), now=clock.now()))


@blueprint.post("/partner-groups/count")
@requires(Permission.GROUPS_WRITE)
@blueprint.input(RulesIn)
@blueprint.output(GroupCount)
def count_group(json_data: RulesIn) -> GroupCount:
    """Count whom rules would fit now, without keeping them."""
    rules = _checked(json_data.rules, any_of_them=json_data.any_of_them)
    return GroupCount(partners=rules_of.count_by_rules(rules))


@blueprint.get("/partner-groups/<group_id>")
@requires(Permission.GROUPS_WRITE)
@blueprint.output(GroupOut)
def group(group_id: str) -> GroupOut:
    """Show one group."""
    return _out(rules_of.group_by(group_id))


@blueprint.put("/partner-groups/<group_id>")
@requires(Permission.GROUPS_WRITE)
@blueprint.input(GroupIn)
@blueprint.output(GroupOut)
def change_group(group_id: str, json_data: GroupIn) -> GroupOut:
    """Change a group's name and rules; kits that are limited to it are offered to whoever they fit now."""
    found, by = rules_of.group_by(group_id), current_actor()
    rules = _checked(json_data.rules, any_of_them=json_data.any_of_them)
    return _out(rules_of.save_group(group=found, name=json_data.name, rules=rules, by=by, now=clock.now()))


@blueprint.delete("/partner-groups/<group_id>")
@requires(Permission.GROUPS_WRITE)
@blueprint.output(Nothing)
def remove_group(group_id: str) -> Nothing:
    """Let there be no such group; one that a kit is limited to stays."""
    rules_of.remove_group(group=rules_of.group_by(group_id), by=current_actor(), now=clock.now())
    return Nothing()
