"""What an organisation brings along: kept under its own name, within the room that the operator gives to each.

How much lies there is asked of the store, which alone knows; between two countings what this process takes in is added.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from tcma.core.errors import DomainError
from tcma.core.storage import BlobRef, BlobStore
from tcma.core.words import lazy_gettext as _

FILES, KITS = "files", "kits"
MB = 1_000_000
# Other processes take files in too: by so many bytes each of them may be wrong about an organisation.
COUNTED_AGAIN_AFTER = 100 * MB
_MOST_REMEMBERED = 10_000


class NoRoomLeft(DomainError):
    """The organisation keeps as many bytes as it may."""


@dataclass(slots=True)
class _Counted:
    size: int
    since: int = 0


@dataclass(slots=True)
class Uploads:
    """Where the files that people bring are kept; `quota` is in bytes for each organisation, 0 sets no bound."""

    store: BlobStore
    quota: int
    _known: dict[int, _Counted] = field(default_factory=dict)

    def keep(self, org_id: int, data: bytes, *, folder: str = FILES) -> BlobRef:
        """Keep `data` for an organisation and return where. Refused: `NoRoomLeft`; nothing is kept then."""
        return self.store.put(_prefix(org_id, folder), data, if_new=partial(self._make_room, org_id))

    def keep_file(self, org_id: int, file: BinaryIO) -> BlobRef:
        """Keep what an open file holds, as `keep` does, read piece by piece; the file is left at its beginning."""
        return self.store.put_file(_prefix(org_id, FILES), file, if_new=partial(self._make_room, org_id))

    def expect_room(self, org_id: int, size: int) -> None:
        """See that so many bytes more may be kept. Refused: `NoRoomLeft`."""
        if not self.quota or self._size(org_id) + size <= self.quota:
            return
        self._known.pop(org_id, None)  # what was let go in the meantime is room again
        if (used := self._size(org_id)) + size > self.quota:
            raise NoRoomLeft(
                _(
                    "There is no room for this file: your organisation keeps %(used)s MB, this is %(more)s MB, and"
                    " %(most)s MB are allowed. Ask whoever runs this platform for more room.",
                    used=_megabytes(used), more=_megabytes(size), most=_megabytes(self.quota),
                )
            )  # fmt: skip

    def _make_room(self, org_id: int, ref: BlobRef) -> None:
        self.expect_room(org_id, ref.size)
        if known := self._known.get(org_id):
            known.size += ref.size
            known.since += ref.size
            if known.since > COUNTED_AGAIN_AFTER:
                del self._known[org_id]

    def _size(self, org_id: int) -> int:
        known = self._known.get(org_id)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[org_id] = _Counted(
                sum(ref.size for folder in (FILES, KITS) for ref in self.store.listed(_prefix(org_id, folder)))
            )
        return known.size


def _prefix(org_id: int, folder: str) -> str:
    return f"org-{org_id}/{folder}"


def _megabytes(size: int) -> str:
    return f"{size / MB:,.1f}"
