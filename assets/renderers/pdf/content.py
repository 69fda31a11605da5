"""Painting operations as PDF operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assets.layout.ground import gradient_line
from assets.layout.operations import Fill, Glyphs, Gradient, Paint, Qr
from assets.renderers.pdf.flat import Flat, Opaque, Tinted
from assets.renderers.pdf.fonts import own_advance, western_codes
from assets.renderers.pdf.inks import straight_run
from assets.renderers.pdf.writing import decimal, packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assets.colour import Rgba
    from assets.design.model import Box
    from assets.layout.shaping import Run
    from assets.renderers.pdf.book import Book

# How far the handles of a quarter circle reach, in radii.
_HANDLE = 0.5523
# How far apart pieces of a line may be, in points, and still go on from each other.
_HAIR = 1e-4
# The side of an area, in points, from which on black alone would look grey.
_LARGE = 40.0


class Content:
    """The operators of one page; `left` and `top` are where the trimmed page begins on the sheet, in points."""

    def __init__(self, book: Book, points: float, left: float, top: float, height: float) -> None:
        self._book, self._points, self._inks = book, points, book.inks
        self._left, self._top, self._height = left, top, height
        self._parts: list[str] = []
        self._states: dict[str, str] = {}
        self._shadings: dict[str, str] = {}

    def paint(self, operation: Opaque) -> None:
        """Add one operation."""
        if isinstance(operation, Glyphs):
            self._glyphs(operation)
        elif isinstance(operation, Fill):
            self._fill(operation)
        elif isinstance(operation, Paint):
            self._picture(operation)
        elif isinstance(operation, Gradient):
            self._gradient(operation)
        elif isinstance(operation, Qr):
            self._qr(operation)
        elif isinstance(operation, Tinted):
            self._run(operation.gradient, self._inks.tinted_run(self._book, operation.gradient, operation.ground))
        elif isinstance(operation, Flat):
            self._flat(operation)
        # A vendor's page is laid under the finished one, so that it stays as it is.

    def add(self, operators: str) -> None:
        """Add operators as they are."""
        self._parts.append(operators)

    @property
    def data(self) -> bytes:
        """All operators."""
        return "\n".join(self._parts).encode("ascii")

    @property
    def resources(self) -> str:
        """What the operators refer to."""
        images = " ".join(self._book.images.resources)
        states = " ".join(f"/{name} {state}" for name, state in self._states.items())
        shadings = " ".join(f"/{name} {reference}" for name, reference in self._shadings.items())
        return (
            f"{self._book.fonts.resources} /XObject << {images} >> /ExtGState << {states} >> /Shading << {shadings} >>"
        )

    def x(self, value: float) -> float:
        """A place across, in points from the sheet's left."""
        return self._left + value * self._points

    def y(self, value: float) -> float:
        """A place down, in points from the sheet's foot."""
        return self._height - self._top - value * self._points

    def _rectangle(self, box: Box) -> str:
        size = f"{decimal(box.w * self._points)} {decimal(box.h * self._points)}"
        return f"{decimal(self.x(box.x))} {decimal(self.y(box.bottom))} {size} re"

    def _outline(self, box: Box, radius: float, shape: str = "rect") -> str:
        """The path of a rectangle, a rounded one or an ellipse."""
        if shape == "ellipse":
            return self._rounded(box, box.w / 2, box.h / 2)
        radius = min(radius, box.w / 2, box.h / 2)
        return self._rounded(box, radius, radius) if radius > 0 else self._rectangle(box)

    def _rounded(self, box: Box, across: float, down: float) -> str:
        left, right, top, foot = box.x, box.right, box.y, box.bottom
        far_x, far_y = across * (1 - _HANDLE), down * (1 - _HANDLE)
        corners = (
            ((right - across, top), (right - far_x, top), (right, top + far_y), (right, top + down)),
            ((right, foot - down), (right, foot - far_y), (right - far_x, foot), (right - across, foot)),
            ((left + across, foot), (left + far_x, foot), (left, foot - far_y), (left, foot - down)),
            ((left, top + down), (left, top + far_y), (left + far_x, top), (left + across, top)),
        )
        path = [f"{self._point(left + across, top)} m"]
        for start, one, other, end in corners:
            path.append(f"{self._point(*start)} l")
            path.append(f"{self._point(*one)} {self._point(*other)} {self._point(*end)} c")
        return " ".join([*path, "h"])

    def _point(self, x: float, y: float) -> str:
        return f"{decimal(self.x(x))} {decimal(self.y(y))}"

    def _state(self, opacity: float) -> str:
        """The operator that sets an opacity; nothing for opaque painting."""
        return "" if opacity >= 1 else self._named_state(f"<< /ca {decimal(opacity)} /CA {decimal(opacity)} >>")

    def _named_state(self, state: str) -> str:
        name = next((name for name, known in self._states.items() if known == state), None)
        if name is None:
            name = f"G{len(self._states) + 1}"
            self._states[name] = state
        return f"/{name} gs "

    def _fill(self, fill: Fill) -> None:
        if fill.shape == "line":
            if fill.stroke is not None:
                ends = f"{self._point(fill.box.x, fill.box.y)} m {self._point(fill.box.right, fill.box.bottom)} l S"
                self._stroked(fill.stroke, fill.stroke_width, ends)
            return
        if fill.fill is not None:
            path = self._outline(fill.box, fill.radius, fill.shape)
            colour = self._inks.area(fill.fill, is_large=self._is_large(fill.box))
            self.add(f"q {self._state(fill.fill.a)}{colour} {path} f Q")
        if fill.stroke is not None and fill.stroke_width > 0:
            inner = fill.box.grown(-fill.stroke_width / 2)
            path = self._outline(inner, max(0.0, fill.radius - fill.stroke_width / 2), fill.shape)
            self._stroked(fill.stroke, fill.stroke_width, f"{path} S")

    def _stroked(self, colour: Rgba, width: float, path: str) -> None:
        self.add(f"q {self._state(colour.a)}{self._inks.stroke(colour)} {decimal(width * self._points)} w {path} Q")

    def _is_large(self, box: Box) -> bool:
        """Whether the box is so large that black alone would look grey in it."""
        return min(box.w, box.h) * self._points > _LARGE

    def _flat(self, flat: Flat) -> None:
        name = self._book.images.flat_name(flat)
        clip = "" if flat.outline is None else f"{self._outline(*flat.outline)} W n "
        self.add(f"q {clip}{self._matrix(flat.box)} /{name} Do Q")

    def _matrix(self, box: Box) -> str:
        """What puts a picture into the box."""
        return (
            f"{decimal(box.w * self._points)} 0 0 {decimal(box.h * self._points)} "
            f"{decimal(self.x(box.x))} {decimal(self.y(box.bottom))} cm"
        )

    def _picture(self, image: Paint) -> None:
        whole = image.whole
        name = self._book.images.name(image.picture, whole.w * self._points / 72)
        clip = "" if image.box == whole and not image.radius else f"{self._outline(image.box, image.radius)} W n "
        self.add(f"q {self._state(image.opacity)}{clip}{self._matrix(whole)} /{name} Do Q")

    def _gradient(self, gradient: Gradient) -> None:
        start, end = gradient.start, gradient.end
        fades = start.a < 1 or end.a < 1
        fade = self._named_state(self._fading(gradient)) if fades else ""
        self._run(gradient, self._inks.run(self._book, start, end), fade)

    def _run(self, gradient: Gradient, function: str, fade: str = "") -> None:
        name = self._shading(self._inks.space, function, gradient)
        self.add(f"q {fade}{self._outline(gradient.box, gradient.radius)} W n /{name} sh Q")

    def _shading(self, space: str, function: str, gradient: Gradient) -> str:
        name = f"S{len(self._shadings) + 1}"
        self._shadings[name] = self._book.add(self._axial(space, function, gradient))
        return name

    def _axial(self, space: str, function: str, gradient: Gradient) -> bytes:
        x0, y0, x1, y1 = gradient_line(gradient)
        return (
            f"<< /ShadingType 2 /ColorSpace {space} /Coords [{self._point(x0, y0)} {self._point(x1, y1)}] "
            f"/Extend [true true] /Function {function} >>"
        ).encode("ascii")

    def _fading(self, gradient: Gradient) -> str:
        """A state that lets the gradient's opacity run too, as a soft mask."""
        shares = decimal(gradient.start.a), decimal(gradient.end.a)
        shading = self._book.add(self._axial("/DeviceGray", straight_run(*shares), gradient))
        box = gradient.box
        edges = f"{self._point(box.x, box.bottom)} {self._point(box.right, box.y)}"
        group = "/Group << /S /Transparency /CS /DeviceGray >>"
        form = self._book.add(
            packed(
                f"/Type /XObject /Subtype /Form /BBox [{edges}] {group} /Resources << /Shading << /M {shading} >> >>",
                b"/M sh",
            )
        )
        return f"<< /SMask << /S /Luminosity /G {form} >> >>"

    def _qr(self, code: Qr) -> None:
        if code.light.a > 0:
            self._fill(Fill("rect", code.box, code.light))
        module = decimal(code.box.w * self._points / len(code.rows))
        # One unit is one module, counted from the code's top left, so that all figures are whole.
        matrix = f"{module} 0 0 -{module} {self._point(code.box.x, code.box.y)} cm"
        bars = [f"{start} {row} {length} 1 re" for row, start, length in _bars(code.rows)]
        self.add(f"q {self._state(code.dark.a)}{self._inks.line(code.dark)} {matrix} {' '.join(bars)} f Q")

    def _glyphs(self, block: Glyphs) -> None:
        parts = [f"q {self._state(block.colour.a)}{self._inks.line(block.colour)} BT"]
        points = block.size * self._points
        set_in = ""
        for piece in self._pieces(block):
            if piece.font != set_in:
                parts.append(f"/{piece.font} {decimal(points)} Tf")
                set_in = piece.font
            parts.append(f"1 0 0 1 {decimal(piece.x)} {decimal(piece.y)} Tm [{''.join(piece.shown)}] TJ")
        self.add("\n".join([*parts, "ET Q"]))

    def _pieces(self, block: Glyphs) -> list[_Piece]:
        """The block's glyphs, those that follow each other in one font in one piece."""
        points, scale, left, foot = block.size * self._points, self._points, self._left, self.y(0)
        found: list[_Piece] = []
        last, weight = None, None
        for placed in block.runs:
            run = placed.run
            pen, base = left + placed.x * scale, foot - placed.baseline * scale
            shown = western_codes(run)
            if shown is None:
                self._glyph_by_glyph(run, pen, base, points, found)
                last = None
            elif last is not None and weight == run.weight and last.y == base and abs(last.end - pen) < _HAIR:
                last.shown.append(shown)
                last.end = pen + run.advance * points
            else:
                weight = run.weight
                name = self._book.fonts.western_name(run)
                last = _Piece(name, pen, base, [shown], pen + run.advance * points)
                found.append(last)
        return found

    def _glyph_by_glyph(self, run: Run, pen: float, base: float, points: float, found: list[_Piece]) -> None:
        for glyph in run.glyphs:
            name, code = self._book.fonts.code(run, glyph)
            x, end = pen + glyph.dx * points, pen + glyph.advance * points
            own = own_advance(run.face, run.weight, glyph.number)
            shift = glyph.dx + own - glyph.advance
            shown = f"<{code:04X}>{decimal(shift * 1000) if abs(shift) > 1e-5 else ''}"
            _append(found, _Piece(name, x, base + glyph.dy * points, [shown], end))
            pen = end


@dataclass(slots=True)
class _Piece:
    """Glyphs shown by one operator: where they begin, and where the pen is left."""

    font: str
    x: float
    y: float
    shown: list[str]
    end: float


def _append(found: list[_Piece], piece: _Piece) -> None:
    """Add a piece, or lengthen the last one where the new one goes on from it."""
    last = found[-1] if found else None
    if last is not None and last.font == piece.font and last.y == piece.y and abs(last.end - piece.x) < _HAIR:
        last.shown += piece.shown
        last.end = piece.end
    else:
        found.append(piece)


def _bars(rows: Sequence[Sequence[bool]]) -> Iterator[tuple[int, int, int]]:
    """Dark modules that follow each other: their row, where they begin, and how many they are."""
    edges = np.diff(np.pad(np.array(rows, dtype=np.int8), ((0, 0), (1, 1))), axis=1)
    lines, starts = (edges > 0).nonzero()
    ends = (edges < 0).nonzero()[1]
    return zip(lines.tolist(), starts.tolist(), (ends - starts).tolist(), strict=True)
