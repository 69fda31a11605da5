import string

import pytest
import segno

from assets.layout.qr import QUIET, modules


def by_segno(value):
    code = segno.make_qr(value, error="m", mask=4, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=QUIET))


@pytest.mark.parametrize("length", [*range(1, 40), 61, 62, 63, 84, 85, 106, 107, 122, 123, 152, 153, 180, 181, 260])
def test_an_address_gives_the_very_modules_of_the_library(length):
    value = ("https://go.nordwind.example/p/" + string.ascii_letters * 6)[:length]

    assert modules(value) == by_segno(value)


@pytest.mark.parametrize("value", ["12345", "HTTPS://NORDWIND.EXAMPLE/A", "https://nordwind.example/ä", "株式会社"])
def test_what_is_no_plain_address_is_a_code_too(value):
    assert modules(value) == by_segno(value)


def test_a_value_too_long_for_any_code_is_none():
    assert modules("https://nordwind.example/" + "a" * 3000) is None
