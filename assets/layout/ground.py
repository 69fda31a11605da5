"""What colour lies under a place, as far as the operations painted before tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assets.colour import PAPER, Rgba, luminance, mixed
from assets.layout.operations import Fill, Glyphs, Gradient, Operation, Paint, VendorPage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.design.model import Box


def colour_under(operations: Sequence[Operation], x: float, y: float) -> Rgba:
    """The opaque colour seen at a point when these operations have been painted; text aside."""
    seen: list[Rgba] = []
    for operation in reversed(operations):
        colour = _at(operation, x, y)
        if colour is not None and colour.a > 0:
            seen.append(colour)
            if colour.a >= 1:
                break
    result = PAPER
    for colour in reversed(seen):
        result = colour.over(result)
    return result


def colours_under(operations: Sequence[Operation], box: Box, across: int = 6, down: int = 3) -> list[Rgba]:
    """The colours under a grid of points of a box; a single one where all of it lies on one plain colour."""
    near: list[Operation] = []
    for operation in reversed(operations):
        if isinstance(operation, Glyphs) or not operation.box.meets(box):
            continue
        near.append(operation)
        if isinstance(operation, Fill) and _covers(operation, box):
            if len(near) == 1 and operation.fill is not None:
                return [operation.fill]
            break
    near.reverse()
    if len(near) == 1 and isinstance(near[0], Paint) and _shows_all_of(near[0], box):
        return _of_picture(near[0], box, across, down)
    return [
        colour_under(near, box.x + box.w * (column + 0.5) / across, box.y + box.h * (row + 0.5) / down)
        for row in range(down)
        for column in range(across)
    ]


def _covers(operation: Fill, box: Box) -> bool:
    """Whether nothing can be seen through the operation under the box."""
    is_solid = operation.shape == "rect" and operation.fill is not None and operation.fill.a >= 1
    return is_solid and operation.box.grown(-operation.radius * 0.3).holds(box)


def _shows_all_of(paint: Paint, box: Box) -> bool:
    """Whether only this picture is seen under the box."""
    return paint.opacity >= 1 and not paint.picture.has_alpha and paint.box.holds(box, slack=0.0)


def _of_picture(paint: Paint, box: Box, across: int, down: int) -> list[Rgba]:
    """A picture's colours under the grid, read row by row."""
    whole, picture = paint.whole, paint.picture
    columns = [(box.x + box.w * (column + 0.5) / across - whole.x) / whole.w for column in range(across)]
    rows = [(box.y + box.h * (row + 0.5) / down - whole.y) / whole.h for row in range(down)]
    return [picture.colour_at(x, y) for y in rows for x in columns]


def luminance_under(operations: Sequence[Operation], box: Box) -> float:
    """The mean luminance under a box."""
    colours = colours_under(operations, box)
    return sum(luminance(colour) for colour in colours) / len(colours)


def _at(operation: Operation, x: float, y: float) -> Rgba | None:  # noqa: PLR0911  # one answer for each kind
    if isinstance(operation, Glyphs):
        return None
    box = operation.box
    if not (box.x <= x < box.right and box.y <= y < box.bottom):
        return None
    if isinstance(operation, Fill):
        return operation.fill if _inside(operation, x, y) else None
    if isinstance(operation, Gradient):
        return mixed(operation.start, operation.end, share_along(operation, x, y))
    if isinstance(operation, Paint):
        whole = operation.whole
        colour = operation.picture.colour_at((x - whole.x) / whole.w, (y - whole.y) / whole.h)
        return colour if operation.opacity >= 1 else colour.faded(operation.opacity)
    if isinstance(operation, VendorPage):
        return operation.pdf.colour_at(operation.page, (x - box.x) / box.w, (y - box.y) / box.h)
    return operation.light


def _inside(operation: Fill, x: float, y: float) -> bool:
    if operation.shape == "ellipse":
        box = operation.box
        return (2 * (x - box.x) / box.w - 1) ** 2 + (2 * (y - box.y) / box.h - 1) ** 2 <= 1
    return operation.shape == "rect"


def gradient_line(operation: Gradient) -> tuple[float, float, float, float]:
    """Where the gradient begins and ends, so that the box's outermost corners get the pure colours."""
    box, turn = operation.box, math.radians(operation.angle)
    along, aside = math.cos(turn), math.sin(turn)
    half = (abs(along) * box.w + abs(aside) * box.h) / 2
    middle_x, middle_y = box.x + box.w / 2, box.y + box.h / 2
    return (
        middle_x - along * half,
        middle_y - aside * half,
        middle_x + along * half,
        middle_y + aside * half,
    )


def share_along(operation: Gradient, x: float, y: float) -> float:
    """How far along the gradient a point lies, 0 to 1."""
    x0, y0, x1, y1 = gradient_line(operation)
    length = (x1 - x0) ** 2 + (y1 - y0) ** 2
    if length == 0:
        return 0.0
    return min(1.0, max(0.0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length))
