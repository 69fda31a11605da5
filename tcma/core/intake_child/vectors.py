"""SVG: looked through for scripts, entities and anything outside, then drawn as a PNG."""

import io
import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
import resvg_py
from defusedxml.common import DefusedXmlException
from PIL import Image

from tcma.core.intake_child.kinds import Refuse
from tcma.core.intake_child.pictures import Wanted, written

MAX_BYTES = 4 * 1024 * 1024
_MAX_ELEMENTS = 50_000
_MAX_DEPTH = 100
_MAX_STRETCH = 40
_DPI = 96.0
_ACTIVE = {
    "script",
    "foreignobject",
    "iframe",
    "object",
    "embed",
    "handler",
    "listener",
    "audio",
    "video",
    "canvas",
}
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_OUTSIDE_STYLE = re.compile(r"@import|expression\s*\(|javascript:|url\(\s*['\"]?\s*(?!#|['\"]?\s*\))", re.IGNORECASE)
_FONTS = [str(path) for path in Path(resvg_py.__file__).parent.parent.glob("fontpkg_noto_sans/files/NotoSans*.ttf")]


def clean(data: bytes, wanted: Wanted) -> tuple[dict[str, object], bytes]:
    """Return the facts and the bytes of the drawing, as pixels."""
    if len(data) > MAX_BYTES:
        raise Refuse("too_many_bytes", most=MAX_BYTES)
    text = _text_of(data)
    root = _looked_through(text)
    width, height = _drawn_size(root, wanted)
    drawn = resvg_py.svg_to_bytes(
        svg_string=text,
        dpi=_DPI,
        width=width,
        height=height,
        skip_system_fonts=True,
        font_files=_FONTS,
        font_family="Noto Sans",
    )
    Image.MAX_IMAGE_PIXELS = wanted.max_pixels
    with Image.open(io.BytesIO(drawn), formats=("PNG",)) as picture:
        picture.load()
        if picture.getbbox() is None:
            raise Refuse("empty")
        return written(picture.convert("RGBA"), lossless=True)


def needs_fonts(data: bytes) -> bool:
    """Tell whether the drawing has words, so that font files must be read."""
    return b"<text" in data or b":text" in data


def _text_of(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeError as other:
        raise Refuse("damaged") from other


def _looked_through(text: str) -> Element:
    if "<?xml-stylesheet" in text:
        raise Refuse("outside")
    try:
        root: Element = defusedxml.ElementTree.fromstring(text, forbid_dtd=False)
    except DefusedXmlException as trick:
        raise Refuse("active") from trick
    except (ParseError, ValueError) as broken:
        raise Refuse("damaged") from broken
    if _name(root.tag) != "svg":
        raise Refuse("not_allowed")
    _walk(root)
    return root


def _walk(root: Element) -> None:
    seen, level = 0, [root]
    for _depth in range(_MAX_DEPTH):
        if not level:
            return
        seen += len(level)
        if seen > _MAX_ELEMENTS:
            break
        for element in level:
            _judge(element)
        level = [child for element in level for child in element]
    raise Refuse("too_complex")


def _judge(element: Element) -> None:
    name = _name(element.tag)
    if name in _ACTIVE:
        raise Refuse("active")
    if name == "style" and _OUTSIDE_STYLE.search("".join(element.itertext())):
        raise Refuse("outside")
    for raw, value in element.attrib.items():
        attribute = _name(raw)
        if attribute.startswith("on"):
            raise Refuse("active")
        if attribute in {"href", "src"} and name != "a":  # a link is drawn as what it surrounds
            target = value.strip()
            if target and not target.startswith("#") and not _DATA_PICTURE.fullmatch(target):
                raise Refuse("outside")
        elif attribute not in {"href", "d", "points"} and _OUTSIDE_STYLE.search(value):
            raise Refuse("outside")


def _name(tag: object) -> str:
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _drawn_size(root: Element, wanted: Wanted) -> tuple[int, int]:
    """Return the size in pixels at the wanted width, from the drawing's own proportions."""
    box = [_length(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    sides = box[2:] if len(box) == 4 else []
    wide, high = _length(root.get("width", "")), _length(root.get("height", ""))
    if not (wide and high):
        if len(sides) != 2 or not all(sides):
            raise Refuse("no_size")
        wide, high = sides
    if not 1 / _MAX_STRETCH <= wide / high <= _MAX_STRETCH:
        raise Refuse("no_size")
    width = wanted.svg_width
    if wanted.svg_side:
        width = max(1, round(wanted.svg_side * min(1.0, wide / high)))
    height = max(1, round(width * high / wide))
    if width * height > wanted.max_pixels:
        raise Refuse("too_many_pixels", most=wanted.max_pixels)
    return width, height


def _length(text: str) -> float:
    """Read a length; the units do not matter for proportions as long as both sides have the same."""
    found = re.fullmatch(r"\s*\+?(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:e\+?\d)?\s*(?:px|pt|pc|mm|cm|in)?\s*", text)
    return float(found[1]) if found else 0.0
