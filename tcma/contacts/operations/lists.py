"""What people do with lists."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.models import Contact, ContactList, ListEntry
from tcma.contacts.operations.waiting import let_wait
from tcma.contacts.segments import Rules
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

LONGEST_NAME = 120


class KnownName(Conflict):
    """Another list has this name."""


class NoName(DomainError):
    """A list has a name."""


class LiveList(Conflict):
    """Rules say who is on this list."""


def create_list(*, name: str, asks: bool = False, by: Actor, now: datetime) -> ContactList:
    """Make an empty list; who is put on one that `asks` confirms by mail first. Refused: `KnownName`, `NoName`."""
    partner_id = require(by.partner_id)
    found = ContactList(partner_id=partner_id, name=_free_name(name, partner_id), asks=asks, created_at=now)
    session.add(found)
    session.flush()  # the audit row names it
    _audited(by, "list.created", found, now, name=found.name, asks=asks)
    return found


def create_live_list(*, name: str, rules: Rules, by: Actor, now: datetime) -> ContactList:
    """Make a list of whomever the rules fit, whenever it is asked. Refused: `KnownName`, `NoName`."""
    found = create_list(name=name, by=by, now=now)
    found.rules = rules.as_json()
    return found


def change_rules(*, list_id: int, name: str, rules: Rules, by: Actor, now: datetime) -> ContactList:
    """Let a live list have other rules, and perhaps another name. Refused: `KnownName`, `NoName`, `LiveList`."""
    found = rename_list(list_id=list_id, name=name, by=by, now=now)
    if found.rules is None:
        raise LiveList(_("People are put on this list by hand; it has no rules."))
    if found.rules != rules.as_json():
        found.rules = rules.as_json()
        # A value may name a person, so the trail has only what the rules are about.
        _audited(by, "list.rules_changed", found, now, about=[rule.about for rule in rules.rules])
    return found


def rename_list(*, list_id: int, name: str, by: Actor, now: datetime) -> ContactList:
    """Give a list another name. Refused: `KnownName`, `NoName`."""
    found = _in_reach(list_id)
    wanted = _clean_name(name)
    if wanted == found.name:
        return found
    before = found.name
    found.name = _free_name(wanted, found.partner_id)
    audit.record(
        by=by, action="list.renamed", object_type="contact_list", object_id=found.id, before={"name": before},
        after={"name": found.name}, now=now,
    )  # fmt: skip
    return found


def add_to_list(*, list_id: int, contact_ids: Collection[int], by: Actor, now: datetime) -> int:
    """Put contacts on a list; who is on it stays. Returns how many are new. Refused: `LiveList`.

    On a list that asks, those of the new who have not confirmed wait until they do.
    """
    found = static_list(list_id)
    people = set(session.scalars(sa.select(Contact.id).where(Contact.id.in_(contact_ids), Contact.erased_at.is_(None))))
    there = set(session.scalars(sa.select(ListEntry.contact_id).where(ListEntry.list_id == list_id)))
    new = sorted(people - there)
    session.add_all(ListEntry(partner_id=found.partner_id, list_id=list_id, contact_id=one) for one in new)
    if new and found.asks:
        session.flush()  # what is asked of contacts is asked of the database
        chosen = sa.select(Contact.id).where(Contact.id.in_(new))
        let_wait(partner_id=found.partner_id, list_id=list_id, contact_ids=chosen, by=by, now=now)
    if new:
        _audited(by, "list.added_to", found, now, contacts=len(new))
    return len(new)


def take_off_list(*, list_id: int, contact_ids: Collection[int], by: Actor, now: datetime) -> int:
    """Take contacts off a list; they stay contacts. Returns how many were on it."""
    found = _in_reach(list_id)
    gone = session.execute(
        sa.delete(ListEntry).where(ListEntry.list_id == list_id, ListEntry.contact_id.in_(contact_ids))
    )
    count = int(cast("Any", gone).rowcount)
    if count:
        _audited(by, "list.taken_from", found, now, contacts=count)
    return count


def static_list(list_id: int) -> ContactList:
    """Return a list in reach that people are put on by hand or by a file. Refused: `LiveList`."""
    found = _in_reach(list_id)
    if found.rules is not None:
        raise LiveList(_("Rules say who is on this list. Change the rules, or choose another list."), field="into")
    return found


def _clean_name(name: str) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise NoName(_("Give the list a name."), field="name")
    if len(wanted) > LONGEST_NAME:
        raise NoName(_("A list's name has at most %(most)d characters.", most=LONGEST_NAME), field="name")
    return wanted


def _free_name(name: str, partner_id: int) -> str:
    wanted = _clean_name(name)
    # SQLite lowers ASCII alone, so the very same name is asked for by itself.
    is_taken = sa.or_(ContactList.name == wanted, sa.func.lower(ContactList.name) == wanted.lower())
    taken = sa.select(ContactList.id).where(ContactList.partner_id == partner_id, is_taken)
    if session.scalar(taken) is not None:
        raise KnownName(_("You have a list of this name already."), field="name")
    return wanted


def _in_reach(list_id: int) -> ContactList:
    return require(session.scalar(sa.select(ContactList).where(ContactList.id == list_id)))


def _audited(by: Actor, action: str, found: ContactList, now: datetime, **after: Any) -> None:
    audit.record(by=by, action=action, object_type="contact_list", object_id=found.id, after=after or None, now=now)
