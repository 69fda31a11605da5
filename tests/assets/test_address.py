"""Addresses in the order of their country."""

from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.address import address_lines, town_lines
from assets.brand import Brand

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=12)
COUNTRIES = st.sampled_from(["", "AU", "BR", "CA", "DE", "FR", "GB", "IE", "JP", "US", "USA", "United Kingdom", "ZZ"])


@dataclass(frozen=True)
class Said:
    """What a profile says of an address."""

    street: str
    postcode: str
    city: str
    country: str


@pytest.mark.parametrize(
    ("country", "street", "postcode", "city", "lines"),
    [
        ("US", "63 Main Street", "02108", "Boston, MA", ["63 Main Street", "Boston, MA 02108"]),
        ("US", "63 Main Street", "02108", "Boston", ["63 Main Street", "Boston 02108"]),
        ("CA", "1 Rue Guy", "H3Z 2Y7", "Montréal QC", ["1 Rue Guy", "Montréal QC H3Z 2Y7"]),
        ("AU", "2 George St", "2000", "Sydney NSW", ["2 George St", "Sydney NSW 2000"]),
        ("GB", "10 High Street", "LS1 4AP", "Leeds", ["10 High Street", "Leeds", "LS1 4AP"]),
        ("uk", "10 High Street", "LS1 4AP", "Leeds", ["10 High Street", "Leeds", "LS1 4AP"]),
        ("JP", "千代田1-1", "100-0001", "Tokyo", ["〒100-0001 Tokyo", "千代田1-1"]),
        ("JP", "", "〒100-0001", "Tokyo", ["〒100-0001 Tokyo"]),
        ("DE", "Am Wall 12", "28195", "Bremen", ["Am Wall 12", "28195 Bremen"]),
        ("FR", "3 rue de Sèze", "69006", "Lyon", ["3 rue de Sèze", "69006 Lyon"]),
        ("", "Am Wall 12", "28195", "Bremen", ["Am Wall 12", "28195 Bremen"]),
        ("US", "", "", "", []),
    ],
)
def test_an_address_is_written_as_its_country_writes_it(
    country: str, street: str, postcode: str, city: str, lines: list[str]
) -> None:
    said = asdict(Said(street, postcode, city, country))

    assert address_lines(said) == lines
    assert Brand(name="X", **said).address == ", ".join(lines)


@given(st.builds(Said, WORDS, WORDS, WORDS, COUNTRIES))
def test_nothing_is_lost_nothing_added_and_no_line_is_empty(said: Said) -> None:
    lines = address_lines(asdict(said))

    words = sorted(word for word in (said.street, said.postcode, said.city) if word)
    assert all(line.strip() == line != "" for line in lines)
    if said.country == "JP":
        lines = [line.removeprefix("〒") for line in lines]
        words = [word.removeprefix("〒") for word in words]
    assert sorted("".join(lines).replace(" ", "")) == sorted("".join(words))
    assert set(town_lines(said.postcode, said.city, said.country)) <= set(address_lines(asdict(said)))
