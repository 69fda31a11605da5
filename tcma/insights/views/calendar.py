"""The calendar of a partner and of a vendor, and the secret address at which other programs read it."""

import calendar as days_of_months
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Response, g, request, url_for
from flask_babel import get_locale, get_timezone, lazy_gettext, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from tcma.core import clock, limits, tenancy, web
from tcma.core.db import require
from tcma.core.limits import limiter
from tcma.core.links import ForgedLink
from tcma.core.tenancy import current_actor
from tcma.identity import presence
from tcma.identity.access import public, requires
from tcma.identity.permissions import Permission
from tcma.insights.calendars import calendar_file, feed_address, member_of, refuse_renewed
from tcma.insights.operations import renew_feed
from tcma.insights.queries.calendar import Entry, Kind, entries
from tcma.insights.views import blueprint

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
YEARS = range(2000, 2100)
ICONS = {
    Kind.KIT_OPENS: "package",
    Kind.KIT_ENDS: "package",
    Kind.RUN: "rocket",
    Kind.RUN_UNLESS: "clock",
    Kind.POST: "share-2",
    Kind.EVENT: "presentation",
    Kind.LAPSES: "wallet",
    Kind.REQUESTS_UNTIL: "wallet",
    Kind.CLAIMS_UNTIL: "receipt",
}
WORDS = {
    Kind.KIT_OPENS: lazy_gettext("On offer from today"),
    Kind.KIT_ENDS: lazy_gettext("Last day on offer"),
    Kind.RUN: lazy_gettext("Campaign starts"),
    Kind.RUN_UNLESS: lazy_gettext("Goes out unless you say no"),
    Kind.POST: lazy_gettext("Post"),
    Kind.EVENT: lazy_gettext("Event"),
    Kind.LAPSES: lazy_gettext("Your share lapses"),
    Kind.REQUESTS_UNTIL: lazy_gettext("Last day for requests"),
    Kind.CLAIMS_UNTIL: lazy_gettext("Last day for claims"),
}


@blueprint.get("/calendar")
@requires(Permission.HOME_READ)
def calendar() -> Response:
    """One month: kits, campaigns, posts, events and the deadlines of funds."""
    actor, today = current_actor(), _local(clock.now()).date()
    first = _month(request.args.get("month", ""), today)
    last = _next(first)
    found = entries(actor=actor, since=_midnight(first), until=_midnight(last), language=_language())
    on = defaultdict(list)
    for one in found:
        on[_day(one)].append(_shown(one))
    return web.render(
        "insights/calendar.html",
        first=first,
        weeks=days_of_months.Calendar(_first_weekday()).monthdatescalendar(first.year, first.month),
        on=on,
        today=today,
        count=len(found),
        before=(_before(first), _address(_before(first))),
        after=(last, _address(last)),
        feed=feed_address(require(actor.membership_id)),
    )


def _month(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if found.year in YEARS else today.replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _address(first: date) -> str:
    return url_for("insights.calendar", month=f"{first:%Y-%m}")


def _local(instant: datetime) -> datetime:
    return instant.astimezone(get_timezone() or UTC)


def _midnight(day: date) -> datetime:
    """The first moment of a day on the reader's clock."""
    zone = get_timezone()
    return datetime.combine(day, time(), tzinfo=zone or UTC).astimezone(UTC)


def _first_weekday() -> int:
    locale = get_locale()
    return locale.first_week_day if locale else 0


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"


def _day(one: Entry) -> date:
    return _local(one.at).date() if isinstance(one.at, datetime) else one.at


def _shown(one: Entry) -> dict[str, Any]:
    return {
        "title": one.title,
        "what": in_words(one),
        "icon": ICONS[one.kind],
        "at": one.at if isinstance(one.at, datetime) else None,
        "kind": one.kind.value,
        "url": url_for(one.endpoint, **dict(one.values)),  # type: ignore[arg-type]  # names of the address, not options
    }


def in_words(one: Entry) -> str:
    """Return what an entry is, without its title: for a vendor with how many partners, or which."""
    is_counted = not isinstance(one.at, datetime)
    if is_counted and one.kind is Kind.RUN:
        return str(ngettext("%(num)s partner starts", "%(num)s partners start", one.count))
    if is_counted and one.kind is Kind.POST:
        return str(ngettext("%(num)s post", "%(num)s posts", one.count))
    words = str(WORDS[one.kind])
    return f"{words} · {one.who}" if one.who else words


@blueprint.post("/calendar/address")
@requires(Permission.HOME_READ)
def renew_calendar() -> BaseResponse:
    """Make a secret address of the calendar, or a new one in place of it."""
    renew_feed(by=current_actor(), now=clock.now())
    return web.go(url_for("insights.calendar"), _("Here is the address. Whoever has it can read your calendar."))


@blueprint.get("/calendar/<token>.ics")
@limiter.limit(limits.SIGNED_LINK)
@public
def calendar_feed(token: str) -> Response:
    """The calendar as programs read it. A renewed address answers as if it had never been."""
    membership_id, number = member_of(token)
    found = presence.of_member(membership_id)
    if found is None:
        raise ForgedLink
    tenancy.enter(found.actor)
    g.user_language, g.user_zone = found.person.locale, found.person.zone
    refuse_renewed(membership_id, number)
    now = clock.now()
    file = calendar_file(
        entries(actor=found.actor, since=now - BEHIND, until=now + AHEAD, language=_language()),
        name=f"TCMA · {found.seat.org_name}",
        in_words=lambda one: f"{one.title} · {in_words(one)}",
        address_of=lambda one: url_for(one.endpoint, _external=True, **dict(one.values)),
        now=now,
    )
    answer = Response(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=900"
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return answer
