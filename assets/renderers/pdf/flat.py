"""Flattening for print: what lets the ground show through becomes opaque, for presses know no transparency.

A tint on a plain ground becomes the colour that is seen, a run of tints the run of those colours. Anything else is
painted together with what lies under it, as pixels, by the same painter that makes the previews; a sharp outline
stays a path, and the edge of a logo becomes a mask of whole pixels, so that all around it the ground stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from assets.artwork import Picture
from assets.colour import PAPER, Rgba
from assets.design.model import Box
from assets.layout.ground import colours_under, gradient_line
from assets.layout.operations import Fill, Glyphs, Gradient, Operation, Paint, PlacedPage, Qr, VendorPage
from assets.renderers import raster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Outline = tuple[Box, float, str]

_DPI, _TYPE_DPI = 300, 600
# Differences of one or two steps are nothing that ink could show: the noise of soft edges in packed pictures.
_CHANGED = [0] * 3 + [255] * 253
# A ramp from 0 to 255 in fine steps, with both ends drawn out so that nothing is read beyond it.
_RAMP, _RAMP_END = 1024, 64


@dataclass(frozen=True, slots=True)
class Flat:
    """A part of a page as pixels: what was painted under an operation, and the operation on it.

    `outline` cuts it sharply; without one, a mask keeps just what the operation changed.
    """

    under: tuple[Operation, ...]
    operation: Operation
    box: Box
    factor: float
    outline: Outline | None

    def pixels(self) -> tuple[Image.Image, Image.Image | None]:
        """The opaque RGB pixels, and which of them count (255, others 0) if not all do."""
        painted = self._painted((*self.under, self.operation))
        if self.outline is not None:
            return painted, None
        red, green, blue = ImageChops.difference(painted, self._painted(self.under)).split()
        return painted, ImageChops.lighter(ImageChops.lighter(red, green), blue).point(_CHANGED)

    def _painted(self, operations: tuple[Operation, ...]) -> Image.Image:
        moved = tuple(_moved(operation, self.box, self.factor) for operation in operations)
        page = PlacedPage(self.box.w, self.box.h, 0.0, 0.0, 1.0, self.factor, moved, (), "")
        return raster.paint(page)


@dataclass(frozen=True, slots=True)
class Tinted:
    """A gradient that fades over one plain colour."""

    gradient: Gradient
    ground: Rgba

    @property
    def box(self) -> Box:
        """Where it is painted."""
        return self.gradient.box


Opaque = Operation | Flat | Tinted


def flattened(page: PlacedPage) -> list[Opaque]:
    """The page's operations with nothing in them that shows what lies beneath."""
    done: list[Opaque] = []
    for place, operation in enumerate(page.operations):
        for part in _parts(operation):
            done.append(_flat(part, page, place, done) if _is_see_through(part) else part)
    return done


def _parts(operation: Operation) -> Iterator[Operation]:
    """Area and rim of a shape apart, for each may show through by itself."""
    if isinstance(operation, Fill) and operation.fill is not None and operation.stroke is not None:
        yield replace(operation, stroke=None)
        yield replace(operation, fill=None)
    else:
        yield operation


def _is_see_through(operation: Operation) -> bool:
    if isinstance(operation, Fill):
        return any(colour is not None and colour.a < 1 for colour in (operation.fill, operation.stroke))
    if isinstance(operation, Paint):
        return operation.opacity < 1 or (operation.picture.has_alpha and not is_opaque(operation.picture))
    if isinstance(operation, Gradient):
        return operation.start.a < 1 or operation.end.a < 1
    if isinstance(operation, Glyphs):
        return operation.colour.a < 1
    return isinstance(operation, Qr) and (operation.dark.a < 1 or 0 < operation.light.a < 1)


@lru_cache(maxsize=256)
def is_opaque(picture: Picture) -> bool:
    """Whether a picture that could be transparent is so nowhere."""
    if not picture.has_alpha:
        return True
    lowest, _ = picture.open().getchannel("A").getextrema()
    return bool(lowest == 255)


