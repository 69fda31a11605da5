"""Countries as people write them: two letters, or a name in one of the languages of the interface."""

from functools import lru_cache

from babel import Locale

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "ja", "ar")
_NOT_ONE_COUNTRY = {"ZZ", "XA", "XB", "EU", "EZ", "UN"}
_SAME = {"UK": "GB", "EL": "GR"}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    known = {str(code) for code in Locale("en").territories}
    return frozenset({code for code in known if len(code) == 2 and code.isalpha()} - _NOT_ONE_COUNTRY)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in reversed(LANGUAGES):
        territories = Locale(language).territories
        names |= {str(territories[code]).casefold(): code for code in _codes() if code in territories}
    return names


def is_country(code: str) -> bool:
    """Tell whether `code` is a country's two letters."""
    return code.upper() in _codes()


def country_code(text: str) -> str:
    """Return the two letters of a country written as a code or a name; what is not known comes back as it was."""
    upper = text.strip().upper()
    code = _SAME.get(upper, upper)
    return code if code in _codes() else _by_name().get(text.strip().casefold(), text.strip())
