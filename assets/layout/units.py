"""Paragraphs into the pieces of which lines are made: shaped, measured in em, with their directions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from assets.emoji import pictured
from assets.fonts import script_of
from assets.layout import bidi
from assets.layout.breaks import finest_units
from assets.layout.breaks import units as phrases
from assets.layout.shaping import DEFAULT, Run, faces_of, shape, stays_in_default

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.design.model import Font

_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one weight."""

    text: str
    weight: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Spans that run on; `spaced` puts room above."""

    spans: tuple[Span, ...]
    bullet: bool = False
    spaced: bool = False

    @property
    def text(self) -> str:
        """The paragraph's characters."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Item:
    """A run and its embedding level."""

    run: Run
    level: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What stays together on a line; `space` is the width of its trailing spaces.

    `finer` are the pieces to break it into where it is wider than a whole line; `before` and `after` how
    far ink reaches out of the advance of any of its runs.
    """

    items: tuple[Item, ...]
    width: float
    space: float
    text: str
    hyphen: Item | None = None
    finer: tuple[Unit, ...] = ()
    before: float = 0.0
    after: float = 0.0

    @property
    def needed(self) -> float:
        """The width that it needs at the end of a line."""
        return self.width + self.hyphen.run.advance if self.hyphen else self.width


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paragraph ready to be wrapped at any size.

    `steps` are the widths that each unit needs at the end of a line and takes within it.
    """

    units: tuple[Unit, ...]
    steps: tuple[tuple[float, float], ...]
    right_to_left: bool
    bullet: Run | None
    spaced: bool
    overhang: float


class _Look(NamedTuple):
    """What is the same for all of a paragraph."""

    language: str
    tracking: float

    def shape(self, text: str, face: str, weight: int, level: int) -> Item:
        """The text as an item of a line."""
        turned = bool(level % 2)
        run = shape(text, face, weight, language=self.language, tracking=self.tracking, right_to_left=turned)
        return Item(run, level)


def prepare(paragraph: Paragraph, font: Font, language: str, *, right_to_left: bool) -> Prepared:
    """The paragraph's pieces; its first letter decides the direction, without one `right_to_left` does."""
    text = paragraph.text
    turned = bidi.runs_right_to_left(text, otherwise=right_to_left) if right_to_left or not text.isascii() else False
    shared = _Look(language, font.tracking)
    units = _units(paragraph, text, shared, turned=turned)
    bullet = shared.shape("•", "sans", font.weight, 0).run if paragraph.bullet else None
    steps = tuple([(unit.needed, unit.width + unit.space) for unit in units])
    return Prepared(tuple(units), steps, turned, bullet, paragraph.spaced, _overhang(units))


def _units(paragraph: Paragraph, text: str, shared: _Look, *, turned: bool) -> list[Unit]:
    pieces = phrases(text, shared.language)
    if len(paragraph.spans) == 1 and not turned and text.isascii():
        plain = ((paragraph.spans[0].weight, 0),)
        return [_unit(piece, plain, shared, whole=True) for piece in pieces]
    weights = [span.weight for span in paragraph.spans for _ in span.text]
    looks = list(zip(weights, bidi.levels(text, right_to_left=turned), strict=True))
    units, place = [], 0
    for piece in pieces:
        units.append(_unit(piece, _short(looks[place : place + len(piece)]), shared, whole=True))
        place += len(piece)
    return units


def _overhang(units: Sequence[Unit]) -> float:
    """How far ink may reach out of a line's advance, at both ends together."""
    before = max([unit.before for unit in units], default=0.0)
    after = max([unit.after for unit in units], default=0.0)
    return before + after


_Looks = tuple[tuple[int, int], ...]


def _short(looks: Sequence[tuple[int, int]]) -> _Looks:
    """Weight and level of each character, or of all where they agree, so that texts share their pieces."""
    return (looks[0],) if len(set(looks)) == 1 else tuple(looks)


