"""Passwords: how they are kept (argon2id), compared, and what is refused as one."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _

from tcma.core.errors import DomainError

SHORTEST = 10
LONGEST = 200
# OWASP's setting for argon2id: 19 MiB and two passes, about 30 ms. One at a time, so that many sign-ins at once
# cost time and not memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_one_at_a_time = threading.Lock()
_TOO_COMMON = frozenset(
    {"password", "passwort", "1234567890", "0123456789", "qwertyuiop", "qwertzuiop", "letmein", "iloveyou"}
)


class WeakPassword(DomainError):
    """The password is too short, too long or among the first that anybody tries."""


def hashed(password: str) -> str:
    """Return what is kept of `password`; one that is too easy to guess is refused (`WeakPassword`)."""
    _refuse_weak(password)
    with _one_at_a_time:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Tell whether `password` is the one. It takes as long when there is none to compare with."""
    try:
        with _one_at_a_time:
            _hasher.verify(kept or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Tell whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody signs in with this")


def _refuse_weak(password: str) -> None:
    if len(password) < SHORTEST:
        raise WeakPassword(_("Use at least 10 characters; three or four words are good."), field="password")
    if len(password) > LONGEST:
        raise WeakPassword(_("Use at most 200 characters."), field="password")
    plain = password.lower().strip("!?.0123456789 ") or password
    if plain in _TOO_COMMON or len(set(password)) < 4:
        raise WeakPassword(
            _("That one is among the first that anybody tries. Take three or four words."), field="password"
        )
