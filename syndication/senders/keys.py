"""Signing keys: made here, sealed at rest, opened only to sign, and forgotten when another has taken over."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from syndication.channels.email.dkim import DkimKey, public_half
from syndication.models import SenderDomain, SigningKey
from tcma.core import runtime
from tcma.core.db import session
from tcma.core.sealing import open_for, seal_for

BITS = 2048
_EXPONENT = 65537
_TABLE, _COLUMN = "signing_key", "private"


def new_pair() -> tuple[str, str]:
    """Return a new RSA pair: the private half as PEM, and the public half as it stands in a DKIM record."""
    key = generate_private_key(_EXPONENT, BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, public_half(private.encode())[1]


def add_key(domain: SenderDomain, selector: str, *, now: datetime) -> SigningKey:
    """Keep a new key for `domain`; it signs nothing before its record was seen."""
    private, public = new_pair()
    place = f"{domain.domain}/{selector}"
    sealed = seal_for(org_id=domain.partner_id, table=_TABLE, row=place, column=_COLUMN, text=private, now=now)
    key = SigningKey(
        partner_id=domain.partner_id,
        domain_id=domain.id,
        selector=selector,
        public=public,
        private_sealed=sealed,
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def opened(domain: SenderDomain, key: SigningKey) -> DkimKey:
    """Return a key as it signs."""
    if key.private_sealed is None:
        raise ValueError("this key signs no more")
    place = f"{domain.domain}/{key.selector}"
    pem = open_for(org_id=key.partner_id, table=_TABLE, row=place, column=_COLUMN, sealed=key.private_sealed)
    return _dkim_key(domain.domain, key.selector, pem)


def platform_key() -> DkimKey | None:
    """Return the key that signs for the platform's own mail domain; None where the relay does that."""
    settings = runtime.settings()
    return _dkim_key(settings.mail_domain, settings.dkim_selector, settings.dkim_key) if settings.dkim_key else None


@lru_cache(maxsize=1024)
def _dkim_key(domain: str, selector: str, pem: str) -> DkimKey:
    return DkimKey.from_pem(domain, selector, pem.encode())


def keys_of(domain_id: int) -> list[SigningKey]:
    """Return the keys of a domain, the newest first."""
    chosen = sa.select(SigningKey).where(SigningKey.domain_id == domain_id)
    return list(session.scalars(chosen.order_by(SigningKey.id.desc())))


def signing(keys: list[SigningKey]) -> SigningKey | None:
    """Return the key that signs now."""
    return next((key for key in keys if key.signs_since is not None and key.retired_at is None), None)


def waiting(keys: list[SigningKey]) -> SigningKey | None:
    """Return the key whose record is still to be seen."""
    return next((key for key in keys if key.signs_since is None), None)
