"""What a partner writes about, in its own words: topics that people choose among on their preference page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tcma.contacts.models import Topic
from tcma.contacts.queries.topics import topics_of
from tcma.core import audit
from tcma.core.actor import Actor
from tcma.core.db import public_id, require, session
from tcma.core.errors import Conflict, DomainError
from tcma.core.words import lazy_gettext as _

MOST_TOPICS = 10
LONGEST_NAME, LONGEST_KEY = 60, 30


class OddTopic(DomainError):
    """A topic without a name, or with one that is too long; `field` says which."""


class KnownTopic(Conflict):
    """Another topic has this name, or stands for this theme."""


class TooManyTopics(DomainError):
    """The partner has as many topics as people can choose among."""


def create_topic(*, name: str, names: Mapping[str, str], theme: str = "", by: Actor, now: datetime) -> Topic:
    """Let people choose whether they want to read about one more topic.

    `names` says it in other languages, by their codes. With `theme` it stands for all kits of that theme, in the
    partner's words, and what people said about the theme goes on counting.
    Refused: `OddTopic`, `KnownTopic`, `TooManyTopics`.
    """
    partner_id = require(by.partner_id)
    there = topics_of(partner_id)
    if len(there) >= MOST_TOPICS:
        raise TooManyTopics(
            _("At most %(most)d topics: more of them nobody reads through.", most=MOST_TOPICS), field="name"
        )
    if len(theme) > LONGEST_KEY:
        raise OddTopic(_("This theme has too long a name."), field="theme")
    if theme and any(one.key == theme for one in there):
        raise KnownTopic(_("Another topic stands for this theme."), field="theme")
    said, translated = _free_name(name, there), _translated(names)
    found = _put_away(partner_id, theme) if theme else None
    if found is None:
        address = public_id(Topic.__prefix__)
        found = Topic(partner_id=partner_id, public_id=address, key=theme or address, created_at=now)
        session.add(found)
    found.name, found.names, found.removed_at = said, translated, None
    session.flush()  # the audit row names it
    _audited(by, "topic.created", found, now, name=found.name, key=found.key)
    return found


def _put_away(partner_id: int, theme: str) -> Topic | None:
    return session.scalar(sa.select(Topic).where(Topic.partner_id == partner_id, Topic.key == theme))


def change_topic(*, topic_id: int, name: str, names: Mapping[str, str], by: Actor, now: datetime) -> Topic:
    """Let a topic be called otherwise; what people chose stays. Refused: `OddTopic`, `KnownTopic`."""
    found = _in_reach(topic_id)
    others = [one for one in topics_of(found.partner_id) if one.id != found.id]
    said, translated = _free_name(name, others), _translated(names)
    if (said, translated) != (found.name, found.names):
        found.name, found.names = said, translated
        _audited(by, "topic.changed", found, now, name=said)
    return found


def remove_topic(*, topic_id: int, by: Actor, now: datetime) -> None:
    """Let a topic be offered no more: what belonged to it has its kit's theme again. What people chose is kept."""
    found = _in_reach(topic_id)
    found.removed_at = now
    _audited(by, "topic.removed", found, now)


def _clean(text: str, field: str) -> str:
    said = " ".join(text.split())
    if len(said) > LONGEST_NAME:
        raise OddTopic(_("A topic's name has at most %(most)d characters.", most=LONGEST_NAME), field=field)
    return said


def _free_name(name: str, others: Any) -> str:
    said = _clean(name, "name")
    if not said:
        raise OddTopic(_("Give the topic a name."), field="name")
    if any(one.name.casefold() == said.casefold() for one in others):
        raise KnownTopic(_("You have a topic of this name already."), field="name")
    return said


def _translated(names: Mapping[str, str]) -> dict[str, str]:
    cleaned = {code: _clean(text, f"name_{code}") for code, text in names.items()}
    return {code: text for code, text in cleaned.items() if text}


def _in_reach(topic_id: int) -> Topic:
    return require(session.scalar(sa.select(Topic).where(Topic.id == topic_id, Topic.removed_at.is_(None))))


def _audited(by: Actor, action: str, found: Topic, now: datetime, **after: Any) -> None:
    audit.record(by=by, action=action, object_type="topic", object_id=found.id, after=after or None, now=now)
