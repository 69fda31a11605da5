"""What stands around the trimmed page of a print PDF: crop marks, the version code and where to check it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.colour import PAPER, Rgba
from assets.design.model import Box
from assets.layout.operations import Glyphs, Operation, PlacedRun
from assets.layout.qr import placed_qr
from assets.layout.shaping import shape
from assets.renderers.pdf.writing import decimal

if TYPE_CHECKING:
    from assets.renderers.imprint import Imprint

MILLIMETRE = 72 / 25.4
# All in points.
_MARGIN, _MARK, _HAIRLINE = 10 * MILLIMETRE, 5 * MILLIMETRE, 0.25
_GAP, _CODE_SIDE, _TYPE_SIZE = 1.5 * MILLIMETRE, 13 * MILLIMETRE, 7.0
_BLACK = Rgba(0, 0, 0)

Edges = tuple[float, float, float, float]


def margin_around(bleed: float) -> float:
    """Room for the crop marks around the trimmed page."""
    return max(_MARGIN, bleed + _MARK / 2)


def margin_below(bleed: float, imprint: Imprint) -> float:
    """The same under the page, where the imprint stands too."""
    wanted = bleed + 2 * _GAP + _CODE_SIDE if imprint.check_url else 0.0
    return max(margin_around(bleed), wanted)


def crop_marks(trim: Edges, bleed: float, stroke: str) -> str:
    """Eight lines at the corners, outside of the bleed."""
    left, foot, right, top = trim
    near = max(bleed, _MARK * 0.4) + 0.5
    far = near + _MARK
    lines = [
        f"{decimal(x)} {decimal(y + way * near)} m {decimal(x)} {decimal(y + way * far)} l"
        for x in (left, right)
        for y, way in ((foot, -1), (top, 1))
    ]
    lines += [
        f"{decimal(x + way * near)} {decimal(y)} m {decimal(x + way * far)} {decimal(y)} l"
        for y in (foot, top)
        for x, way in ((left, -1), (right, 1))
    ]
    return f"q {stroke} {_HAIRLINE} w {' '.join(lines)} S Q"


def imprint_below(imprint: Imprint, height: float, bleed: float, points: float) -> list[Operation]:
    """The code and the address in small type under the bleed, and the address as a QR code; in the page's unit."""
    # Between the crop marks of the lower left corner, so that nothing touches them.
    left, top = (_MARK * 0.4 + _GAP) / points, height + bleed + _GAP / points
    found: list[Operation] = []
    if imprint.check_url:
        side = _CODE_SIDE / points
        code = placed_qr(imprint.check_url, Box(left, top, side, side), _BLACK, PAPER, "imprint")
        if code is not None:
            found.append(code)
            left = code.box.right + _GAP / points
    for place, line in enumerate(each for each in (imprint.code, imprint.check_url) if each):
        found.append(_line(line, left, top + (1.3 * place + 1.6) * _TYPE_SIZE / points, _TYPE_SIZE / points))
    return found


def _line(text: str, left: float, baseline: float, size: float) -> Glyphs:
    run = shape(text, "sans", 400, language="en", tracking=0.0, right_to_left=False)
    box = Box(left, baseline - size, run.advance * size, size * 1.25)
    return Glyphs((PlacedRun(run, left, baseline),), size, _BLACK, box, box, "imprint", (text,))
