"""Postal addresses, written as their country writes them.

The order of postcode and town is that of UPU S42 as Google's libaddressinput lists it, told apart in three ways only.
A region, where a country has one, stands in the town (“Boston, MA”).
"""

from collections.abc import Mapping

# The postcode stands behind the town; before it, where nothing else is said.
_BEHIND = frozenset((
    "AS", "AU", "BB", "BD", "BH", "BM", "BN", "BT", "CA", "CC", "CN", "CX", "FM", "GU", "HM", "ID", "IL", "IN", "JO",
    "KH", "KY", "LB", "LS", "LV", "MH", "MM", "MN", "MP", "MT", "MV", "NF", "NG", "NP", "NZ", "PE", "PG", "PK", "PR",
    "PW", "SA", "SG", "SO", "TH", "TW", "UM", "US", "VC", "VE", "VI", "VN",
))  # fmt: skip
# The postcode has a line of its own, below the town.
_BELOW = frozenset((
    "AC", "AF", "AI", "BR", "CR", "CU", "EG", "FK", "GB", "GG", "GI", "GS", "HN", "IE", "IM", "IO", "IQ", "JE", "KE",
    "KR", "LK", "NA", "PN", "RU", "SD", "SH", "SZ", "TA", "TC", "UA", "VG", "ZA",
))  # fmt: skip
_CODES = {
    "australia": "AU",
    "canada": "CA",
    "india": "IN",
    "ireland": "IE",
    "japan": "JP",
    "uk": "GB",
    "united kingdom": "GB",
    "united states": "US",
    "usa": "US",
}
_POSTAL_MARK = "〒"
_JAPAN = "JP"


def address_lines(said: Mapping[str, str | None]) -> list[str]:
    """Return the lines of what is said as `street`, `postcode`, `city` and `country`: a code, or a name in English."""
    street = (said.get("street") or "").strip()
    town = town_lines(said.get("postcode") or "", said.get("city") or "", said.get("country") or "")
    lines = [*town, street] if _code(said.get("country") or "") == _JAPAN else [street, *town]
    return [line for line in lines if line]


def town_lines(postcode: str, city: str, country: str) -> list[str]:
    """Return postcode and town alone, on one line or on two; none where neither is known."""
    postcode, city, code = postcode.strip(), city.strip(), _code(country)
    if code == _JAPAN and postcode:
        postcode = _POSTAL_MARK + postcode.removeprefix(_POSTAL_MARK).lstrip()
    in_order = (city, postcode) if code in _BEHIND | _BELOW else (postcode, city)
    known = [word for word in in_order if word]
    return known if code in _BELOW or not known else [" ".join(known)]


def _code(country: str) -> str:
    known = country.strip()
    return _CODES.get(known.lower(), known.upper())
