"""Addresses of one person each: checked, and with domains in the form that DNS knows."""

from functools import lru_cache
from re import compile as compile_pattern

import idna

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

_LOCAL = compile_pattern(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = compile_pattern(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_LONGEST_LOCAL = 64
_LONGEST_DOMAIN = 253
_LONGEST = 254


class AddressRefused(DomainError):
    """This is not the address of one mailbox that mail can be sent to."""

    def __init__(self) -> None:
        super().__init__(_("This is not one email address. Write one address, like name@example.com."), field="email")


def checked_address(address: str) -> str:
    """Return the address in ASCII; lists, comments, quoted mailbox names and control characters are refused.

    Mailbox names outside ASCII need SMTPUTF8 on every relay on the way, so they are refused here, by name.
    """
    local, at, domain = address.rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise AddressRefused
    return f"{local}@{checked_domain(domain)}"


@lru_cache(maxsize=50_000)
def checked_domain(domain: str) -> str:
    """Return a domain in lower case and in punycode where it needs it."""
    try:
        plain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as reason:
        raise AddressRefused from reason
    if len(plain) > _LONGEST_DOMAIN or not _DOMAIN.fullmatch(plain):
        raise AddressRefused
    return plain
