"""What a file says about itself: its version code, and where one learns whether it is still valid."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from xml.sax.saxutils import escape

_PNG_HEAD = 8 + 25  # the signature and the IHDR chunk
# Where a JPEG as Pillow writes it tells its resolution, and where its first segment ends.
_DENSITY, _JFIF_END = 13, 20
_PACKET = "W5M0MpCehiHzreSzNTczkc9d"  # the fixed mark by which XMP is found in any file


@dataclass(frozen=True, slots=True)
class Imprint:
    """The version code of a file and the address of the page that tells its validity; both may be empty."""

    code: str = ""
    check_url: str = ""

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.code or self.check_url)

    def xmp(self, title: str = "") -> bytes:
        """The imprint as an XMP packet."""
        fields = (
            f"<tcma:code>{escape(self.code)}</tcma:code>" if self.code else "",
            f"<tcma:check_url>{escape(self.check_url)}</tcma:check_url>" if self.check_url else "",
            f"<pdf:Keywords>{escape(self.code)}</pdf:Keywords>" if self.code else "",
            f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
            if title
            else "",
        )
        return (
            f'<?xpacket begin="\ufeff" id="{_PACKET}"?>'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description rdf:about="" xmlns:tcma="urn:tcma:file#" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{"".join(fields)}</rdf:Description></rdf:RDF></x:xmpmeta>'
            '<?xpacket end="r"?>'
        ).encode()

    def into_png(self, data: bytes) -> bytes:
        """A PNG with the imprint as texts behind its header."""
        texts = (("tcma:code", self.code), ("tcma:check_url", self.check_url))
        chunks = b"".join(_text_chunk(name, value) for name, value in texts if value)
        return data[:_PNG_HEAD] + chunks + data[_PNG_HEAD:]

    def into_jpeg(self, data: bytes, dots_per_inch: int) -> bytes:
        """A JPEG with its resolution, and the imprint as a comment and an XMP packet, behind its first segment."""
        density = b"\x01" + struct.pack(">HH", dots_per_inch, dots_per_inch)
        comment = _segment(0xFE, self.code.encode()) if self.code else b""
        packet = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + self.xmp()) if self else b""
        return data[:_DENSITY] + density + data[_DENSITY + 5 : _JFIF_END] + packet + comment + data[_JFIF_END:]


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _text_chunk(name: str, value: str) -> bytes:
    content = b"tEXt" + name.encode("ascii") + b"\0" + value.encode("latin-1", "xmlcharrefreplace")
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
