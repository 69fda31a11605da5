"""A memory of prepared things, bounded by their bytes: each of its own kind, and all kinds together.

Whoever is not at work keeps nothing: what was not asked for between two looks is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from contextlib import nullcontext
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from contextlib import AbstractContextManager
    from datetime import datetime

Kept = TypeVar("Kept")

TOGETHER = 18_000_000

_lock = Lock()
_uses = count()
_looks = deque([0], maxlen=1)
_kinds: list[BytesLru[Any]] = []


class _Entry(Generic[Kept]):
    """What is kept, its bytes, when it was last asked for, and when it was put where it stands in the row."""

    __slots__ = ("made", "placed", "size", "used")

    def __init__(self, made: Kept, size: int) -> None:
        self.made, self.size = made, size
        self.used = self.placed = next(_uses)


class BytesLru(Generic[Kept]):
    """Keeps what was used last, up to a number of bytes; all of these in a process share `TOGETHER`."""

    def __init__(self, most_bytes: int, size_of: Callable[[Kept], int], *, one_by_one: bool = False) -> None:
        """Keep up to `most_bytes`; `one_by_one` for what takes much memory to make, so that threads take turns."""
        self._most, self._size_of = most_bytes, size_of
        self._making: AbstractContextManager[object] = Lock() if one_by_one else nullcontext()
        self._kept: OrderedDict[Hashable, _Entry[Kept]] = OrderedDict()
        self._used = 0
        _kinds.append(self)

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What is kept under the key, made now if it is not."""
        # Asking is far more frequent than dropping: the row is put in order only when something has to go.
        found = self._kept.get(key)
        if found is not None:
            found.used = next(_uses)
            return found.made
        with self._making:
            waited_for = self._kept.get(key)
            return waited_for.made if waited_for is not None else self._keep(key, make())

    def _keep(self, key: Hashable, made: Kept) -> Kept:
        entry = _Entry(made, self._size_of(made))
        with _lock:
            if key not in self._kept:
                self._kept[key] = entry
                self._used += entry.size
                while self._used > self._most and len(self._kept) > 1:
                    self.drop_oldest()
                _share()
        return made

    @property
    def used(self) -> int:
        """How many bytes are kept."""
        return self._used

    @property
    def last_use_of_oldest(self) -> int:
        """When what has waited longest was last asked for, as a number that only grows."""
        return self._oldest()[1].used

    def clear(self) -> None:
        """Forget everything."""
        with _lock:
            self._kept.clear()
            self._used = 0

    def _oldest(self) -> tuple[Hashable, _Entry[Kept]]:
        """What has waited longest; what was asked for since it was put in the row goes to the end of it first."""
        while True:
            key, entry = next(iter(self._kept.items()))
            if entry.used == entry.placed:
                return key, entry
            entry.placed = entry.used
            self._kept.move_to_end(key)

    def drop_oldest(self) -> None:
        """Forget what has waited longest."""
        key, entry = self._oldest()
        del self._kept[key]
        self._used -= entry.size

    def drop_used_before(self, use: int) -> None:
        """Forget what was last asked for before that use."""
        while self._kept and self.last_use_of_oldest < use:
            self.drop_oldest()


def _share() -> None:
    """Drop what has waited longest, of whatever kind, until all kinds fit together; the last of a kind stays."""
    while sum(kind.used for kind in _kinds) > TOGETHER:
        several = [kind for kind in _kinds if len(kind._kept) > 1]  # noqa: SLF001 - of this module
        if not several:
            return
        min(several, key=lambda kind: kind.last_use_of_oldest).drop_oldest()


def forget_idle(_now: datetime) -> None:
    """Forget, of all kinds, what was not asked for since the last look."""
    before = _looks[0]
    _looks.append(next(_uses))
    with _lock:
        for kind in _kinds:
            kind.drop_used_before(before)


__all__ = ["TOGETHER", "BytesLru", "forget_idle"]
