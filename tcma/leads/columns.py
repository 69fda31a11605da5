"""Which column of a file of leads says what: by the names that people and their tools give to columns."""

import re
from collections.abc import Iterable, Iterator, Sequence

from tcma.leads.countries import country_code
from tcma.leads.operations import Answer

NAMES: dict[str, tuple[str, ...]] = {
    "first_name": ("first name", "firstname", "given name", "vorname", "prénom"),
    "last_name": ("last name", "lastname", "surname", "family name", "name", "nachname", "nom"),
    "email": ("email", "e mail", "email address", "e mail address", "mail", "e mail adresse", "courriel"),
    "phone": ("phone", "telephone", "phone number", "mobile", "tel", "telefon", "telefonnummer", "téléphone"),
    "company": ("company", "company name", "organisation", "organization", "firma", "unternehmen", "société"),
    "country": ("country", "country code", "land", "pays"),
    "postcode": ("postcode", "postal code", "zip", "zip code", "plz", "postleitzahl", "code postal"),
    "city": ("city", "town", "ort", "stadt", "ville"),
    "employees": ("employees", "company size", "size", "mitarbeiter", "effectif"),
    "need": ("need", "message", "comment", "notes", "description", "interest", "bedarf", "nachricht", "besoin"),
    "competencies": ("competencies", "competency", "skills", "kompetenzen"),
    "products": ("products", "product", "produkte"),
}
_FIELD_OF = {name: field for field, names in NAMES.items() for name in (field.replace("_", " "), *names)}
LISTS = frozenset({"competencies", "products"})


def understood(header: Sequence[str]) -> dict[int, str]:
    """Return which column is which field of a lead; of two columns for one field the first counts."""
    found: dict[int, str] = {}
    for at, title in enumerate(header):
        field = _FIELD_OF.get(" ".join(re.split(r"[\s_/.-]+", title.strip().casefold())))
        if field is not None and field not in found.values():
            found[at] = field
    return found


def answers(columns: dict[int, str], rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, Answer]]:
    """Yield each row, with its line, as what somebody told us."""
    for line, row in rows:
        words = {field: row[at] for at, field in columns.items()}
        lists = {name: _list(words.pop(name, "")) for name in LISTS}
        if words.get("country"):
            words["country"] = country_code(words["country"])
        yield line, Answer(**words, **lists)  # type: ignore[arg-type]


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for one in re.split(r"[;,|]", text) if (part := one.strip().lower()))
