"""Live lists: rules over fields, lists, branches, permission and activity, made into a condition on contacts.

A rule is kept as `{"about": ..., "is": ..., "value": ...}`. About what: a field of the contact, `custom:<name>`,
`list:<address>`, `branch:<address>`, `basis:<ground>`, or an activity, which is looked for within a number of days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tcma.contacts import activity
from tcma.contacts.models import Basis, ConsentEvent, Contact, ContactList, ListEntry
from tcma.contacts.people import PLACES, WORDS, clean_value
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _
from tcma.partners.models import Site

MOST_RULES, MOST_DAYS, LONGEST_VALUE = 20, 3650, 200
FIELDS = ("email", *WORDS, *PLACES)
ACTIVITIES = ("clicked", "mailed", "added")
IS, IS_NOT, HAS, HAS_NOT, EMPTY, FILLED, WITHIN, NOT_WITHIN = (
    "is", "is_not", "has", "has_not", "empty", "filled", "within", "not_within",
)  # fmt: skip
_OF_TEXT = (IS, IS_NOT, HAS, HAS_NOT, EMPTY, FILLED)
_NEGATIVE = {IS_NOT: IS, HAS_NOT: HAS, FILLED: EMPTY, NOT_WITHIN: WITHIN}


class OddRule(DomainError):
    """A rule does not say what it means."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: about what, how it compares, and with what."""

    about: str
    how: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a live list, all or any of which have to hold."""

    rules: tuple[Rule, ...]
    any_of_them: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the rules as they are kept."""
        rows = [{"about": rule.about, "is": rule.how, "value": rule.value} for rule in self.rules]
        return {"any": self.any_of_them, "rules": rows}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Rules":
        """Return the rules that are kept."""
        rows = (Rule(row["about"], row["is"], row["value"]) for row in kept["rules"])
        return cls(tuple(rows), any_of_them=kept["any"])


def checked(rules: Sequence[Rule], *, any_of_them: bool) -> Rules:
    """Return the rules with their values cleaned. Refused with the number of the rule: `OddRule`."""
    if not 0 < len(rules) <= MOST_RULES:
        raise OddRule(_("Give at least one rule, and at most %(most)d.", most=MOST_RULES))
    return Rules(tuple(_checked(rule, place) for place, rule in enumerate(rules, 1)), any_of_them=any_of_them)


def _checked(rule: Rule, place: int) -> Rule:
    odd = OddRule(_("Rule %(number)d is not complete. Choose what it is about and how it compares.", number=place))
    kind, _colon, name = rule.about.partition(":")
    if kind in _NAMED:
        if rule.how not in {IS, IS_NOT} or not name or (kind == "basis" and name not in {one.value for one in Basis}):
            raise odd
        return Rule(rule.about[:60], rule.how)
    if rule.about in ACTIVITIES:
        if rule.how not in {WITHIN, NOT_WITHIN} or not _is_days(rule.value):
            raise OddRule(_("Rule %(number)d needs a number of days, such as 30.", number=place))
        return Rule(rule.about, rule.how, rule.value.strip())
    if rule.how not in _OF_TEXT or not (rule.about in FIELDS or (kind == "custom" and 0 < len(name) <= 60)):
        raise odd
    if rule.how in {EMPTY, FILLED}:
        return Rule(rule.about, rule.how)
    value = rule.value.strip()[:LONGEST_VALUE]
    if not value:
        raise OddRule(_("Rule %(number)d needs a word to compare with.", number=place))
    if rule.about in PLACES and rule.how in {IS, IS_NOT}:
        value = clean_value(rule.about, value)
    return Rule(rule.about, rule.how, value)


def _is_days(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit() and 0 < int(text.strip()[:6]) <= MOST_DAYS


def condition(rules: Rules, now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition under which a contact is on a live list now."""
    join = sa.or_ if rules.any_of_them else sa.and_
    return join(*(_condition(rule, now) for rule in rules.rules))


def _condition(rule: Rule, now: datetime) -> sa.ColumnElement[bool]:
    if rule.how in _NEGATIVE:
        return sa.not_(_condition(Rule(rule.about, _NEGATIVE[rule.how], rule.value), now))
    kind, _colon, name = rule.about.partition(":")
    if kind in _NAMED:
        return _NAMED[kind](name)
    if rule.about == "added":
        return Contact.created_at >= now - timedelta(days=int(rule.value))
    if rule.about in ACTIVITIES:
        return activity.has_shown(rule.about, Contact.id, now - timedelta(days=int(rule.value)))
    column = Contact.custom[name].as_string() if kind == "custom" else getattr(Contact, rule.about)
    return _compared(sa.func.coalesce(column, ""), rule)


def _compared(value: sa.ColumnElement[Any], rule: Rule) -> sa.ColumnElement[bool]:
    text: sa.ColumnElement[str] = sa.type_coerce(value, sa.Text)
    if rule.how == EMPTY:
        return text == ""
    if rule.how == HAS:
        return text.icontains(rule.value, autoescape=True)
    # SQLite lowers ASCII alone, so the very same word is asked for by itself.
    return sa.or_(text == rule.value, sa.func.lower(text) == rule.value.lower())


def _on_list(address: str) -> sa.ColumnElement[bool]:
    entries = sa.select(ListEntry.contact_id).join(ContactList, ContactList.id == ListEntry.list_id)
    return Contact.id.in_(entries.where(ContactList.public_id == address))


def _of_branch(address: str) -> sa.ColumnElement[bool]:
    # Whoever belongs to none is not in this one either: without the first half that would be unknown.
    return Contact.site_id.is_not(None) & Contact.site_id.in_(sa.select(Site.id).where(Site.public_id == address))


def _with_basis(name: str) -> sa.ColumnElement[bool]:
    word, later = aliased(ConsentEvent), aliased(ConsentEvent)
    latest = (
        sa.select(sa.func.max(later.id))
        .where(
            later.contact_id == Contact.id,
            later.partner_id == Contact.partner_id,
            later.channel == "email",
            later.purpose == "marketing",
        )
        .correlate(Contact)
        .scalar_subquery()
    )
    return sa.exists().where(word.id == latest, word.basis == Basis(name), word.granted)


_NAMED: Mapping[str, Callable[[str], sa.ColumnElement[bool]]] = {
    "list": _on_list,
    "branch": _of_branch,
    "basis": _with_basis,
}
