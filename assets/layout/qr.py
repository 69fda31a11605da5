"""QR codes as rows of modules.

Addresses are set by a short way of our own: the frame of a size is taken once from segno, and then only the bits
of the address and of its correction are laid into it. All else, and what is too long, goes to segno.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import segno
from segno import consts

from assets.design.model import Box
from assets.layout.operations import Qr

if TYPE_CHECKING:
    from assets.colour import Rgba

QUIET = 4
# One fixed mask reads as well as the searched one and takes a fraction of the time.
_MASK = 4
_LARGEST = 9  # the versions up to here count their characters in one byte
_ALPHANUMERIC = frozenset(consts.ALPHANUMERIC_CHARS.decode())

Rows = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=1024)
def modules(value: str) -> Rows | None:
    """The code's modules with the quiet zone; None when the value is too long for a code."""
    # What has only capitals and digits is packed more tightly, which is segno's business.
    if value.isascii() and not _ALPHANUMERIC.issuperset(value):
        version = next((each for each in range(1, _LARGEST + 1) if len(value) + 2 <= _frame(each).capacity), None)
        if version is not None:
            return _frame(version).filled(value.encode("ascii"))
    try:
        return _rows(segno.make_qr(value, error="m", mask=_MASK, boost_error=False))
    except segno.DataOverflowError:
        return None


def _rows(code: segno.QRCode) -> Rows:
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=QUIET))


@dataclass(frozen=True)
class _Frame:
    """All of a code but its data: the fixed modules, the places of data bits in their order, and the blocks."""

    cells: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    places: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    masked: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    blocks: tuple[tuple[int, int], ...]

    @property
    def capacity(self) -> int:
        """How many bytes it holds, with two for the kind and number of characters."""
        return sum(data for data, _ in self.blocks)

    def filled(self, value: bytes) -> Rows:
        """The modules with the value in them."""
        head = (0x4 << 8 | len(value)) << (8 * len(value)) | int.from_bytes(value)
        data = (head << 4).to_bytes(len(value) + 2)
        # Segno ends the value with a byte of zeros more than it must; doing the same, both ways give one code.
        data = (data + b"\0" + b"\xec\x11" * self.capacity)[: self.capacity]
        bits = np.unpackbits(np.frombuffer(self._interleaved(data), np.uint8)) ^ self.masked
        cells = self.cells.copy()
        cells.flat[self.places] = bits
        return tuple(map(tuple, cells.tolist()))

    def _interleaved(self, data: bytes) -> bytes:
        """The blocks' bytes in turn, then those of their correction."""
        parts, corrections, at = [], [], 0
        for length, correction in self.blocks:
            parts.append(data[at : at + length])
            corrections.append(_correction(parts[-1], correction))
            at += length
        longest = max(map(len, parts))
        return bytes(part[place] for place in range(longest) for part in parts if place < len(part)) + bytes(
            each[place] for place in range(self.blocks[0][1]) for each in corrections
        )


@cache
def _frame(version: int) -> _Frame:
    code = segno.make_qr("a", version=version, error="m", mask=_MASK, boost_error=False)
    kinds = np.array([tuple(row) for row in code.matrix_iter(border=QUIET, verbose=True)])
    is_data = np.isin(kinds, (consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT))
    # The first data module beside the upper right corner passes for part of the format in segno's account.
    is_data[QUIET + 8, len(kinds) - QUIET - 9] = True
    groups: tuple[Any, ...] = consts.ECC[version][consts.ERROR_LEVEL_M]  # type: ignore[index]  # a loose table
    blocks = tuple(
        (group.num_data, group.num_total - group.num_data) for group in groups for _ in range(group.num_blocks)
    )
    count = 8 * sum(map(sum, blocks))
    places = [(row, column) for row, column in _zigzag(len(kinds) - 2 * QUIET) if is_data[row + QUIET, column + QUIET]]
    rows, columns = np.array(places[:count]).T
    flat = (rows + QUIET) * len(kinds) + columns + QUIET
    masked = ((rows // 2 + columns // 3) % 2 == 0).astype(np.uint8)
    return _Frame(np.array(_rows(code)), flat, masked, blocks)


def _zigzag(size: int) -> list[tuple[int, int]]:
    """Every place in the order in which bits are laid: pairs of columns from the right, up and down in turn."""
    found: list[tuple[int, int]] = []
    for turn, right in enumerate([*range(size - 1, 6, -2), 5, 3, 1]):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        found += [(row, column) for row in rows for column in (right, right - 1)]
    return found


def _correction(data: bytes, length: int) -> bytes:
    """The Reed-Solomon bytes of a block: its remainder by the generator, byte by byte."""
    table, high = _remainders(length), 8 * (length - 1)
    low = (1 << high) - 1
    rest = 0
    for byte in data:
        rest = (rest & low) << 8 ^ table[rest >> high ^ byte]
    return rest.to_bytes(length)


@cache
def _remainders(length: int) -> tuple[int, ...]:
    """What each byte that leaves the remainder adds to it: the generator times that byte."""
    generator = [1]
    for power in range(length):
        root = consts.GALIOS_EXP[power]
        generator = [one ^ _times(other, root) for one, other in zip([*generator, 0], [0, *generator], strict=True)]
    return tuple(int.from_bytes(bytes(_times(each, byte) for each in generator[1:])) for byte in range(256))


def _times(one: int, other: int) -> int:
    """The product in the field of QR codes."""
    if not one or not other:
        return 0
    return int(consts.GALIOS_EXP[(consts.GALIOS_LOG[one] + consts.GALIOS_LOG[other]) % 255])


def placed_qr(value: str, box: Box, dark: Rgba, light: Rgba, name: str) -> Qr | None:
    """The code as the largest square in the middle of the box."""
    rows = modules(value)
    if rows is None:
        return None
    side = min(box.w, box.h)
    square = Box(box.x + (box.w - side) / 2, box.y + (box.h - side) / 2, side, side)
    return Qr(rows, square, dark, light, name)
