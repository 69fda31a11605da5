"""How far a kit's languages are: what is there, what is missing, and what was translated before its source changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from campaigns.manifest.difference import words_of
from campaigns.manifest.kit import Kit
from campaigns.manifest.package import KitPackage
from campaigns.manifest.uses import text_uses

Marks: TypeAlias = dict[str, dict[str, str]]
"""By language and key: the words that a translation was made from, where the kit says something else by now."""


@dataclass(frozen=True, slots=True)
class LanguageState:
    """One language of a kit: `translated` of `wanted` texts are there; `changed` are those with a mark."""

    language: str
    is_default: bool
    translated: int
    wanted: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def open(self) -> frozenset[str]:
        """What somebody has to look at."""
        return frozenset((*self.missing, *self.changed))


def language_states(kit: Kit, marks: Mapping[str, Mapping[str, str]]) -> list[LanguageState]:
    """Return each language of a kit, the one that it was written in first."""
    keys = frozenset(use.key for use in text_uses(kit))
    default = kit.manifest.default_language
    found = []
    for language in sorted(kit.languages, key=lambda one: one != default):
        coverage = kit.texts.coverage(language, keys)
        changed = tuple(sorted(keys & marks.get(language, {}).keys()))
        found.append(
            LanguageState(
                language, language == default, coverage.translated, coverage.wanted, coverage.missing, changed
            )
        )
    return found


def marks_after(
    old: KitPackage, new: KitPackage, *, default_language: str, marks: Mapping[str, Mapping[str, str]]
) -> Marks:
    """Return the marks of `new`, which comes after `old` with its `marks`.

    A translation that was written anew is up to date; one that stayed while its source changed is not.
    """
    was, now = words_of(old), words_of(new)
    found: Marks = {}
    for (language, key), words in now.items():
        source = now.get((default_language, key))
        if language == default_language or source is None or was.get((language, key)) != words:
            continue
        made_from = marks.get(language, {}).get(key, was.get((default_language, key), source))
        if made_from != source:
            found.setdefault(language, {})[key] = made_from
    return found
