"""Signed addresses: what a link in a mail, a post or a printed code says, and the proof that we wrote it.

A token is version, purpose, key id and ids, followed by a MAC over them under a key of that purpose alone; written
in url-safe base64. It needs no database to be read, and it outlives campaigns, tenants and the current key.
"""

from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64, unhexlify
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, unique
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as mac
from typing import Self

from tcma.core.errors import NotFound
from tcma.core.words import lazy_gettext as _

VERSION = 1
CLICK_MAC_BYTES = 10
ACTING_MAC_BYTES = 16
LONGEST_TOKEN = 160
MINIMUM_SECRET_BYTES = 16
_HEAD_BYTES = 4
_LARGEST_ID = 2**63 - 1
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URL_SAFE = bytes.maketrans(b"-_+/=", b"+/???")


@unique
class Purpose(IntEnum):
    """What a token is good for. A token of one purpose is worth nothing for another; numbers are never reused."""

    CLICK = 1  # a link in one recipient's mail: (link set, delivery)
    SHARE = 2  # a link in public, in a post or on paper: (link set, what carries it)
    UNSUBSCRIBE = 3  # the opt-out and the preference page: (partner, contact)
    VIEW = 4  # the mail in a browser: (delivery,)
    RETURN = 5  # return path and Message-ID: (delivery,)
    DECISION = 6  # approve or decline from a mail
    EVENT = 7  # a registrant's own page
    CONFIRM = 8  # confirm an address
    FILE = 9  # a file for a short while
    MESSAGE = 10  # return path and Message-ID of a transactional message
    PASSWORD = 11  # a new password, once: (person, minute of issue, stamp of the old password)
    INVITATION = 12  # join an organisation, once: (organisation, invitation)
    OFFER = 13  # take or refuse an offered lead: (member, offer, minute of issue)
    CALLED = 14  # say that a lead was called: (member, lead, minute of issue)
    MEDIA = 15  # pictures of a launch in the open: (vendor, partner, launch)
    FORM = 16  # one rendering of a form: (launch, seconds, a number used once)
    POSTS = 17  # approve the posts of a launch: (launch, vendor, partner, member)
    RECALLED = 18  # confirm that withdrawn files are gone: (member, notice, minute of issue)
    CHECK_IN = 19  # the code that is shown at the door of an event: (event, registrant)
    CALENDAR = 27  # a member's calendar: (member, number of the address)
    PREPARED = 28  # start a campaign that was prepared, or say no to it: (member, launch, minute of issue)


_SHORT_MAC = frozenset({Purpose.CLICK, Purpose.SHARE})


