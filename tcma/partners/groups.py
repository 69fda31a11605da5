"""Groups of partners by rules: made into a condition on partnerships, so that a group always is whoever fits it now.

A rule is kept as `{"about": ..., "is": ..., "values": [...]}`; it holds if any of its values does.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.core import audit, checks, outbox
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _
from tcma.identity.models import Organisation, OrganisationState
from tcma.partners.models import PartnerGroup, Partnership, PartnershipState, Standing, Territory, Tier
from tcma.partners.programmes import key_of

MOST_RULES, MOST_VALUES, LONGEST_VALUE, LONGEST_NAME, MOST_GROUPS = 20, 50, 80, 80, 200
MOST_WORDS = 400  # of all rules of a group; SQLite takes a thousand terms in a row, and a word may be two
IS, IS_NOT = "is", "is_not"
ABOUT = ("partner_type", "tier", "competency", "country", "language", "industry")


class OddGroup(DomainError):
    """A group without a name, or with a rule that does not say what it means."""


class GroupInUse(Conflict):
    """Something is limited to the group that is to go."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: about what, whether it has to be or must not be, and which values."""

    about: str
    how: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a group, all or any of which have to hold."""

    rules: tuple[Rule, ...]
    any_of_them: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the rules as they are kept."""
        rows = [{"about": rule.about, "is": rule.how, "values": list(rule.values)} for rule in self.rules]
        return {"any": self.any_of_them, "rules": rows}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Rules":
        """Return the rules that are kept."""
        rows = (Rule(row["about"], row["is"], tuple(row["values"])) for row in kept["rules"])
        return cls(tuple(rows), any_of_them=kept["any"])


def checked(rules: Sequence[Rule], *, any_of_them: bool) -> Rules:
    """Return the rules with their values as partners have them. Refused with the number of the rule: `OddGroup`."""
    if not 0 < len(rules) <= MOST_RULES:
        raise OddGroup(_("Give at least one rule, and at most %(most)d.", most=MOST_RULES), field="rules")
    clean = Rules(tuple(_checked(rule, place) for place, rule in enumerate(rules, 1)), any_of_them=any_of_them)
    if sum(len(rule.values) for rule in clean.rules) > MOST_WORDS:
        raise OddGroup(_("All rules together may name %(most)d words at most.", most=MOST_WORDS), field="rules")
    return clean


def _checked(rule: Rule, place: int) -> Rule:
    if rule.about not in ABOUT or rule.how not in (IS, IS_NOT):
        words = _("Rule %(number)d is not complete. Choose what it is about and how it compares.", number=place)
        raise OddGroup(words, field="rules")
    clean = {"tier": key_of, "country": str.upper, "language": str.lower, "partner_type": str.lower}
    typed = (value.strip()[:LONGEST_VALUE] for value in rule.values[:MOST_VALUES])
    values = tuple(dict.fromkeys(clean.get(rule.about, str)(value) for value in typed if value))
    if not values:
        words = _("Rule %(number)d needs a word to compare with, or several with commas between.", number=place)
        raise OddGroup(words, field="rules")
    return Rule(rule.about, rule.how, values)


def condition(rules: Rules) -> sa.ColumnElement[bool]:
    """Return the condition under which a partnership, joined with its partner's organisation, is in a group now."""
    join = sa.or_ if rules.any_of_them else sa.and_
    return join(*(_condition(rule) for rule in rules.rules))


def _condition(rule: Rule) -> sa.ColumnElement[bool]:
    holds = _ABOUT[rule.about](rule.values)
    return sa.not_(holds) if rule.how == IS_NOT else holds


def _on_tier(values: Sequence[str]) -> sa.ColumnElement[bool]:
    held = sa.select(Standing.partnership_id).join(Tier, Tier.id == Standing.tier_id)
    return Partnership.id.in_(held.where(Tier.key.in_(values)))


def _in_country(values: Sequence[str]) -> sa.ColumnElement[bool]:
    served = sa.select(Territory.partnership_id).where(Territory.country.in_(values))
    return sa.or_(Organisation.country.in_(values), Partnership.id.in_(served))


def _speaks(values: Sequence[str]) -> sa.ColumnElement[bool]:
    spoken = sa.func.lower(Organisation.language)
    return sa.or_(*(sa.or_(spoken == value, spoken.startswith(f"{value}-", autoescape=True)) for value in values))


def _lists(column: Any) -> Callable[[Sequence[str]], sa.ColumnElement[bool]]:
    """Whether a list in JSON holds one of the words; SQLite keeps what is not ASCII as an escape, PostgreSQL as is."""
    text = sa.func.lower(sa.cast(column, sa.Text))

    def holds(values: Sequence[str]) -> sa.ColumnElement[bool]:
        spelt = {json.dumps(value.lower(), ensure_ascii=plain) for value in values for plain in (True, False)}
        return sa.or_(*(text.contains(one, autoescape=True) for one in sorted(spelt)))

    return holds


