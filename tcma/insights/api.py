"""The API of results: what the money brought, per kind of evidence, as the ledger and the deals say."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tcma.core.api import Answer, Query, api_blueprint
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.money import Money
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.insights.queries import returns
from tcma.insights.queries.calendar import Kind, entries
from tcma.insights.queries.returns import Dimension, Return

blueprint = api_blueprint("results")
LONGEST = timedelta(days=366)


class MoneyOut(Answer):
    """An amount: minor units and the currency's code."""

    minor: int
    currency: str


class EntryOut(Answer):
    """One thing on a calendar: `at` is an instant, or a day. `count` tells how many it stands for."""

    kind: Kind
    key: str
    title: str
    at: datetime | date
    ends: datetime | None
    count: int
    who: str


class CalendarOut(Answer):
    """What lies between two days, in order of time."""

    items: list[EntryOut]


class CalendarQuery(Query):
    """From which day up to which, both in UTC; at most a year."""

    since: date
    until: date


class ReturnOut(Answer):
    """What was paid for one kit, partner or activity, and what was won with it, per kind of evidence.

    `roi` is (won - paid) / paid per kind of evidence, and is missing where nothing was paid or won on that kind.
    """

    name: str
    paid: MoneyOut
    won: dict[str, MoneyOut]
    roi: dict[str, float]
    deals: int


class ResultsOut(Answer):
    """The results along one dimension, the largest spend first, and all that was paid, per currency."""

    by: Dimension
    paid: list[MoneyOut]
    rows: list[ReturnOut]


class ResultsQuery(Query):
    """Along what."""

    by: Dimension = Dimension.KIT


def _money(amount: Money) -> MoneyOut:
    return MoneyOut(minor=amount.minor, currency=amount.currency)


def _row(one: Return) -> ReturnOut:
    roi = {evidence.value: one.roi(evidence) for evidence in one.won}
    return ReturnOut(
        name=one.name,
        paid=_money(one.paid),
        won={evidence.value: _money(amount) for evidence, amount in one.won.items()},
        roi={evidence: value for evidence, value in roi.items() if value is not None},
        deals=one.deals,
    )


@blueprint.get("/results")
@requires(Permission.RESULTS_READ)
@blueprint.input(ResultsQuery, location="query")
@blueprint.output(ResultsOut)
def results(query_data: ResultsQuery) -> dict[str, Any]:
    """Tell what the vendor's money brought, along kits, partners or activities."""
    require(current_actor().vendor_id)
    rows = [_row(one) for one in returns.returns(query_data.by)]
    return {"by": query_data.by, "paid": [_money(one) for one in returns.total_paid()], "rows": rows}


@blueprint.get("/calendar")
@requires(Permission.HOME_READ)
@blueprint.input(CalendarQuery, location="query")
@blueprint.output(CalendarOut)
def calendar(query_data: CalendarQuery) -> CalendarOut:
    """List kits, campaigns, posts, events and the deadlines of funds between two days."""
    since, until = (datetime.combine(day, time(), tzinfo=UTC) for day in (query_data.since, query_data.until))
    if not timedelta(0) <= until - since <= LONGEST:
        raise DomainError(_("Choose two days, the later one last, and at most a year apart."), field="until")
    found = entries(actor=current_actor(), since=since, until=until, language="en")
    return CalendarOut(items=[EntryOut.model_validate(one) for one in found])
