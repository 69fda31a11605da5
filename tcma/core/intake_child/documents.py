"""PDF: searched for anything that acts, then written anew without metadata, and opened by a second reader."""

import io
import re
from collections.abc import Iterable

import pypdfium2
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.filters import decode_stream_data
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from tcma.core.intake_child.kinds import Refuse, refuse_polyglot
from tcma.core.intake_child.pictures import written

_LONGEST_SIDE = 14_400  # points: the limit of the format itself
_MAX_DEPTH = 60
_ACTIVE_KEYS = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
_ATTACHING_KEYS = {"/EF", "/EmbeddedFiles"}
_ACTIVE_NAMES = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
    "/RichMedia", "/RichMediaExecute", "/Screen", "/3D",
}  # fmt: skip
_ATTACHING_NAMES = {"/FileAttachment", "/EmbeddedFile"}
_METADATA_KEYS = ("/Metadata", "/PieceInfo", "/Thumb", "/LastModified")
_OTHER_AFTER_END = re.compile(
    rb"%%EOF\s*(?:PK\x03\x04|MZ|\x7fELF|<\s*(?:script|html)|\x89PNG|GIF8|\xff\xd8\xff)", re.IGNORECASE
)


def clean(data: bytes, max_pages: int) -> tuple[dict[str, object], bytes]:
    """Return the facts and the bytes of the document, written anew."""
    _refuse_second_format(data)
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise Refuse("encrypted")
    pages = len(reader.pages)
    if pages == 0:
        raise Refuse("damaged")
    if pages > max_pages:
        raise Refuse("too_many_pages", most=max_pages)
    _refuse_actions(reader)
    fresh = _written_anew(reader)
    return {"media_type": "application/pdf", "pages": pages, "sizes": _sizes(fresh, pages)}, fresh


def draw_page(data: bytes, page: int, width: int, max_pixels: int) -> tuple[dict[str, object], bytes]:
    """Return one page as a picture, `width` pixels wide."""
    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= page <= len(document):
            raise Refuse("no_such_page", pages=len(document))
        wide, high = document[page - 1].get_size()
        if wide <= 0 or high <= 0 or width * (width * high / wide) > max_pixels:
            raise Refuse("too_many_pixels", most=max_pixels)
        return written(document[page - 1].render(scale=width / wide).to_pil().convert("RGB"), lossless=True)


def draw_pixels(data: bytes, page: int, width: int, height: int, max_pixels: int) -> tuple[dict[str, object], bytes]:
    """Return one page as bare RGB of exactly that size, so that whoever asked has nothing to decode."""
    if width * height > max_pixels:
        raise Refuse("too_many_pixels", most=max_pixels)
    with pypdfium2.PdfDocument(data) as document:
        if not 1 <= page <= len(document):
            raise Refuse("no_such_page", pages=len(document))
        wide, high = document[page - 1].get_size()
        across = max(width / wide, height / high)
        if wide * high * across * across > 4 * max_pixels:
            raise Refuse("too_many_pixels", most=max_pixels)
        drawn = document[page - 1].render(scale=across).to_pil().convert("RGB")
        fitted = drawn if drawn.size == (width, height) else drawn.resize((width, height), Image.Resampling.LANCZOS)
        return {"width": width, "height": height}, fitted.tobytes()


