"""What layout hands to the renderers: painting operations with every place decided.

All lengths are in the page's own unit, from the top left of the trimmed page, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from assets.artwork import Picture, VendorPdf
    from assets.colour import Rgba
    from assets.complaints import Complaint
    from assets.design.model import Box
    from assets.layout.shaping import Run


@dataclass(frozen=True, slots=True)
class Fill:
    """A rectangle, ellipse or line."""

    shape: str
    box: Box
    fill: Rgba | None = None
    stroke: Rgba | None = None
    stroke_width: float = 0.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Gradient:
    """A straight run of colour; `angle` 0 goes right, 90 goes down."""

    box: Box
    start: Rgba
    end: Rgba
    angle: float
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Paint:
    """A picture drawn at `whole` and seen through `box`."""

    picture: Picture
    whole: Box
    box: Box
    radius: float = 0.0
    opacity: float = 1.0
    role: str = "image"
    name: str = "image"


@dataclass(frozen=True, slots=True)
class VendorPage:
    """A page of a vendor's PDF, stretched over the box."""

    pdf: VendorPdf
    page: int
    box: Box


class PlacedRun(NamedTuple):
    """A shaped run with its pen's start."""

    run: Run
    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A block of text in one size and colour."""

    runs: tuple[PlacedRun, ...]
    size: float
    colour: Rgba
    ink: Box
    box: Box
    name: str
    lines: tuple[str, ...] = ()
    zone: str | None = None
    boldest: int = 400


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code: rows of dark and light modules, quiet zone included."""

    rows: tuple[tuple[bool, ...], ...]
    box: Box
    dark: Rgba
    light: Rgba
    name: str = "qr"


Operation = Fill | Gradient | Paint | VendorPage | Glyphs | Qr


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """One page, ready to paint; `points` and `pixels` are what one unit is in a PDF and at 1x."""

    width: float
    height: float
    bleed: float
    safe: float
    points: float
    pixels: float
    operations: tuple[Operation, ...]
    complaints: tuple[Complaint, ...]
    language: str

    @property
    def refused(self) -> bool:
        """Whether the page must not be made as it is."""
        return any(complaint.refuses for complaint in self.complaints)