_ABOUT: dict[str, Callable[[Sequence[str]], sa.ColumnElement[bool]]] = {
    "partner_type": Partnership.partner_type.in_,
    "tier": _on_tier,
    "competency": _lists(Partnership.competencies),
    "country": _in_country,
    "language": _speaks,
    "industry": _lists(Partnership.industries),
}


def _active(*asked: Any) -> sa.Select[Any]:
    return (
        sa.select(*asked)
        .select_from(Partnership)
        .join(Organisation, Organisation.id == Partnership.partner_id)
        .where(Partnership.state == PartnershipState.ACTIVE, Organisation.state == OrganisationState.ACTIVE)
    )


def count_by_rules(rules: Rules) -> int:
    """Return how many active partners of the acting vendor the rules fit at this moment."""
    return session.scalar(_active(sa.func.count()).where(condition(rules))) or 0


def groups_counted() -> Sequence[tuple[PartnerGroup, int]]:
    """Return the acting vendor's groups, by name, each with how many active partners its rules fit at this moment."""
    found, counts = groups(), list[int]()
    for some in _in_tens([Rules.from_json(one.rules) for one in found]):
        fitting = (sa.func.count().filter(condition(rules)) for rules in some)
        counts += session.execute(_active(*fitting)).one()
    return list(zip(found, counts, strict=True))


def which_fit(asked: Sequence[Rules], partner_ids: Collection[int]) -> dict[int, list[bool]]:
    """Return, for those of these partners that are active, which of the rules fit them now, in their order."""
    found: dict[int, list[bool]] = defaultdict(list)
    for some in _in_tens(asked):
        chosen = _active(Partnership.partner_id, *(condition(rules) for rules in some))
        for row in session.execute(chosen.where(Partnership.partner_id.in_(list(partner_ids)))):
            found[row[0]] += (bool(holds) for holds in row[1:])
    return found


def _in_tens(asked: Sequence[Rules]) -> Iterator[Sequence[Rules]]:
    """Ten are asked in one pass over the partners; more of the longest would be too many values for one statement."""
    return (asked[start : start + 10] for start in range(0, len(asked), 10))


def groups() -> Sequence[PartnerGroup]:
    """Return the acting vendor's groups, by name."""
    chosen = sa.select(PartnerGroup).order_by(sa.func.lower(PartnerGroup.name), PartnerGroup.id)
    return session.scalars(chosen.limit(MOST_GROUPS)).all()


def group_by(public_id: str) -> PartnerGroup:
    """Return the group at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(PartnerGroup).where(PartnerGroup.public_id == public_id)))


def save_group(*, group: PartnerGroup | None = None, name: str, rules: Rules, by: Actor, now: datetime) -> PartnerGroup:
    """Let the acting vendor have a group of this name and these rules; what is limited to it is worked out anew.

    Refused: `OddGroup` for an empty name, one that another group has, or one group too many.
    """
    vendor_id = require(by.vendor_id)
    name = name.strip()[:LONGEST_NAME]
    _refuse_odd_name(name, group, vendor_id)
    before = {"name": group.name, "rules": group.rules} if group is not None else None
    if group is None:
        group = PartnerGroup(vendor_id=vendor_id, created_at=now)
        session.add(group)
    group.name, group.rules = name, rules.as_json()
    session.flush()  # the audit row and the bell name it
    audit.record(
        by=by, action="partner_group.saved", object_type="partner_group", object_id=group.id, before=before,
        after={"name": group.name, "rules": group.rules}, now=now,
    )  # fmt: skip
    outbox.tell("partner_group.changed", group_id=group.id, vendor_id=vendor_id, now=now)
    return group


def _refuse_odd_name(name: str, group: PartnerGroup | None, vendor_id: int) -> None:
    if not name:
        raise OddGroup(_("Give the group a name."), field="name")
    others = sa.select(PartnerGroup.id).where(PartnerGroup.vendor_id == vendor_id)
    if group is not None:
        others = others.where(PartnerGroup.id != group.id)
    if session.scalar(others.where(PartnerGroup.name == name)) is not None:
        raise OddGroup(_("There is a group “%(name)s” already.", name=name), field="name")
    if group is None and len(session.scalars(others.limit(MOST_GROUPS)).all()) >= MOST_GROUPS:
        raise OddGroup(_("There is room for %(most)d groups. Remove one first.", most=MOST_GROUPS), field="name")


def remove_group(*, group: PartnerGroup, by: Actor, now: datetime) -> None:
    """Let there be no such group. Refused while anything is limited to it, with what that is: `GroupInUse`."""
    if reasons := checks.reasons_against("partner_group.remove", group_id=group.id):
        raise GroupInUse(" ".join(reasons))
    audit.record(
        by=by, action="partner_group.removed", object_type="partner_group", object_id=group.id,
        before={"name": group.name, "rules": group.rules}, now=now,
    )  # fmt: skip
    session.delete(group)
