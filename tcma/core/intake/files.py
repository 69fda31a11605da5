"""Pictures and documents from outside."""

from dataclasses import dataclass
from enum import StrEnum

from tcma.core.intake import pool
from tcma.core.intake.refusals import DamagedFile, refusal

MAX_PIXELS = 40_000_000
MAX_IMAGE_BYTES = 40 * 1024 * 1024
MAX_PDF_BYTES = 50 * 1024 * 1024
MAX_FRAMES = 200
MAX_PAGES = 60
SVG_WIDTH = 1600
MATERIAL_SIDE = 2400  # pixels of a drawing's longer side: sharp across a printed A4 page


class Purpose(StrEnum):
    """What a picture is for. Logos and artwork stay lossless; photos and evidence may be JPEG.

    A kit's material keeps its form: PNG stays PNG, a JPEG is written as finely as it came, AVIF becomes WebP.
    """

    LOGO = "logo"
    ARTWORK = "artwork"
    PHOTO = "photo"
    EVIDENCE = "evidence"
    MATERIAL = "material"

    @property
    def lossless(self) -> bool:
        """Whether edges and transparency count for more than size."""
        return self in {Purpose.LOGO, Purpose.ARTWORK}


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture written anew: upright, in sRGB, nothing but its pixels."""

    bytes: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class CleanPdf:
    """A document written anew: nothing that acts, no metadata. `sizes` are the pages' in points."""

    bytes: bytes
    pages: int
    sizes: tuple[tuple[float, float], ...]
    media_type: str = "application/pdf"


def image(
    data: bytes,
    *,
    purpose: Purpose,
    max_pixels: int = MAX_PIXELS,
    min_pixels: int = 1,
    svg_width: int = SVG_WIDTH,
    svg_side: int = 0,
) -> CleanImage:
    """Take a PNG, JPEG, GIF, WebP, AVIF or SVG, by its content. Of an animation the first picture is kept."""
    if len(data) > MAX_IMAGE_BYTES:
        raise refusal("too_many_bytes", most=MAX_IMAGE_BYTES)
    facts, result = pool.ask(
        "image",
        data,
        max_pixels=min(max_pixels, MAX_PIXELS),
        min_pixels=min_pixels,
        max_frames=MAX_FRAMES,
        keep_lossless=purpose.lossless,
        keep_form=purpose is Purpose.MATERIAL,
        svg_width=svg_width,
        svg_side=svg_side,
    )
    return _image(facts, result)


def svg(data: bytes, *, width: int, purpose: Purpose = Purpose.LOGO) -> CleanImage:
    """Draw an SVG `width` pixels wide. Other pictures are taken as they are."""
    return image(data, purpose=purpose, svg_width=width)


def pdf(data: bytes, *, max_pages: int = MAX_PAGES, max_bytes: int = MAX_PDF_BYTES) -> CleanPdf:
    """Take a PDF without password, scripts, actions and attachments."""
    if len(data) > max_bytes:
        raise refusal("too_many_bytes", most=max_bytes)
    facts, result = pool.ask("pdf", data, max_pages=max_pages)
    sizes = facts.get("sizes")
    if not isinstance(sizes, list):
        raise refusal("damaged")
    return CleanPdf(result, _whole(facts, "pages"), tuple((float(wide), float(high)) for wide, high in sizes))


def material(data: bytes) -> CleanImage | CleanPdf:
    """Take what designs, mails and pages are made with: a PDF, or a picture in the form that it has."""
    if data.startswith(b"%PDF-"):
        return pdf(data)
    return image(data, purpose=Purpose.MATERIAL, svg_side=MATERIAL_SIDE)


def pdf_pixels(data: bytes, *, page: int, width: int, height: int) -> bytes:
    """Draw one page of a PDF (the first is 1) as RGB, row by row, of exactly that size."""
    facts, result = pool.ask("pdf_pixels", data, page=page, width=width, height=height, max_pixels=MAX_PIXELS)
    del facts
    if len(result) != 3 * width * height:
        raise refusal("damaged")
    return result


def pdf_frames(data: bytes) -> list[tuple[float, ...]]:
    """Return width, height, and the margins left, top, right and bottom around the trim, of each page in points."""
    facts, _nothing = pool.ask("pdf_frames", data)
    found = facts.get("frames")
    if not isinstance(found, list):
        raise refusal("damaged")
    return [tuple(float(each) for each in frame) for frame in found]


def pdf_page(data: bytes, *, page: int, width: int, max_pixels: int = MAX_PIXELS) -> CleanImage:
    """Draw one page of a PDF (the first is 1), `width` pixels wide."""
    if len(data) > MAX_PDF_BYTES:
        raise refusal("too_many_bytes", most=MAX_PDF_BYTES)
    return _image(*pool.ask("pdf_page", data, page=page, width=width, max_pixels=min(max_pixels, MAX_PIXELS)))


def _image(facts: dict[str, object], result: bytes) -> CleanImage:
    media_type = facts.get("media_type")
    if media_type not in {"image/png", "image/jpeg", "image/webp"}:
        raise refusal("damaged")
    return CleanImage(result, str(media_type), _whole(facts, "width"), _whole(facts, "height"))


def _whole(facts: dict[str, object], name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int):
        raise DamagedFile(refusal("damaged").message)
    return value
