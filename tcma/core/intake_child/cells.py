"""What a cell of a sheet says, as a person reads it: whole numbers without a point, dates as 2026-11-22."""

import datetime as dt
import re
import zipfile
from enum import Enum
from functools import lru_cache

from tcma.core.intake_child.parsing import Tags

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(50, 59)})
_ELAPSED = frozenset({45, 46, 47})
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?:[^hms\]][^\]]*|[hms][^hms\]][^\]]*)\]', re.IGNORECASE)
_LATEST = 2_958_466  # the day after 9999-12-31, as Excel counts


class Format(Enum):
    """How a number is to be read."""

    NUMBER = "number"
    DATE = "date"
    ELAPSED = "elapsed"


class Styles:
    """Which styles of a book show a number as a date."""

    def __init__(self, packed: zipfile.ZipFile, names: set[str], *, since_1904: bool) -> None:
        self.since_1904 = since_1904
        self._formats: list[Format] = []
        if "xl/styles.xml" not in names:
            return
        styles = Tags(packed, "xl/styles.xml")
        own = {one.get("numFmtId", ""): _read(one.get("formatCode", "")) for one in styles.of("numFmt")}
        for one in styles.inside("cellXfs", "xf"):
            number = one.get("numFmtId", "0")
            self._formats.append(own.get(number) or _usual(int(number)))

    def of(self, style: int) -> Format:
        """Return how a cell of this style is read."""
        return self._formats[style] if 0 <= style < len(self._formats) else Format.NUMBER


def _usual(number: int) -> Format:
    if number in _DATES:
        return Format.DATE
    return Format.ELAPSED if number in _ELAPSED else Format.NUMBER


def _read(code: str) -> Format:
    plain = _ASIDE.sub("", code).casefold().partition(";")[0]
    if re.search(r"\[[hms]+\]", plain):
        return Format.ELAPSED
    return Format.DATE if plain != "general" and re.search("[dmyhs]", plain) else Format.NUMBER


def column_of(place: str) -> int:
    """Return the number of a column, from 1, by a cell's place such as `AB12`."""
    return _column(place.rstrip("0123456789"))


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError(letters)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def rows_declared(area: str) -> int:
    """Return how many rows an area such as `A1:C50` has; 0 where it does not say."""
    ends = [int(digits) for digits in re.findall(r"[A-Z]+(\d{1,9})", area)]
    return ends[1] - ends[0] + 1 if len(ends) == 2 else 0


def as_text(text: str, kind: str, shown: Format, *, since_1904: bool) -> str:
    """Return what a cell that is no string shows."""
    if kind == "b":
        return "TRUE" if text.strip() == "1" else "FALSE"
    if kind == "d":
        return text.replace("T", " ").removesuffix(" 00:00:00")
    if kind != "n" or (shown is Format.NUMBER and text.isascii() and text.isdigit()):
        return text
    return _number(float(text), shown, since_1904=since_1904)


def _number(number: float, shown: Format, *, since_1904: bool) -> str:
    if shown is Format.DATE and 0 <= number < _LATEST:
        return _day(number, since_1904=since_1904)
    if shown is Format.ELAPSED and abs(number) < _LATEST:
        return str(dt.timedelta(seconds=round(number * 86_400)))
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else str(number)


def _day(number: float, *, since_1904: bool) -> str:
    seconds = dt.timedelta(seconds=round(number * 86_400))
    if number < 1 and not since_1904:
        return str((dt.datetime(1900, 1, 1) + seconds).time())  # noqa: DTZ001 - a sheet knows no zones
    # Excel has a 29 February 1900, so that days before it are counted from one day later.
    start = dt.datetime(1904, 1, 1) if since_1904 else dt.datetime(1899, 12, 31 if number < 60 else 30)  # noqa: DTZ001
    found = start + seconds
    return found.date().isoformat() if found.time() == dt.time() else found.isoformat(sep=" ", timespec="seconds")
