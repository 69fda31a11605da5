"""One design, one brand, one language: a file. The few functions that the rest of the product calls.

    design, findings = load_design(text, path)
    made = render(design, brand, Values(texts=texts, fields=fields), "de", "jpeg", artwork=artwork)
    made.data, made.media_type, made.complaints

`render` refuses with `Unfit` rather than make something broken; `complaints_about` tells everything
without painting. `preview` shows any page, also of a PDF, as the PNG that print will look like.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL.Image import Exif

from assets.complaints import Complaint, Unfit
from assets.layout import PlacedPage, Values, place
from assets.quality import check_page
from assets.renderers.imprint import Imprint
from assets.renderers.pdf import write_pdf
from assets.renderers.png import png
from assets.renderers.raster import paint, paint_jpeg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from assets.artwork import Artwork
    from assets.brand import Brand
    from assets.design import Design

__all__ = ["FORMATS", "Complaint", "Rendered", "Unfit", "Values", "complaints_about", "lay_out", "preview", "render"]

_NONE = Imprint()
JPEG_QUALITY, WEBP_QUALITY, WEBP_METHOD = 85, 82, 2
# Media type and file ending by format.
FORMATS = {
    "png": ("image/png", "png"),
    "jpeg": ("image/jpeg", "jpg"),
    "webp": ("image/webp", "webp"),
    "pdf": ("application/pdf", "pdf"),
    "print_pdf": ("application/pdf", "pdf"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file; width and height are pixels of an image, rounded points of a PDF's page."""

    data: bytes
    media_type: str
    extension: str
    width: int
    height: int
    complaints: tuple[Complaint, ...]


def lay_out(
    design: Design, brand: Brand, values: Values, language: str, *, artwork: Mapping[str, Artwork]
) -> list[PlacedPage]:
    """Every page placed and looked over, with all complaints."""
    pages = place(design, brand, values, language, artwork)
    found = [tuple(check_page(page, design, number)) for number, page in enumerate(pages, start=1)]
    return [
        replace(page, complaints=page.complaints + more) if more else page
        for page, more in zip(pages, found, strict=True)
    ]


def complaints_about(
    design: Design, brand: Brand, values: Values, language: str, *, artwork: Mapping[str, Artwork]
) -> tuple[Complaint, ...]:
    """Everything to complain about, page by page, without painting anything."""
    pages = lay_out(design, brand, values, language, artwork=artwork)
    return tuple(complaint for page in pages for complaint in page.complaints)


def render(
    design: Design,
    brand: Brand,
    values: Values,
    language: str,
    format: str,  # noqa: A002  # the word that people use for it
    *,
    artwork: Mapping[str, Artwork],
    scale: float = 1.0,
    page: int = 1,
    code: str = "",
    check_url: str = "",
) -> Rendered:
    """The design as a file of one of `FORMATS`; images show one page. Raises `Unfit` with the reasons.

    `code` is the file's version code and `check_url` the address that tells whether it is still valid: both
    stand in the file's metadata, in the margin of a print PDF, and wherever the design shows `file.` fields.
    """
    imprint = Imprint(code, check_url)
    values = _with_imprint(values, imprint)
    pages = lay_out(design, brand, values, language, artwork=artwork)
    complaints = tuple(complaint for each in pages for complaint in each.complaints)
    if any(complaint.refuses for complaint in complaints):
        raise Unfit(complaints)
    media_type, extension = FORMATS[format]
    if format in {"pdf", "print_pdf"}:
        title = values.texts.get(design.title.key, design.key) if design.title and design.title.key else design.key
        data = write_pdf(pages, title=title, language=language, imprint=imprint, marks=format == "print_pdf")
        first = pages[0]
        size = (round(first.width * first.points), round(first.height * first.points))
    elif format == "jpeg":
        data, size = paint_jpeg(pages[page - 1], scale, quality=JPEG_QUALITY)
    else:
        image = paint(pages[page - 1], scale)
        data, size = encode(image, format, dots_per_inch=96 * scale, imprint=imprint), image.size
    return Rendered(_told(data, format, imprint, 96 * scale), media_type, extension, *size, complaints)


def _told(data: bytes, format: str, imprint: Imprint, dots_per_inch: float) -> bytes:  # noqa: A002  # as above
    """The file with its metadata, where they can be put into finished bytes."""
    if format == "png":
        return imprint.into_png(data)
    return imprint.into_jpeg(data, round(dots_per_inch)) if format == "jpeg" else data


def _with_imprint(values: Values, imprint: Imprint) -> Values:
    if not imprint:
        return values
    return replace(values, fields={**values.fields, "file.code": imprint.code, "file.check_url": imprint.check_url})


def preview(
    design: Design,
    brand: Brand,
    values: Values,
    language: str,
    *,
    artwork: Mapping[str, Artwork],
    page: int = 1,
    most_pixels: int = 1200,
) -> Rendered:
    """A page as PNG, its longer side at most `most_pixels`, also where text was refused; the complaints tell which."""
    pages = lay_out(design, brand, values, language, artwork=artwork)
    shown = pages[page - 1]
    scale = min(1.0, most_pixels / (max(shown.width, shown.height) * shown.pixels))
    if design.unit == "mm":
        scale = most_pixels / (max(shown.width, shown.height) * shown.pixels)
    image = paint(shown, scale)
    complaints = tuple(complaint for each in pages for complaint in each.complaints)
    return Rendered(encode(image, "png"), "image/png", "png", *image.size, complaints)


def encode(
    image: Image.Image,
    format: str,  # noqa: A002  # as above
    *,
    dots_per_inch: float = 96,
    imprint: Imprint = _NONE,
) -> bytes:
    """The image's bytes as PNG, JPEG or WebP; a WebP tells its resolution and imprint already."""
    if format == "png":
        return png(image, round(dots_per_inch / 0.0254))
    stream = io.BytesIO()
    if format == "jpeg":
        image.save(stream, "JPEG", quality=JPEG_QUALITY)
    else:
        told = {"xmp": imprint.xmp()} if imprint else {}
        exif = _resolution(round(dots_per_inch))
        image.save(stream, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD, exif=exif, **told)
    return stream.getvalue()


@lru_cache(maxsize=8)
def _resolution(dots_per_inch: int) -> bytes:
    """An EXIF block that says nothing but the resolution, for WebP has no other place for it."""
    block = Exif()
    block[0x011A] = block[0x011B] = float(dots_per_inch)
    block[0x0128] = 2  # the unit is the inch
    return block.tobytes()
