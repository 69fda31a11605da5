"""Coverage masks: words from their outlines, rounded boxes, ellipses and lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import uharfbuzz as hb
from PIL import Image, ImageDraw

from assets.fonts import typeface
from assets.renderers.cache import BytesLru

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.layout.shaping import Run

_FINER = 4
# Latin, Greek and Cyrillic: their letters stand apart, so that words can be put together from them.
_APART_BELOW = "\u0530"
# Pixels from which on letters keep masks of their own, and above which they stand as finely as small ones again:
# between them lie the headlines of screens, of which there are the most.
_LARGE, _HUGE = 36.0, 72.0


class Stamp(NamedTuple):
    """A mask and where its top left lies, seen from the pen's start on the baseline."""

    mask: Any
    left: int
    top: int
    width: int
    height: int


Word = tuple[Stamp, ...]


def _word_bytes(word: Word) -> int:
    # The letters of a large word are kept on their own.
    return 600 + 100 * len(word) + (word[0].width * word[0].height if len(word) == 1 else 0)


_words: BytesLru[Word] = BytesLru(5_000_000, _word_bytes)
_letters: BytesLru[Word] = BytesLru(5_000_000, _word_bytes)
_shapes: BytesLru[Image.Image] = BytesLru(8_000_000, lambda image: 200 + image.width * image.height)


def phases(size: float) -> int:
    """In how many steps of a pixel a word of a size in pixels is placed.

    Small words are placed to a quarter of a pixel, large ones to a whole one, where it cannot be seen.
    """
    return 4 if size < 20 else 2 if size < 40 else 1


def word(run: Run, size: float, start: float, opacity: float) -> Word:
    """The run's masks at a size in pixels, its pen at `start` of a pixel."""
    return _words.get((run, size, start, opacity), lambda: _word(run, size, start, opacity))


_Pen = tuple[int, float, float]


def _word(run: Run, size: float, start: float, opacity: float) -> Word:
    """A run with its pen at `start`: letter by letter where the script lets them stand apart.

    Most words of a partner are seen once, their letters often. The masks of large letters stay apart, for what lies
    between them is not worth looking at.
    """
    if len(run.glyphs) < 2 or max(run.text) >= _APART_BELOW:
        return _faded(_drawn(run.face, run.weight, size, _pens(run, size, start)), opacity)
    letters = _apart(run, size, start)
    if size >= _LARGE and opacity >= 1:
        return letters
    return _faded(_together(letters), opacity)


def _pens(run: Run, size: float, start: float) -> list[_Pen]:
    """Each glyph with where it is drawn."""
    pens: list[_Pen] = []
    for glyph in run.glyphs:
        pens.append((glyph.number, start + glyph.dx * size, glyph.dy * size))
        start += glyph.advance * size
    return pens


def _apart(run: Run, size: float, start: float) -> Word:
    """The letters of a word, each at the nearest quarter or eighth of a pixel."""
    steps = 4 if _LARGE <= size <= _HUGE else 8
    face, weight, kept = run.face, run.weight, _letters.get
    found: list[Stamp] = []
    for number, across, up in _pens(run, size, start):
        whole, step = divmod(round(across * steps), steps)
        key = (face, weight, size, number, step / steps, up)
        for mask, left, top, width, height in kept(key, partial(_letter, key)):
            found.append(Stamp(mask, whole + left, top, width, height))
    return tuple(found)


def _letter(key: tuple[str, int, float, int, float, float]) -> Word:
    """The mask of one letter: face, weight, size, glyph, and where in a pixel it is drawn, across and up."""
    face, weight, size, number, start, up = key
    return _drawn(face, weight, size, [(number, start, up)])


def _together(letters: Word) -> Word:
    """One mask of several."""
    if not letters:
        return ()
    left, top = min(each.left for each in letters), min(each.top for each in letters)
    right = max(each.left + each.width for each in letters)
    bottom = max(each.top + each.height for each in letters)
    word = Image.core.fill("L", (right - left, bottom - top), 0)  # type: ignore[attr-defined]  # Pillow's own
    for each in letters:
        x, y = each.left - left, each.top - top
        word.paste(255, (x, y, x + each.width, y + each.height), each.mask)
    return (Stamp(word, left, top, right - left, bottom - top),)


