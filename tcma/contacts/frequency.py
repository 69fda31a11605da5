"""How often one person may be written to, over all vendors. What was sent is known higher up, and is passed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

MOST_MAILS = 4
WITHIN = timedelta(days=7)

Counting = Callable[[datetime, int], sa.Select[tuple[int]]]

_counting: list[Counting] = []


def configure(*counting: Counting) -> None:
    """Take, once, what answers with the ids of contacts who got at least so many campaign mails since an instant."""
    _counting[:] = counting


def is_reached(contact_id: sa.SQLColumnExpression[int], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition under which a contact has had enough mail for now."""
    return sa.or_(sa.false(), *(contact_id.in_(count(now - WITHIN, MOST_MAILS)) for count in _counting))
