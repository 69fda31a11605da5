"""What templates ask Python for: addresses of assets, this page with a change, amounts, times and time left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_timedelta
from flask import Flask, request, url_for
from flask_babel import (
    format_currency,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_time,
    get_locale,
)
from flask_babel import get_timezone as reader_zone
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from tcma.core import clock
from tcma.core.assets_manifest import hashed_name
from tcma.core.words import lazy_gettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Amount(Protocol):
    """Anything that can say its amount in a reader's language."""

    def shown(self, locale: Locale | str) -> str:
        """Return the amount with its currency."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long until a deadline, in words, and how pressing that is: calm, soon, now or over."""

    words: str
    urgency: str


def locale() -> Locale:
    """Return the reader's locale, English where no request is at hand."""
    return get_locale() or Locale("en")


def language() -> str:
    """Return the reader's language as an HTML `lang` value."""
    return str(locale()).replace("_", "-")


def direction() -> str:
    """Return `rtl` where the reader's language is written from the right, otherwise `ltr`."""
    return str(locale().text_direction)


def static_url(name: str) -> str:
    """Return the address of a built asset such as `app.css`; it changes when the content does."""
    return url_for("static", filename=f"dist/{hashed_name(name)}")


def icon_url(name: str) -> str:
    """Return the address of one drawing in the icon sprite."""
    return f"{static_url('icons.svg')}#{name}"


def url_with(**changes: object) -> str:
    """Return this page's address with some of its query changed; `None` takes a key away."""
    query = MultiDict(request.args)
    for key, value in changes.items():
        query.poplist(key)
        if value is not None:
            query[key] = str(value)
    return _with_query(query)


def sort_url(key: str, current: str | None, direction_now: str) -> str:
    """Return this page sorted by `key`; a second press on the same column turns the order round."""
    turned = "desc" if key == current and direction_now == "asc" else "asc"
    return url_with(sort=key, direction=turned, page=None)


def _with_query(query: MultiDict[str, str]) -> str:
    words = urlencode([(key, value) for key, value in query.items(multi=True)])
    return f"{request.path}?{words}" if words else request.path


def pages_shown(page: int, pages: int) -> list[int | None]:
    """Return the page numbers to offer: the ends and the neighbours of `page`; `None` stands for a gap."""
    wanted = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    shown: list[int | None] = []
    for number in wanted:
        if shown and shown[-1] is not None and number - shown[-1] > 1:
            shown.append(None)
        shown.append(number)
    return shown


def format_money(amount: Amount) -> str:
    """Return an amount in the reader's language."""
    return amount.shown(locale())


def time_left(deadline: datetime) -> TimeLeft:
    """Return the time until `deadline` for a reader without script; the page's clocks go on from there."""
    left = deadline - clock.now()
    if left <= timedelta(0):
        return TimeLeft("", "over")
    words = format_timedelta(left, locale=locale(), threshold=1.3)
    urgency = "now" if left < HOUR else "soon" if left < DAY else "calm"
    return TimeLeft(words, urgency)


def time_ago(moment: datetime) -> str:
    """Return how long ago, or in how long, in the reader's language."""
    return format_timedelta(moment - clock.now(), locale=locale(), add_direction=True, threshold=1.2)


def zone_name(moment: datetime) -> str:
    """Return the short name of the reader's time zone at that moment."""
    zone = reader_zone()
    return (moment.astimezone(zone) if zone else moment).tzname() or "UTC"


def moment_words(moment: datetime) -> str:
    """Return date, minute and zone of a moment, as the reader writes and lives them."""
    pattern = locale().datetime_formats["medium"]
    return f"{pattern.format(format_time(moment, 'short'), format_date(moment, 'medium'))} {zone_name(moment)}"


def initials(name: str) -> str:
    """Return up to two letters that stand for a name where there is no picture."""
    words = [word for word in name.split() if word[0].isalnum()]
    picked = words[:1] if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0].upper() for word in picked) or "?"


def share(value: float, total: float) -> float:
    """Return `value` as a part of 100, at most 100, for bars that are drawn without script."""
    return round(min(100.0, 100.0 * value / total), 2) if total else 0.0


def sparkline_points(values: Sequence[float], width: int = 100, height: int = 24) -> str:
    """Return the corners of a small line over `values`, for an SVG of the given size."""
    low, high = min(values), max(values)
    reach = (high - low) or 1
    step = width / max(1, len(values) - 1)
    corners = ((at * step, height - 2 - (value - low) / reach * (height - 4)) for at, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)


def html_attributes(attributes: Mapping[str, object]) -> Markup:
    """Return attributes as HTML, escaped; `True` gives a bare name, `None` and `False` leave it out."""
    parts = [
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    return Markup("").join(parts)


def given(**attributes: object) -> dict[str, object]:
    """Return the attributes that have a value, for fields that would print the word None."""
    return {name.replace("_", "-"): value for name, value in attributes.items() if value not in (None, False, "")}


def init_app(app: Flask) -> None:
    """Give every template the functions that layouts and components use."""
    app.jinja_env.globals.update(
        N_=lazy_gettext,
        direction=direction,
        # The layouts use these names, because a list passes a `direction` of its own, and a form a `language`.
        text_direction=direction,
        text_language=language,
        format_currency=format_currency,
        format_date=format_date,
        format_datetime=format_datetime,
        format_money=format_money,
        format_number=format_decimal,
        format_percent=format_percent,
        format_time=format_time,
        given=given,
        html_attributes=html_attributes,
        icon_url=icon_url,
        initials=initials,
        language=language,
        moment_words=moment_words,
        pages_shown=pages_shown,
        server_now=clock.now,
        share=share,
        sort_url=sort_url,
        sparkline_points=sparkline_points,
        static_url=static_url,
        moment_of=datetime.fromisoformat,
        time_ago=time_ago,
        time_left=time_left,
        url_with=url_with,
        zone_name=zone_name,
    )
