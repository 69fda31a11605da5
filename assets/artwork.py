"""Pictures and PDF pages that designs are made with, opened once and known by their content."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

from PIL import Image, ImageOps

from assets.colour import PAPER, Rgba
from assets.svg import rasterised

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
MOST_PIXELS = 40_000_000
THUMB = 64
_SVG_SIDE = 2400


class UnreadablePicture(Exception):
    """The file is not a picture that can be used; the message says why."""


@dataclass(frozen=True)
class Picture:
    """An encoded picture; equal to another when their bytes are."""

    digest: str
    format: str
    width: int
    height: int
    has_alpha: bool
    data: bytes = field(repr=False, compare=False)

    def open(self) -> Image.Image:
        """The upright pixels, RGB or RGBA."""
        with Image.open(io.BytesIO(self.data), formats=FORMATS) as image:
            ImageOps.exif_transpose(image, in_place=True)
            image.load()
            wanted = "RGBA" if self.has_alpha else "RGB"
            return image if image.mode == wanted else image.convert(wanted)  # a copy is as large again

    @cached_property
    def thumb(self) -> bytes:
        """A small copy, RGBA row by row, to look up what colour lies where."""
        with Image.open(io.BytesIO(self.data), formats=FORMATS) as image:
            image.draft("RGB", (THUMB * 4, THUMB * 4))
            ImageOps.exif_transpose(image, in_place=True)
            whole = image.convert("RGBA") if self.has_alpha or image.mode != "RGB" else image
            small = whole.resize((THUMB, THUMB), Image.Resampling.BOX)
        return small.convert("RGBA").tobytes()

    def colour_at(self, x: float, y: float) -> Rgba:
        """The colour around a point given in shares of width and height."""
        column, row = min(THUMB - 1, max(0, int(x * THUMB))), min(THUMB - 1, max(0, int(y * THUMB)))
        return self._colours[row * THUMB + column]

    @cached_property
    def _colours(self) -> tuple[Rgba, ...]:
        thumb = self.thumb
        known: dict[bytes, Rgba] = {}
        for start in range(0, len(thumb), 4):
            part = thumb[start : start + 4]
            known.setdefault(part, Rgba(part[0], part[1], part[2], part[3] / 255))
        return tuple(known[thumb[start : start + 4]] for start in range(0, len(thumb), 4))


@dataclass(frozen=True, slots=True)
class PdfFrame:
    """A PDF page's visible size in points, and the margins between it and the trimmed page."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


class DrawPage(Protocol):
    """Draws a page of a PDF (the first is 1) as RGB, row by row, of exactly that size."""

    def __call__(self, data: bytes, *, page: int, width: int, height: int) -> bytes: ...


@dataclass(frozen=True)
class VendorPdf:
    """A PDF of the vendor, whose pages may lie under a design.

    With `frames` and `draw` nothing of it is opened here: whoever made it has measured its pages, and draws them.
    """

    digest: str
    pages: int
    data: bytes = field(repr=False, compare=False)
    frames: tuple[PdfFrame, ...] = field(default=(), repr=False, compare=False)
    draw: DrawPage | None = field(default=None, repr=False, compare=False)

    def frame(self, page: int) -> PdfFrame:
        """The page's size, and how much of it lies beyond the trim."""
        return self.frames[page - 1] if self.frames else _pdf_frame(self, page)

    def raster(self, page: int, width: int, height: int) -> Image.Image:
        """The page as RGB pixels of exactly that size."""
        return _pdf_raster(self, page, width, height)

    def colour_at(self, page: int, x: float, y: float) -> Rgba:
        """The colour around a point of the page given in shares."""
        thumb = _pdf_raster(self, page, THUMB, THUMB)
        place = (min(THUMB - 1, max(0, int(x * THUMB))), min(THUMB - 1, max(0, int(y * THUMB))))
        red, green, blue = thumb.getpixel(place)  # type: ignore[misc]  # an RGB pixel has three parts
        return Rgba(red, green, blue)


Artwork = Picture | VendorPdf


# Opened here, in the process that renders: for files that the one who runs a command has on disk, and for what came
# back clean from `tcma.core.intake`. What a tenant gives the application is opened in a child process first.
def load_artwork(name: str, data: bytes) -> Artwork:
    """A picture or PDF by its content; SVG becomes a PNG of good size."""
    if data.startswith(b"%PDF"):
        return _load_pdf(name, data)
    if name.lower().endswith(".svg"):
        data = rasterised(data, side=_SVG_SIDE)
    return load_picture(name, data)


def load_artworks(files: Mapping[str, bytes]) -> dict[str, Artwork]:
    """Every file of a kit's artwork folder by its path."""
    return {name: load_artwork(name, data) for name, data in files.items()}


def load_picture(name: str, data: bytes) -> Picture:
    """A raster picture by its content, refused when it is broken or too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise UnreadablePicture(f"{name} has more than {MOST_PIXELS // 1_000_000} million pixels.")
                turned = image.getexif().get(0x0112, 1) >= 5
                width, height = image.size[::-1] if turned else image.size
                alpha = image.has_transparency_data
                return Picture(hashlib.sha256(data).hexdigest(), str(image.format), width, height, alpha, data)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise UnreadablePicture(f"{name} is not a PNG, JPEG, WebP, AVIF or GIF picture that can be read.") from fault


def _load_pdf(name: str, data: bytes) -> VendorPdf:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise UnreadablePicture(f"{name} is protected by a password. Save it without one.")
        return VendorPdf(hashlib.sha256(data).hexdigest(), len(reader.pages), data)
    except (PyPdfError, ValueError, KeyError, RecursionError) as fault:
        raise UnreadablePicture(f"{name} is not a PDF that can be read.") from fault


@lru_cache(maxsize=256)
def _pdf_frame(pdf: VendorPdf, page: int) -> PdfFrame:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf.data)
    try:
        sheet = document[page - 1]
        width, height = sheet.get_size()
        if sheet.get_rotation():
            return PdfFrame(width, height)
        left, foot, right, top = sheet.get_cropbox()
        trim_left, trim_foot, trim_right, trim_top = sheet.get_trimbox()
        return PdfFrame(width, height, trim_left - left, top - trim_top, right - trim_right, trim_foot - foot)
    finally:
        document.close()


@lru_cache(maxsize=8)
def _pdf_raster(pdf: VendorPdf, page: int, width: int, height: int) -> Image.Image:
    if pdf.draw is not None:
        return Image.frombytes("RGB", (width, height), pdf.draw(pdf.data, page=page, width=width, height=height))
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf.data)
    try:
        sheet = document[page - 1]
        across = max(width / sheet.get_width(), height / sheet.get_height())
        image: Image.Image = sheet.render(scale=across).to_pil().convert("RGB")
        return image if image.size == (width, height) else image.resize((width, height), Image.Resampling.LANCZOS)
    finally:
        document.close()


def blank(width: int, height: int, colour: Rgba = PAPER) -> Image.Image:
    """An image of one colour."""
    return Image.new("RGB", (width, height), (colour.r, colour.g, colour.b))
