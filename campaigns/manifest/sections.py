"""The sections of a page as they are written: what each kind says, and where each of its words and facts stands."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from campaigns.manifest.model import TextRef
from campaigns.manifest.pages import Page, Section


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a section says: at most so many characters, `is_long` where it may have paragraphs."""

    name: str
    most: int = 150
    is_needed: bool = True
    is_long: bool = False


_TITLE: Final = Word("title")
_LEAD: Final = Word("lead", 600, is_needed=False)
_ALT: Final = Word("alt", 300, is_needed=False)
_TEXT: Final = Word("text", 4000, is_long=True)
WORDS: Final[Mapping[str, tuple[Word, ...]]] = {
    "hero": (_TITLE, _LEAD, Word("button", 60, is_needed=False), _ALT),
    "benefits": (_TITLE, _LEAD),
    "steps": (_TITLE, _LEAD),
    "quote": (Word("text", 1000, is_long=True), Word("by", 120), Word("role", 120, is_needed=False), _ALT),
    "text": (Word("title", is_needed=False), _TEXT),
    "image": (Word("alt", 300), Word("caption", 300, is_needed=False)),
    "video": (_TITLE, _LEAD, _ALT),
    "faq": (_TITLE,),
    "form": (
        _TITLE, _LEAD, Word("button", 60), Word("consent", 2000, is_long=True), Word("privacy", 2000, is_long=True),
        Word("thank_you.title"), Word("thank_you.text", 1000, is_long=True),
    ),
    "contact": (_TITLE, Word("text", 1000, is_needed=False, is_long=True)),
    "products": (_TITLE,),
}  # fmt: skip
"""What each kind of section says."""
_POINT: Final = (_TITLE, Word("text", 1000, is_long=True))
ITEM_WORDS: Final[Mapping[str, tuple[Word, ...]]] = {
    "benefits": _POINT,
    "steps": _POINT,
    "products": _POINT,
    "faq": (Word("question", 300), Word("answer", 2000, is_long=True)),
}
"""What each point of a list says, in the kinds that are lists."""
MOST_ITEMS: Final[Mapping[str, int]] = {"benefits": 12, "steps": 12, "products": 40, "faq": 30}
WITH_PICTURE: Final = frozenset({"hero", "quote", "image", "video"})
NEEDS_PICTURE: Final = frozenset({"image"})


def address_of(page: Page, index: int) -> str:
    """Return the address of a section: its place, and a mark of what is in it."""
    return f"{index}-{sha256(repr(page.sections[index]).encode()).hexdigest()[:10]}"


def index_at(page: Page, address: str) -> int | None:
    """Return where the section of an address stands now; none if it is gone or was changed since."""
    place, _dash, mark = address.partition("-")
    same = [n for n in range(len(page.sections)) if address_of(page, n).partition("-")[2] == mark]
    return next((n for n in same if str(n) == place), same[0] if same else None)


def ref_of(owner: Any, name: str) -> TextRef | None:
    """Return the reference that stands under a name such as `title` or `thank_you.title`."""
    found = owner
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, TextRef) else None


def keys_of(owner: Section | Any, words: Iterable[Word]) -> dict[str, str]:
    """Return the keys of its words, by what they are."""
    refs = {word.name: ref_of(owner, word.name) for word in words}
    return {name: ref.t for name, ref in refs.items() if ref is not None}


def host_of(url: str) -> str:
    """Return the host that an address leads to; nothing for what is no address."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def as_written(value: Any) -> Any:
    """Return something of a kit as YAML writes it: no places, and nothing that is as it would be without it."""
    if isinstance(value, tuple):
        return [as_written(one) for one in value]
    if not is_dataclass(value):
        return value
    kept = [one for one in fields(value) if one.name != "place"]
    return {
        one.name.rstrip("_"): as_written(getattr(value, one.name))
        for one in kept
        if one.default is MISSING or getattr(value, one.name) != one.default
    }