def _faded(word: Word, opacity: float) -> Word:
    if opacity >= 1 or not word:
        return word
    return (word[0]._replace(mask=word[0].mask.point([round(value * opacity) for value in range(256)], "L")),)


def _drawn(face_name: str, weight: int, size: float, pens: Sequence[_Pen]) -> Word:
    """Glyphs from their outlines, as one mask; nothing for spaces."""
    face = typeface(face_name)
    font, scale = face.font(weight), size / face.upem
    raster = hb.RasterDraw()
    for number, across, up in pens:
        raster.transform = (scale, 0.0, 0.0, scale, across, up)
        raster.draw_glyph(font, number)
    drawn = raster.render()
    extents = drawn.extents if drawn is not None else None
    if extents is None or not extents.width or not extents.height:
        return ()
    width, height = extents.width, extents.height
    image = Image.frombytes("L", (width, height), drawn.buffer, "raw", "L", extents.stride, -1)
    return (Stamp(image.im, extents.x_origin, -(extents.y_origin + height), width, height),)


def corners(width: int, height: int, radius: float) -> tuple[int, Image.Image] | None:
    """The side of a round rectangle's corners and a square mask of the four; None where they do not fit."""
    side = int(radius) + 1
    if width < 2 * side or height < 2 * side or radius <= 0:
        return None
    return side, _shapes.get(("corner", radius), lambda: _finely(4 * side, 4 * side, radius, None))


def rounded(width: int, height: int, radius: float) -> Image.Image:
    """A rectangle with round corners."""
    return _shapes.get(("rounded", width, height, radius), lambda: _with_corners(width, height, radius))


def _with_corners(width: int, height: int, radius: float) -> Image.Image:
    """A full mask with the four corners of a round one put into it."""
    found = corners(width, height, radius)
    if found is None:
        return _finely(width, height, radius, None)
    side, corner = found
    image = Image.new("L", (width, height), 255)
    for left, from_left in ((0, 0), (width - side, 3 * side)):
        for top, from_top in ((0, 0), (height - side, 3 * side)):
            image.paste(corner.crop((from_left, from_top, from_left + side, from_top + side)), (left, top))
    return image


def ellipse(width: int, height: int) -> Image.Image:
    """An ellipse that fills the box."""
    return _shapes.get(("ellipse", width, height), lambda: _finely(width, height, -1.0, None))


def outline(width: int, height: int, radius: float, stroke: float) -> Image.Image:
    """The rim of a rectangle (radius 0 or more) or an ellipse (radius -1), inside the box."""
    return _shapes.get(("outline", width, height, radius, stroke), lambda: _finely(width, height, radius, stroke))


def _finely(width: int, height: int, radius: float, stroke: float | None) -> Image.Image:
    """Drawn four times as fine and averaged."""
    image = Image.new("L", (width * _FINER, height * _FINER), 0)
    draw = ImageDraw.Draw(image)
    box = (0, 0, width * _FINER - 1, height * _FINER - 1)
    fill = 255 if stroke is None else None
    rim, width_of_rim = (None, 1) if stroke is None else (255, max(1, round(stroke * _FINER)))
    if radius < 0:
        draw.ellipse(box, fill=fill, outline=rim, width=width_of_rim)
    else:
        draw.rounded_rectangle(box, radius=radius * _FINER, fill=fill, outline=rim, width=width_of_rim)
    return image.reduce(_FINER)


def line(width: int, height: int, stroke: float) -> tuple[Image.Image, int]:
    """A line from the box's top left to its bottom right, and the margin that its thickness needs."""
    margin = int(stroke) + 1
    across, down = (width + 2 * margin) * _FINER, (height + 2 * margin) * _FINER
    image = Image.new("L", (across, down), 0)
    near = margin * _FINER
    ends = (near, near, near + width * _FINER, near + height * _FINER)
    ImageDraw.Draw(image).line(ends, fill=255, width=max(1, round(stroke * _FINER)))
    return image.reduce(_FINER), margin


def forget() -> None:
    """Drop all masks."""
    _words.clear()
    _letters.clear()
    _shapes.clear()
