"""Blobs, addressed by tenant and content, in a folder or any S3-compatible store.

The same bytes are one blob per tenant; a blob is never overwritten. Names, types and owners are
the business of the rows that point here.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, NotFoundError
from obstore.store import LocalStore, MemoryStore, S3Store

from tcma.core.errors import NotFound
from tcma.core.words import lazy_gettext as _

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}(?:/[a-z0-9][a-z0-9_-]{0,59}){0,3}")
_PATH = re.compile(rf"({_PREFIX.pattern})/([0-9a-f]{{2}})/([0-9a-f]{{64}})")
_PIECE = 1 << 20
_S3_OPTIONS = {"endpoint", "region", "virtual_hosted"}


class OddAddress(ValueError):
    """The storage address is not one that can be opened; a wrong setting stops the start."""


class OddPath(ValueError):
    """The path is not one that this store gave out."""


class UsedBeforeFork(RuntimeError):
    """The store's threads stayed behind in the parent process; a call here would wait for ever."""


class BlobMissing(NotFound):
    """There is no such file."""

    def __init__(self) -> None:
        super().__init__(_("The file is no longer there. Upload it again."))


class BlobDamaged(Exception):
    """The stored bytes are not those that were put there."""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Where a blob is: its hash, its size, and its path in the store."""

    sha256: str
    size: int
    path: str

    @classmethod
    def of(cls, tenant_prefix: str, data: bytes) -> Self:
        """Return where `data` belongs under a tenant's prefix."""
        return cls.at(tenant_prefix, hashlib.sha256(data).hexdigest(), len(data))

    @classmethod
    def of_file(cls, tenant_prefix: str, file: BinaryIO) -> Self:
        """Return where what an open file holds belongs; the file is left at its beginning."""
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
        file.seek(0)
        return cls.at(tenant_prefix, digest, size)

    @classmethod
    def at(cls, tenant_prefix: str, digest: str, size: int) -> Self:
        """Return where bytes of this hash belong under a tenant's prefix."""
        if not _PREFIX.fullmatch(tenant_prefix):
            message = "a tenant's prefix has small letters, digits, - and _ between slashes"
            raise OddPath(message)
        return cls(digest, size, f"{tenant_prefix}/{digest[:2]}/{digest}")


Asked = Callable[[BlobRef], None]


def _anything(_ref: BlobRef) -> None:
    pass


class _Used:
    """Whether this process, or the one that it was forked from, has used a store."""

    here = False
    in_parent = False

    @classmethod
    def forked(cls) -> None:
        cls.in_parent = cls.in_parent or cls.here


os.register_at_fork(after_in_child=_Used.forked)


