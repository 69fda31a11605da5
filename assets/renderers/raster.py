"""Placed pages as pixels."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import local
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from assets.artwork import blank
from assets.layout.ground import gradient_line
from assets.layout.operations import Fill, Glyphs, Gradient, Operation, Paint, PlacedPage, Qr, VendorPage
from assets.renderers import masks
from assets.renderers.cache import BytesLru
from assets.renderers.jpeg import WORTHWHILE, Grid, Parts, spliced, taken_apart, whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from assets.colour import Rgba
    from assets.design.model import Box

_Pixels = tuple[int, int, int, int]
_Static = Fill | Gradient | VendorPage

# The canvas of one rendition is the next one's: two pieces of memory are kept for it, and no more.
Image.core.set_block_size(4 * 1024 * 1024)  # type: ignore[attr-defined]  # Pillow has no types for it
Image.core.set_blocks_max(2)  # type: ignore[attr-defined]  # as above


def _image_bytes(image: Image.Image) -> int:
    return image.width * image.height * (1 if image.mode == "L" else 4)  # Pillow keeps RGB in four bytes, too


_layers: BytesLru[Image.Image] = BytesLru(32_000_000, _image_bytes)
_encoded: BytesLru[Parts] = BytesLru(8_000_000, lambda parts: parts.size)
_MOST_ON_DESK = 6_000_000
_pictures: BytesLru[Image.Image] = BytesLru(24_000_000, _image_bytes, one_by_one=True)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A page at a scale, parted into what is the same for every partner and what is not."""

    size: tuple[int, int]
    factor: float
    margin: float
    still: tuple[Operation, ...]
    moving: tuple[Operation, ...]

    @property
    def key(self) -> Hashable:
        """What the still part is known by."""
        return (self.size, self.factor, self.margin, self.still)

    def layer(self) -> Image.Image:
        """The still part, painted once."""
        return _layers.get(self.key, lambda: _painted(blank(*self.size), self.still, self.factor, self.margin))

    def painted(self) -> Image.Image:
        """The whole page."""
        return _painted(self.layer().copy(), self.moving, self.factor, self.margin)


def _frame(page: PlacedPage, scale: float, margin: float) -> _Frame:
    factor = page.pixels * scale
    size = (round((page.width + 2 * margin) * factor), round((page.height + 2 * margin) * factor))
    return _Frame(size, factor, margin, *_split(page.operations))


def paint(page: PlacedPage, scale: float = 1.0, *, bleed: bool = False) -> Image.Image:
    """The page as an RGB image, trimmed or with its bleed, at a multiple of its 1x size."""
    return _frame(page, scale, page.bleed if bleed else 0.0).painted()


def paint_jpeg(page: PlacedPage, scale: float, *, quality: int) -> tuple[bytes, tuple[int, int]]:
    """The trimmed page as JPEG with its size in pixels; what no partner changes is not encoded again."""
    frame = _frame(page, scale, 0.0)
    touched = [_touched(operation, frame) for operation in frame.moving]
    spans, plain = (grid := Grid.of(frame.size)).changes(touched)
    with _desk.canvas(frame, touched) as image:
        if grid.share(spans) > WORTHWHILE:
            return whole(image, quality), frame.size
        kept = _encoded.get((frame.key, quality), lambda: taken_apart(whole(frame.layer(), quality, grid)))
        return spliced(image, kept, grid, spans, quality, plain), frame.size


_Touched = tuple[_Pixels, tuple[int, int, int] | None]


