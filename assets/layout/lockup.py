"""The partner's and the vendor's logo side by side: the lead first and larger, both of one visual weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

from assets.colour import INK, PAPER, contrast_of_luminance, luminance
from assets.design.model import Box, Colour, Font, TextLayer, Words
from assets.layout import blocks, logo
from assets.layout.operations import Fill, Paint
from assets.layout.text import Setting, fit
from assets.layout.units import Paragraph, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.brand import Brand
    from assets.colour import Rgba
    from assets.design.model import LogoLayer
    from assets.layout.place import Placing
    from assets.logos import PreparedLogo

# The lead's visual area by the other's, and the room to the divider by the taller one's height.
_LEAD, _AIR = 1.4, 0.42
_RULE, _RULE_OPACITY = 0.02, 0.5
_WEIGHT, _LEADING, _ONE_LINE = 700, 1.15, 7.0
# How much of its box a name's letters cover, about.
_NAME_INK = 0.5
_LEAST_INK = 0.12


@dataclass(frozen=True, slots=True)
class _Member:
    """One side of the arrangement: a logo, or a name where there is none."""

    owner: Brand
    mark: PreparedLogo | None
    aspect: float
    ink: float
    setting: Setting | None = None

    @property
    def size(self) -> tuple[float, float]:
        """Width and height that give it one unit of visual area."""
        area = 1 / sqrt(max(_LEAST_INK, self.ink))
        return sqrt(area * self.aspect), sqrt(area / self.aspect)


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """Where both stand and the rule between them, from the left of a box of this size."""

    width: float
    height: float
    boxes: tuple[Box, Box]
    rule: Box


@dataclass(frozen=True, slots=True)
class _Air:
    """The least room beside the rule and the least width of the rule itself, in the page's unit."""

    clear: float
    rule: float


def place_lockup(placing: Placing, layer: LogoLayer, box: Box) -> float:
    """Put both logos into the box; the y where they end. Without a vendor the partner's stands alone."""
    vendor = placing.resolver.values.vendor
    if vendor is None:
        return logo.place_logo(placing, layer, box)
    owners = [vendor, placing.brand] if layer.lead == "vendor" else [placing.brand, vendor]
    for owner in owners:
        if not owner.has("logo"):
            logo.complain_of_missing_logo(placing, layer, owner)
    ground = logo.ground_luminance(placing, layer, box)
    plate = _plate(layer, owners, ground)
    if plate is not None:
        ground = luminance(plate)
    pad = min(box.w, box.h) * logo.PLATE_PAD if plate is not None else 0.0
    members = [_member(placing, owner, ground) for owner in owners]
    if placing.right_to_left:
        members.reverse()
    air = _Air(_clear(placing, layer), 1 / placing.design.pixels)
    arranged = _arranged(members, owners[0], box.grown(-pad), air)
    outer = _put(arranged, layer, box, pad, right_to_left=placing.right_to_left)
    if plate is not None:
        placing.operations.append(Fill("rect", outer, plate, radius=min(outer.w, outer.h) * logo.PLATE_RADIUS))
    _paint(placing, layer, members, arranged, outer.grown(-pad), ground=ground)
    return outer.bottom


def _clear(placing: Placing, layer: LogoLayer) -> float:
    zone = placing.design.zones.get(layer.zone or "")
    return max(layer.clear, (zone.clear or 0.0) if zone else 0.0)


def _plate(layer: LogoLayer, owners: Sequence[Brand], ground: float) -> Rgba | None:
    """One plate behind both where either needs one, in the colour on which both read best."""
    needed = [
        plate
        for owner in owners
        if owner.has("logo")
        and (plate := logo.plate_colour(layer, owner, logo.choose(owner, ground), ground)) is not None
    ]
    if not needed:
        return None
    return max([*needed, PAPER, INK], key=lambda plate: min(_reads(owner, luminance(plate)) for owner in owners))


def _reads(owner: Brand, ground: float) -> float:
    """How well the owner's best logo reads on a ground, 0 to 1."""
    if not owner.has("logo"):
        return 1.0
    chosen = logo.choose(owner, ground)
    if chosen.ground is not None:
        return 1.0 if contrast_of_luminance(luminance(chosen.ground), ground) < 1.03 else 0.5
    return chosen.legible_share(ground)