@dataclass(frozen=True, slots=True)
class BlobStore:
    """An open store. Threads may share it. It may be opened before a fork, but first used after it."""

    _opened: LocalStore | MemoryStore | S3Store

    @property
    def _store(self) -> LocalStore | MemoryStore | S3Store:
        if _Used.in_parent:
            message = "a store was used before this process was forked; use it only in the child"
            raise UsedBeforeFork(message)
        _Used.here = True
        return self._opened

    def put(self, tenant_prefix: str, data: bytes, *, if_new: Asked = _anything) -> BlobRef:
        """Keep `data` for a tenant and return where. Bytes that are there already stay untouched.

        `if_new` is asked before bytes are written that were not there; what it raises keeps them out.
        """
        ref = BlobRef.of(tenant_prefix, data)
        if not self.exists(ref.path):
            if_new(ref)
            with suppress(AlreadyExistsError):  # somebody put the same bytes in the meantime
                obstore.put(self._store, ref.path, data, mode="create")
        return ref

    def get(self, path: str) -> bytes:
        """Return the bytes at `path`, checked against their hash."""
        digest = _digest_of(path)
        try:
            data = bytes(obstore.get(self._store, path).bytes())
        except (NotFoundError, FileNotFoundError):
            raise BlobMissing from None
        if hashlib.sha256(data).hexdigest() != digest:
            message = f"the blob at {path} is damaged"
            raise BlobDamaged(message)
        return data

    def put_file(self, tenant_prefix: str, file: BinaryIO, *, if_new: Asked = _anything) -> BlobRef:
        """Keep what a file holds, read piece by piece, as `put` does; the file is left at its beginning."""
        ref = BlobRef.of_file(tenant_prefix, file)
        if not self.exists(ref.path):
            if_new(ref)
            pieces = iter(lambda: file.read(_PIECE), b"")
            obstore.put(self._store, ref.path, pieces)
            file.seek(0)
        return ref

    def fetch(self, path: str, into: BinaryIO) -> None:
        """Write the bytes at `path` into a file, piece by piece, checked against their hash; left at its start."""
        digest, seen = _digest_of(path), hashlib.sha256()
        try:
            for piece in obstore.get(self._store, path).stream():
                seen.update(piece)
                into.write(piece)
        except (NotFoundError, FileNotFoundError):
            raise BlobMissing from None
        if seen.hexdigest() != digest:
            message = f"the blob at {path} is damaged"
            raise BlobDamaged(message)
        into.seek(0)

    def exists(self, path: str) -> bool:
        """Tell whether there is a blob at `path`."""
        _digest_of(path)
        try:
            obstore.head(self._store, path)
        except (NotFoundError, FileNotFoundError):
            return False
        return True

    def delete(self, path: str) -> None:
        """Remove the blob at `path`; one that is gone already is no fault."""
        _digest_of(path)
        with suppress(NotFoundError, FileNotFoundError):
            obstore.delete(self._store, path)

    def listed(self, prefix: str | None = None) -> Iterator[BlobRef]:
        """Yield every blob, or those below a prefix; foreign files in the store are passed over."""
        if prefix is not None and not _PREFIX.fullmatch(prefix):
            message = "this is no prefix of the store"
            raise OddPath(message)
        for chunk in obstore.list(self._store, prefix=prefix):
            for entry in chunk:
                if found := _PATH.fullmatch(entry["path"]):
                    yield BlobRef(found[3], entry["size"], entry["path"])


def open_store(url: str) -> BlobStore:
    """Open `file:///folder`, `s3://key:secret@bucket/prefix?endpoint=…&region=…`, or `memory://`."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path not in {"", "/"}:
        folder = Path(unquote(parts.path))
        if ".." in folder.parts:
            message = "the storage folder is given without .."
            raise OddAddress(message)
        return BlobStore(LocalStore(folder, mkdir=True))
    if parts.scheme == "s3" and parts.hostname:
        return BlobStore(_s3(url))
    if parts.scheme == "memory":
        return BlobStore(MemoryStore())
    message = "the storage address is file:///folder or s3://bucket/prefix"
    raise OddAddress(message)


def _s3(url: str) -> S3Store:
    """Open a bucket. Without a key in the address, the usual AWS variables of the environment apply."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if odd := set(options) - _S3_OPTIONS:
        message = f"unknown storage option: {', '.join(sorted(odd))}"
        raise OddAddress(message)
    endpoint = options.get("endpoint")
    config: dict[str, object] = {}
    if region := options.get("region"):
        config["region"] = region
    if endpoint:
        config["endpoint"] = endpoint
        config["virtual_hosted_style_request"] = options.get("virtual_hosted") == "true"
    if parts.username and parts.password:
        config["access_key_id"] = unquote(parts.username)
        config["secret_access_key"] = unquote(parts.password)
    plain = bool(endpoint and endpoint.startswith("http://"))
    prefix = parts.path.strip("/") or None
    bucket = parts.netloc.rpartition("@")[2]
    return S3Store(bucket, prefix=prefix, client_options={"allow_http": plain}, **config)  # type: ignore[arg-type]


def _digest_of(path: str) -> str:
    found = _PATH.fullmatch(path)
    if not found or found[2] != found[3][:2]:
        message = "this is no path of the store"
        raise OddPath(message)
    return found[3]
