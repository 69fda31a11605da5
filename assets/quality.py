"""What a designer would mend: contrast, resolution, clear space, safe area. Each complaint says how."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from assets.colour import (
    PAPER,
    Rgba,
    contrast,
    contrast_of_luminance,
    luminance,
    nearest_passing_tone,
    nearest_tone_on,
)
from assets.complaints import N_, Complaint, Unfit
from assets.design.model import Box, LogoLayer, all_layers
from assets.layout.ground import colours_under
from assets.layout.operations import Glyphs, Operation, Paint, PlacedPage, Qr

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from assets.artwork import Picture
    from assets.design.model import Design

__all__ = ["Complaint", "Unfit", "check_page", "nearest_passing_tone", "readable_tones"]

NORMAL_CONTRAST, LARGE_CONTRAST = 4.5, 3.0
_LARGE_POINTS, _LARGE_BOLD_POINTS = 18.0, 14.0
PRINT_DPI, SCREEN_SCALE = 150, 1.0
_USUAL_CLEAR = 0.2  # of the logo's height
_BLACK = Rgba(0, 0, 0)
# A logo is seen while a quarter of its ink has this contrast; one without clear parts brings its own ground.
_SEEN, _LEAST_SEEN, _INK_ALPHA, _ALL = 1.3, 0.25, 128, 0.99
_SMALLEST_QR_POINTS = 15 / 25.4 * 72


def check_page(page: PlacedPage, design: Design, number: int) -> Iterator[Complaint]:
    """Everything to complain about on a placed page; what breaks a limit that the design declares stops it."""
    for place, operation in enumerate(page.operations):
        painted = page.operations[:place]
        if isinstance(operation, Glyphs):
            yield from _contrast(operation, painted, page, design, number)
        elif isinstance(operation, Qr):
            yield from _qr(operation, page, number)
        elif isinstance(operation, Paint):
            yield from _resolution(operation, page, design, number)
            yield from _faint_logo(operation, painted, number)
        if _must_be_safe(operation):
            yield from _safe_area(operation, page, number)
    yield from _clear_space(page, design, number)


def _must_be_safe(operation: Operation) -> bool:
    return isinstance(operation, Glyphs | Qr) or (isinstance(operation, Paint) and operation.role == "logo")


def _contrast(
    block: Glyphs, painted: tuple[Operation, ...], page: PlacedPage, design: Design, number: int
) -> Iterator[Complaint]:
    zone = design.zones.get(block.zone or "")
    needed = zone.contrast if zone and zone.contrast else _needed_contrast(block, page)
    grounds = list(dict.fromkeys(colours_under(painted, block.ink)))
    found, worst = _worst(block.colour, grounds)
    if found >= needed:
        return
    seen = block.colour.over(worst)
    better = nearest_tone_on(seen, tuple(grounds), needed)
    offer = {"better": better.hex} if better else {}
    yield Complaint(
        "contrast",
        N_("“%(name)s” is hard to read: contrast %(found).1f where %(needed).1f is needed."),
        N_("Use %(better)s for the text, or a calmer ground behind it.")
        if better
        else N_("No tone of it reads on all of this ground: put a plain colour or a calmer picture behind it."),
        refuses=bool(zone and zone.contrast),
        page=number,
        layer=block.name,
        zone=block.zone,
        data={"name": block.name, "found": found, "needed": needed, "colour": seen.hex, "ground": worst.hex, **offer},
    )


def readable_tones(page: PlacedPage, design: Design, zone: str, tones: Mapping[str, Rgba]) -> set[str]:
    """The names of those tones in which the words or the code of a zone read well wherever they stand on a page."""
    limit, found = design.zones[zone].contrast, set(tones)
    for place, block in enumerate(page.operations):
        if isinstance(block, Glyphs) and block.zone == zone:
            needed = limit or _needed_contrast(block, page)
            grounds = colours_under(page.operations[:place], block.ink)
            found = {name for name in found if all(contrast(tones[name], each) >= needed for each in grounds)}
        elif isinstance(block, Qr) and block.name == zone:
            found = {name for name in found if contrast(tones[name], block.light) >= NORMAL_CONTRAST}
    return found


def _worst(colour: Rgba, grounds: Sequence[Rgba]) -> tuple[float, Rgba]:
    """The least contrast that the colour has on any of the grounds, and on which it is."""
    opaque = luminance(colour) if colour.a >= 1 else None
    least, worst = math.inf, grounds[0]
    for ground in grounds:
        light = luminance(ground)
        own = luminance(colour.over(ground)) if opaque is None else opaque
        found = contrast_of_luminance(own, light)
        if found < least:
            least, worst = found, ground
    return least, worst


def _needed_contrast(block: Glyphs, page: PlacedPage) -> float:
    points = block.size * page.points
    large = points >= _LARGE_POINTS or (points >= _LARGE_BOLD_POINTS and block.boldest >= 700)
    return LARGE_CONTRAST if large else NORMAL_CONTRAST


def _better_tone(colour: Rgba, ground: Rgba, needed: float) -> str:
    """The hex of the nearest tone that passes; black or white, whichever reads better, where the hue has none."""
    tone = nearest_passing_tone(colour.over(ground), ground, needed)
    return (tone or max((_BLACK, PAPER), key=lambda each: contrast(each, ground))).hex


def _qr(code: Qr, page: PlacedPage, number: int) -> Iterator[Complaint]:
    if code.box.w * page.points < _SMALLEST_QR_POINTS:
        yield Complaint(
            "qr_small",
            N_("The QR code “%(name)s” is smaller than 15 mm."),
            N_("Give it a larger box, so that telephones can read it."),
            page=number,
            layer=code.name,
            data={"name": code.name},
        )
    if contrast(code.dark.over(code.light), code.light) < NORMAL_CONTRAST:
        yield Complaint(
            "qr_contrast",
            N_("The QR code “%(name)s” is too pale to be read."),
            N_("Use %(better)s for its modules."),
            page=number,
            layer=code.name,
            data={"name": code.name, "better": _better_tone(code.dark, code.light, 7.0)},
        )


def _resolution(image: Paint, page: PlacedPage, design: Design, number: int) -> Iterator[Complaint]:
    zone = design.zones.get(image.name)
    inches = image.whole.w * page.points / 72
    found = image.picture.width / inches
    declared = zone.min_dpi if zone else None
    needed = declared or (PRINT_DPI if design.unit == "mm" else 96 * SCREEN_SCALE)
    if found < needed * 0.99:
        yield Complaint(
            "resolution",
            N_("“%(name)s” has only %(found)d dpi at this size; %(needed)d are needed."),
            N_("Use a picture of at least %(width)d × %(height)d pixels, or show it smaller."),
            refuses=bool(declared),
            page=number,
            layer=image.name,
            zone=image.name if zone else None,
            data={
                "name": image.name,
                "found": round(found),
                "needed": round(needed),
                "width": math.ceil(inches * needed),
                "height": math.ceil(image.whole.h * page.points / 72 * needed),
            },
        )
    if zone and zone.min_pixels:
        yield from _too_few_pixels(image, zone.min_pixels, number)


def _faint_logo(logo: Paint, painted: tuple[Operation, ...], number: int) -> Iterator[Complaint]:
    """A logo must stand out from what really lies under it, all of its length."""
    if logo.role != "logo":
        return
    grounds = colours_under(painted, logo.box)
    seen = min(standing_out(logo.picture, round(luminance(ground), 3)) for ground in grounds)
    if seen < _LEAST_SEEN:
        yield Complaint(
            "logo_faint",
            N_("“%(name)s” can hardly be seen on a part of what lies under it."),
            N_("Put it on a calmer ground or on a plate, or add a logo for such grounds to the brand."),
            page=number,
            layer=logo.name,
            data={"name": logo.name, "seen": round(seen, 2)},
        )


@lru_cache(maxsize=1024)
def standing_out(picture: Picture, ground: float) -> float:
    """The share of a logo's ink that stands out from a ground of that luminance; all of it where it brings its own."""
    thumb = picture.thumb
    ink = [thumb[start : start + 4] for start in range(0, len(thumb), 4 * 3) if thumb[start + 3] > _INK_ALPHA]
    if not ink or len(ink) >= len(thumb) / (4 * 3) * _ALL:
        return 1.0
    lights = Counter(Rgba(pixel[0], pixel[1], pixel[2]) for pixel in ink)
    seen = sum(n for each, n in lights.items() if contrast_of_luminance(luminance(each), ground) >= _SEEN)
    return seen / len(ink)


