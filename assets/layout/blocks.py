"""Blocks of text: words, contact lines, and the plates behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assets import emoji
from assets.complaints import N_
from assets.design.model import Box
from assets.layout import bidi
from assets.layout.operations import Fill, Glyphs, Paint, PlacedRun
from assets.layout.shaping import missing_characters
from assets.layout.text import Line, Misfit, Setting, fit
from assets.layout.units import Paragraph, Span, paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.design.model import ContactLayer, Font, Layer, Plate, TextLayer
    from assets.layout.place import Placing

_BOLD_STEP = 300
_NO_BREAK = "\u00a0"
_LEFT_TO_RIGHT_LINES = frozenset({"phone", "email", "website"})
# Capitals look centred when they stand a little lower than their line does.
_OPTICAL = 0.08


@dataclass(frozen=True, slots=True)
class _Words:
    """What is to be set, and in how many lines at most."""

    paragraphs: Sequence[Paragraph]
    most_lines: int | None = None


def place_text(placing: Placing, layer: TextLayer, box: Box) -> float:
    """Set a text layer; the y where it ends."""
    text = placing.resolver.words(layer.text, layer)
    zone = placing.design.zones.get(layer.zone or "")
    if not text.strip():
        if zone is not None and zone.required:
            placing.resolver.complain("empty", N_("“%(name)s” is empty."), N_("Write something."), layer, refuses=True)
        return box.y
    rich = layer.kind == "rich_text"
    paragraphs = paragraphs_of(text, layer.font.weight, _bolder(layer.font.weight), rich=rich)
    lines = zone.max_lines if zone else None
    return _place_block(placing, layer, box, _Words(paragraphs, lines))


def place_contact(placing: Placing, layer: ContactLayer, box: Box) -> float:
    """Set the contact lines that are filled in; the y where they end."""
    weight = layer.font.weight
    bold = max(700, weight) if layer.font.bold_first else weight
    pieces = [(line, text) for line in layer.lines if (text := _contact_text(placing, line))]
    spans = [Span(text, bold if line == "name" else weight) for line, text in pieces]
    if not spans:
        _complain_of_no_contact(placing, layer)
        return box.y
    if layer.separator is None:
        paragraphs = [Paragraph((span,)) for span in spans]
    else:
        joined: list[Span] = []
        separator = _separator(layer.separator)
        if placing.right_to_left:
            separator = bidi.kept_between(separator)
        for span in spans:
            joined += [Span(separator, weight), span] if joined else [span]
        paragraphs = [Paragraph(tuple(joined))]
    return _place_block(placing, layer, box, _Words(paragraphs))


def _complain_of_no_contact(placing: Placing, layer: ContactLayer) -> None:
    zone = placing.design.zones.get(layer.zone or "")
    if zone is not None and zone.required:
        placing.resolver.complain(
            "contact_missing",
            N_("“%(name)s” has nothing to show: the brand profile has none of %(fields)s."),
            N_("Fill one of them in."),
            layer,
            refuses=True,
            fields=", ".join(layer.lines),
        )


def _separator(text: str) -> str:
    """The separator stays at the end of its line, never at the start of the next."""
    stripped = text.strip()
    before = _NO_BREAK if stripped and text[:1].isspace() else ""
    return f"{before}{stripped} " if stripped else " "


def _contact_text(placing: Placing, line: str) -> str:
    text = placing.brand.field(line)
    if line == "phone":
        text = text.replace(" ", _NO_BREAK).replace("-", "\u2011")
    return bidi.embedded(text) if text and line in _LEFT_TO_RIGHT_LINES and placing.right_to_left else text


def _bolder(weight: int) -> int:
    return min(900, max(700, weight + _BOLD_STEP))


def _place_block(placing: Placing, layer: TextLayer | ContactLayer, box: Box, words: _Words) -> float:
    plate: Plate | None = getattr(layer, "plate", None)
    pad_x, pad_y = plate.pad if plate else (0.0, 0.0)
    inner = Box(box.x + pad_x, box.y + pad_y, max(0.0, box.w - 2 * pad_x), max(0.0, box.h - 2 * pad_y))
    if not _complain_of_glyphs(placing, layer, words.paragraphs):
        return box.y
    found = _fit(placing, layer.font, inner, words)
    if isinstance(found, Misfit):
        over = _too_many_characters(placing, layer.font, inner, words)
        _complain_of_misfit(placing, layer, found, over)
        return box.y
    if plate is not None:
        inner = _place_plate(placing, plate, box, found, layer)
    block = _glyphs(placing, layer, inner, found, below=pad_y / 2)
    pictures = [_picture(placing, block, each) for each in block.runs if each.run.face == emoji.EMOJI]
    if pictures:
        block = replace(block, runs=tuple(each for each in block.runs if each.run.face != emoji.EMOJI))
    placing.operations += [block, *pictures]
    return block.box.bottom + pad_y


def _fit(placing: Placing, font: Font, box: Box, words: _Words) -> Setting | Misfit:
    return fit(
        words.paragraphs,
        font,
        placing.language,
        width=box.w,
        height=box.h,
        unit=placing.design.font_unit,
        right_to_left=placing.right_to_left,
        most_lines=words.most_lines,
    )


def _place_plate(placing: Placing, plate: Plate, box: Box, setting: Setting, layer: TextLayer | ContactLayer) -> Box:
    """Paint the plate and tell the box for the words on it."""
    pad_x, pad_y = plate.pad
    ground = box
    if plate.hug:
        width = min(box.w, setting.width * setting.size + 2 * pad_x)
        height = min(box.h, setting.height * setting.size + 2 * pad_y)
        across = _across(layer.align, right_to_left=placing.right_to_left)
        down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[layer.valign]
        ground = Box(box.x + (box.w - width) * across, box.y + (box.h - height) * down, width, height)
    radius = min(plate.radius, ground.w / 2, ground.h / 2)
    placing.operations.append(Fill("rect", ground, placing.colour(plate.fill), radius=radius))
    return Box(ground.x + pad_x, ground.y + pad_y, ground.w - 2 * pad_x, ground.h - 2 * pad_y)


def _across(align: str, *, right_to_left: bool) -> float:
    share = {"start": 0.0, "centre": 0.5, "end": 1.0}[align]
    return 1.0 - share if right_to_left else share


def _glyphs(placing: Placing, layer: TextLayer | ContactLayer, box: Box, setting: Setting, *, below: float) -> Glyphs:
    """The lines of a setting at their places in the box; `below` is how far they may sink under it."""
    size, height = setting.size, setting.height * setting.size
    down = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[layer.valign]
    spare = box.h - height
    lower = _OPTICAL * size if below or layer.valign == "middle" else 0.0
    top = box.y + spare * down + min(lower, spare * (1 - down) + below)
    across = _across(layer.align, right_to_left=placing.right_to_left)
    runs: list[PlacedRun] = []
    left, right, high, low = box.right, box.x, box.bottom, box.y
    for line in setting.lines:
        x = _line_start(line, size, box, across)
        baseline = top + line.baseline * size
        runs += [PlacedRun(each.run, x + each.x * size, baseline) for each in line.runs]
        left, right = min(left, x + line.ink.left * size), max(right, x + line.ink.right * size)
        high, low = min(high, baseline - line.ink.top * size), max(low, baseline - line.ink.bottom * size)
    ink = Box(left, high, max(0.0, right - left), max(0.0, low - high))
    return Glyphs(
        tuple(runs),
        size,
        placing.colour(layer.colour),
        ink,
        Box(box.x, top, box.w, height),
        layer.name,
        tuple(line.text for line in setting.lines),
        layer.zone,
        max((run.run.weight for run in runs), default=layer.font.weight),
    )


def _picture(placing: Placing, block: Glyphs, placed: PlacedRun) -> Paint:
    """The picture of an emoji at its place in the text."""
    side = emoji.SIDE * block.size
    left, top = placed.x + emoji.AIR * block.size, placed.baseline - (emoji.FOOT + emoji.SIDE) * block.size
    box = Box(left, top, side, side)
    picture = emoji.picture_of(placed.run.text, side * placing.design.points)
    return Paint(picture, box, box, opacity=block.colour.a, role="emoji", name=block.name)


def _line_start(line: Line, size: float, box: Box, across: float) -> float:
    """The x of a line's left edge: aligned, with its ink inside the box, bullets hanging where it starts."""
    indent = line.indent * size
    start = box.x + (0.0 if line.right_to_left else indent) + (box.w - indent - line.width * size) * across
    low = box.x - line.ink.left * size
    high = box.right - line.ink.right * size
    return max(low, min(start, high))


