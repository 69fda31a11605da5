"""Direction: the embedding level of each character, and the order in which a line is painted."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bidi import algorithm

from assets.emoji import is_flag_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

_RIGHT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_STEPS = (
    algorithm.explicit_embed_and_overrides,
    algorithm.resolve_weak_types,
    algorithm.resolve_neutral_types,
    algorithm.resolve_implicit_levels,
)
LEFT_TO_RIGHT_EMBED, POP, RIGHT_MARK = "\u202a", "\u202c", "\u200f"


def embedded(text: str) -> str:
    """The text kept from left to right inside text of the other direction (phones, addresses of sites)."""
    return f"{LEFT_TO_RIGHT_EMBED}{text}{POP}" if text else text


def kept_between(text: str) -> str:
    """A separator that keeps right-to-left order between parts that each run from left to right."""
    return f"{RIGHT_MARK}{text}{RIGHT_MARK}"


def runs_right_to_left(text: str, *, otherwise: bool) -> bool:
    """The direction of a paragraph, by its first strong character outside embeddings; a flag does not decide it."""
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"LRE", "RLE"}:
            depth += 1
        elif kind == "PDF":
            depth -= 1
        elif depth == 0 and kind in {"L", "R", "AL"} and not is_flag_letter(character):
            return kind != "L"
    return otherwise


def levels(text: str, *, right_to_left: bool) -> list[int]:
    """The embedding level of each character."""
    base = int(right_to_left)
    if not right_to_left and (text.isascii() or not any(unicodedata.bidirectional(each) in _RIGHT for each in text)):
        return [0] * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    for place, character in enumerate(storage["chars"]):
        character["place"] = place
    for step in _STEPS:
        step(storage, False)  # noqa: FBT003  # the library takes it by place
    found = {character["place"]: character["level"] for character in storage["chars"]}
    result: list[int] = []
    for place in range(len(text)):
        # Characters that the algorithm takes out (joiners, marks) go with their neighbour.
        result.append(found.get(place, result[-1] if result else base))
    return result


def visual_order(line: Sequence[int]) -> list[int]:
    """The places of a line's items from left to right, given their levels (rule L2)."""
    order = list(range(len(line)))
    if not any(line):
        return order
    for level in range(max(line), 0, -1):
        start = 0
        while start < len(order):
            if line[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end
    return order
