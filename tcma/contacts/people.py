"""Rows of a file made into people: cleaned, checked, and refused with the reason. Values in, values out."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import available_timezones

from babel import Locale

from tcma.contacts.addresses import address_digest, clean_address
from tcma.contacts.columns import BRANCH, CUSTOM, FIELDS, LEFT_OUT
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

WORDS = ("first_name", "last_name", "company", "phone", "city", "postcode")
PLACES = ("country", "language", "zone")
LIMITS: Mapping[str, int] = {
    "first_name": 120, "last_name": 120, "company": 200, "phone": 40, "city": 120, "postcode": 20,
}  # fmt: skip
LONGEST_CUSTOM = 300
LONGEST_NAME = 60  # of a field of the partner's own
FORMULA_SIGNS = tuple("=+-@")
_NOT_WRITTEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")
_NAME_LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl", "ja", "ar")
_COUNTRIES_IN_SHORT = {"uk": "GB", "usa": "US", "uae": "AE", "england": "GB"}


class OddField(DomainError):
    """A value does not fit into its field."""


class Person:
    """Somebody as a file describes them: the address, its hash, a value or None for every other field, the branch."""

    __slots__ = ("branch", "custom", "digest", "email", "values")

    def __init__(
        self, email: str, values: dict[str, str], custom: dict[str, str], *, branch: int | None = None
    ) -> None:
        self.email, self.branch = email, branch
        self.digest = address_digest(email)
        self.values = values
        self.custom = custom

    def fill_up(self, other: "Person") -> None:
        """Take from another row about the same person what this one leaves blank."""
        for field, value in other.values.items():
            self.values.setdefault(field, value)
        for field, value in other.custom.items():
            self.custom.setdefault(field, value)
        self.branch = self.branch or other.branch

    def as_row(self) -> tuple[str | None, ...]:
        """Return what is staged: address, hash, words (blank when not said), places (null), custom fields."""
        values = self.values
        return (
            self.email,
            self.digest,
            *[values.get(field, "") for field in WORDS],
            *[values.get(field) for field in PLACES],
            json.dumps(self.custom, ensure_ascii=False) if self.custom else "{}",
        )


def own_names(header: Sequence[str], fields: Sequence[str]) -> list[str]:
    """Return under which names of its own a partner keeps columns of a file."""
    named = zip(header, fields, strict=True)
    return [name[:LONGEST_NAME] for name, field in named if field == CUSTOM and name]


def reader(
    header: Sequence[str], fields: Sequence[str], *, branches: Mapping[str, int] = MappingProxyType({})
) -> Callable[[Sequence[str]], Person]:
    """Return what makes a person of a row, given the field that each column holds and the keys of branches by name.

    A row that does not fit is refused with the reason (`OddAddress`, `OddField`).
    """
    address = fields.index("email")
    branch = fields.index(BRANCH) if BRANCH in fields else None
    columns = [(place, field) for place, field in enumerate(fields) if field not in {LEFT_OUT, CUSTOM, BRANCH, "email"}]
    extras = [(place, header[place][:LONGEST_NAME]) for place, field in enumerate(fields) if field == CUSTOM]

    def read(row: Sequence[str]) -> Person:
        email = clean_address(row[address])
        values: dict[str, str] = {}
        for place, field in columns:
            if row[place]:
                _take(values, field, row[place])
        custom = {name: clean_text(row[place], name, LONGEST_CUSTOM) for place, name in extras if row[place]}
        return Person(email, values, custom, branch=_branch(row[branch], branches) if branch is not None else None)

    return read


def _branch(text: str, branches: Mapping[str, int]) -> int | None:
    """Return the key of the branch that is named, in whatever case; a blank names none."""
    name = clean_text(text, BRANCH, LONGEST_CUSTOM).casefold()
    if name and name not in branches:
        raise OddField(_("You have no branch of this name."), field=BRANCH)
    return branches.get(name)


def _take(values: dict[str, str], field: str, text: str) -> None:
    if field == "name":
        first, _space, last = clean_text(text, "last_name", LIMITS["last_name"]).rpartition(" ")
        values.setdefault("last_name", last)
        if first:
            values.setdefault("first_name", first)
    elif value := clean_value(field, text):
        values[field] = value


def clean_value(field: str, text: str) -> str:
    """Return a value as it is kept in its field, or "" for none; one that does not fit is an `OddField`."""
    if field in PLACES:
        return _PLACE[field](text.strip()) if text.strip() else ""
    return clean_text(text, field, LIMITS[field])


def clean_text(text: str, field: str, limit: int) -> str:
    """Return the text on one line; longer than `limit` is refused, for nothing is cut off unseen."""
    if not text.isprintable():
        text = _NOT_WRITTEN.sub(" ", text)
    text = text.strip()
    if text[:1] == "'" and text[1:2] in FORMULA_SIGNS:
        text = text[1:]  # as our own exports write it
    if len(text) > limit:
        raise OddField(
            _("%(field)s is longer than %(limit)d characters.", field=FIELDS.get(field, field), limit=limit),
            field=field,
        )
    return text


@lru_cache(maxsize=4096)
def _country(text: str) -> str:
    code = text.upper()
    if code in _countries("en").values():
        return code
    found = _COUNTRIES_IN_SHORT.get(text.casefold()) or _named(_countries, text)
    if found is None:
        raise OddField(
            _("The country %(text)s is not known. Write two letters, such as DE.", text=text[:60]), field="country"
        )
    return found


@lru_cache(maxsize=4096)
def _language(text: str) -> str:
    code = re.split(r"[-_]", text.casefold(), maxsplit=1)[0]
    if code in _languages("en").values():
        return code
    found = _named(_languages, text)
    if found is None:
        raise OddField(
            _("The language %(text)s is not known. Write two letters, such as de.", text=text[:60]), field="language"
        )
    return found


def _named(names: Callable[[str], Mapping[str, str]], text: str) -> str | None:
    """Look a name up in one language after the other: the names of each take a megabyte, and most files need one."""
    name = text.casefold()
    return next((found for found in (names(locale).get(name) for locale in _NAME_LOCALES) if found), None)


@lru_cache(maxsize=len(_NAME_LOCALES))
def _countries(locale: str) -> dict[str, str]:
    """Return two-letter codes by the names that countries have in a language."""
    return {
        str(name).casefold(): code
        for code, name in Locale.parse(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "UN", "EZ", "XA", "XB"}
    }


@lru_cache(maxsize=len(_NAME_LOCALES))
def _languages(locale: str) -> dict[str, str]:
    """Return two-letter codes by the names that languages have in a language."""
    return {str(name).casefold(): code for code, name in Locale.parse(locale).languages.items() if len(code) == 2}


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}


def _zone(text: str) -> str:
    found = _zones().get(text.casefold().replace(" ", "_"))
    if found is None:
        raise OddField(
            _("The time zone %(text)s is not known. Write it like Europe/Berlin.", text=text[:60]), field="zone"
        )
    return found


_PLACE: Mapping[str, Callable[[str], str]] = {"country": _country, "language": _language, "zone": _zone}
