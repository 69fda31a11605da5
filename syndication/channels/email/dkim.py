"""DKIM signatures (RFC 6376, RFC 8463): RSA and Ed25519, relaxed headers, simple or relaxed body."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from re import compile as compile_pattern
from typing import Literal, Self, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

BodyForm: TypeAlias = Literal["simple", "relaxed"]

SIGNED = (
    b"from", b"reply-to", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip
# Named once more than they stand: adding another of these on the way breaks the signature.
_SEALED = (b"from", b"reply-to", b"to", b"subject", b"list-unsubscribe", b"list-unsubscribe-post")
_FOLD = compile_pattern(rb"\r\n(?=[ \t])")
_BLANKS = compile_pattern(rb"[ \t]+")
_BLANKS_AT_END = compile_pattern(rb"[ \t]+(?=\r\n)")
_BLANK_RUN = compile_pattern(rb"[ \t]{2,}|\t")
_SMALLEST_RSA = 2048
_LINE = 72


class DkimKey:
    """A signing key under `selector._domainkey.domain`."""

    def __init__(
        self, domain: str, selector: str, key: RSAPrivateKey | Ed25519PrivateKey, body: BodyForm = "simple"
    ) -> None:
        self.domain = domain
        self.selector = selector
        self._body = body
        self._sign, algorithm = _signing_with(key)
        self._start = b"v=1; a=%s; c=relaxed/%s; d=%s; s=%s;" % (
            algorithm,
            body.encode("ascii"),
            domain.encode("ascii"),
            selector.encode("ascii"),
        )

    @classmethod
    def from_pem(cls, domain: str, selector: str, pem: bytes, body: BodyForm = "simple") -> Self:
        """Read an unencrypted PEM private key, RSA of at least 2048 bits or Ed25519."""
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise ValueError("a DKIM key must be RSA or Ed25519")  # noqa: TRY004 - the kind is data here
        return cls(domain, selector, key, body)

    def signature(self, fields: Sequence[bytes], body: bytes, at: datetime) -> bytes:
        """Return the DKIM-Signature field, line end included, for `fields` (each with its line end) and `body`."""
        # A name that stands several times is signed from the bottom up.
        canonical = {}
        for line in fields:
            name, text = _canonical(line)
            canonical[name] = text
        present = [name for name in SIGNED if name in canonical]
        named = b":".join([*present, *_SEALED])
        body_hash = b64encode(sha256(_canonical_body(body, self._body)).digest())
        unsigned = b"%s t=%d;\r\n h=%s;\r\n bh=%s;\r\n b=" % (
            self._start,
            int(at.timestamp()),
            _folded_names(named),
            body_hash,
        )
        own = _BLANKS.sub(b" ", _FOLD.sub(b"", unsigned))
        text = b"".join([canonical[name] for name in present]) + b"dkim-signature:" + own
        proof = b64encode(self._sign(text))
        return b"DKIM-Signature: " + unsigned + _folded_proof(proof) + b"\r\n"


def public_half(pem: bytes) -> tuple[str, str]:
    """Return algorithm and public key of a private key, as they stand in its record: `rsa` or `ed25519`, and base64."""
    key = load_pem_private_key(pem, password=None)
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519", b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("a DKIM key must be RSA or Ed25519")  # noqa: TRY004 - the kind is data here
    return "rsa", b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def _signing_with(key: RSAPrivateKey | Ed25519PrivateKey) -> tuple[Callable[[bytes], bytes], bytes]:
    if isinstance(key, Ed25519PrivateKey):
        return (lambda text: key.sign(sha256(text).digest())), b"ed25519-sha256"
    if key.key_size < _SMALLEST_RSA:
        raise ValueError(f"an RSA key for DKIM needs at least {_SMALLEST_RSA} bits")
    padding, algorithm = PKCS1v15(), SHA256()
    return (lambda text: key.sign(text, padding, algorithm)), b"rsa-sha256"


@lru_cache(maxsize=256)
def _canonical(line: bytes) -> tuple[bytes, bytes]:
    """Return a field's name in lower case and its relaxed form; the unchanging fields are met again and again."""
    name, _, value = line.partition(b":")
    name = name.strip().lower()
    value = _BLANKS.sub(b" ", _FOLD.sub(b"", value)).strip()
    return name, name + b":" + value + b"\r\n"


def _canonical_body(body: bytes, form: BodyForm) -> bytes:
    if form == "relaxed":
        if _BLANK_RUN.search(body):
            body = _BLANKS.sub(b" ", body)
        if b" \r\n" in body:
            body = _BLANKS_AT_END.sub(b"", body)
        if not body.strip(b"\r\n"):
            return b""
    if body.endswith(b"\r\n") and not body.endswith(b"\r\n\r\n"):
        return body
    stripped = body
    while stripped.endswith(b"\r\n"):
        stripped = stripped[:-2]
    return stripped + b"\r\n"


@lru_cache(maxsize=64)
def _folded_names(names: bytes) -> bytes:
    lines, line = [], b""
    for name in names.split(b":"):
        if line and len(line) + len(name) > _LINE:
            lines.append(line)
            line = b""
        line += name + b":"
    return b"\r\n ".join([*lines, line[:-1]])


def _folded_proof(proof: bytes) -> bytes:
    return b"\r\n ".join([proof[start : start + _LINE] for start in range(0, len(proof), _LINE)])
