"""SVG into pixels, without scripts, files from elsewhere or tricks of XML."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

_REFUSED_ELEMENTS = frozenset({"script", "foreignObject", "handler", "set", "animate"})
_MOST_BYTES = 4_000_000


class UnsafeSvg(Exception):
    """The SVG holds something that is not drawn here; the message says what."""


def check_svg(data: bytes) -> None:
    """Refuse scripts, external references, entities and what is not SVG at all."""
    if len(data) > _MOST_BYTES:
        raise UnsafeSvg("The SVG is larger than 4 MB. Save it with fewer points or without embedded pictures.")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=False)
    except (DefusedXmlException, ParseError, ValueError) as fault:
        raise UnsafeSvg("The SVG cannot be read safely. Save it again as plain SVG.") from fault
    if _local(root.tag) != "svg":
        raise UnsafeSvg("The file is not an SVG picture.")
    for element in root.iter():
        if _local(element.tag) in _REFUSED_ELEMENTS:
            raise UnsafeSvg(f"The SVG holds a {_local(element.tag)} element. Save it as plain SVG.")
        for name, value in element.attrib.items():
            if _local(name) == "href" and not value.startswith(("#", "data:image/")):
                raise UnsafeSvg("The SVG refers to another file. Embed everything in the SVG.")


def _local(name: object) -> str:
    return str(name).rsplit("}", 1)[-1]


def rasterised(data: bytes, *, side: int) -> bytes:
    """The SVG as a PNG whose longer side has that many pixels."""
    import resvg_py  # a few megabytes that most processes never use

    check_svg(data)
    try:
        probe = resvg_py.svg_to_bytes(svg_string=data.decode("utf-8"), zoom=1)
        width, height = int.from_bytes(probe[16:20], "big"), int.from_bytes(probe[20:24], "big")
        is_wide = width >= height
        drawn = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8"), width=side if is_wide else None, height=None if is_wide else side
        )
        return bytes(drawn)
    except (ValueError, RuntimeError, UnicodeDecodeError) as fault:
        raise UnsafeSvg("The SVG cannot be drawn. Save it again as plain SVG.") from fault