def _too_few_pixels(image: Paint, least: tuple[int, int], number: int) -> Iterator[Complaint]:
    width, height = least
    if image.picture.width < width or image.picture.height < height:
        yield Complaint(
            "pixels",
            N_("The picture in “%(name)s” has %(across)d × %(down)d pixels; %(width)d × %(height)d are needed."),
            N_("Use a picture of at least %(width)d × %(height)d pixels."),
            refuses=True,
            page=number,
            layer=image.name,
            zone=image.name,
            data={
                "name": image.name,
                "across": image.picture.width,
                "down": image.picture.height,
                "width": width,
                "height": height,
            },
        )


def _seen(operation: Operation) -> Box:
    return operation.ink if isinstance(operation, Glyphs) else operation.box


def _safe_area(operation: Operation, page: PlacedPage, number: int) -> Iterator[Complaint]:
    safe = Box(0, 0, page.width, page.height).grown(-page.safe)
    name = str(getattr(operation, "name", ""))
    if not safe.holds(_seen(operation)):
        yield Complaint(
            "safe_area",
            N_("“%(name)s” reaches out of the safe area."),
            N_("Keep it %(safe)g %(unit)s from the edge: shorten what stands above it, or move its box."),
            page=number,
            layer=name,
            data={"name": name, "safe": page.safe, "unit": "mm" if page.points > 1 else "px"},
        )


