"""Money: whole minor units, one currency at a time, splits that lose nothing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcma.core.money import (
    AmountTooLarge,
    CurrencyMismatch,
    Money,
    NotAnAmount,
    Rounding,
    TooManyDecimals,
    UnknownCurrency,
    from_decimal_text,
    minor_digits,
)

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])  # 0, 2 and 3 decimals
MINORS = st.integers(min_value=-(10**15), max_value=10**15)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("CLF", 4),
        ("ISK", 0),
        ("IQD", 3),
        ("RSD", 2),
        ("AFN", 2),
        ("XOF", 0),
    ],
)
def test_the_exponent_is_the_one_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "eur", "EURO", "", "ZZZ"])
def test_what_nobody_pays_with_is_not_a_currency(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Money(1, code)


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1", None])
def test_minor_units_are_a_whole_number_and_nothing_else(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


def test_an_amount_that_no_column_holds_is_refused() -> None:
    with pytest.raises(AmountTooLarge):
        Money(2**63, "EUR")
    with pytest.raises(AmountTooLarge):
        Money(2**62, "EUR") + Money(2**62, "EUR")


def test_currencies_are_never_mixed() -> None:
    euro, yen = Money(1, "EUR"), Money(1, "JPY")

    for mixed in (
        lambda: euro + yen,
        lambda: euro - yen,
        lambda: euro < yen,
        lambda: euro <= yen,
        lambda: euro > yen,
        lambda: euro >= yen,
        lambda: Money.total([euro, yen], "EUR"),
    ):
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert euro != yen


@settings(max_examples=1000)
@given(MINORS, CURRENCIES, WEIGHTS)
def test_the_parts_of_a_split_sum_to_the_whole_and_each_is_within_one_unit(
    minor: int, currency: str, weights: list[int]
) -> None:
    parts = Money(minor, currency).split(weights)

    assert sum(part.minor for part in parts) == minor
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1
        if weight == 0:
            assert part.minor == 0


@given(MINORS, CURRENCIES, WEIGHTS)
def test_the_parts_of_a_negative_split_mirror_those_of_the_positive(
    minor: int, currency: str, weights: list[int]
) -> None:
    parts = Money(minor, currency).split(weights)

    assert [-part for part in parts] == Money(-minor, currency).split(weights)


def test_a_split_gives_the_odd_units_to_the_largest_remainders() -> None:
    assert [part.minor for part in Money(100, "EUR").split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(5, "JPY").split([1, 3, 1])] == [1, 3, 1]
    assert [part.minor for part in Money(10, "KWD").split([Decimal("0.15"), Decimal("0.85")])] == [2, 8]
    assert Money(7, "EUR").allocate({"north": 1, "south": 1}) == {
        "north": Money(4, "EUR"),
        "south": Money(3, "EUR"),
    }


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2]])
def test_weights_that_divide_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(10, "EUR").split(weights)


@pytest.mark.parametrize(
    ("rounding", "up", "down"),
    [
        (Rounding.HALF_UP, 1, -1),
        (Rounding.HALF_EVEN, 0, 0),
        (Rounding.DOWN, 0, 0),
        (Rounding.FLOOR, 0, -1),
        (Rounding.CEILING, 1, 0),
    ],
)
def test_half_a_unit_is_settled_by_the_named_rule(rounding: Rounding, up: int, down: int) -> None:
    assert Money(1, "EUR").percent(5000, rounding=rounding).minor == up
    assert Money(-1, "EUR").percent(5000, rounding=rounding).minor == down


@given(MINORS, st.integers(min_value=0, max_value=20_000), st.sampled_from(list(Rounding)))
def test_a_percentage_is_within_one_unit_of_exact(minor: int, bps: int, rounding: Rounding) -> None:
    part = Money(minor, "EUR").percent(bps, rounding=rounding).minor
    exact = Fraction(minor * bps, 10_000)

    assert abs(part - exact) < 1
    if rounding in {Rounding.HALF_UP, Rounding.HALF_EVEN}:
        assert abs(part - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("1,234.50", "EUR", "en", 123450),
        ("1.234,50", "EUR", "de", 123450),
        ("1.234", "EUR", "de", 123400),
        ("1234.5", "EUR", "en", 123450),
        ("€ 12.50", "EUR", "en", 1250),
        ("12,50 EUR", "EUR", "de", 1250),
        ("1\u202f234,5", "EUR", "fr", 123450),
        ("1 234,5", "EUR", "fr", 123450),
        ("1'234.50", "CHF", "de_CH", 123450),
        ("12,34,567.80", "INR", "en_IN", 123456780),
        ("¥1,200", "JPY", "ja", 1200),
        ("\uff11\uff12\uff10\uff10", "JPY", "ja", 1200),
        ("1.234", "KWD", "en", 1234),
        ("\u0661\u0662\u066b\u0665", "KWD", "ar", 12500),
        ("-3", "EUR", "en", -300),
        ("\u22123.20", "EUR", "en", -320),
        ("5.", "EUR", "en", 500),
    ],
)
def test_an_amount_is_read_as_it_is_written_in_the_language(text: str, currency: str, locale: str, minor: int) -> None:
    assert from_decimal_text(text, currency, locale) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("", "en"),
        ("1,5", "en"),
        ("1.23", "de"),
        ("1,234.50", "de"),
        ("12,34.5", "en"),
        ("1e5", "en"),
        ("NaN", "en"),
        ("Infinity", "en"),
        ("1_000", "en"),
        ("0x10", "en"),
        ("--1", "en"),
        ("USD 5", "en"),
        ("5 5", "en"),
        ("9" * 50, "en"),
        ("½", "en"),
        (".", "en"),
    ],
)
def test_a_doubtful_amount_is_refused_rather_than_guessed(text: str, locale: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        from_decimal_text(text, "EUR", locale)

    assert "1250" in refusal.value.message


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    with pytest.raises(TooManyDecimals):
        from_decimal_text("1.005", "EUR", "en")
    with pytest.raises(TooManyDecimals):
        from_decimal_text("10.5", "JPY", "en")


def test_an_amount_above_the_ledger_is_refused() -> None:
    with pytest.raises(AmountTooLarge):
        from_decimal_text("9" * 30, "EUR", "en")


@given(MINORS, CURRENCIES, st.sampled_from(["en", "de", "fr", "de_CH", "en_IN", "ja", "pt_BR", "sv", "pl", "es"]))
def test_what_is_shown_can_be_typed_back(minor: int, currency: str, locale: str) -> None:
    amount = Money(abs(minor), currency)

    assert from_decimal_text(amount.shown(locale), currency, locale) == amount


def test_an_amount_is_shown_with_the_decimals_of_its_currency() -> None:
    assert Money(123450, "EUR").shown("en") == "€1,234.50"
    assert Money(1234, "IQD").shown("en") == "IQD1.234"
    assert Money(1200, "JPY").shown("en") == "¥1,200"
    assert str(Money(-5, "EUR")) == "-0.05 EUR"


@given(MINORS, CURRENCIES)
def test_json_and_decimal_keep_every_unit(minor: int, currency: str) -> None:
    amount = Money(minor, currency)

    assert Money.from_json(amount.as_json()) == amount
    assert amount.decimal() * 10 ** minor_digits(currency) == minor


@pytest.mark.parametrize(
    "value",
    [
        {"minor": 1},
        {"minor": 1.0, "currency": "EUR"},
        {"minor": True, "currency": "EUR"},
        {"minor": 1, "currency": 9},
    ],
)
def test_json_of_another_shape_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="money is"):
        Money.from_json(value)
