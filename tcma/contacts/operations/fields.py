"""A partner's own fields: what its people know of somebody beyond the fields that every contact has."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tcma.contacts.columns import MOST_CUSTOM
from tcma.contacts.models import Contact, ContactField
from tcma.contacts.people import LONGEST_CUSTOM, LONGEST_NAME, clean_text
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import insert_into, require, session
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _


class OddFields(DomainError):
    """Own fields that cannot be kept as they were said."""


def keep_fields(*, contact_id: int, fields: Sequence[tuple[str, str]], by: Actor, now: datetime) -> Contact:
    """Let exactly these own fields of a contact be known, each a name and one line of text; an empty text is no field.

    Refused: a name twice, a text without a name, more than twenty (`OddFields`), and what is too long (`OddField`).
    """
    contact = require(session.get(Contact, contact_id))
    kept = _cleaned(fields)
    if kept == contact.custom:
        return contact
    note_fields(contact.partner_id, kept)
    changed = sorted(name for name in {*kept, *contact.custom} if kept.get(name) != contact.custom.get(name))
    contact.custom, contact.updated_at = kept, now
    audit.record(
        by=by, action="contact.updated", object_type="contact", object_id=contact.id, now=now, after={"fields": changed}
    )
    return contact


def note_fields(partner_id: int, names: Iterable[str]) -> None:
    """Let these be names of the partner's own fields, for lists, exports and the next contact."""
    rows: list[dict[str, Any]] = [{"partner_id": partner_id, "name": name} for name in sorted(set(names))]
    if rows:
        session.execute(
            insert_into(ContactField).values(rows).on_conflict_do_nothing(index_elements=["partner_id", "name"])
        )


def _cleaned(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for said, text in fields:
        name = clean_text(said, str(_("The name of a field")), LONGEST_NAME)
        value = clean_text(text, name or str(_("A field")), LONGEST_CUSTOM)
        if not value:
            continue
        if not name:
            raise OddFields(_("Say what “%(text)s” is: give the field a name.", text=value[:60]), field="fields")
        if name in kept:
            raise OddFields(_("Two fields are called “%(name)s”. Choose one of them.", name=name), field="fields")
        kept[name] = value
    if len(kept) > MOST_CUSTOM:
        raise OddFields(_("At most %(most)d own fields can be kept of somebody.", most=MOST_CUSTOM), field="fields")
    return kept
