"""Addresses: which are taken, how they are written, and the keyed hash by which they are known for ever.

The hash is made under the installation's first secret: the oldest of `previous_secret_keys`, or the present key
while there is no other. So a new secret key changes no hash, and the oldest one is never taken out of the list.
"""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from tcma.core.errors import DomainError
from tcma.core.hashes import keyed_hash
from tcma.core.words import lazy_gettext as _

LONGEST_LOCAL_PART = 64
LONGEST_ADDRESS = 254
_PLAIN_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.IGNORECASE)


class OddAddress(DomainError):
    """The text is not an e-mail address that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__(_("This is not a complete e-mail address. Write it like name@company.com."), field="email")


def clean_address(text: str) -> str:
    """Return the address as it is kept: trimmed and in small letters. Anything else is an `OddAddress`.

    What is taken is what email-validator takes without asking the DNS; each domain is looked at once.
    """
    address = text.strip()
    local, _at, domain = address.rpartition("@")
    if len(local) <= LONGEST_LOCAL_PART and _PLAIN_LOCAL_PART.fullmatch(local):
        found = _domain(domain)
        if found is None or len(local) + 1 + max(len(found[0]), len(found[1])) > LONGEST_ADDRESS:
            raise OddAddress
        return f"{local}@{found[0]}".lower()
    return _looked_at_whole(address)


def _looked_at_whole(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise OddAddress from None


@lru_cache(maxsize=65_536)
def _domain(domain: str) -> tuple[str, str] | None:
    """Return a domain as people and as machines write it, or None when no mail can go there."""
    try:
        found = validate_email(f"a@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return None
    return found.domain, found.ascii_domain


def clean_domain(text: str) -> str | None:
    """Return a domain as it is kept, or None when no mail can go there."""
    found = _domain(text.strip())
    return found[0].lower() if found else None


def address_digest(email: str) -> str:
    """Return the hash of an address, in 64 hexadecimal digits: the same for every spelling of it."""
    local, _at, domain = unicodedata.normalize("NFC", email.strip().lower()).rpartition("@")
    return _digest(f"{local}@{_for_machines(domain)}")


def domain_digest(domain: str) -> str:
    """Return the hash of a whole domain; no address has the same."""
    return _digest(f"@{_for_machines(unicodedata.normalize('NFC', domain.strip().lower().lstrip('@')))}")


def _for_machines(domain: str) -> str:
    if domain.isascii():
        return domain
    found = _domain(domain)
    return found[1].lower() if found else domain


def _digest(text: str) -> str:
    return keyed_hash(text, purpose="tcma.contacts.address.1")
