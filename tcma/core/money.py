"""Money: an integer of minor units with an ISO 4217 code. No float and no hidden exchange."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Self, TypeAlias, TypeVar

from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol, list_currencies

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

Weight: TypeAlias = int | Decimal | Fraction
Key = TypeVar("Key")

LARGEST_MINOR = 2**63 - 1  # what a BIGINT column holds

# CLDR gives the digits in daily use; for these ISO 4217 defines more, and bank files use those.
_ISO_DIGITS = {
    **dict.fromkeys(("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "MRO", "RSD"), 2),
    **dict.fromkeys(("SLL", "SOS", "STD", "SYP", "TMM", "YER", "ZMK", "ZWD"), 2),
    "IQD": 3,
}
# Metals, bond units, test codes: in ISO 4217, but nobody pays with them.
_NOT_MONEY = frozenset(
    (
        "XAG",
        "XAU",
        "XBA",
        "XBB",
        "XBC",
        "XBD",
        "XDR",
        "XEU",
        "XFO",
        "XFU",
        "XPD",
        "XPT",
        "XRE",
        "XSU",
        "XTS",
        "XUA",
        "XXX",
    )
)
_LONGEST_AMOUNT = 40


class UnknownCurrency(DomainError):
    """The code is not one that money is counted in."""

    def __init__(self, code: object) -> None:
        super().__init__(_("%(code)s is not a currency code. Use one like EUR or JPY.", code=str(code)[:12]))


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies met in one sum or comparison."""

    def __init__(self, one: str, other: str) -> None:
        words = _("%(one)s and %(other)s cannot be put together. Use one currency.", one=one, other=other)
        super().__init__(words)


class AmountTooLarge(DomainError):
    """The amount does not fit the ledger."""

    def __init__(self) -> None:
        super().__init__(_("The amount is too large. Enter a smaller one."))


class NotAnAmount(DomainError):
    """The text is not an amount as it is written in the reader's language."""

    def __init__(self, example: str) -> None:
        super().__init__(_("Enter an amount such as %(example)s.", example=example), field="amount")


class TooManyDecimals(DomainError):
    """More decimals were given than the currency has."""

    def __init__(self, currency: str, digits: int) -> None:
        words = _("%(currency)s has %(digits)d decimals. Enter no more than that.", currency=currency, digits=digits)
        super().__init__(words, field="amount")


