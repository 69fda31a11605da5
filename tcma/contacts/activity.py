"""Who did something lately, such as press a link. What people do is known higher up, and is passed in."""

from collections.abc import Callable, Mapping
from datetime import datetime

import sqlalchemy as sa

Since = Callable[[datetime], sa.Select[tuple[int]] | sa.Select[tuple[int | None]]]

_known: dict[str, Since] = {}


def configure(known: Mapping[str, Since]) -> None:
    """Take, once, what answers for each kind of activity with the ids of contacts who showed it since an instant."""
    _known.clear()
    _known.update(known)


def has_shown(kind: str, contact_id: sa.SQLColumnExpression[int], since: datetime) -> sa.ColumnElement[bool]:
    """Return the condition under which a contact has shown an activity since an instant."""
    found = _known.get(kind)
    return contact_id.in_(found(since)) if found else sa.false()