@lru_cache(maxsize=2048)
def _unit(text: str, looks: _Looks, shared: _Look, *, whole: bool) -> Unit:
    each = looks if len(looks) > 1 else looks * len(text)
    shown = [(character, look) for character, look in zip(text, each, strict=True) if character != _SOFT_HYPHEN]
    items = _items(shown, shared)
    inner = _without_spaces(items)
    width = sum(item.run.advance for item in inner)
    space = sum(item.run.advance for item in items[len(inner) :])
    hyphen = _hyphen(shown, shared) if text.endswith(_SOFT_HYPHEN) and shown else None
    finer = _finer(text, each, shared) if whole else ()
    before = max([0.0, *(-item.run.ink.left for item in items)])
    after = max([0.0, *(item.run.ink.right - item.run.advance for item in items)])
    return Unit(tuple(items), width, space, text, hyphen, finer, before, after)


def _hyphen(shown: list[tuple[str, tuple[int, int]]], shared: _Look) -> Item:
    """What a soft hyphen shows at the end of a line."""
    character, (weight, level) = shown[-1]
    return shared.shape("-", faces_of(character + "-", shared.language)[-1], weight, level)


def _finer(text: str, looks: _Looks, shared: _Look) -> tuple[Unit, ...]:
    pieces = finest_units(text)
    if len(pieces) < 2:
        return ()
    found, place = [], 0
    for piece in pieces:
        found.append(_unit(piece, _short(looks[place : place + len(piece)]), shared, whole=False))
        place += len(piece)
    return tuple(found)


def _without_spaces(items: Sequence[Item]) -> Sequence[Item]:
    end = len(items)
    while end and items[end - 1].run.is_space:
        end -= 1
    return items[:end]


def _items(shown: list[tuple[str, tuple[int, int]]], shared: _Look) -> list[Item]:
    """The text cut where face, weight, level or script change, before trailing spaces, and around each emoji."""
    text = "".join(character for character, _ in shown)
    if not text:
        return []
    inner = len(text.rstrip())
    if text.isascii() and len({look for _, look in shown}) == 1 and stays_in_default(text, shared.language):
        weight, level = shown[0][1]
        return [shared.shape(part, DEFAULT, weight, level) for part in (text[:inner], text[inner:]) if part]
    keys = [
        (face, look, script, place >= inner)
        for place, (face, (_, look), script) in enumerate(
            zip(faces_of(text, shared.language), shown, _scripts(text), strict=True)
        )
    ]
    pictures = {edge for span in pictured(text, shared.language) for edge in span}
    within = {place for start, end in pictured(text, shared.language) for place in range(start + 1, end)}
    items, start = [], 0
    for place in range(1, len(text) + 1):
        if place == len(text) or place in pictures or (keys[place] != keys[start] and place not in within):
            face, (weight, level), _, _ = keys[start]
            items.append(shared.shape(text[start:place], face, weight, level))
            start = place
    return items


def _scripts(text: str) -> list[str | None]:
    """The script of each character; shared ones take that of the letter before, or the first one after."""
    if text.isascii():
        return ["Latn"] * len(text)
    scripts: list[str | None] = [script_of(character) for character in text]
    current = next((script for script in scripts if script), None)
    for place, script in enumerate(scripts):
        current = script or current
        scripts[place] = current
    return scripts


def paragraphs_of(text: str, weight: int, bold: int, *, rich: bool) -> list[Paragraph]:
    """The paragraphs of a text: lines as they are, and in rich text **bold**, bullets and spaced paragraphs."""
    found: list[Paragraph] = []
    spaced = False
    for raw in text.replace("\r\n", "\n").strip("\n").split("\n"):
        line = raw.strip()
        if not line:
            spaced = bool(found)
            continue
        bullet = rich and line.startswith(("- ", "• "))
        content = line[2:].lstrip() if bullet else line
        spans = _bold_spans(content, weight, bold) if rich else (Span(content, weight),)
        found.append(Paragraph(spans, bullet, spaced))
        spaced = False
    return found


def _bold_spans(text: str, weight: int, bold: int) -> tuple[Span, ...]:
    parts = text.split("**")
    if len(parts) % 2 == 0:
        # A lone pair of asterisks is text, not a mark.
        parts[-2:] = [parts[-2] + "**" + parts[-1]]
    return tuple(Span(part, bold if number % 2 else weight) for number, part in enumerate(parts) if part)
