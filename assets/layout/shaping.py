"""Text into positioned glyphs, in em, so that a size is only a factor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import east_asian_width

import uharfbuzz as hb

from assets import emoji
from assets.emoji import EMOJI
from assets.fonts import face_for, is_ignorable, preference, script_of, typeface

# Letters of these scripts hang together; letter-spacing would tear them apart.
_JOINED = frozenset({"Arab", "Syrc", "Deva", "Beng", "Mong", "Nkoo", "Taml", "Telu", "Khmr", "Mymr", "Laoo", "Thai"})

DEFAULT = "sans"

# Signs that Chinese, Japanese and Korean typefaces draw as wide as a letter, wrong between Western words.
_NARROW_IN_WESTERN = frozenset("·‘’“”…–—")


class Glyph(NamedTuple):
    """One glyph of a run: its number in the face, its offset and advance, and the text it stands for."""

    number: int
    dx: float
    dy: float
    advance: float
    text: str


@dataclass(frozen=True, slots=True)
class Ink:
    """What a run covers, in em: y upwards from the baseline, x from the pen's start."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Run:
    """Glyphs of one face, weight and direction, in painting order from left to right.

    A run is known by its identity, so that what painters make of it can be found again quickly.
    """

    face: str
    weight: int
    glyphs: tuple[Glyph, ...]
    advance: float
    ink: Ink
    text: str
    is_space: bool = False
    right_to_left: bool = False


@lru_cache(maxsize=2048)
def shape(text: str, face: str, weight: int, *, language: str, tracking: float, right_to_left: bool) -> Run:
    """The run that a face makes of a text."""
    if face == EMOJI:
        return _pictured(text, weight, tracking, right_to_left=right_to_left)
    font = typeface(face).font(weight)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.language = language
    hb.shape(font, buffer)
    em = 1.0 / typeface(face).upem
    spacing = 0.0 if buffer.script in _JOINED else tracking
    places = buffer.glyph_positions
    texts = _texts(
        text,
        [info.cluster for info in buffer.glyph_infos],
        [place.x_advance for place in places],
        right_to_left=right_to_left,
    )
    glyphs = tuple(
        Glyph(
            info.codepoint,
            place.x_offset * em,
            place.y_offset * em,
            place.x_advance * em + (spacing if place.x_advance else 0.0),
            part,
        )
        for info, place, part in zip(buffer.glyph_infos, places, texts, strict=True)
    )
    advance = sum(glyph.advance for glyph in glyphs)
    ink = _ink(face, weight, glyphs)
    return Run(face, weight, glyphs, advance, ink, text, text.isspace(), right_to_left)


def _pictured(text: str, weight: int, tracking: float, *, right_to_left: bool) -> Run:
    """The room that a picture of an emoji takes on a line."""
    left, right = emoji.AIR, emoji.AIR + emoji.SIDE
    advance = right + emoji.AIR + tracking
    ink = Ink(left, right, emoji.FOOT + emoji.SIDE, emoji.FOOT)
    return Run(EMOJI, weight, (Glyph(1, 0.0, 0.0, advance, text),), advance, ink, text, right_to_left=right_to_left)


def _texts(text: str, clusters: list[int], advances: list[int], *, right_to_left: bool) -> list[str]:
    """The part of the text that each glyph stands for, so that reading the glyphs in order gives the text.

    The characters of a cluster go to its glyphs that have a width; marks on them stand for nothing of their own.
    """
    if len(clusters) == len(text) and not right_to_left and clusters == list(range(len(text))) and all(advances):
        return list(text)
    starts = sorted(set(clusters))
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    parts = [""] * len(clusters)
    for start in starts:
        members = [place for place, cluster in enumerate(clusters) if cluster == start]
        wide = [place for place in members if advances[place]] or members[:1]
        if right_to_left:
            wide.reverse()
        characters = text[start : ends[start]]
        for number, place in enumerate(wide):
            is_last = number == len(wide) - 1
            parts[place] = characters[number:] if is_last else characters[number : number + 1]
    return parts


def _ink(face: str, weight: int, glyphs: tuple[Glyph, ...]) -> Ink:
    left, right, top, bottom, pen = 1e9, -1e9, -1e9, 1e9, 0.0
    for glyph in glyphs:
        covered = _glyph_ink(face, weight, glyph.number)
        if covered is not None:
            start = pen + glyph.dx
            left, right = min(left, start + covered.left), max(right, start + covered.right)
            top, bottom = max(top, glyph.dy + covered.top), min(bottom, glyph.dy + covered.bottom)
        pen += glyph.advance
    return Ink(left, right, top, bottom) if right > left else Ink()


@lru_cache(maxsize=2048)
def _glyph_ink(face: str, weight: int, number: int) -> Ink | None:
    """What one glyph covers, measured from its own pen; nothing for a space."""
    known = typeface(face)
    extents, em = known.font(weight).get_glyph_extents(number), 1.0 / known.upem
    if extents is None or not extents.width or not extents.height:
        return None
    left, top = extents.x_bearing * em, extents.y_bearing * em
    return Ink(left, left + extents.width * em, top, top + extents.height * em)


def missing_characters(text: str, language: str) -> list[str]:
    """The characters of the text that no face has and no picture shows, each once."""
    if text.isascii():
        return []
    shown = {place for start, end in emoji.pictured(text, language) for place in range(start, end)}
    return sorted(
        {
            character
            for place, character in enumerate(text)
            if not (character.isascii() or place in shown or is_ignorable(character))
            and face_for(character, language) is None
        }
    )


def stays_in_default(text: str, language: str) -> bool:
    """Whether every character is plainly one of the usual face."""
    return text.isascii() and text.isprintable() and preference(language)[0] == DEFAULT


def faces_of(text: str, language: str) -> list[str]:
    """The face of each character: what all scripts share stays with its neighbours where that face has it."""
    default = DEFAULT
    if stays_in_default(text, language):
        return [default] * len(text)
    result: list[str] = []
    current: str | None = None
    is_wide = preference(language)[0] != default
    pictures = {place for start, end in emoji.pictured(text, language) for place in range(start, end)}
    for place, character in enumerate(text):
        if place in pictures:
            result.append(EMOJI)
            continue
        if is_wide and character in _NARROW_IN_WESTERN and _stands_in_western(text, place):
            result.append(default)
            continue
        if current is None:
            current = _leading_face(text[place:], language)
        elif is_ignorable(character) or (script_of(character) is None and typeface(current).has(character)):
            pass
        else:
            current = face_for(character, language) or current
        result.append(current or default)
    return result


def _stands_in_western(text: str, place: int) -> bool:
    """Whether the next letters or figures on both sides are none of Chinese, Japanese or Korean."""
    before = next((each for each in reversed(text[:place]) if each.isalnum()), "")
    after = next((each for each in text[place + 1 :] if each.isalnum()), "")
    around = before + after
    return bool(around) and not any(east_asian_width(each) in "WF" for each in around)


def _leading_face(text: str, language: str) -> str | None:
    """The face of a text's first character, which leans on the first letter that belongs to a script."""
    first = text[0]
    strong = next((each for each in text if script_of(each) is not None), None)
    face = face_for(strong, language) if strong else None
    if face is not None and (is_ignorable(first) or typeface(face).has(first)):
        return face
    return face_for(first, language)
