"""Encrypted columns: a master key wraps one data key per tenant, a data key seals values.

Each sealed value is bound to its tenant and row, so that ciphertext moved elsewhere does not open.
Values and keys sealed under earlier master keys stay readable while those keys are in the ring.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_VERSION = b"\x01"
_ID_BYTES = 8
_SHORTEST_SECRET = 16


class VaultError(Exception):
    """Something sealed could not be opened. The message names no value and no key."""


class UnknownKey(VaultError):
    """The value was sealed under a key that is not in the ring: put the earlier secret back."""


class Tampered(VaultError):
    """The value was changed, or belongs to another tenant, row or column."""


class OddSecret(VaultError):
    """The secret is too short to derive keys from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands: tenant, table, row and column. It opens nowhere else."""

    tenant: str
    table: str
    row: str
    column: str

    def as_bytes(self) -> bytes:
        """Return an encoding in which no two places look alike."""
        return _joined(b"tcma.place.1", self.tenant, self.table, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A data key as it is stored: the id of the master key, and the encrypted bytes."""

    key_id: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class DataKey:
    """A tenant's opened data key, with the id of its row. Its bytes are never shown."""

    id: int
    tenant: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master keys by id: the present one first, earlier ones only to read."""

    current: str
    ring: dict[str, bytes] = field(repr=False)

    @classmethod
    def of_secrets(cls, current: str, *, earlier: Sequence[str] = ()) -> Self:
        """Derive the ring from the installation's secret and the ones it replaced."""
        ring: dict[str, bytes] = {}
        for secret in (*earlier, current):
            if len(secret) < _SHORTEST_SECRET:
                message = f"a secret has at least {_SHORTEST_SECRET} characters"
                raise OddSecret(message)
            ring[_derived(secret, b"tcma.vault.id", 6).hex()] = _derived(secret, b"tcma.vault.master", _KEY_BYTES)
        return cls(next(reversed(ring)), ring)

    def wrap(self, secret: bytes, *, tenant: str) -> Wrapped:
        """Encrypt a data key of `tenant` under the present master key."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.ring[self.current]).encrypt(nonce, secret, _wrapping(tenant, self.current))
        return Wrapped(self.current, _VERSION + nonce + sealed)

    def unwrap(self, stored: Wrapped, *, tenant: str) -> bytes:
        """Open a data key of `tenant`, under whichever master key wrapped it."""
        if stored.key_id not in self.ring:
            message = f"master key {stored.key_id[:16]} is not in the ring"
            raise UnknownKey(message)
        return _opened(self.ring[stored.key_id], stored.wrapped, _VERSION, _wrapping(tenant, stored.key_id))

    def new_data_key(self, *, tenant: str) -> tuple[bytes, Wrapped]:
        """Make a data key for `tenant`; return it open and as it is stored."""
        secret = AESGCM.generate_key(bit_length=8 * _KEY_BYTES)
        return secret, self.wrap(secret, tenant=tenant)

    def is_current(self, stored: Wrapped) -> bool:
        """Tell whether the present master key wrapped it; if not, `rewrap` is due."""
        return stored.key_id == self.current

    def rewrap(self, stored: Wrapped, *, tenant: str) -> Wrapped:
        """Wrap the same data key under the present master key. What it sealed stays as it is."""
        return self.wrap(self.unwrap(stored, tenant=tenant), tenant=tenant)


def seal(key: DataKey, plaintext: bytes, place: Place) -> bytes:
    """Encrypt `plaintext` for one place. The data key's id stands in front, so that keys can change."""
    _require_own(key, place)
    header = _VERSION + key.id.to_bytes(_ID_BYTES, "big")
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + AESGCM(key.secret).encrypt(nonce, plaintext, header + place.as_bytes())


def open_sealed(sealed: bytes, place: Place, key_of: Callable[[int], DataKey]) -> bytes:
    """Open what `seal` made for `place`; `key_of` finds the data key by its id."""
    key = key_of(sealed_under(sealed))
    _require_own(key, place)
    header = sealed[: 1 + _ID_BYTES]
    return _opened(key.secret, sealed, header, header + place.as_bytes())


def sealed_under(sealed: bytes) -> int:
    """Return the id of the data key that sealed the value."""
    if len(sealed) < 1 + _ID_BYTES + _NONCE_BYTES + _TAG_BYTES or sealed[:1] != _VERSION:
        message = "this is not a sealed value"
        raise Tampered(message)
    return int.from_bytes(sealed[1 : 1 + _ID_BYTES], "big")


def _require_own(key: DataKey, place: Place) -> None:
    if key.tenant != place.tenant:
        message = "the data key belongs to another tenant"
        raise Tampered(message)


def _opened(key: bytes, stored: bytes, header: bytes, aad: bytes) -> bytes:
    body = stored.removeprefix(header)
    if body == stored or len(body) < _NONCE_BYTES + _TAG_BYTES:
        message = "this is not a sealed value"
        raise Tampered(message)
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], aad)
    except InvalidTag:
        message = "the value was changed or moved"
        raise Tampered(message) from None


def _derived(secret: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=b"tcma.vault.1", info=purpose).derive(secret.encode())


def _wrapping(tenant: str, key_id: str) -> bytes:
    return _joined(b"tcma.data_key.1", tenant, key_id)


def _joined(kind: bytes, *parts: str) -> bytes:
    encoded = [kind, *(part.encode() for part in parts)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