def _complain_of_glyphs(placing: Placing, layer: Layer, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether every character can be set; those that cannot are told."""
    missing = missing_characters("".join(paragraph.text for paragraph in paragraphs), placing.language)
    if missing:
        placing.resolver.complain(
            "glyph_missing",
            N_("“%(name)s” holds characters that no typeface here has: %(characters)s"),
            N_("Leave them out or write them differently."),
            layer,
            refuses=True,
            characters=" ".join(missing[:12]),
        )
    return not missing


def _complain_of_misfit(placing: Placing, layer: Layer, misfit: Misfit, over: int) -> None:
    if misfit.word:
        placing.resolver.complain(
            "word_too_long",
            N_("In “%(name)s” the word “%(word)s” is wider than its place even at the smallest size."),
            N_("Use a shorter word, or put a soft hyphen where it may be divided."),
            layer,
            refuses=True,
            word=misfit.word,
        )
        return
    placing.resolver.complain(
        "overflow",
        N_("The text of “%(name)s” does not fit its place, even at the smallest size."),
        N_("Shorten it by about %(over)d characters."),
        layer,
        refuses=True,
        over=over,
        lines=misfit.lines,
    )


def _too_many_characters(placing: Placing, font: Font, box: Box, words: _Words) -> int:
    """How many characters would have to go at the end for the rest to fit at the smallest size."""
    smallest = replace(font, size=font.smallest, minimum=font.smallest)
    total = sum(len(paragraph.text) for paragraph in words.paragraphs)
    low, high = 0, total
    while low < high:
        middle = (low + high + 1) // 2
        kept = replace(words, paragraphs=_first_characters(words.paragraphs, middle))
        if isinstance(_fit(placing, smallest, box, kept), Setting):
            low = middle
        else:
            high = middle - 1
    return max(1, total - low)


def _first_characters(paragraphs: Sequence[Paragraph], count: int) -> list[Paragraph]:
    kept = []
    for paragraph in paragraphs:
        spans = []
        for span in paragraph.spans:
            spans.append(Span(span.text[:count], span.weight))
            count -= len(spans[-1].text)
        if any(span.text for span in spans):
            kept.append(Paragraph(tuple(span for span in spans if span.text), paragraph.bullet, paragraph.spaced))
    return kept
