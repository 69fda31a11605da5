"""What a partner writes about: the usual themes of kits, and topics in its own words."""

from collections.abc import Sequence

import sqlalchemy as sa

from tcma.contacts.models import Topic
from tcma.core.db import require, session
from tcma.core.words import lazy_gettext as _

# The themes that most kits have; a partner can say them in its own words.
THEMES = {
    "security": _("Security"),
    "networking": _("Networks and Wi-Fi"),
    "backup": _("Cloud and backup"),
}


def topics_of(partner_id: int) -> Sequence[Topic]:
    """Return the topics that a partner has named, the oldest first."""
    chosen = sa.select(Topic).where(Topic.partner_id == partner_id, Topic.removed_at.is_(None))
    return session.scalars(chosen.order_by(Topic.id)).all()


def topic_by(public_id: str) -> Topic:
    """Return the topic at this address, in reach of who acts, or answer as if there were none."""
    return require(session.scalar(sa.select(Topic).where(Topic.public_id == public_id, Topic.removed_at.is_(None))))


def topics_to_choose(partner_id: int, language: str) -> dict[str, str]:
    """Return, by key, what people can choose to read about, in their language where it is said in it.

    The usual themes come first, under the partner's own names for them if it has some.
    """
    own = {one.key: one.names.get(language) or one.name for one in topics_of(partner_id)}
    usual = {key: own.pop(key, None) or str(words) for key, words in THEMES.items()}
    return {**usual, **own}
