"""Which of the partner's branches people belong to: a campaign for several branches writes to each from its own."""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa

from tcma.contacts.models import Contact, ContactList
from tcma.contacts.queries.audience import on_lists
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import require, session
from tcma.partners.branches import site_ids


def give_list_to_branch(*, list_id: int, branch: str | None, by: Actor, now: datetime) -> int:
    """Let everybody on a list at this moment belong to an open branch, by its address, or to none; return how many.

    A branch of anybody else answers as if it never existed.
    """
    found = require(session.get(ContactList, list_id))
    site_id = _site_id(branch, by)
    people = sa.and_(on_lists([found.id], now), Contact.erased_at.is_(None))
    changed = sa.update(Contact).where(Contact.id.in_(sa.select(Contact.id).where(people)))
    done = session.execute(
        changed.values(site_id=site_id, updated_at=now).execution_options(synchronize_session="fetch")
    )
    count = cast("sa.CursorResult[Any]", done).rowcount
    audit.record(
        by=by, action="list.given_to_branch", object_type="contact_list", object_id=found.id,
        after={"site": site_id, "people": count}, now=now,
    )  # fmt: skip
    return count


def give_contact_to_branch(*, contact_id: int, branch: str | None, by: Actor, now: datetime) -> Contact:
    """Let a person belong to an open branch, by its address, or to none."""
    contact = require(session.get(Contact, contact_id))
    before, contact.site_id = contact.site_id, _site_id(branch, by)
    if before != contact.site_id:
        contact.updated_at = now
        audit.record(
            by=by, action="contact.given_to_branch", object_type="contact", object_id=contact.id,
            before={"site": before}, after={"site": contact.site_id}, now=now,
        )  # fmt: skip
    return contact


def _site_id(branch: str | None, by: Actor) -> int | None:
    return site_ids([branch], actor=by)[0] if branch else None
