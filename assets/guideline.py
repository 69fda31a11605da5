"""A vendor's guideline for words: what must not be said, how names are written, and the tone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assets.complaints import N_, Complaint
from assets.superlatives import SUPERLATIVES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MERGE_FIELD = re.compile(r"\{\{[^{}]*\}\}|\*\*|https?://\S+")
_EXCLAMATION = re.compile("[!！]")
_SENTENCE_ENDS = re.compile(r"[.!?…]+(?=\s|$)|[。！？]+|\n+")
_CAPITALS = re.compile(r"[^\W\d_]{5,}")
# Scripts that put no spaces between words, or hang particles onto them: there a word is found inside of others.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d]"
)


@dataclass(frozen=True, slots=True)
class BannedWord:
    """A word or phrase that is not said, and what to say instead, if there is something."""

    word: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Guideline:
    """What a vendor asks of all words under its name; the empty one asks for nothing.

    `spellings` are names in the one way in which they are written; `required` must be named somewhere.
    """

    banned: tuple[BannedWord, ...] = ()
    spellings: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    most_exclamations: int | None = None
    longest_sentence: int | None = None
    no_capitals: bool = False
    no_superlatives: bool = False

    @classmethod
    def parse(cls, kept: Mapping[str, Any]) -> Guideline:
        """The guideline as it is kept; what is not known or not of its kind is passed over."""
        banned = (each for each in _list(kept, "banned") if isinstance(each, dict) and each.get("word"))
        return cls(
            banned=tuple(BannedWord(str(each["word"]), str(each.get("instead") or "")) for each in banned),
            spellings=tuple(str(each) for each in _list(kept, "spellings") if each),
            required=tuple(str(each) for each in _list(kept, "required") if each),
            most_exclamations=_number(kept, "most_exclamations"),
            longest_sentence=_number(kept, "longest_sentence"),
            no_capitals=kept.get("no_capitals") is True,
            no_superlatives=kept.get("no_superlatives") is True,
        )

    def as_dict(self) -> dict[str, Any]:
        """The guideline as plain values, to be kept."""
        return {
            "banned": [{"word": each.word, "instead": each.instead} for each in self.banned],
            "spellings": list(self.spellings),
            "required": list(self.required),
            "most_exclamations": self.most_exclamations,
            "longest_sentence": self.longest_sentence,
            "no_capitals": self.no_capitals,
            "no_superlatives": self.no_superlatives,
        }

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return self != Guideline()


def _list(kept: Mapping[str, Any], name: str) -> list[Any]:
    found = kept.get(name)
    return found if isinstance(found, list) else []


def _number(kept: Mapping[str, Any], name: str) -> int | None:
    found = kept.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def complaints_about_words(texts: Mapping[str, str], guideline: Guideline, *, language: str = "") -> list[Complaint]:
    """Everything in the texts (by zone or key) that goes against the guideline, each with how to mend it.

    A banned word refuses; spelling and tone are remarks. Superlatives are known for some languages.
    """
    if not guideline:
        return []
    plain = {name: unicodedata.normalize("NFC", _MERGE_FIELD.sub(" ", text)) for name, text in texts.items()}
    found = [complaint for name, text in plain.items() for complaint in _about(name, text, guideline, language)]
    return found + [_not_named(word) for word in guideline.required if not any(map(_finder(word), plain.values()))]


def _about(name: str, text: str, guideline: Guideline, language: str) -> Iterator[Complaint]:
    for banned in guideline.banned:
        if said := _finder(banned.word)(text):
            yield _complaint(
                "banned_word",
                N_("“%(name)s” says “%(word)s”, which the guideline rules out."),
                N_("Say “%(instead)s” instead.") if banned.instead else N_("Leave it out, or say it in other words."),
                name,
                refuses=True,
                word=said[0],
                instead=banned.instead,
            )
    for spelling in guideline.spellings:
        for written in dict.fromkeys(_finder(spelling)(text)):
            if written != unicodedata.normalize("NFC", spelling):
                message = N_("“%(name)s” writes “%(word)s”.")
                yield _complaint(
                    "spelling", message, N_("Write it “%(instead)s”."), name, word=written, instead=spelling
                )
    yield from _tone(name, text, guideline, language)


def _tone(name: str, text: str, guideline: Guideline, language: str) -> Iterator[Complaint]:
    exclamations = len(_EXCLAMATION.findall(text))
    if guideline.most_exclamations is not None and exclamations > guideline.most_exclamations:
        yield _complaint(
            "exclamations",
            N_("“%(name)s” has %(found)d exclamation marks, and the guideline allows %(most)d."),
            N_("End sentences with a full stop."),
            name,
            found=exclamations,
            most=guideline.most_exclamations,
        )
    if guideline.no_capitals and (loud := _in_capitals(text, guideline)):
        yield _complaint(
            "capitals",
            N_("“%(name)s” shouts “%(word)s” in capitals."),
            N_("Write it in small letters; a name that is written so belongs on the guideline's list of spellings."),
            name,
            word=loud,
        )
    longest = max((_words(sentence) for sentence in _SENTENCE_ENDS.split(text)), default=0)
    if guideline.longest_sentence is not None and longest > guideline.longest_sentence:
        yield _complaint(
            "long_sentence",
            N_("A sentence in “%(name)s” has %(found)d words, and the guideline allows %(most)d."),
            N_("Make two sentences of it."),
            name,
            found=longest,
            most=guideline.longest_sentence,
        )
    if guideline.no_superlatives:
        boasts = (said[0] for word in SUPERLATIVES.get(language[:2].lower(), ()) if (said := _finder(word)(text)))
        if boast := next(boasts, None):
            yield _complaint(
                "superlative",
                N_("“%(name)s” boasts with “%(word)s”."),
                N_("Say what it does, and by how much."),
                name,
                word=boast,
            )


def _in_capitals(text: str, guideline: Guideline) -> str | None:
    allowed = {word for spelling in guideline.spellings for word in _CAPITALS.findall(spelling)}
    loud = (word for word in _CAPITALS.findall(text) if word.isupper() and word != word.lower())
    return next((word for word in loud if word not in allowed), None)


def _words(sentence: str) -> int:
    return sum(any(letter.isalnum() for letter in word) for word in sentence.split())


def _not_named(word: str) -> Complaint:
    message, mend = N_("No text names “%(word)s”."), N_("The guideline asks for it: name it once.")
    return Complaint("not_named", message, mend, data={"word": word})


def _complaint(kind: str, message: str, mend: str, name: str, *, refuses: bool = False, **data: str | int) -> Complaint:
    return Complaint(kind, message, mend, refuses=refuses, layer=name, zone=name, data={"name": name, **data})


class _Finder:
    """Finds a word or phrase as whole words, in capitals or not, with whatever spaces between its parts."""

    def __init__(self, word: str) -> None:
        word = unicodedata.normalize("NFC", " ".join(word.split()))
        parts = re.split(r"( )", word)
        self._pattern = re.compile(
            "".join(r"[\s\u00a0-]*" if part == " " else re.escape(part) for part in parts)
            if not word.replace(" ", "").isalpha()
            else r"[\s\u00a0]+".join(re.escape(part) for part in word.split(" ")),
            re.IGNORECASE,
        )
        self._starts_word, self._ends_word = _is_bound(word[:1]), _is_bound(word[-1:])

    def __call__(self, text: str) -> list[str]:
        """Every place where it is said, as it is written there."""
        return [found[0] for found in self._pattern.finditer(text) if self._stands_alone(found, text)]

    def _stands_alone(self, found: re.Match[str], text: str) -> bool:
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        return not (self._starts_word and _is_bound(before)) and not (self._ends_word and _is_bound(after))


def _is_bound(letter: str) -> bool:
    """Whether the letter is a part of a word that spaces set apart."""
    if not letter or _UNSPACED.match(letter):
        return False
    return letter.isalnum() or letter == "_" or unicodedata.category(letter).startswith("M")


@lru_cache(maxsize=4096)
def _finder(word: str) -> _Finder:
    return _Finder(word)
