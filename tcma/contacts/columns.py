"""What the columns of a file mean: guessed from their names, then chosen by a person, then remembered."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from hashlib import sha256

from tcma.core.words import lazy_gettext as _

# Field -> what people read. `name` is a whole name in one column, `custom` keeps a column under its own name.
FIELDS: Mapping[str, object] = {
    "email": _("E-mail address"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "name": _("Whole name"),
    "company": _("Company"),
    "phone": _("Telephone"),
    "city": _("Town"),
    "postcode": _("Postcode"),
    "country": _("Country"),
    "language": _("Language"),
    "zone": _("Time zone"),
}
BRANCH = "branch"  # of those who have branches; it is named as the partner names it
CUSTOM = "custom"
LEFT_OUT = ""
MOST_CUSTOM = 20

_NAMES: Mapping[str, Sequence[str]] = {
    "email": ("email", "mail", "emailaddress", "emailadresse", "mailadresse", "courriel", "correo"),
    "first_name": ("firstname", "givenname", "forename", "vorname", "prenom", "nombre", "first"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "familienname", "nom", "apellido", "last"),
    "name": ("name", "fullname", "contact", "contactname", "ansprechpartner", "kontakt"),
    "company": ("company", "companyname", "organisation", "organization", "account", "firma", "unternehmen", "societe",
                "entreprise", "empresa"),
    "phone": ("phone", "phonenumber", "telephone", "tel", "mobile", "telefon", "telefonnummer", "handy", "telefono"),
    "city": ("city", "town", "ort", "stadt", "ville", "ciudad"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "plz", "postleitzahl", "codepostal", "codigopostal"),
    "country": ("country", "countrycode", "land", "pays", "pais"),
    "language": ("language", "lang", "locale", "sprache", "langue", "idioma"),
    "zone": ("timezone", "zone", "tz", "zeitzone"),
    BRANCH: ("branch", "branchname", "branchoffice", "filiale", "standort", "niederlassung", "agence", "succursale",
             "sucursal"),
}  # fmt: skip
_BY_NAME = {name: field for field, names in _NAMES.items() for name in names}


def choices(*, has_branches: bool) -> Mapping[str, object]:
    """Return what a column may hold, and what people read."""
    return {**FIELDS, BRANCH: _("Branch")} if has_branches else FIELDS


def guessed(header: Sequence[str], samples: Sequence[Sequence[str]], *, has_branches: bool) -> list[str]:
    """Return for each column the field it most likely holds; a field is given once, and the rest left out."""
    known = choices(has_branches=has_branches)
    meant = [_BY_NAME.get(_plain(name), LEFT_OUT) for name in header]
    found = [field if field in known else LEFT_OUT for field in meant]
    if "email" not in found:
        found = _with_addresses(found, samples)
    return [field if field not in found[:place] else LEFT_OUT for place, field in enumerate(found)]


def _with_addresses(found: list[str], samples: Sequence[Sequence[str]]) -> list[str]:
    """Call that column the address in which the first rows have their @ signs."""
    hits = [sum("@" in row[place] for row in samples) for place in range(len(found))]
    if not hits or not max(hits):
        return found
    best = hits.index(max(hits))
    return [*found[:best], "email", *found[best + 1 :]]


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z]", "", letters)


def header_hash(header: Sequence[str]) -> str:
    """Return by what a file of the same columns is known again."""
    return sha256("\x1f".join(name.strip().casefold() for name in header).encode("utf-8", "replace")).hexdigest()
