"""Which days of a year nobody works in a country: its weekend and its public holidays."""

from datetime import date, timedelta
from functools import lru_cache

_SATURDAY = 5
_DAY = timedelta(days=1)


@lru_cache(maxsize=1024)
def weekends(year: int) -> frozenset[date]:
    """Return the Saturdays and Sundays of a year."""
    return frozenset(day for day in _days_of(year) if day.weekday() >= _SATURDAY)


@lru_cache(maxsize=1024)
def days_off(country: str, year: int) -> frozenset[date]:
    """Return the days of a year that are no working days in a country (ISO 3166, two letters).

    Its own weekend, which need not be Saturday and Sunday, its nationwide public holidays, and the days that stand in
    for those; holidays of a single state are working days. Of a country that is not known, Saturdays and Sundays.
    """
    import holidays  # its first use takes a quarter of a second, and only windows ask

    try:
        known = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return weekends(year)
    return frozenset(day for day in _days_of(year) if not known.is_working_day(day))


def _days_of(year: int) -> list[date]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return [first + number * _DAY for number in range((last - first).days + 1)]
