"""The typefaces designs are set in: found in installed packages, chosen glyph by glyph.

All faces are variable Noto Sans; a weight is a position on their axis, so nothing has to be cut
or kept on disk beforehand.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, files
from typing import TYPE_CHECKING

import uharfbuzz as hb

if TYPE_CHECKING:
    from pathlib import Path

# Faces by short name: the package that brings them, and how the file's name begins.
_SOURCES = {
    "sans": ("fontpkg-noto-sans", "NotoSans["),
    "arabic": ("justmytype-intl-rtl", "NotoSansArabic["),
    "hebrew": ("justmytype-intl-rtl", "NotoSansHebrew["),
    "devanagari": ("justmytype-intl-south-asia", "NotoSansDevanagari["),
    "bengali": ("justmytype-intl-south-asia", "NotoSansBengali["),
    "tamil": ("justmytype-intl-south-asia", "NotoSansTamil["),
    "telugu": ("justmytype-intl-south-asia", "NotoSansTelugu["),
    "thai": ("justmytype-intl-sea", "NotoSansThai["),
    "lao": ("justmytype-intl-sea", "NotoSansLao["),
    "khmer": ("justmytype-intl-sea", "NotoSansKhmer["),
    "myanmar": ("justmytype-intl-sea", "NotoSansMyanmar["),
    "japanese": ("justmytype-intl-cjk", "NotoSansJP["),
    "korean": ("justmytype-intl-cjk", "NotoSansKR["),
    "chinese_simple": ("justmytype-intl-cjk", "NotoSansSC["),
    "chinese_traditional": ("justmytype-intl-cjk", "NotoSansTC["),
}
_CHINESE_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "iw", "ur", "ps", "ku", "sd", "ug", "yi", "dv", "ckb"})
_IGNORABLE = frozenset(
    map(chr, [0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
) | frozenset(map(chr, range(0xFE00, 0xFE10)))


class FontMissing(Exception):
    """A package that should bring a typeface is not installed."""


class Typeface:
    """One variable font file."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self.face = hb.Face(hb.Blob.from_file_path(str(path)))
        self.upem: int = self.face.upem
        self._plain = hb.Font(self.face)
        self._glyphs: dict[str, bool] = {}
        self._fonts: dict[int, hb.Font] = {}

    def has(self, character: str) -> bool:
        """Whether there is a glyph for the character."""
        known = self._glyphs.get(character)
        if known is None:
            known = self._glyphs[character] = bool(self._plain.get_nominal_glyph(ord(character)))
        return known

    def font(self, weight: int) -> hb.Font:
        """The face at a weight, in font units."""
        font = self._fonts.get(weight)
        if font is None:
            font = self._fonts[weight] = hb.Font(self.face)
            font.set_variations({"wght": float(weight)})
        return font


@cache
def typeface(name: str) -> Typeface:
    """The typeface of a short name."""
    package, start = _SOURCES[name]
    try:
        listed = files(package) or []
    except PackageNotFoundError as fault:
        raise FontMissing(f"The package {package} with the {name} typeface is not installed.") from fault
    path = next((file.locate() for file in listed if file.name.startswith(start) and file.suffix == ".ttf"), None)
    if path is None:
        raise FontMissing(f"The package {package} holds no file {start}….ttf.")
    return Typeface(name, path)  # type: ignore[arg-type]  # locate() answers a Path


@lru_cache(maxsize=64)
def preference(language: str) -> tuple[str, ...]:
    """The faces in the order in which they are asked for a glyph in this language."""
    tag = language.lower().replace("_", "-")
    first = ""
    if tag.startswith("ja"):
        first = "japanese"
    elif tag.startswith("ko"):
        first = "korean"
    elif tag.startswith(_CHINESE_TRADITIONAL):
        first = "chinese_traditional"
    elif tag.startswith("zh"):
        first = "chinese_simple"
    rest = tuple(name for name in _SOURCES if name != first)
    return (first, *rest) if first else rest


def is_right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    return language.lower().replace("_", "-").split("-")[0] in _RIGHT_TO_LEFT


def is_ignorable(character: str) -> bool:
    """Whether the character shows nothing of its own (joiners, marks of direction, soft hyphen)."""
    return character in _IGNORABLE or character in "\n\t"


@lru_cache(maxsize=8192)
def face_for(character: str, language: str) -> str | None:
    """The first face in the language's order that has the character."""
    return next((name for name in preference(language) if typeface(name).has(character)), None)


@lru_cache(maxsize=8192)
def script_of(character: str) -> str | None:
    """The script's four letters; None for what all scripts share, such as spaces and digits."""
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    script: str | None = buffer.script
    return "Jpan" if script in {"Hira", "Kana", "Hani"} else script
