"""What a picture file says it is: its format and its size, from its first bytes, without decoding it."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import DOTALL
from re import compile as compile_pattern
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_START: Final = b"\xff\xd8"
_JPEG_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_AVIF: Final = compile_pattern(rb"\A.{4}ftyp.{0,200}?avi[fs]", DOTALL)
_AVIF_SIZE: Final = compile_pattern(rb"ispe\0{4}(.{8})", DOTALL)
_SVG: Final = compile_pattern(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[^-]{0,500}-->\s*)*(?:<!DOCTYPE[^>]{0,300}>\s*)?<svg[\s>]"
)

FORMAT_OF_ENDING: Final[Mapping[str, str]] = {
    "png": "PNG",
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "webp": "WebP",
    "avif": "AVIF",
    "svg": "SVG",
    "pdf": "PDF",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The format of a file, its size in pixels (nothing for SVG and PDF), and whether its end is there."""

    format: str
    size: tuple[int, int] | None = None
    complete: bool = True


def read_picture(data: bytes) -> Picture | None:
    """What the bytes are, or nothing where they are no picture of a known format."""
    for starts, reader in _READERS.items():
        if data.startswith(starts):
            return reader(data)
    if _AVIF.match(data[:256]):
        return _avif(data)
    return Picture("SVG") if _SVG.match(data[:4096]) else None


def _png(data: bytes) -> Picture | None:
    if data[12:16] != b"IHDR" or len(data) < 33:
        return None
    return Picture("PNG", struct.unpack_from(">II", data, 16), b"IEND" in data[-16:])


def _jpeg(data: bytes) -> Picture | None:
    position = 2
    while position + 9 < len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF or marker in _JPEG_WITHOUT_LENGTH:
            position += 1 if marker == 0xFF else 2
        elif marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, position + 5)
            return Picture("JPEG", (width, height), b"\xff\xd9" in data[-1024:])
        else:
            position += 2 + struct.unpack_from(">H", data, position + 2)[0]
    return None


def _webp(data: bytes) -> Picture | None:
    if data[8:12] != b"WEBP" or len(data) < 30:
        return None
    complete = len(data) >= struct.unpack_from("<I", data, 4)[0] + 8
    if (size := _webp_size(data)) is None:
        return None
    return Picture("WebP", size, complete)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _avif(data: bytes) -> Picture | None:
    """An AVIF tells the size of each of its parts; the largest is that of the whole."""
    sizes = [struct.unpack(">II", found) for found in _AVIF_SIZE.findall(data[: 64 * 1024])]
    if not sizes:
        return None
    return Picture("AVIF", (max(width for width, _ in sizes), max(height for _, height in sizes)), _boxes_end(data))


def _boxes_end(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:  # a box to the end of the file, or of a size in eight bytes
            return True
        at += size
    return at == len(data)


def _pdf(data: bytes) -> Picture:
    return Picture("PDF", None, b"%%EOF" in data[-2048:])


_READERS: Final[Mapping[bytes, Callable[[bytes], Picture | None]]] = {
    _PNG: _png,
    _JPEG_START: _jpeg,
    b"RIFF": _webp,
    b"%PDF-": _pdf,
}