class ForgedLink(NotFound):
    """The address was not made by us for this purpose, or it was changed on the way."""

    def __init__(self) -> None:
        super().__init__(_("This link is not valid. Please use the whole link as it was sent to you."))


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets that links are signed with: `{key id: secret}`, and the id of the one that signs now."""

    keys: Mapping[int, bytes]
    current: int

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError("the current link key is not in the keyring")
        for key_id, secret in self.keys.items():
            if not 0 <= key_id < 2**16:
                raise ValueError("a link key id must fit into two bytes")
            if len(secret) < MINIMUM_SECRET_BYTES:
                raise ValueError(f"a link key needs at least {MINIMUM_SECRET_BYTES} bytes")

    @classmethod
    def from_secrets(cls, current: str, previous: Iterable[str] = ()) -> Self:
        """Name each secret by its own fingerprint, so that a key keeps its id whatever is added or retired."""
        keys: dict[int, bytes] = {}
        for text in (current, *previous):
            secret = text.encode()
            key_id = _fingerprint(secret)
            if keys.setdefault(key_id, secret) != secret:
                raise ValueError("two secret keys share a fingerprint; choose another new key")
        return cls(keys=keys, current=_fingerprint(current.encode()))


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """A click or share token as it stands in an address: whose it is, and which link of its set."""

    purpose: Purpose
    ids: tuple[int, ...]
    place: int


class LinkSigner:
    """Signs and reads tokens. One per process; it holds derived keys only."""

    def __init__(self, keyring: Keyring) -> None:
        self._derived = {
            key_id << 8 | purpose: mac(secret, b"tcma link %d %d" % (VERSION, purpose), "sha256")
            for key_id, secret in keyring.keys.items()
            for purpose in Purpose
        }
        self._signing = {
            purpose: (
                bytes((VERSION, purpose)) + keyring.current.to_bytes(2, "big"),
                self._derived[keyring.current << 8 | purpose],
                _mac_bytes(purpose),
            )
            for purpose in Purpose
        }

    def sign(self, purpose: Purpose, *ids: int) -> str:
        """Return the token for `ids`, fit for a path segment."""
        return _wrapped(self._sealed(purpose, ids)).decode("ascii")

    def read(self, token: str, purpose: Purpose) -> tuple[int, ...]:
        """Return the ids of a token made for `purpose`; anything else is a `ForgedLink`."""
        found, ids = self._opened(_unwrapped(token))
        if found is not purpose:
            raise ForgedLink
        return ids

    def sign_for_mailbox(self, purpose: Purpose, *ids: int) -> str:
        """Return the token in digits and lower-case letters, for places that may lose the case (local parts)."""
        return self._sealed(purpose, ids).hex()

    def read_from_mailbox(self, token: str, purpose: Purpose) -> tuple[int, ...]:
        """Return the ids of a token made by `sign_for_mailbox`."""
        if len(token) > LONGEST_TOKEN:
            raise ForgedLink
        try:
            sealed = unhexlify(token.lower())
        except ValueError as reason:
            raise ForgedLink from reason
        found, ids = self._opened(sealed)
        if found is not purpose:
            raise ForgedLink
        return ids

    def read_placed(self, text: str) -> PlacedLink:
        """Read `<token>.<place>`, the last segment of a tracked address.

        The MAC covers whose link it is and which set of links it may lead into; the place within that set is free,
        because whoever holds the mail holds all of its links. So one MAC serves all links of a mail.
        """
        token, dot, digits = text.rpartition(".")
        if not dot or not digits.isascii() or not digits.isdigit() or len(digits) > 4:
            raise ForgedLink
        found, ids = self._opened(_unwrapped(token))
        if found not in _SHORT_MAC:
            raise ForgedLink
        return PlacedLink(found, ids, int(digits))

    def _sealed(self, purpose: Purpose, ids: tuple[int, ...]) -> bytes:
        head, key, length = self._signing[purpose]
        body = head + _packed(ids)
        return body + mac(key, body, "sha256")[:length]

    def _opened(self, sealed: bytes) -> tuple[Purpose, tuple[int, ...]]:
        if len(sealed) <= _HEAD_BYTES or sealed[0] != VERSION:
            raise ForgedLink
        key = self._derived.get(sealed[2] << 16 | sealed[3] << 8 | sealed[1])
        if key is None:
            raise ForgedLink
        purpose = Purpose(sealed[1])
        length = _mac_bytes(purpose)
        body, proof = sealed[:-length], sealed[-length:]
        if len(body) < _HEAD_BYTES or not compare_digest(mac(key, body, "sha256")[:length], proof):
            raise ForgedLink
        return purpose, _unpacked(body[_HEAD_BYTES:])


def _fingerprint(secret: bytes) -> int:
    return int.from_bytes(sha256(b"tcma link key id" + secret).digest()[:2], "big")


def _mac_bytes(purpose: Purpose) -> int:
    return CLICK_MAC_BYTES if purpose in _SHORT_MAC else ACTING_MAC_BYTES


def _packed(ids: tuple[int, ...]) -> bytes:
    """Write each id in as many groups of seven bits as it needs, lowest first."""
    packed = []
    for number in ids:
        if not 0 <= number <= _LARGEST_ID:
            raise ValueError("an id in a link must be a positive 64-bit number")
        rest = number
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def _unpacked(packed: bytes) -> tuple[int, ...]:
    ids: list[int] = []
    number = shift = 0
    for byte in packed:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            ids.append(number)
            number = shift = 0
    return tuple(ids)


def _wrapped(sealed: bytes) -> bytes:
    return b2a_base64(sealed, newline=False).rstrip(b"=").translate(_TO_URL_SAFE)


def _unwrapped(token: str) -> bytes:
    """Undo url-safe base64, strictly: one token has one spelling."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise ForgedLink
    text = token.encode("ascii")
    try:
        sealed = a2b_base64(text.translate(_FROM_URL_SAFE) + b"=" * (-len(text) % 4), strict_mode=True)
    except NotBase64 as reason:
        raise ForgedLink from reason
    if _wrapped(sealed) != text:
        raise ForgedLink
    return sealed
