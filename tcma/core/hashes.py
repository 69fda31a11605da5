"""Hashes by which people are known again and nobody is found out.

They are made under the installation's first secret: the oldest of `previous_secret_keys`, or the present key while
there is no other. So a new secret key changes no hash, and the oldest one is never taken out of the list.
"""

from functools import lru_cache
from hmac import digest as mac

from tcma.core import runtime


def keyed_hash(text: str, *, purpose: str) -> str:
    """Return the hash of `text` in 64 hexadecimal digits; for another purpose it is another one."""
    settings = runtime.settings()
    first = settings.previous_secret_keys[-1] if settings.previous_secret_keys else settings.secret_key
    return mac(_key(first, purpose), text.encode(), "sha256").hex()


@lru_cache(maxsize=8)
def _key(secret: str, purpose: str) -> bytes:
    return mac(secret.encode(), purpose.encode(), "sha256")
