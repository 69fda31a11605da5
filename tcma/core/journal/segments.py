"""Segments: the files that the journal is made of, their writer and their reader.

Each process appends to a segment of its own, one write per record or small batch, so that what was appended survives
the process. Whoever ingests reads batches from a position and stores the position where the outcomes go, in the same
transaction; a batch that was taken is never seen again, and one that was not taken comes again.

A record stands in a frame: mark, length, CRC-32, payload. A frame that was cut off by a kill is the end of its
segment. Anything else that is not a frame is skipped and reported as damage, never passed over in silence.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from secrets import token_hex
from struct import Struct
from threading import Lock
from time import gmtime, strftime
from types import TracebackType
from typing import Self
from weakref import WeakSet
from zlib import crc32

from tcma.core.journal.records import Record, packed, unpacked

SEGMENT_BYTES = 16 * 1024 * 1024
LARGEST_PAYLOAD = 64 * 1024
_FRAME = Struct("<2sII")
_MARK = b"\xabj"
_SUFFIX = ".journal"


class Journal:
    """The writing end: one open segment of this process, shared by its threads.

    Records of one call stay together. `sync` makes them survive the machine too, not only the process.
    """

    def __init__(self, folder: Path, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._lock = Lock()
        self._segment = -1
        self._size = 0
        self._count = 0
        _open_journals.add(self)

    def append(self, *records: Record, sync: bool = False) -> None:
        """Append `records` in one write; after it returns, a kill of this process cannot lose them."""
        data = b"".join([_framed(packed(record)) for record in records])
        with self._lock:
            if self._segment < 0 or self._size >= self._segment_bytes:
                self._rotate()
            self._write(data)
            if sync:
                os.fdatasync(self._segment)

    def sync(self) -> None:
        """Make everything appended so far survive the machine."""
        with self._lock:
            if self._segment >= 0:
                os.fdatasync(self._segment)

    def close(self) -> None:
        """End the segment, so that a reader knows it is complete. A later append starts another."""
        with self._lock:
            self._end_segment()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, data: bytes) -> None:
        written = os.write(self._segment, data)
        if written == len(data):
            self._size += written
            return
        # A full disk or a signal cut the write: the rest of this segment cannot be trusted, the batch starts anew.
        self._rotate()
        if os.write(self._segment, data) != len(data):
            self._end_segment()
            raise OSError("the journal could not be written completely")
        self._size = len(data)

    def _rotate(self) -> None:
        self._end_segment()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        instant = strftime("%Y%m%dT%H%M%S", gmtime())
        name = f"{instant}-{os.getpid()}-{self._count:06}-{token_hex(4)}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        hidden = self._folder / f".{name}"
        segment = os.open(hidden, flags, 0o640)
        # The lock says that the writer lives; held before the segment has its name, no reader can see it free.
        flock(segment, LOCK_EX)
        hidden.rename(self._folder / name)
        self._segment, self._size = segment, 0

    def _end_segment(self) -> None:
        if self._segment >= 0:
            os.close(self._segment)
            self._segment, self._size = -1, 0

    def _forget_parent(self) -> None:
        """After a fork the child leaves the parent's segment alone and will open its own."""
        self._lock = Lock()
        self._end_segment()


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one segment. Take it by moving the segment's stored position from `start` to `end`."""

    segment: str
    start: int
    end: int
    records: tuple[Record, ...]
    is_last: bool
    """The writer has ended and nothing follows: the segment may be put away once this batch is taken."""
    damage: int = 0
    """Bytes between `start` and `end` that were no records; for a counter and an alarm."""


def read_batches(folder: Path, positions: Mapping[str, int], *, limit: int = 1000) -> Iterator[Batch]:
    """Yield what stands behind `positions` (segment name: offset; absent means 0), oldest segment first.

    An end may be read before its begin when the clock was stepped. A batch with no records is yielded only to say
    that a segment is complete. The caller keeps exactly-once by storing `end` in the transaction that stores the
    outcomes, on condition that the stored position is still `start`.
    """
    for name in segments(folder):
        yield from _read_segment(folder / name, positions.get(name, 0), limit)


def segments(folder: Path) -> list[str]:
    """Return the names of the segments that exist, oldest first."""
    return sorted(path.name for path in folder.glob(f"*{_SUFFIX}") if not path.name.startswith("."))


def remove_segment(folder: Path, name: str) -> None:
    """Delete a segment whose last batch was taken and that no backup can ask for any more."""
    if Path(name).name != name or not name.endswith(_SUFFIX):
        raise ValueError("not a segment name")
    (folder / name).unlink(missing_ok=True)


def _framed(payload: bytes) -> bytes:
    if len(payload) > LARGEST_PAYLOAD:
        raise ValueError("a journal record is too long")
    return _FRAME.pack(_MARK, len(payload), crc32(payload)) + payload


def _read_segment(path: Path, position: int, limit: int) -> Iterator[Batch]:
    try:
        segment = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        # Whether the writer lives is asked before reading: what is read after a "no" is all there will ever be.
        has_ended = _has_ended(segment)
        data = _everything_from(segment, position)
    finally:
        os.close(segment)
    offset = 0
    while True:
        records, end, damage = _parse(data, offset, limit, has_ended=has_ended)
        is_last = has_ended and end == len(data)
        if not records and not damage and not is_last:
            return
        yield Batch(path.name, position + offset, position + end, tuple(records), is_last, damage)
        if is_last:
            return
        offset = end


def _parse(data: bytes, offset: int, limit: int, *, has_ended: bool) -> tuple[list[Record], int, int]:
    """Read up to `limit` records; return them, the offset behind them, and how many bytes were damaged."""
    records: list[Record] = []
    damage = 0
    while len(records) < limit and offset < len(data):
        payload = _payload_at(data, offset)
        if payload is not None:
            offset += _FRAME.size + len(payload)
            record = unpacked(payload)
            if record is None:
                damage += _FRAME.size + len(payload)
            else:
                records.append(record)
            continue
        following = _next_frame(data, offset + 1)
        if following is None:
            # A torn tail: the writer may still be at it, or it was killed there and nothing of it counts.
            return records, len(data) if has_ended else offset, damage
        damage += following - offset
        offset = following
    return records, offset, damage


def _payload_at(data: bytes, offset: int) -> bytes | None:
    begin = offset + _FRAME.size
    if begin > len(data):
        return None
    mark, length, checksum = _FRAME.unpack_from(data, offset)
    if mark != _MARK or length > LARGEST_PAYLOAD or begin + length > len(data):
        return None
    payload = data[begin : begin + length]
    return payload if crc32(payload) == checksum else None


def _next_frame(data: bytes, offset: int) -> int | None:
    while (offset := data.find(_MARK, offset)) >= 0:
        if _payload_at(data, offset) is not None:
            return offset
        offset += 1
    return None


def _everything_from(segment: int, position: int) -> bytes:
    size = os.fstat(segment).st_size
    chunks: list[bytes] = []
    while position < size:
        chunk = os.pread(segment, size - position, position)
        if not chunk:
            break
        chunks.append(chunk)
        position += len(chunk)
    return b"".join(chunks)


def _has_ended(segment: int) -> bool:
    try:
        flock(segment, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return False
    flock(segment, LOCK_UN)
    return True


_open_journals: WeakSet[Journal] = WeakSet()


def _after_fork() -> None:
    for journal in list(_open_journals):
        with suppress(OSError):
            journal._forget_parent()  # noqa: SLF001 - the module looks after its own


os.register_at_fork(after_in_child=_after_fork)
