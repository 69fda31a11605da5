"""Logos: which one, how large, on which ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.colour import INK, PAPER, Rgba, contrast_of_luminance, luminance
from assets.complaints import N_
from assets.design.model import Box, Colour, Font, TextLayer, Words
from assets.layout import blocks
from assets.layout.ground import luminance_under
from assets.layout.operations import Fill, Paint

if TYPE_CHECKING:
    from assets.brand import Brand
    from assets.design.model import LogoLayer
    from assets.layout.place import Placing
    from assets.logos import PreparedLogo

PLATE_PAD, PLATE_RADIUS = 0.16, 0.12
_DARK_BELOW = 0.26


def place_logo(placing: Placing, layer: LogoLayer, box: Box) -> float:
    """Put the fitting logo into the box; the y where it ends."""
    owner = placing.resolver.values.vendor if layer.of == "vendor" else placing.brand
    if owner is None:
        return _nothing_to_show(placing, layer, box)
    if not owner.has("logo"):
        complain_of_missing_logo(placing, layer, owner)
        return _name_instead(placing, layer, box, owner)
    # Only where the logo will stand counts: a wide box may reach over quite another part of a picture.
    guess = choose(owner, ground_luminance(placing, layer, box))
    stands = fitted(guess.aspect, box, layer.align, layer.valign, mirrored=placing.right_to_left)
    ground = ground_luminance(placing, layer, stands)
    chosen = choose(owner, ground)
    plate = plate_colour(layer, owner, chosen, ground)
    if plate is None:
        place = fitted(chosen.aspect, box, layer.align, layer.valign, mirrored=placing.right_to_left)
    else:
        place = _on_plate(placing, layer, box, chosen, plate)
    placing.operations.append(Paint(chosen.picture, place, place, role="logo", name=layer.name))
    return place.bottom


def fitted(aspect: float, box: Box, align: str, valign: str, *, mirrored: bool) -> Box:
    """The largest box of that aspect within the given one."""
    width = min(box.w, box.h * aspect)
    height = width / aspect
    across = {"start": 1.0 if mirrored else 0.0, "centre": 0.5, "end": 0.0 if mirrored else 1.0}[align]
    down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[valign]
    return Box(box.x + (box.w - width) * across, box.y + (box.h - height) * down, width, height)


def ground_luminance(placing: Placing, layer: LogoLayer, box: Box) -> float:
    if layer.on == "auto":
        return luminance_under(placing.operations, box)
    return luminance(PAPER if layer.on == "light" else INK)


def choose(owner: Brand, ground: float) -> PreparedLogo:
    first, second = (owner.logo_dark, owner.logo) if ground < _DARK_BELOW else (owner.logo, owner.logo_dark)
    if first is not None and (second is None or first.is_visible_on(ground)):
        return first
    return second or first  # type: ignore[return-value]  # the owner has at least one


def plate_colour(layer: LogoLayer, owner: Brand, chosen: PreparedLogo, ground: float) -> Rgba | None:
    if layer.plate == "never":
        return None
    if chosen.ground is not None:
        same = contrast_of_luminance(luminance(chosen.ground), ground) < 1.03
        return None if same and layer.plate == "auto" else chosen.ground
    # The brand itself says for which ground a logo is; on the other one it must stand out well.
    is_meant = chosen is (owner.logo_dark if ground < _DARK_BELOW else owner.logo)
    if layer.plate == "auto" and (chosen.is_visible_on(ground) if is_meant else chosen.reads_on(ground)):
        return None
    return PAPER if chosen.legible_share(1.0) >= chosen.legible_share(luminance(INK)) else INK


def _on_plate(placing: Placing, layer: LogoLayer, box: Box, chosen: PreparedLogo, plate: Rgba) -> Box:
    """A plate within the box and the logo within the plate."""
    pad = min(box.w, box.h) * PLATE_PAD
    inner = fitted(chosen.aspect, box.grown(-pad), "centre", "middle", mirrored=False)
    outer = Box(0, 0, inner.w + 2 * pad, inner.h + 2 * pad)
    ground = fitted(outer.w / outer.h, box, layer.align, layer.valign, mirrored=placing.right_to_left)
    ground = Box(ground.x, ground.y, outer.w, outer.h) if ground.w > outer.w else ground
    placing.operations.append(Fill("rect", ground, plate, radius=min(ground.w, ground.h) * PLATE_RADIUS))
    return Box(ground.x + pad, ground.y + pad, inner.w, inner.h)


def complain_of_missing_logo(placing: Placing, layer: LogoLayer, owner: Brand) -> None:
    """Note that a name stands in for a logo; it does not where the zone asks for the logo itself."""
    zone = placing.design.zones.get(layer.zone or "")
    is_required = zone is not None and zone.required and owner is placing.brand
    placing.resolver.complain(
        "logo_required" if is_required else "logo_missing",
        N_("%(owner)s has no logo yet, and this design cannot go out without one.")
        if is_required
        else N_("%(owner)s has no logo yet, so its name is set instead."),
        N_("Add a logo to the brand profile, best as SVG or as PNG with a transparent ground."),
        layer,
        refuses=is_required,
        owner=owner.name,
    )


def _nothing_to_show(placing: Placing, layer: LogoLayer, box: Box) -> float:
    zone = placing.design.zones.get(layer.zone or "")
    if zone is not None and zone.required:
        placing.resolver.complain(
            "logo_required",
            N_("“%(name)s” needs the vendor's logo, and there is no vendor here."),
            N_("Give the vendor a brand, or leave the logo out of the design."),
            layer,
            refuses=True,
        )
    return box.y


def readable_token(ground: float) -> str:
    """Paper or ink, whichever reads better on a ground of that luminance."""
    on_paper = contrast_of_luminance(1.0, ground)
    return "brand.paper" if on_paper > contrast_of_luminance(luminance(INK), ground) else "brand.ink"


def _name_instead(placing: Placing, layer: LogoLayer, box: Box, owner: Brand) -> float:
    size = box.h * 0.5 / placing.design.font_unit
    words = TextLayer(
        kind="text",
        id=layer.id,
        box=box,
        font=Font(size, weight=700, minimum=size / 6, leading=1.15, balance=True),
        text=Words(literal=owner.name),
        colour=Colour(readable_token(ground_luminance(placing, layer, box))),
        align=layer.align,
        valign=layer.valign,
    )
    return blocks.place_text(placing, words, box)