def _member(placing: Placing, owner: Brand, ground: float) -> _Member:
    if owner.has("logo"):
        mark = logo.choose(owner, ground)
        thumb = mark.picture.thumb
        return _Member(owner, mark, mark.aspect, sum(thumb[3::4]) / (255 * len(thumb) / 4))
    setting = _name_in_em(owner.name, placing)
    return _Member(owner, None, max(0.1, setting.width / setting.height), _NAME_INK, setting)


def _name_in_em(name: str, placing: Placing) -> Setting:
    """The name on one line, a long one on two."""
    paragraphs = [Paragraph((Span(name, _WEIGHT),))]
    font = Font(1.0, _WEIGHT, 1.0, _LEADING, balance=True)

    def set_in(width: float) -> Setting | None:
        found = fit(paragraphs, font, placing.language, width=width, height=9.0, right_to_left=placing.right_to_left)
        return found if isinstance(found, Setting) else None

    one = set_in(1000.0) or Setting(1.0, (), 1.0)
    if one.width <= _ONE_LINE:
        return one
    return set_in(max(_ONE_LINE, one.width * 0.62)) or one


def _arranged(members: Sequence[_Member], lead: Brand, room: Box, least: _Air) -> _Arrangement:
    """Both as large as the room allows, on one middle line, with clear space on both sides of the rule."""
    sizes = []
    for member in members:
        larger = sqrt(_LEAD) if member.owner is lead else 1.0
        sizes.append((member.size[0] * larger, member.size[1] * larger))
    across, tallest = sizes[0][0] + sizes[1][0], max(size[1] for size in sizes)
    width = room.w - least.rule
    scale = min(
        room.h / tallest,
        width / (across + (2 * _AIR + _RULE) * tallest),
        (width - 2 * least.clear) / (across + _RULE * tallest),
    )
    scale = max(scale, 1e-6)
    height, rule = tallest * scale, max(least.rule, tallest * scale * _RULE)
    air = max(least.clear, _AIR * height)
    boxes, left = [], 0.0
    for width, tall in sizes:
        boxes.append(Box(left, (height - tall * scale) / 2, width * scale, tall * scale))
        left += width * scale + 2 * air + rule
    return _Arrangement(boxes[1].right, height, (boxes[0], boxes[1]), Box(boxes[0].right + air, 0, rule, height))


def _put(arranged: _Arrangement, layer: LogoLayer, box: Box, pad: float, *, right_to_left: bool) -> Box:
    """The box of the whole within the layer's, by its alignment."""
    width, height = arranged.width + 2 * pad, arranged.height + 2 * pad
    across = {"start": 0.0, "centre": 0.5, "end": 1.0}[layer.align]
    across = 1.0 - across if right_to_left else across
    down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[layer.valign]
    return Box(box.x + (box.w - width) * across, box.y + (box.h - height) * down, width, height)


def _paint(
    placing: Placing,
    layer: LogoLayer,
    members: Sequence[_Member],
    arranged: _Arrangement,
    at: Box,
    *,
    ground: float,
) -> None:
    token = logo.readable_token(ground)
    if layer.divider is not False:
        colour = placing.colour(Colour(token, _RULE_OPACITY))
        placing.operations.append(Fill("rect", arranged.rule.moved(at.x, at.y), colour))
    for member, place in zip(members, arranged.boxes, strict=True):
        box = place.moved(at.x, at.y)
        if member.mark is not None:
            placing.operations.append(Paint(member.mark.picture, box, box, role="logo", name=layer.name))
        elif member.setting is not None:
            _set_name(placing, layer, member, box, token)


def _set_name(placing: Placing, layer: LogoLayer, member: _Member, box: Box, token: str) -> None:
    setting = member.setting or Setting(1.0, (), 1.0)
    size = box.h / setting.height / placing.design.font_unit
    words = TextLayer(
        kind="text",
        id=layer.id,
        box=box,
        font=Font(size, _WEIGHT, size * 0.8, _LEADING, balance=True),
        text=Words(literal=member.owner.name),
        colour=Colour(token),
        align=layer.align,
        valign="middle",
    )
    blocks.place_text(placing, words, replace(box, x=box.x - box.w * 0.005, w=box.w * 1.01, h=box.h * 1.001))
