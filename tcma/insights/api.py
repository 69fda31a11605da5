"""The API of results: what the money brought, per kind of evidence, as the ledger and the deals say."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import Field

from campaigns.queries.launches import launch_by, side_of_launch
from tcma.core.api import Answer, Query, api_blueprint
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.tenancy import current_actor
from tcma.core.words import lazy_gettext as _
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.insights.benchmarks import FEWEST_MAILS, FEWEST_PARTNERS, Measure
from tcma.insights.queries import returns
from tcma.insights.queries.benchmarks import compared, of_kits
from tcma.insights.queries.calendar import Kind, entries
from tcma.insights.queries.reported import reported_along
from tcma.insights.queries.returns import Dimension, Return
from tcma.mdf.shapes import MoneyOut

blueprint = api_blueprint("results")
LONGEST = timedelta(days=366)


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


class ReportedOut(Answer):
    """What partners reported of mails that they sent from their own tools: people, each once; none where nobody says.

    It is the partners' word. Nothing of it is in any other number.
    """

    name: str
    campaigns: int
    sent: int
    delivered: int | None
    opened: int | None
    clicked: int | None


class ResultsOut(Answer):
    """The results along one dimension, the largest spend first, and all that was paid, per currency.

    `as_reported` stands apart, along kits or partners: it counts mails that nothing else here counts.
    """

    by: Dimension
    paid: list[MoneyOut]
    rows: list[ReturnOut]
    as_reported: list[ReportedOut]


class RatesOut(Answer):
    """How many there are for 100 mails: delivered of those that were tried, the others of those that were delivered.

    Somebody who clicked twice counts twice. None where no mail was.
    """

    delivered: float | None
    clicks: float | None
    replies: float | None
    forms: float | None


class ComparedOut(Answer):
    """One mail of a campaign, or all of them where `step` is empty."""

    step: str
    title: str
    tried: int
    delivered: int
    rates: RatesOut
    others: RatesOut | None = Field(
        description="The median of the other partners with the kit; none while there are too few: it takes "
        f"{FEWEST_PARTNERS} of them and {FEWEST_MAILS} of their delivered mails."
    )


class ComparedList(Answer):
    """The mails of a campaign beside those of the kit's other partners."""

    items: list[ComparedOut]


class OfStepOut(Answer):
    """One mail of a kit, or all of them where `step` is empty; `rates` is the median, none while there are too few."""

    step: str
    title: str
    partners: int
    delivered: int
    rates: RatesOut | None


class OfKitOut(Answer):
    """How a kit does at the vendor's partners."""

    kit: str
    title: str
    steps: list[OfStepOut]


class BenchmarkList(Answer):
    """The benchmarks of the kits with the most delivered mails."""

    items: list[OfKitOut]


class ResultsQuery(Query):
    """Along what."""

    by: Dimension = Dimension.KIT


def _row(one: Return) -> ReturnOut:
    roi = {evidence.value: one.roi(evidence) for evidence in one.won}
    return ReturnOut(
        name=one.name,
        paid=MoneyOut.of(one.paid),
        won={evidence.value: MoneyOut.of(amount) for evidence, amount in one.won.items()},
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
    reported = [ReportedOut.model_validate(one) for one in reported_along(query_data.by).values()]
    paid = [MoneyOut.of(one) for one in returns.total_paid()]
    return {"by": query_data.by, "paid": paid, "rows": rows, "as_reported": reported}


@blueprint.get("/results/benchmarks")
@requires(Permission.RESULTS_READ)
@blueprint.output(BenchmarkList)
def benchmarks() -> BenchmarkList:
    """Tell what is usual for each kit: medians over its partners, each counted once, by mail."""
    require(current_actor().vendor_id)
    return BenchmarkList(items=[OfKitOut.model_validate(one) for one in of_kits("en")])


@blueprint.get("/launches/<launch_id>/benchmark")
@requires(Permission.LAUNCHES_READ)
@blueprint.output(ComparedList)
def benchmark(launch_id: str) -> ComparedList:
    """Set the mails of a campaign beside the median of the other partners with the same kit."""
    require(current_actor().partner_id)
    launch = require(launch_by(launch_id))
    rows = compared(launch, fields=dict(side_of_launch(launch).fields))
    return ComparedList(
        items=[
            ComparedOut(
                step=row.step,
                title=row.title,
                tried=row.own.tried,
                delivered=row.own.delivered,
                rates=_rates(row.rates),
                others=_rates(row.others) if row.others else None,
            )
            for row in rows
        ]
    )


def _rates(rates: Mapping[Measure, float | None]) -> RatesOut:
    return RatesOut(**{measure.value: rate if rate is None else round(rate, 1) for measure, rate in rates.items()})


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
