"""The first page of each side, and the results."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from flask import Response, current_app, redirect, request, url_for
from flask_babel import format_percent
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, web
from tcma.core.db import require
from tcma.core.presentation import language
from tcma.core.tenancy import current_actor
from tcma.identity.access import requires
from tcma.identity.permissions import Permission
from tcma.insights.benchmarks import FEWEST_MAILS, FEWEST_PARTNERS, OLD_ENOUGH, Measure
from tcma.insights.queries import activity, returns
from tcma.insights.queries import home as homes
from tcma.insights.queries.benchmarks import of_kits
from tcma.insights.queries.reported import Reported, reported_along, reported_by_partners
from tcma.insights.queries.returns import Dimension
from tcma.insights.views import blueprint
from tcma.leads import queries as leads
from tcma.leads.models import Evidence
from tcma.partners import queries as partners

REPORTED = ("sent", "delivered", "opened", "clicked")


@blueprint.get("/home")
@requires(Permission.HOME_READ)
def home() -> BaseResponse:
    """The first page: what is left, what waits, what to do next."""
    actor = current_actor()
    if actor.is_partner:
        return _partner_home()
    if actor.may(Permission.REQUESTS_DECIDE) or actor.may(Permission.SETTLEMENTS_RELEASE):
        return redirect(url_for("mdf.inbox"))
    return _vendor_home()


def _partner_home() -> Response:
    now = clock.now()
    profile = partners.profile_of(require(current_actor().partner_id))
    launches = activity.recent_launches()
    return web.render(
        "insights/partner_home.html",
        money_rows=homes.money_left(),
        offers=leads.offers_to_accept(now),
        uncalled=homes.uncalled(),
        actions=homes.next_actions(profile, now=now),
        launches=launches,
        counts=activity.counts_of([launch.id for launch in launches]),
        totals=activity.totals(since=now - timedelta(days=30)),
    )


def _vendor_home() -> Response:
    now = clock.now()
    return web.render(
        "insights/vendor_home.html",
        funnel_counts=activity.adoption(now=now),
        needs=[need for need in homes.needs() if need.endpoint in current_app.view_functions],
        **_by_day(activity.answers_by_day(until=now)),
        totals=activity.totals(since=now - timedelta(days=30)),
    )


@blueprint.get("/results")
@requires(Permission.RESULTS_READ)
def results() -> Response:
    """What the money brought, along kit, partner or activity, per kind of evidence."""
    if current_actor().is_partner:
        return _partner_results()
    dimension = _dimension()
    total = returns.how_many(dimension)
    pages = max(-(-total // returns.PER_PAGE), 1)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return web.render(
        "insights/results.html",
        "insights/_returns.html",
        dimension=dimension,
        dimension_tabs=[
            {
                "label": _names()[one.value],
                "url": url_for("insights.results", by=one.value),
                "current": one is dimension,
            }
            for one in Dimension
        ],
        names=_names(),
        won_labels=_won_labels(),
        times=_times,
        rows=returns.returns(dimension, offset=(page - 1) * returns.PER_PAGE),
        page=page,
        pages=pages,
        total=total,
        paid=returns.total_paid(),
        evidence=list(Evidence),
        reported=reported_by_partners(),
        **_benchmarks(dimension),
        **_by_day(activity.answers_by_day(until=clock.now(), days=90)),
    )


def _benchmarks(dimension: Dimension) -> dict[str, Any]:
    return {
        "benchmarks": of_kits(language()) if dimension is Dimension.KIT else [],
        "measures": list(Measure),
        "few": FEWEST_PARTNERS,
        "mails": FEWEST_MAILS,
        "days": OLD_ENOUGH.days,
    }


def _partner_results() -> Response:
    launches = activity.recent_launches(limit=50)
    return web.render(
        "insights/partner_results.html",
        launches=launches,
        counts=activity.counts_of([launch.id for launch in launches]),
        **_by_day(activity.answers_by_day(until=clock.now(), days=90)),
    )


@blueprint.get("/results.csv")
@requires(Permission.RESULTS_READ)
def results_csv() -> Response:
    """The same numbers as a file; amounts in major units, one row per currency.

    What partners reported of their own tools' mails stands in columns of its own, once per kit or partner.
    """
    if current_actor().is_partner:
        return _csv([], [])
    dimension = _dimension()
    money = ["currency", "paid", *(f"won_{one.value}" for one in Evidence), "deals"]
    reported = reported_along(dimension)
    rows = [[*_cells(row), *_reported(reported.pop(row.key, None))] for row in returns.every_return(dimension)]
    rows += [[one.name, *[""] * len(money), *_reported(one)] for one in reported.values()]
    return _csv([dimension.value, *money, *(f"mails_{name}_as_reported" for name in REPORTED)], rows)


def _cells(row: returns.Return) -> list[str]:
    return [row.name, row.currency, str(row.paid.decimal()), *_won(row), str(row.deals)]


def _reported(one: Reported | None) -> list[str]:
    numbers = [getattr(one, name) for name in REPORTED] if one is not None else [None] * len(REPORTED)
    return ["" if number is None else str(number) for number in numbers]


def _by_day(days: list[tuple[date, int, int]]) -> dict[str, Any]:
    return {
        "dates": [day for day, _answers, _mailed in days],
        "answers": [answers for _day, answers, _mailed in days],
        "mailed": [mailed for _day, _answers, mailed in days],
    }


def _names() -> dict[str, str]:
    return {"kit": _("Kit"), "partner": _("Partner"), "activity": _("Activity")}


def _won_labels() -> dict[str, str]:
    return {"reported": _("Won, reported"), "registered": _("Won, registered"), "confirmed": _("Won, confirmed")}


def _times(roi: float | None) -> str:
    """Return a return on investment as people read it: `+180 %`."""
    return "–" if roi is None else f"{'+' if roi > 0 else ''}{format_percent(roi)}"


def _won(row: returns.Return) -> list[str]:
    return [str(row.won[one].decimal()) if one in row.won else "" for one in Evidence]


def _csv(head: list[str], rows: list[list[str]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    response = Response(out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="results.csv"'
    return response


def _plain(cell: str) -> str:
    # A spreadsheet would run a cell that begins like a formula; an amount below zero is none of those.
    is_amount = cell.removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_amount else cell


def _dimension() -> Dimension:
    wish = request.args.get("by", "kit")
    return Dimension(wish) if wish in set(Dimension) else Dimension.KIT
