"""JPEG in pieces: what is the same for every partner is encoded once, only the rest anew.

Restart markers divide the picture into short stretches of blocks that know nothing of each other. Those
that changed are encoded from a cut-out and put between the kept ones, bit by bit as the whole would be.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# The side of what JPEG encodes as one, colours being kept at half the resolution.
BLOCK = 16
_IDEAL, _LEAST, _MOST = 16, 8, 34
# Where more than this share would be encoded anew, the whole is as quick.
WORTHWHILE = 0.7
_BUFFER = 1 << 16
# Calling the encoder once more takes as long as encoding about so many pixels.
_CALL = 14_000
_MARKERS = tuple(bytes((0xFF, 0xD0 + number)) for number in range(8))
_ANY_MARKER = re.compile(rb"\xff[\xd0-\xd7]")
_END, _SCAN = b"\xff\xd9", 0xDA

Pixels = tuple[int, int, int, int]
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """How a picture is divided: stretches of `blocks` blocks, some across and all rows down."""

    width: int
    height: int
    blocks: int
    across: int
    down: int

    @classmethod
    def of(cls, size: tuple[int, int]) -> Grid:
        """The division for a size: the stretch nearest to sixteen blocks that fills the rows, else whole rows."""
        width, height = size
        row = -(-width // BLOCK)
        fitting = [each for each in range(_LEAST, _MOST + 1) if row % each == 0]
        blocks = min(fitting, key=lambda each: abs(each - _IDEAL), default=row)
        return cls(width, height, blocks, row // blocks, -(-height // BLOCK))

    def spans(self, boxes: Iterable[Pixels]) -> list[Span]:
        """The stretches that the boxes touch, rows that touch the same ones together."""
        return self.changes((box, None) for box in boxes)[0]

    def changes(self, boxes: Iterable[tuple[Pixels, Colour | None]]) -> tuple[list[Span], dict[int, Colour]]:
        """The stretches that painting the boxes in turn changes, and those of one colour by their number.

        A box has a colour when it is filled with nothing else, to its edges.
        """
        cells: list[Colour | bool] = [False] * (self.across * self.down)
        for box, colour in boxes:
            touched = self._touched(box)
            if touched is None:
                continue
            left, top, right, bottom = touched
            inner = self._covered(box) if colour else None
            for row in range(top, bottom):
                start = row * self.across
                cells[start + left : start + right] = [True] * (right - left)
                if colour and inner and inner[1] <= row < inner[3] and inner[0] < inner[2]:
                    cells[start + inner[0] : start + inner[2]] = [colour] * (inner[2] - inner[0])
        found = self._joined([self._changed(cells, row) for row in range(self.down)])
        for span in found:
            first, last = span.columns
            for start in range(span.top * self.across, span.bottom * self.across, self.across):
                cells[start + first : start + last] = [True] * (last - first)
        return found, {number: cell for number, cell in enumerate(cells) if not isinstance(cell, bool)}

    def _changed(self, cells: list[Colour | bool], row: int) -> tuple[int, int] | None:
        """The first and last column that is to be encoded again in a row."""
        part = cells[row * self.across : (row + 1) * self.across]
        return (part.index(True), self.across - part[::-1].index(True)) if True in part else None

    def _joined(self, rows: Sequence[tuple[int, int] | None]) -> list[Span]:
        """Rows one below the other as one span, where what they waste is less than another call."""
        found: list[Span] = []
        most = _CALL // (BLOCK * BLOCK * self.blocks)
        for row, columns in enumerate(rows):
            if columns is None:
                continue
            last = found[-1] if found else Span(columns, row, row)
            left, right = min(last.columns[0], columns[0]), max(last.columns[1], columns[1])
            wasted = (right - left) * (row + 1 - last.top) - last.cells - (columns[1] - columns[0])
            if found and (wasted <= most or (last.bottom == row and last.columns == columns)):
                found[-1] = Span((left, right), last.top, row + 1)
            else:
                found.append(Span(columns, row, row + 1))
        return found

    def _touched(self, box: Pixels) -> Pixels | None:
        """The stretches that a box touches, as columns and rows."""
        left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], self.width), min(box[3], self.height)
        if right <= left or bottom <= top:
            return None
        side = BLOCK * self.blocks
        return left // side, top // BLOCK, (right - 1) // side + 1, (bottom - 1) // BLOCK + 1

    def _covered(self, box: Pixels) -> Pixels:
        """The stretches that lie wholly in a box; beyond the picture's edges everything does."""
        side = BLOCK * self.blocks
        return (
            -(-max(box[0], 0) // side),
            -(-max(box[1], 0) // BLOCK),
            self.across if box[2] >= self.width else box[2] // side,
            self.down if box[3] >= self.height else box[3] // BLOCK,
        )

    def share(self, spans: Sequence[Span]) -> float:
        """How much of the picture the spans cover."""
        count = sum(span.cells for span in spans)
        return count / (self.across * self.down)

    def pixels(self, span: Span) -> Pixels:
        """A span in pixels."""
        side = BLOCK * self.blocks
        first, last = span.columns
        return (
            first * side,
            span.top * BLOCK,
            min(self.width, last * side),
            min(self.height, span.bottom * BLOCK),
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Rows of stretches, from one column to before another."""

    columns: tuple[int, int]
    top: int
    bottom: int

    @property
    def cells(self) -> int:
        """How many stretches it covers."""
        return (self.columns[1] - self.columns[0]) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Parts:
    """An encoded picture taken apart: its head, and the bytes of each stretch."""

    head: bytes
    stretches: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return len(self.head) + sum(len(each) + 40 for each in self.stretches)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A part of a picture, looked at where it is."""

    image: Image.Image
    box: Pixels

    @property
    def width(self) -> int:
        """Its width in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return self.box[3] - self.box[1]


def whole(image: Image.Image | Cutout, quality: int, grid: Grid | None = None) -> bytes:
    """The picture as JPEG, with a marker after each stretch of the grid."""
    cut = image if isinstance(image, Cutout) else Cutout(image, (0, 0, image.width, image.height))
    cut.image.load()
    # What Pillow asks of its encoder is the same each time: asked once, and then the encoder itself.
    encoder = Image.core.jpeg_encoder("RGB", "RGB", *_settings(quality, grid.blocks if grid else 0))  # type: ignore[attr-defined]  # Pillow's own
    encoder.setimage(cut.image.im, cut.box)
    pieces: list[bytes] = []
    state = 0
    while not state:
        _, state, data = encoder.encode(_BUFFER)
        pieces.append(data)
    encoder.cleanup()
    if state < 0:
        message = f"JPEG encoder failed with {state}"
        raise OSError(message)
    return b"".join(pieces)


@lru_cache(maxsize=32)
def _settings(quality: int, blocks: int) -> tuple[Any, ...]:
    sample = Image.new("RGB", (BLOCK, BLOCK))
    sample.save(io.BytesIO(), "JPEG", quality=quality, restart_marker_blocks=blocks)
    return tuple(sample.encoderconfig)


def taken_apart(data: bytes) -> Parts:
    """The parts of a JPEG with one scan."""
    place = 2
    while data[place + 1] != _SCAN:
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return Parts(data[:place], tuple(_ANY_MARKER.split(data[place : -len(_END)])))


@lru_cache(maxsize=64)
def _plain(colour: Colour, blocks: int, quality: int) -> bytes:
    """A stretch of one colour."""
    grid = Grid(BLOCK * blocks, BLOCK, blocks, 1, 1)
    return taken_apart(whole(Image.new("RGB", (grid.width, grid.height), colour), quality, grid)).stretches[0]


def spliced(  # noqa: PLR0917  # what is kept, and all that is not
    image: Image.Image,
    kept: Parts,
    grid: Grid,
    spans: Sequence[Span],
    quality: int,
    plain: Mapping[int, Colour] | None = None,
) -> bytes:
    """The picture as JPEG, of which only the spans and the plain stretches differ from what is kept."""
    stretches = list(kept.stretches)
    for number, colour in (plain or {}).items():
        stretches[number] = _plain(colour, grid.blocks, quality)
    for span in spans:
        first, last = span.columns
        fresh = taken_apart(whole(Cutout(image, grid.pixels(span)), quality, grid)).stretches
        for row in range(span.top, span.bottom):
            start = (row - span.top) * (last - first)
            stretches[row * grid.across + first : row * grid.across + last] = fresh[start : start + last - first]
    pieces = [kept.head, stretches[0]]
    for number, stretch in enumerate(stretches[1:]):
        pieces += (_MARKERS[number % 8], stretch)
    pieces.append(_END)
    return b"".join(pieces)