def frames(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return each page's visible size in points, and the margins (left, top, right, bottom) around its trim."""
    with pypdfium2.PdfDocument(data) as document:
        return {"frames": [_frame(document[number]) for number in range(len(document))]}, b""


def _frame(page: pypdfium2.PdfPage) -> list[float]:
    width, height = page.get_size()
    if page.get_rotation():
        return [width, height, 0.0, 0.0, 0.0, 0.0]
    left, foot, right, top = page.get_cropbox()
    trim_left, trim_foot, trim_right, trim_top = page.get_trimbox()
    return [width, height, trim_left - left, top - trim_top, right - trim_right, trim_foot - foot]


def _refuse_second_format(data: bytes) -> None:
    if _OTHER_AFTER_END.search(data):
        raise Refuse("polyglot")
    # `refuse_polyglot` looks for a PDF header in front; the one at the very start is ours.
    refuse_polyglot(b" " + data[1:], "pdf")


def _refuse_actions(reader: PdfReader) -> None:
    """Look at every object of the file, whether or not anything refers to it."""
    _judge(reader.trailer, 0)
    numbers = {number for generation in reader.xref.values() for number in generation} | set(reader.xref_objStm)
    for number in sorted(numbers):
        try:
            held = reader.get_object(IndirectObject(number, 0, reader))
        except (PyPdfError, KeyError, ValueError):
            continue  # an object that cannot be read is not written anew either
        _judge(held, 0)


def _judge(held: object, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Refuse("too_complex")
    if isinstance(held, DictionaryObject):
        for key, raw in dict.items(held):
            if key in _ACTIVE_KEYS or (key in {"/S", "/Subtype", "/Type"} and str(raw) in _ACTIVE_NAMES):
                raise Refuse("active")
            if key in _ATTACHING_KEYS or (key in {"/Subtype", "/Type"} and str(raw) in _ATTACHING_NAMES):
                raise Refuse("attachment")
            _judge(raw, depth + 1)
    elif isinstance(held, ArrayObject):
        for raw in list.__iter__(held):
            _judge(raw, depth + 1)


def _written_anew(reader: PdfReader) -> bytes:
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    for held in _objects(writer):
        for key in _METADATA_KEYS:
            if key in held:
                del held[NameObject(key)]
        if isinstance(held, StreamObject):
            _strip_photo(held)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _strip_photo(held: StreamObject) -> None:
    """Take the notes out of a JPEG, also where it is wrapped in another packing."""
    packing = held.get("/Filter")
    names = list(packing) if isinstance(packing, ArrayObject) else [packing]
    if names[-1:] != ["/DCTDecode"]:
        return
    jpeg = held._data  # noqa: SLF001 - pypdf has no way to the packed data
    if names[:-1]:
        wrapping = StreamObject()
        wrapping._data = jpeg  # noqa: SLF001
        wrapping[NameObject("/Filter")] = ArrayObject(names[:-1])
        parameters = held.pop(NameObject("/DecodeParms"), None)
        if isinstance(parameters, ArrayObject):
            wrapping[NameObject("/DecodeParms")] = ArrayObject(list(parameters)[: len(names) - 1])
        jpeg = decode_stream_data(wrapping)
        held[NameObject("/Filter")] = NameObject("/DCTDecode")
    held._data = without_notes(jpeg)  # noqa: SLF001


def _objects(writer: PdfWriter) -> Iterable[DictionaryObject]:
    return [held for held in writer._objects if isinstance(held, DictionaryObject)]  # noqa: SLF001 - no public list


def without_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without EXIF, XMP, IPTC and comments; its pixels and colours are not touched."""
    kept, at = bytearray(jpeg[:2]), 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] not in {b"\xda", b"\xd9", b""}:
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in {0xE1, 0xED, 0xFE}:
            kept += jpeg[at : at + 2 + length]
        at += 2 + length
    return bytes(kept) + jpeg[at:]


def _sizes(fresh: bytes, pages: int) -> list[tuple[float, float]]:
    """Open what was written with another reader: it must agree on the pages, and draw the first one."""
    with pypdfium2.PdfDocument(fresh) as document:
        if len(document) != pages:
            raise Refuse("damaged")
        sizes = [document.get_page_size(number) for number in range(pages)]
        if not all(0 < side <= _LONGEST_SIDE for size in sizes for side in size):
            raise Refuse("no_size")
        document[0].render(scale=min(1.0, 200 / max(sizes[0])))
        return [(round(wide, 2), round(high, 2)) for wide, high in sizes]
