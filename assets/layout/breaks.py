"""Where a line may end, in every script."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = re.compile(r"[^ ]+ *|^ +")
# Signs inside which no line ends, and scripts in whose words none does.
_SOLID = re.compile(
    r"[A-Za-z0-9.,:;!?'\"()\[\]+@&#%*=_·…“”„«»‚‘’€£$°§\u00a0\u2011\u202a-\u202e"
    r"\u00c0-\u024f\u0300-\u036f\u0370-\u052f\u0590-\u06ff\u0900-\u0dff\u1e00-\u1fff]*\Z"
)
_AFTER_HYPHEN_OR_SLASH = re.compile(r"(?<=[A-Za-z0-9]-)(?=[A-Za-z])|(?<=/)(?=[A-Za-z])")
# A line may not begin with these, nor end with those, even where a space stands between.
_NOT_FIRST, _NOT_LAST = frozenset(")]}!?:;,.»”"), frozenset("([{¿¡«„")
# A dash between spaces stays with the words before it.
_DASHES = frozenset({"–", "—"})
_PHRASES = {"ja": "japanese", "th": "thai", "zh-hant": "traditional_chinese", "zh": "simplified_chinese"}


class _Parser(Protocol):
    def parse(self, sentence: str) -> Sequence[str]:
        """The phrases of a sentence."""


@cache
def _phrase_parser(name: str) -> _Parser:
    import budoux

    parser: _Parser = getattr(budoux, f"load_default_{name}_parser")()
    return parser


def _parser_of(language: str) -> _Parser | None:
    tag = language.lower().replace("_", "-")
    if tag.startswith(("zh-tw", "zh-hk", "zh-mo")):
        tag = "zh-hant"
    name = next((name for start, name in _PHRASES.items() if tag.startswith(start)), None)
    return _phrase_parser(name) if name else None


@lru_cache(maxsize=512)
def finest_units(text: str) -> tuple[str, ...]:
    """The pieces between which a line may end at all, by the rules of Unicode."""
    found: list[str] = []
    for word in _WORDS.findall(text):
        pieces = _pieces(word)
        stays = pieces[0][0] in _NOT_FIRST or pieces[0].rstrip() in _DASHES
        if found and (stays or found[-1].rstrip()[-1:] in _NOT_LAST):
            found[-1] += pieces[0]
            pieces = pieces[1:]
        found += pieces
    return tuple(found)


@lru_cache(maxsize=2048)
def _pieces(word: str) -> tuple[str, ...]:
    """The pieces of one word with the spaces after it; the full rules are slow and rarely needed."""
    bare = word.rstrip(" ")
    if _SOLID.match(bare):
        return (word,)
    if bare.isascii():
        return tuple(_AFTER_HYPHEN_OR_SLASH.split(word))
    from uniseg.linebreak import line_break_units  # slow to import

    return tuple(line_break_units(word))


@lru_cache(maxsize=512)
def units(text: str, language: str) -> tuple[str, ...]:
    """The pieces between which a line should end: whole phrases in Japanese, Chinese and Thai, words in Korean."""
    finest = finest_units(text)
    if language.lower().startswith("ko"):
        return _at_spaces(finest)
    parser = None if text.isascii() else _parser_of(language)
    if parser is None:
        return finest
    allowed = _ends(finest)
    wanted = {end for end in _ends(parser.parse(text)) if _may_end(text, end, allowed, language)}
    wanted |= {end for end in allowed if text[end - 1].isspace()} | {len(text)}
    ends = sorted(wanted)
    return tuple(text[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end)


def _at_spaces(finest: Sequence[str]) -> tuple[str, ...]:
    """Pieces joined up to the next space: Korean words are kept whole where they fit."""
    joined: list[str] = []
    for piece in finest:
        if joined and not joined[-1][-1:].isspace():
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def _may_end(text: str, end: int, allowed: set[int], language: str) -> bool:
    # Unicode leaves Thai to dictionaries, so the phrases alone decide between two Thai letters.
    if language.startswith("th") and 0 < end < len(text):
        return end in allowed or all("\u0e00" <= text[place] <= "\u0e7f" for place in (end - 1, end))
    return end in allowed


def _ends(pieces: Sequence[str]) -> set[int]:
    ends, place = set(), 0
    for piece in pieces:
        place += len(piece)
        ends.add(place)
    return ends