class _Desk(local):
    """The canvas that a thread painted on last: for the next partner only what was painted on it is made good."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._canvas: Image.Image | None = None
        self._painted: list[_Pixels] = []

    @contextmanager
    def canvas(self, frame: _Frame, touched: Sequence[_Touched]) -> Iterator[Image.Image]:
        """The whole page, painted; not to be kept."""
        layer = frame.layer()
        kept = self._canvas if self._key == frame.key else None
        self._key = None
        if kept is None:
            kept = layer.copy()
        else:
            self._make_good(kept, layer, [box for box, colour in touched if colour])
        _painted(kept, frame.moving, frame.factor, frame.margin)
        yield kept
        if _image_bytes(kept) <= _MOST_ON_DESK:
            self._key, self._canvas, self._painted = frame.key, kept, [box for box, _ in touched]

    def _make_good(self, canvas: Image.Image, layer: Image.Image, covered: Sequence[_Pixels]) -> None:
        for left, top, right, bottom in self._painted:
            box = max(left, 0), max(top, 0), min(right, canvas.width), min(bottom, canvas.height)
            is_covered = any(
                each[0] <= box[0] and each[1] <= box[1] and each[2] >= box[2] and each[3] >= box[3] for each in covered
            )
            if not is_covered and box[0] < box[2] and box[1] < box[3]:
                canvas.im.paste(layer.im.crop(box), box)

    def clear(self) -> None:
        """Put it away."""
        self._key = self._canvas = None


_desk = _Desk()


def _touched(operation: Operation, frame: _Frame) -> _Touched:
    """The pixels that an operation may change, with room for the smoothing of its edges, and its only colour."""
    left, top, right, bottom = pixels(_reach(operation), frame.factor, frame.margin)
    if isinstance(operation, Fill) and _is_plain(operation) and operation.fill is not None:
        return (left, top, right, bottom), (operation.fill.r, operation.fill.g, operation.fill.b)
    return (left - 2, top - 2, right + 2, bottom + 2), None


def _is_plain(fill: Fill) -> bool:
    """Whether the fill is one opaque colour up to its edges."""
    is_solid = fill.shape == "rect" and fill.fill is not None and fill.fill.a >= 1
    return is_solid and not fill.radius and not (fill.stroke and fill.stroke_width)


def _split(operations: Sequence[Operation]) -> tuple[tuple[Operation, ...], tuple[Operation, ...]]:
    """What is the same for every partner and can be painted first, and the rest in order."""
    still: list[Operation] = []
    moving: list[Operation] = []
    for operation in operations:
        is_still = isinstance(operation, _Static) or (isinstance(operation, Paint) and operation.role == "image")
        if is_still and not any(_reach(other).meets(_reach(operation)) for other in moving):
            still.append(operation)
        else:
            moving.append(operation)
    # Plain fills are quick and often in a partner's colour: what ends with them is painted each time.
    last = len(still)
    while last and isinstance(still[last - 1], Fill):
        last -= 1
    return tuple(still[:last]), (*still[last:], *moving)


def _reach(operation: Operation) -> Box:
    if isinstance(operation, Glyphs):
        return operation.ink.grown(operation.size * 0.1)
    return operation.box.grown(operation.stroke_width) if isinstance(operation, Fill) else operation.box


def _painted(canvas: Image.Image, operations: Sequence[Operation], factor: float, margin: float) -> Image.Image:
    for operation in operations:
        if isinstance(operation, Glyphs):
            _glyphs(canvas, operation, factor, margin)
        elif isinstance(operation, Fill):
            _fill(canvas, operation, factor, margin)
        elif isinstance(operation, Paint):
            _picture(canvas, operation, factor, margin)
        elif isinstance(operation, Gradient):
            _gradient(canvas, operation, factor, margin)
        elif isinstance(operation, Qr):
            _qr(canvas, operation, factor, margin)
        else:
            left, top, right, bottom = pixels(operation.box, factor, margin)
            canvas.paste(operation.pdf.raster(operation.page, right - left, bottom - top), (left, top))
    return canvas


def pixels(box: Box, factor: float, margin: float) -> tuple[int, int, int, int]:
    """The box in whole pixels: left, top, right, bottom."""
    return (
        round((box.x + margin) * factor),
        round((box.y + margin) * factor),
        round((box.right + margin) * factor),
        round((box.bottom + margin) * factor),
    )


def _glyphs(canvas: Image.Image, block: Glyphs, factor: float, margin: float) -> None:
    ink = (block.colour.r, block.colour.g, block.colour.b)
    size = round(block.size * factor, 3)
    canvas.load()
    # Pillow's own paste asks what it was given anew for each word; here it is always the same. And a picture
    # of the colour goes through a mask faster than the colour itself.
    put, plain = canvas.im.paste, Image.core.fill  # type: ignore[attr-defined]  # Pillow's own
    steps, opacity, word = masks.phases(size), block.colour.a, masks.word
    for placed in block.runs:
        if placed.run.is_space:
            continue
        start, step = divmod(round((placed.x + margin) * factor * steps), steps)
        baseline = round((placed.baseline + margin) * factor)
        for mask, across, down, width, height in word(placed.run, size, step / steps, opacity):
            left, top = start + across, baseline + down
            put(plain("RGB", (width, height), ink), (left, top, left + width, top + height), mask)


def _fill(canvas: Image.Image, fill: Fill, factor: float, margin: float) -> None:
    left, top, right, bottom = pixels(fill.box, factor, margin)
    width, height = right - left, bottom - top
    stroke = fill.stroke_width * factor
    if fill.shape == "line":
        mask, around = masks.line(width, height, stroke)
        _colour(canvas, fill.stroke, (left - around, top - around), mask)
        return
    if width <= 0 or height <= 0:
        return
    radius = -1.0 if fill.shape == "ellipse" else round(min(fill.radius * factor, width / 2, height / 2), 2)
    if fill.fill is not None and radius >= 0 and fill.fill.a >= 1:
        _solid(canvas, fill.fill, (left, top, right, bottom), radius)
    elif fill.fill is not None:
        _colour(
            canvas,
            fill.fill,
            (left, top),
            masks.ellipse(width, height) if radius < 0 else masks.rounded(width, height, radius),
        )
    if fill.stroke is not None and stroke > 0:
        _colour(canvas, fill.stroke, (left, top), masks.outline(width, height, radius, stroke))


def _solid(canvas: Image.Image, colour: Rgba, box: _Pixels, radius: float) -> None:
    """An opaque rectangle; only its corners need a mask."""
    left, top, right, bottom = box
    ink = (colour.r, colour.g, colour.b)
    if radius == 0:
        canvas.paste(ink, box)
        return
    found = masks.corners(right - left, bottom - top, radius)
    if found is None:
        canvas.paste(ink, (left, top), masks.rounded(right - left, bottom - top, radius))
        return
    side, mask = found
    canvas.paste(ink, (left + side, top, right - side, bottom))
    canvas.paste(ink, (left, top + side, left + side, bottom - side))
    canvas.paste(ink, (right - side, top + side, right, bottom - side))
    for x, from_left in ((left, 0), (right - side, 3 * side)):
        for y, from_top in ((top, 0), (bottom - side, 3 * side)):
            canvas.paste(ink, (x, y), mask.crop((from_left, from_top, from_left + side, from_top + side)))


def _colour(canvas: Image.Image, colour: Rgba | None, place: tuple[int, int], mask: Image.Image) -> None:
    if colour is None:
        return
    if colour.a < 1:
        mask = mask.point([round(value * colour.a) for value in range(256)])
    canvas.paste((colour.r, colour.g, colour.b), place, mask)


def _gradient(canvas: Image.Image, gradient: Gradient, factor: float, margin: float) -> None:
    left, top, right, bottom = pixels(gradient.box, factor, margin)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, canvas.width), min(bottom, canvas.height)
    if right <= left or bottom <= top:
        return
    share = _shares(gradient, (left, top, right, bottom), factor, margin)[..., None]
    start, end = gradient.start, gradient.end
    first = np.array([start.r, start.g, start.b], dtype=np.float32)
    last = np.array([end.r, end.g, end.b], dtype=np.float32)
    colour = first + (last - first) * share
    cover = start.a + (end.a - start.a) * share
    if gradient.radius:
        corners = masks.rounded(right - left, bottom - top, round(gradient.radius * factor, 2))
        cover = cover * (np.asarray(corners, dtype=np.float32)[..., None] / 255)
    ground = np.asarray(canvas.crop((left, top, right, bottom)), dtype=np.float32)
    mixed = ground + (colour - ground) * cover
    canvas.paste(Image.fromarray(np.rint(mixed).astype(np.uint8)), (left, top))


def _shares(
    gradient: Gradient, box: tuple[int, int, int, int], factor: float, margin: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """How far along the gradient each pixel of the box lies."""
    left, top, right, bottom = box
    x0, y0, x1, y1 = ((end + margin) * factor for end in gradient_line(gradient))
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2 or 1.0
    across = (np.arange(left, right, dtype=np.float32) + 0.5 - x0) * (x1 - x0)
    down = (np.arange(top, bottom, dtype=np.float32) + 0.5 - y0) * (y1 - y0)
    shares: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.clip(
        (across[None, :] + down[:, None]) / np.float32(length), 0, 1
    ).astype(np.float32)
    return shares


def _picture(canvas: Image.Image, operation: Paint, factor: float, margin: float) -> None:
    left, top, right, bottom = pixels(operation.box, factor, margin)
    if right <= left or bottom <= top:
        return
    # A picture seen whole looks the same wherever it stands.
    seen = None if operation.whole == operation.box else (operation.whole, operation.box)
    size = (right - left, bottom - top)
    key = (operation.picture.digest, size, seen, factor, operation.radius, operation.opacity)
    image = _pictures.get(key, lambda: _fitted(operation, right - left, bottom - top, factor))
    if image.mode == "RGBA":
        canvas.paste(image, (left, top), image)
    else:
        canvas.paste(image, (left, top))


def _fitted(operation: Paint, width: int, height: int, factor: float) -> Image.Image:
    """The visible part of the picture at its size on the page."""
    source = operation.picture.open()
    whole, box = operation.whole, operation.box
    across, down = source.width / whole.w, source.height / whole.h
    part = (
        max(0.0, (box.x - whole.x) * across),
        max(0.0, (box.y - whole.y) * down),
        min(float(source.width), (box.right - whole.x) * across),
        min(float(source.height), (box.bottom - whole.y) * down),
    )
    image = source.resize((width, height), Image.Resampling.LANCZOS, box=part, reducing_gap=3.0)
    if not operation.radius and operation.opacity >= 1:
        return image
    mask = masks.rounded(width, height, round(operation.radius * factor, 2))
    if operation.opacity < 1:
        mask = mask.point([round(value * operation.opacity) for value in range(256)])
    if image.mode == "RGBA":
        mask = ImageChops.multiply(image.getchannel("A"), mask)
    image.putalpha(mask)
    return image


def _qr(canvas: Image.Image, code: Qr, factor: float, margin: float) -> None:
    """Every module ends at a whole pixel, so that all edges are sharp and the code is as large as in print."""
    left, top, right, bottom = pixels(code.box, factor, margin)
    _fill(canvas, Fill("rect", code.box, code.light), factor, margin)
    rows = np.array(code.rows, dtype=bool)
    across, down = _module_sides(right - left, rows.shape[1]), _module_sides(bottom - top, rows.shape[0])
    dark = np.repeat(np.repeat(np.where(rows, np.uint8(255), np.uint8(0)), down, axis=0), across, axis=1)
    if dark.size:
        _colour(canvas, code.dark, (left, top), Image.fromarray(dark))


def _module_sides(length: int, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The pixels of each module along a side."""
    edges = np.rint(np.linspace(0, length, count + 1)).astype(np.int64)
    sides: np.ndarray[tuple[int, ...], np.dtype[np.int64]] = edges[1:] - edges[:-1]
    return sides


def forget() -> None:
    """Drop everything prepared: the next rendition is a cold one."""
    _desk.clear()
    _layers.clear()
    _encoded.clear()
    _pictures.clear()
    masks.forget()


__all__ = ["forget", "paint", "paint_jpeg", "pixels"]
