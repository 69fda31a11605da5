"""What a file is, by its content; and whether something else hides behind it."""

import io
import re
import struct
import zipfile


class Refuse(Exception):
    """The file is refused; the code stands for a named refusal in the parent, which has the words."""

    def __init__(self, code: str, **details: int) -> None:
        """Keep the code and its figures."""
        super().__init__(code)
        self.code, self.details = code, details


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "cfb"),
)
_FOREIGN = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|\x7fELF|GIF8[79]a|\x89PNG\r\n|Rar!\x1a|7z\xbc\xaf|\xd0\xcf\x11\xe0|"
    rb"<\s*(?:script|html|svg|iframe|!doctype)|<\?(?:php|=)|\AMZ|\A#!",
    re.IGNORECASE,
)
_PDF_SEARCH = 1024  # readers accept a PDF header this far into a file
_TEXT_SEARCH = 4096


def kind_of(data: bytes) -> str:
    """Name the format that the first bytes announce; `unknown` if none of ours."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and re.search(rb"avi[fs]", data[8 : min(256, 8 + len(data))]):
        return "avif"
    start = data[:_TEXT_SEARCH].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") and re.search(rb"<(?:\w+:)?svg[\s>]", start):
        return "svg"
    return "unknown"


def refuse_polyglot(data: bytes, kind: str) -> None:
    """Refuse a picture that is a second format at the same time, or carries one behind its end."""
    if b"%PDF-" in data[:_PDF_SEARCH] or zipfile.is_zipfile(io.BytesIO(data)):
        raise Refuse("polyglot")
    if end := _ENDS.get(kind):
        try:
            tail = data[end(data) :]
        except (IndexError, struct.error):
            return  # no proper end: the decoder will say so
        if _FOREIGN.search(tail):
            raise Refuse("polyglot")


def _end_of_png(data: bytes) -> int:
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + int(length)
        if name == b"IEND":
            return at


def _end_of_jpeg(data: bytes) -> int:
    at = 2
    while True:
        at = data.index(b"\xff", at) if b"\xff" in data[at : at + 1] else _next_marker(data, at)
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker in {0x00, 0x01, 0xFF} or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])


def _next_marker(data: bytes, at: int) -> int:
    found = data.find(b"\xff", at)
    if found < 0:
        raise IndexError
    return found


def _end_of_gif(data: bytes) -> int:
    at = 13 + _colours(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x21:
            at += 2
        else:
            at += 11 + _colours(data[at + 9])
        while data[at]:
            at += data[at] + 1
        at += 1
    return at + 1


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_webp(data: bytes) -> int:
    return 8 + int(struct.unpack_from("<I", data, 4)[0])


def _end_of_avif(data: bytes) -> int:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size == 1 and at + 16 <= len(data):
            size = struct.unpack_from(">Q", data, at + 8)[0]
        if size == 0:
            return len(data)
        if size < 8 or at + size > len(data) or not re.fullmatch(rb"[a-zA-Z0-9 ]{4}", name):
            return at
        at += size
    return at


_ENDS = {
    "png": _end_of_png,
    "jpeg": _end_of_jpeg,
    "gif": _end_of_gif,
    "webp": _end_of_webp,
    "avif": _end_of_avif,
}