class Rounding(StrEnum):
    """How a part of a minor unit is settled. The rule's name is stored with the result."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    FLOOR = "floor"
    CEILING = "ceiling"

    def whole(self, exact: Fraction) -> int:
        """Return `exact` as a whole number under this rule; halves of `half_up` go away from zero."""
        below, rest = divmod(exact.numerator, exact.denominator)
        if rest == 0:
            return below
        # One decimal is enough to say below, at or above the half; the sign is kept for `half_up` and `down`.
        half = 2 * rest - exact.denominator
        tenths = Decimal(below) + Decimal("0.5") + Decimal("0.1") * ((half > 0) - (half < 0))
        return int(tenths.quantize(Decimal(1), rounding=_DECIMAL_RULE[self]))


_DECIMAL_RULE = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
    Rounding.FLOOR: ROUND_FLOOR,
    Rounding.CEILING: ROUND_CEILING,
}


@cache
def _known_currencies() -> frozenset[str]:
    return frozenset(list_currencies()) - _NOT_MONEY


@cache
def minor_digits(currency: str) -> int:
    """Return how many decimals ISO 4217 gives `currency`: 2 for EUR, 0 for JPY, 3 for KWD."""
    if currency not in _known_currencies():
        raise UnknownCurrency(currency)
    return _ISO_DIGITS.get(currency, get_currency_precision(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Sums and comparisons with another currency are refused."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse floats, unknown currencies and amounts that no column holds."""
        if type(self.minor) is not int:
            message = f"minor units are a whole number, not {type(self.minor).__name__}"
            raise TypeError(message)
        minor_digits(self.currency)
        if abs(self.minor) > LARGEST_MINOR:
            raise AmountTooLarge

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: "Iterable[Money]", currency: str) -> Self:
        """Return the sum of `amounts`, all of which must be in `currency`."""
        minor = 0
        for amount in amounts:
            if amount.currency != currency:
                raise CurrencyMismatch(currency, amount.currency)
            minor += amount.minor
        return cls(minor, currency)

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """Read the shape that `as_json` writes; other keys and other types are refused."""
        minor, currency = value.get("minor"), value.get("currency")
        if set(value) != {"minor", "currency"} or type(minor) is not int or not isinstance(currency, str):
            message = 'money is {"minor": whole number, "currency": "EUR"}'
            raise ValueError(message)
        return cls(minor, currency)

    def as_json(self) -> dict[str, int | str]:
        """Return the shape used in every interface: {"minor": 12345, "currency": "EUR"}."""
        return {"minor": self.minor, "currency": self.currency}

    def decimal(self) -> Decimal:
        """Return the amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def shown(self, locale: Locale | str) -> str:
        """Return the amount as people write it in `locale`, with the currency's own decimals."""
        where = Locale.parse(locale)
        pattern = copy(where.currency_formats["standard"])
        digits = minor_digits(self.currency)
        pattern.frac_prec = (digits, digits)
        return str(pattern.apply(self.decimal(), where, currency=self.currency, currency_digits=False))

    def __str__(self) -> str:
        return f"{self.decimal():f} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def percent(self, bps: int, *, rounding: Rounding = Rounding.HALF_UP) -> "Money":
        """Return `bps` hundredths of a percent of this amount: 5000 is half of it."""
        return Money(rounding.whole(Fraction(self.minor * bps, 10_000)), self.currency)

    def split(self, weights: Sequence[Weight]) -> "list[Money]":
        """Divide by largest remainder: the parts sum to the whole, each within one minor unit of exact.

        Equal remainders go to the earlier part. A negative amount is divided as its mirror image.
        """
        shares = [Fraction(weight) for weight in weights]
        whole = sum(shares, Fraction(0))
        if whole <= 0 or min(shares) < 0:
            message = "weights are not negative, and at least one is more than zero"
            raise ValueError(message)
        exact = [abs(self.minor) * share / whole for share in shares]
        parts = [share.numerator // share.denominator for share in exact]
        left = abs(self.minor) - sum(parts)
        by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
        for place in by_remainder[:left]:
            parts[place] += 1
        sign = -1 if self.minor < 0 else 1
        return [Money(sign * part, self.currency) for part in parts]

    def allocate(self, weights: Mapping[Key, Weight]) -> "dict[Key, Money]":
        """Divide as `split` does, among the keys of `weights`."""
        return dict(zip(weights, self.split(list(weights.values())), strict=True))


def from_decimal_text(text: str, currency: str, locale: Locale | str) -> Money:
    """Read an amount as a person types it in `locale`; the currency's own sign or code may stand with it.

    Anything doubtful is refused rather than guessed: "1.23" in German, "1,5" in English, too many decimals.
    """
    digits = minor_digits(currency)
    where = Locale.parse(locale)
    if len(text) > _LONGEST_AMOUNT:
        raise NotAnAmount(_example(currency, where))
    written = _AmountText(where)
    whole, fraction, negative = written.parts(_without_currency(text, currency, where), currency)
    if len(fraction) > digits:
        raise TooManyDecimals(currency, digits)
    minor = int(whole + fraction.ljust(digits, "0"))
    return Money(-minor if negative else minor, currency)


def _example(currency: str, locale: Locale) -> str:
    digits = minor_digits(currency)
    return f"1250{_AmountText(locale).point}{'0' * digits}" if digits else "1250"


def _without_currency(text: str, currency: str, locale: Locale) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    for mark in (currency, get_currency_symbol(currency, locale), get_currency_symbol(currency, "en")):
        plain = plain.removeprefix(mark).removesuffix(mark).strip()
    return plain


class _AmountText:
    """How digits are grouped and pointed in one locale."""

    def __init__(self, locale: Locale) -> None:
        symbols = locale.number_symbols["latn"]
        self.locale = locale
        self.point: str = symbols["decimal"]
        group = unicodedata.normalize("NFKC", symbols["group"]).replace("\u2019", "'")
        whole = r"\d+"
        if group != self.point:
            mark = re.escape(group)
            whole = rf"\d{{1,3}}(?:{mark}\d{{3}})+|\d{{1,2}}(?:{mark}\d{{2}})*{mark}\d{{3}}|\d+"
        self.group = group
        self.shape = re.compile(rf"([+-]?)({whole})(?:{re.escape(self.point)}(\d*))?")

    def parts(self, text: str, currency: str) -> tuple[str, str, bool]:
        """Return whole digits, decimals, and whether a minus stands before them."""
        found = self.shape.fullmatch(self._latin(text))
        if not found:
            raise NotAnAmount(_example(currency, self.locale))
        sign, whole, fraction = found.groups(default="")
        return whole.replace(self.group, ""), fraction, sign == "-"

    def _latin(self, text: str) -> str:
        swapped = {"\u2212": "-", "\u2019": "'", "\u066b": self.point, "\u066c": self.group}
        return "".join(
            str(unicodedata.decimal(letter)) if letter.isdecimal() else swapped.get(letter, letter) for letter in text
        )