def _flat(operation: Operation, page: PlacedPage, place: int, done: Sequence[Opaque]) -> Opaque:
    box = _reach(operation)
    if isinstance(operation, Qr):
        ground = _mean(colours_under(page.operations[:place], box))
        light = operation.light.over(ground) if operation.light.a > 0 else operation.light
        return replace(operation, dark=operation.dark.over(light if light.a > 0 else ground), light=light)
    plain = _plain_under(done, box)
    if plain is not None and isinstance(operation, Fill):
        fill, stroke = (colour.over(plain) if colour else None for colour in (operation.fill, operation.stroke))
        return replace(operation, fill=fill, stroke=stroke)
    if plain is not None and isinstance(operation, Gradient):
        return Tinted(operation, plain)
    if plain is not None and isinstance(operation, Glyphs):
        return replace(operation, colour=operation.colour.over(plain))
    return _as_pixels(operation, box, page, page.operations[:place])


def _mean(colours: Sequence[Rgba]) -> Rgba:
    count = len(colours)
    red, green, blue = (round(sum(getattr(each, name) for each in colours) / count) for name in "rgb")
    return Rgba(red, green, blue)


def _plain_under(done: Sequence[Opaque], box: Box) -> Rgba | None:
    """The single colour that lies under all of the box, if one does."""
    for operation in reversed(done):
        if not _reach(operation).meets(box):
            continue
        covers = isinstance(operation, Fill) and operation.shape == "rect" and operation.fill is not None
        if covers and operation.box.grown(-operation.radius * 0.3).holds(box):  # type: ignore[union-attr]
            return operation.fill  # type: ignore[union-attr]  # seen two lines above
        return None
    return PAPER


def _reach(operation: Opaque) -> Box:
    if isinstance(operation, Glyphs):
        return operation.ink.grown(operation.size * 0.1)
    if isinstance(operation, Fill):
        return operation.box.grown(operation.stroke_width if operation.shape == "line" else 0.0)
    return operation.box


def _as_pixels(operation: Operation, box: Box, page: PlacedPage, before: Sequence[Operation]) -> Flat:
    dots = _TYPE_DPI if isinstance(operation, Glyphs) else _DPI
    factor = dots * page.points / 72
    region = _on_grid(_common(box, _sheet(page)), page.bleed, factor)
    under = tuple(other for other in before if _reach(other).meets(region))
    return Flat(under, _beyond_its_edge(operation, 1 / factor), region, factor, _outline(operation))


def _sheet(page: PlacedPage) -> Box:
    return Box(0, 0, page.width, page.height).grown(page.bleed)


def _common(one: Box, other: Box) -> Box:
    left, top = max(one.x, other.x), max(one.y, other.y)
    return Box(left, top, max(0.0, min(one.right, other.right) - left), max(0.0, min(one.bottom, other.bottom) - top))


def _on_grid(box: Box, bleed: float, factor: float) -> Box:
    """The box grown to whole pixels, counted from the corner of the bleed."""
    left, top = floor((box.x + bleed) * factor), floor((box.y + bleed) * factor)
    right, bottom = ceil((box.right + bleed) * factor - 1e-6), ceil((box.bottom + bleed) * factor - 1e-6)
    width, height = max(1, right - left), max(1, bottom - top)
    return Box(left / factor - bleed, top / factor - bleed, width / factor, height / factor)


def _outline(operation: Operation) -> Outline | None:
    """The path that cuts the operation out, if it has a sharp one."""
    if isinstance(operation, Fill) and operation.fill is not None:
        return operation.box, operation.radius, operation.shape
    if isinstance(operation, Gradient) or (isinstance(operation, Paint) and is_opaque(operation.picture)):
        return operation.box, operation.radius, "rect"
    return None


def _beyond_its_edge(operation: Operation, pixel: float) -> Operation:
    """What a path cuts out is painted a pixel further, so that no edge is blended twice."""
    if isinstance(operation, Fill) and operation.fill is not None:
        return replace(operation, shape="rect", box=operation.box.grown(pixel), radius=0.0)
    if isinstance(operation, Gradient):
        return replace(operation, box=operation.box.grown(pixel), radius=0.0)
    return operation


