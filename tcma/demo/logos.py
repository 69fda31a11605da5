"""Logos for made-up companies: a mark and the name, drawn as SVG and taken in like anybody's upload."""

import math
from random import Random

import uharfbuzz as hb

from assets.fonts import typeface

PALETTES = (
    ("#0f4c81", "#0b2239", "#f2a541"), ("#146356", "#0c2b26", "#f28482"), ("#7a1f3d", "#2b0d18", "#e9c46a"),
    ("#3d348b", "#191540", "#f7b801"), ("#b5651d", "#3a1f0b", "#2a9d8f"), ("#1d7874", "#071e22", "#ee2e31"),
    ("#204051", "#0d1b22", "#84a9ac"), ("#c2185b", "#3f0a20", "#00acc1"), ("#2e7d32", "#0f2a11", "#ffb300"),
    ("#37474f", "#11181b", "#ff7043"), ("#6a1b9a", "#25093a", "#26c6da"), ("#d84315", "#3e1408", "#455a64"),
)  # fmt: skip
LETTERS = 104  # height of an em, in the drawing's units
ROUGH = {"ar": "arabic", "ja": "japanese"}


def svg_logo(
    name: str, palette: tuple[str, str, str], rng: Random, *, language: str = "en", dark: bool = False
) -> bytes:
    """Return the logo of a company as SVG bytes, the name as outlines: for light grounds, or for `dark` ones."""
    primary, ink, accent = palette
    mark = rng.choice((_ring, _bars, _petals, _stack, _wave))("#ffffff" if dark else primary, accent)
    outlines, width = _outlined(name, language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {300 + width:.0f} 300">'
        f'<g transform="translate(30 30)">{mark}</g>'
        f'<g transform="translate(290 186)" fill="{"#ffffff" if dark else ink}">{outlines}</g></svg>'
    ).encode()


def _outlined(name: str, language: str) -> tuple[str, float]:
    """Return the name drawn as paths with its baseline at zero, and how wide it is."""
    font = typeface(ROUGH.get(language, "sans")).font(700)
    buffer = hb.Buffer()
    buffer.add_str(name)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    scale = LETTERS / font.face.upem
    paths: list[str] = []
    pen = 0.0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y = (pen + position.x_offset) * scale, -position.y_offset * scale
        outline = _path(font, info.codepoint)
        paths.append(f'<path transform="translate({x:.1f} {y:.1f}) scale({scale:.5f} {-scale:.5f})" d="{outline}"/>')
        pen += position.x_advance
    return "".join(paths), pen * scale + 30


def _path(font: hb.Font, glyph: int) -> str:
    said: list[str] = []
    draw = hb.DrawFuncs()
    draw.set_move_to_func(lambda x, y, _data: said.append(f"M{x:.0f} {y:.0f}"))
    draw.set_line_to_func(lambda x, y, _data: said.append(f"L{x:.0f} {y:.0f}"))
    draw.set_quadratic_to_func(lambda a, b, x, y, _data: said.append(f"Q{a:.0f} {b:.0f} {x:.0f} {y:.0f}"))
    draw.set_cubic_to_func(
        lambda a, b, c, d, x, y, _data: said.append(f"C{a:.0f} {b:.0f} {c:.0f} {d:.0f} {x:.0f} {y:.0f}")
    )
    draw.set_close_path_func(lambda _data: said.append("Z"))
    font.draw_glyph(glyph, draw)
    return "".join(said)


def _ring(main: str, accent: str) -> str:
    return (
        f'<circle cx="120" cy="120" r="92" fill="none" stroke="{main}" stroke-width="36"/>'
        f'<circle cx="186" cy="54" r="30" fill="{accent}"/>'
    )


def _bars(main: str, accent: str) -> str:
    colours = (main, main, main, accent)
    return "".join(
        f'<rect x="{20 + 56 * i}" y="{150 - 40 * i}" width="40" height="{70 + 40 * i}" rx="10" fill="{colour}"/>'
        for i, colour in enumerate(colours)
    )


def _petals(main: str, accent: str) -> str:
    petals = []
    for i in range(6):
        angle = math.tau * i / 6
        x, y = 120 + 62 * math.cos(angle), 120 + 62 * math.sin(angle)
        petals.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="38" fill="{accent if i == 0 else main}" opacity="0.92"/>')
    return "".join(petals)


def _stack(main: str, accent: str) -> str:
    return "".join(
        f'<path d="M120 {30 + 56 * i} L220 {80 + 56 * i} L120 {130 + 56 * i} L20 {80 + 56 * i} Z" '
        f'fill="{accent if i == 0 else main}" opacity="{1 - 0.22 * i:.2f}"/>'
        for i in (2, 1, 0)
    )


def _wave(main: str, accent: str) -> str:
    return (
        f'<path d="M20 150 C60 60 100 60 120 120 S180 200 220 90" fill="none" stroke="{main}" stroke-width="36" '
        'stroke-linecap="round"/>'
        f'<circle cx="220" cy="90" r="26" fill="{accent}"/>'
    )
