"""Files that only the holder of a key can read, written and read as streams: backups, for one.

A random salt, then frames under AES-GCM. Each frame's nonce counts and marks the last one, so that frames cannot be
cut off, moved or taken from another file.
"""

import os
from io import RawIOBase
from struct import Struct
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

MAGIC = b"TCMA sealed 1\n"
FRAME = 1 << 20
_SALT = 16
_LENGTH = Struct(">I")
_NONCE = Struct(">QI")


class NotOpened(DomainError):
    """The file is damaged, was cut off, or was sealed under another key."""

    def __init__(self) -> None:
        super().__init__(_("The file cannot be opened: it is damaged or incomplete, or was sealed under another key."))


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"tcma.sealed.file.1").derive(key.encode()))


class SealingWriter(RawIOBase):
    """Seals what is written into it. `close` writes the last frame; without it nobody can open the file."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        salt = os.urandom(_SALT)
        self._file, self._cipher, self._held, self._count = file, _cipher(key, salt), bytearray(), 0
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        while len(self._held) > FRAME:
            self._frame(bytes(self._held[:FRAME]), last=False)
            del self._held[:FRAME]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._frame(bytes(self._held), last=True)
        super().close()

    def _frame(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_NONCE.pack(self._count, last), plain, None)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._count += 1


class OpeningReader(RawIOBase):
    """Opens what `SealingWriter` sealed; `NotOpened` as soon as anything is not as it was written."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        head = file.read(len(MAGIC) + _SALT)
        if not head.startswith(MAGIC) or len(head) != len(MAGIC) + _SALT:
            raise NotOpened
        self._file, self._cipher, self._held, self._count = file, _cipher(key, head[len(MAGIC) :]), b"", 0
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held and not self._is_over:
            self._held = self._frame()
        taken, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _frame(self) -> bytes:
        head = self._file.read(_LENGTH.size)
        if len(head) != _LENGTH.size:
            raise NotOpened
        (length,) = _LENGTH.unpack(head)
        if length > FRAME + 16:
            raise NotOpened
        sealed = self._file.read(length)
        for last in (False, True):
            try:
                plain = self._cipher.decrypt(_NONCE.pack(self._count, last), sealed, None)
            except InvalidTag:
                continue
            self._count, self._is_over = self._count + 1, last
            return plain
        raise NotOpened