def _clear_space(page: PlacedPage, design: Design, number: int) -> Iterator[Complaint]:
    """Words, codes and other logos must stay out of the space that a design declares around a logo.

    Where it declares none, a fifth of the logo's height is what is usual, and less of it only a remark.
    """
    declared = _clear_by_name(design, number)
    for logo in (each for each in page.operations if isinstance(each, Paint) and each.role == "logo"):
        clear = declared.get(logo.name, 0.0)
        wanted = clear or logo.box.h * _USUAL_CLEAR
        around = logo.box.grown(wanted)
        for other in page.operations:
            if other is logo or not _must_be_safe(other) or not around.meets(_seen(other)):
                continue
            free = _between(logo.box, _seen(other))
            yield Complaint(
                "clear_space",
                N_("“%(other)s” is too close to “%(name)s”: %(free)g %(unit)s where %(clear)g %(unit)s must be free."),
                N_("Keep %(clear)g %(unit)s free around the logo: shorten “%(other)s”, or move one of the two."),
                refuses=clear > 0,
                page=number,
                layer=logo.name,
                zone=logo.name if logo.name in design.zones else None,
                data={
                    "name": logo.name,
                    "other": str(getattr(other, "name", "")),
                    "free": round(free, 1),
                    "clear": round(wanted, 1),
                    "unit": design.unit,
                },
            )


def _between(one: Box, other: Box) -> float:
    """The distance between two boxes; 0 where they touch or overlap."""
    across = max(other.x - one.right, one.x - other.right, 0.0)
    down = max(other.y - one.bottom, one.y - other.bottom, 0.0)
    return math.hypot(across, down)


def _clear_by_name(design: Design, number: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for layer in all_layers(design.pages[number - 1].layers):
        if isinstance(layer, LogoLayer):
            zone = design.zones.get(layer.zone or "")
            found[layer.name] = max(layer.clear, zone.clear or 0.0 if zone else 0.0)
    return found