def _moved(operation: Operation, region: Box, factor: float) -> Operation:
    """The operation on a page that begins where the region does."""
    dx, dy = -region.x, -region.y
    if isinstance(operation, Glyphs):
        runs = tuple(run._replace(x=run.x + dx, baseline=run.baseline + dy) for run in operation.runs)
        return replace(operation, runs=runs, ink=operation.ink.moved(dx, dy), box=operation.box.moved(dx, dy))
    if isinstance(operation, Paint):
        seen = operation.box if operation.radius else _common(operation.box, region.grown(2 / factor))
        return replace(operation, whole=operation.whole.moved(dx, dy), box=seen.moved(dx, dy))
    if isinstance(operation, VendorPage):
        return _vendor_piece(operation, region, factor)
    if isinstance(operation, Gradient) and not operation.radius:
        return _gradient_piece(operation, region, factor)
    return replace(operation, box=operation.box.moved(dx, dy))


class _Ready(Picture):
    """A picture whose pixels are there already, at the very size at which they are painted."""

    def open(self) -> Image.Image:
        """The pixels; they are kept where others keep a file's bytes."""
        return Image.frombytes("RGBA" if self.has_alpha else "RGB", (self.width, self.height), self.data)


def _ready(image: Image.Image, box: Box, name: str) -> Paint:
    """The image painted at the box; `name` says all that it is made from."""
    alpha = image.mode == "RGBA"
    return Paint(_Ready(name, "raw", image.width, image.height, has_alpha=alpha, data=image.tobytes()), box, box)


def _vendor_piece(ground: VendorPage, region: Box, factor: float) -> Paint:
    """The part of a vendor's page that lies under the region."""
    import pypdfium2

    document = pypdfium2.PdfDocument(ground.pdf.data)
    try:
        sheet = document[ground.page - 1]
        across = sheet.get_width() / ground.box.w
        left, top = (region.x - ground.box.x) * across, (region.y - ground.box.y) * across
        right = sheet.get_width() - left - region.w * across
        foot = sheet.get_height() - top - region.h * across
        crop = tuple(max(0.0, edge) for edge in (left, foot, right, top))
        image = sheet.render(scale=factor / across, crop=crop).to_pil().convert("RGB")
    finally:
        document.close()
    name = f"{ground.pdf.digest} {ground.page} {ground.box} {region} {factor}"
    return _ready(image, Box(0.0, 0.0, region.w, region.h), name)


def _gradient_piece(gradient: Gradient, region: Box, factor: float) -> Paint:
    """The part of a gradient that lies in the region, as pixels of its colours and opacities."""
    seen = _on_grid(_common(gradient.box, region).moved(-region.x, -region.y), 0.0, factor)
    x0, y0, x1, y1 = gradient_line(gradient)
    x0, x1 = ((end - region.x - seen.x) * factor for end in (x0, x1))
    y0, y1 = ((end - region.y - seen.y) * factor for end in (y0, y1))
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2 or 1.0
    across, down = ((end - start) / length * _RAMP for start, end in ((x0, x1), (y0, y1)))
    start = _RAMP_END - x0 * across - y0 * down
    size = (round(seen.w * factor), round(seen.h * factor))
    share = _ramp().transform(
        size, Image.Transform.AFFINE, (0, 0, 2, across, down, start), resample=Image.Resampling.BILINEAR
    )
    first, last = gradient.start, gradient.end
    channels = [(getattr(first, name), getattr(last, name)) for name in "rgb"] + [(first.a * 255, last.a * 255)]
    bands = [share.point([round(one + (other - one) * at / 255) for at in range(256)]) for one, other in channels]
    return _ready(Image.merge("RGBA", bands), seen, f"{gradient} {region} {factor}")


@cache
def _ramp() -> Image.Image:
    rows = np.clip((np.arange(_RAMP + 2 * _RAMP_END) - _RAMP_END + 0.5) / _RAMP, 0, 1)
    return Image.fromarray(np.rint(np.repeat(rows[:, None], 4, axis=1) * 255).astype(np.uint8))
