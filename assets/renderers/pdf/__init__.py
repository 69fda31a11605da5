"""Placed pages as PDF: for the screen in red, green and blue, for print in inks with all that a printer asks for.

A print PDF is shaped like PDF/X-1a (inks only, nothing transparent, every typeface embedded, an output intent, boxes)
and checked for that structure; it is not certified. A page of a vendor's own PDF under it stays as it is, with the
vendor's colours and transparency, and then the file does not call itself PDF/X.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from assets.layout.operations import VendorPage
from assets.renderers.imprint import Imprint
from assets.renderers.pdf.book import Book
from assets.renderers.pdf.content import Content
from assets.renderers.pdf.flat import flattened
from assets.renderers.pdf.marks import crop_marks, imprint_below, margin_around, margin_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.layout.operations import PlacedPage

_NO_IMPRINT = Imprint()


def write_pdf(
    pages: Sequence[PlacedPage], *, title: str, language: str, imprint: Imprint = _NO_IMPRINT, marks: bool = False
) -> bytes:
    """The pages as one PDF; with `marks` for print: in inks, on larger sheets with bleed, crop marks and imprint."""
    is_all_ours = not any(isinstance(each, VendorPage) for page in pages for each in page.operations)
    book = Book(title, language, imprint, is_press=marks, is_all_ours=is_all_ours)
    grounds = [_write_page(book, page, imprint if marks else _NO_IMPRINT, marks=marks) for page in pages]
    data = book.finish()
    return _on_grounds(data, grounds) if any(grounds) else data


_Ground = tuple[VendorPage, tuple[float, float, float, float]] | None


def _write_page(book: Book, page: PlacedPage, imprint: Imprint, *, marks: bool) -> _Ground:
    """Write one page; what lies under it and where, if a vendor's PDF does."""
    points = page.points
    bleed = page.bleed * points if marks else 0.0
    margin = margin_around(bleed) if marks else 0.0
    below = margin_below(bleed, imprint) if marks else 0.0
    width, height = page.width * points, page.height * points
    sheet = (width + 2 * margin, height + margin + below)
    content = Content(book, points, margin, margin, sheet[1])
    trim = (margin, below, margin + width, below + height)
    bled = (trim[0] - bleed, trim[1] - bleed, trim[2] + bleed, trim[3] + bleed)
    content.add(f"q {bled[0]:.4f} {bled[1]:.4f} {bled[2] - bled[0]:.4f} {bled[3] - bled[1]:.4f} re W n")
    for operation in flattened(page) if marks else page.operations:
        content.paint(operation)
    content.add("Q")
    if marks:
        content.add(crop_marks(trim, bleed, "1 1 1 1 K"))
        for operation in imprint_below(imprint, page.height, page.bleed, points):
            content.paint(operation)
    boxes = {"MediaBox": (0.0, 0.0, *sheet), "BleedBox": bled, "TrimBox": trim}
    book.add_page(boxes, content.data, content.resources)
    ground = next((each for each in page.operations if isinstance(each, VendorPage)), None)
    if ground is None:
        return None
    box = ground.box
    return ground, (content.x(box.x), content.y(box.bottom), content.x(box.right), content.y(box.y))


def _on_grounds(data: bytes, grounds: Sequence[_Ground]) -> bytes:
    """The vendor's pages laid under ours, kept as vectors."""
    from pypdf import PdfWriter, Transformation

    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.pdf_header = data[:8].decode("ascii")
    sheets: dict[str, PdfWriter] = {}
    for page, ground in zip(writer.pages, grounds, strict=True):
        if ground is None:
            continue
        placed, (left, foot, right, top) = ground
        if placed.pdf.digest not in sheets:
            sheets[placed.pdf.digest] = PdfWriter(clone_from=io.BytesIO(placed.pdf.data))
        under = sheets[placed.pdf.digest].pages[placed.page - 1]
        under.transfer_rotation_to_content()
        media = under.cropbox
        # What is merged is clipped to its trim, but here the bleed is wanted too.
        under.trimbox = media
        across, down = (right - left) / float(media.width), (top - foot) / float(media.height)
        matrix = (
            Transformation()
            .translate(-float(media.left), -float(media.bottom))
            .scale(across, down)
            .translate(left, foot)
        )
        page.merge_transformed_page(under, matrix, over=False, expand=False)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
