"""The sections of a kit's landing page: added, changed, put in another order and taken out in the browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from campaigns.manifest import Kit, KitPackage, Page
from campaigns.manifest.editing import with_item, with_swapped, with_value, without_item
from campaigns.manifest.model import LandingPage
from campaigns.manifest.pages import Form, Section
from campaigns.manifest.sections import ITEM_WORDS, WORDS, as_written, host_of, index_at, keys_of
from campaigns.models import KitVersion
from campaigns.operations.drafting import draft_of, read_draft, rewritten, with_words, without_unsaid_words
from campaigns.operations.material import in_format
from campaigns.operations.timeline import StaysPut, blank_words
from campaigns.operations.writing import with_files
from tcma.core import intake
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.errors import Conflict
from tcma.core.words import lazy_gettext as _

FACTS = frozenset({"image", "url", "fields"})
ITEM_FACTS = ("icon", "image")
_SHEETS = (".yaml", ".mjml")
_STANDING = {
    "title": "form.title",
    "button": "form.button",
    "consent": "form.consent",
    "privacy": "form.privacy",
    "thank_you.title": "form.thanks",
    "thank_you.text": "form.thanks_text",
}
"""Where the words stand that a form begins with, in every language that a kit can be begun in."""


class SectionMoved(Conflict):
    """Somebody else has changed or taken out the section since it was looked at."""

    def __init__(self) -> None:
        super().__init__(
            _("This section was changed in the meantime. Open the landing page anew and look at it again.")
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote about a section, in one language.

    `words` by what they are; `facts` of `FACTS`, none takes one out; `items` the points of a list in their order, each
    with its words and facts: one without words is taken out. `picture` is a file to show in place of `facts["image"]`.
    `lets_link` lets links of the kit lead to the host of the video.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    items: Sequence[Mapping[str, str]] | None = None
    picture: bytes | None = None
    lets_link: bool = False


def page_of(kit: Kit) -> tuple[str, Page]:
    """Return the landing page of a kit, and its file."""
    source = next((tactic.source for tactic in kit.tactics if isinstance(tactic, LandingPage)), None)
    return require(source), require(kit.pages.get(source or ""))


def add_section(
    *, version_id: int, kind: str, written: Written, behind: str | None, by: Actor, now: datetime
) -> KitVersion:
    """Let the landing page have one more section, behind the section at the address `behind` or at its head.

    Refused with the findings (`KitHasFaults`) when it does not fit the kit, and with `SectionMoved` when the one before
    it has changed.
    """
    version, package = draft_of(version_id)
    package, written = _with_picture(package, written, kind)
    after = with_section(package, kind=kind, written=written, behind=behind)
    return rewritten(version, after, "kit.section_added", {"kind": kind}, by=by, now=now)


def change_section(
    *, version_id: int, address: str, language: str, written: Written, by: Actor, now: datetime
) -> KitVersion:
    """Let a section say something else in one language, and show something else in all of them.

    In the first language a point without words is taken out; in another it is read in the first again. Refused with
    the findings (`KitHasFaults`), and with `SectionMoved` when it has changed since it was looked at.
    """
    version, package = draft_of(version_id)
    kind = _section(read_draft(package), address)[1].kind
    package, written = _with_picture(package, written, kind)
    after = with_change(package, address=address, language=language, written=written)
    return rewritten(version, after, "kit.section_changed", {"kind": kind, "language": language}, by=by, now=now)


def move_section(*, version_id: int, address: str, earlier: bool, by: Actor, now: datetime) -> KitVersion:
    """Let a section change places with the one before or after it."""
    version, package = draft_of(version_id)
    path, page = page_of(kit := read_draft(package))
    index, section = _section(kit, address)
    first = index - 1 if earlier else index
    if first < 0 or first + 1 >= len(page.sections):
        raise StaysPut(_("It is the first or the last already."))
    text = with_swapped(package.files[path].decode("utf-8-sig"), ("sections",), first)
    after = with_files(package, {path: text.encode()})
    said = {"kind": section.kind, "earlier": earlier}
    return rewritten(version, after, "kit.section_moved", said, by=by, now=now)


def remove_section(*, version_id: int, address: str, by: Actor, now: datetime) -> KitVersion:
    """Take a section out of the landing page, with the words and pictures that nothing else has."""
    version, package = draft_of(version_id)
    path, _page = page_of(kit := read_draft(package))
    index, section = _section(kit, address)
    text = without_item(package.files[path].decode("utf-8-sig"), ("sections",), index)
    after = _tidied(kit, with_files(package, {path: text.encode()}))
    return rewritten(version, after, "kit.section_removed", {"kind": section.kind}, by=by, now=now)


def with_section(package: KitPackage, *, kind: str, written: Written, behind: str | None = None) -> KitPackage:
    """Return the files of a kit with one more section on its landing page, in the kit's first language.

    A form says in each other language what it begins with there, as far as it does so in the first.
    """
    kit = read_draft(package)
    path, page = page_of(kit)
    require(kind if kind in WORDS else None)
    at = 0 if behind is None else _section(kit, behind)[0] + 1
    group, said = _free_group(kit, kind), dict[str, str]()
    item: dict[str, Any] = {"kind": kind}
    for word in WORDS[kind]:
        if (text := written.words.get(word.name, "").strip()) or word.is_needed:
            owner, _dot, name = word.name.rpartition(".")
            (item.setdefault(owner, {}) if owner else item)[name] = {"t": f"{group}.{word.name}"}
            said[f"{group}.{word.name}"] = text
    if kind in ITEM_WORDS:
        item["items"] = _items(None, written.items or (), group, said)
    item |= {name: value for name, value in written.facts.items() if name in FACTS and value}
    text = with_item(
        package.files[path].decode("utf-8-sig"), ("sections",), item, at if at < len(page.sections) else None
    )
    files = {path: text.encode(), **with_words(package, kit.manifest.default_language, said)}
    for language, words in _said_elsewhere(kit, kind, written).items():
        files |= with_words(package, language, {f"{group}.{name}": text for name, text in words.items()})
    return with_files(package, files | _allowing(package, kit, written))


def standing_words(kind: str, language: str) -> dict[str, str]:
    """Return what a new section of a kind begins with in a language, by what it is; nothing for most kinds."""
    ready = blank_words(language) if kind == "form" else {}
    return {name: ready[key] for name, key in _STANDING.items() if key in ready}


def _said_elsewhere(kit: Kit, kind: str, written: Written) -> dict[str, dict[str, str]]:
    """What is left as it begins in the first language is so in the others too; what was written is translated."""
    first = standing_words(kind, kit.manifest.default_language)
    kept = {name for name, text in first.items() if written.words.get(name, "").strip() == text}
    others = [language for language in kit.languages if language != kit.manifest.default_language]
    return {
        language: {name: text for name, text in standing_words(kind, language).items() if name in kept}
        for language in others
    }


def with_change(package: KitPackage, *, address: str, language: str, written: Written) -> KitPackage:
    """Return the files of a kit with one section of its landing page changed."""
    kit = read_draft(package)
    path, _page = page_of(kit)
    index, section = _section(kit, address)
    is_first = language == kit.manifest.default_language
    group, said = _free_group(kit, section.kind), dict[str, str]()
    keys, where = keys_of(section, WORDS[section.kind]), ("sections", index)
    text = package.files[path].decode("utf-8-sig")
    for word in WORDS[section.kind]:
        if word.name not in written.words:
            continue
        given, key = written.words[word.name].strip(), keys.get(word.name)
        if key is not None and is_first and not given and not word.is_needed:
            text = with_value(text, where, word.name, None)
        elif key is not None:
            said[key] = given
        elif given and is_first and "." not in word.name:
            said[f"{group}.{word.name}"] = given
            text = with_value(text, where, word.name, {"t": f"{group}.{word.name}"})
    if written.items is not None and section.kind in ITEM_WORDS:
        before = as_written(section)["items"]
        after = _items(section, written.items, group, said, is_first=is_first)
        text = text if before == after else with_value(text, where, "items", after)
    for name, value in written.facts.items():
        if name in FACTS and (as_written(section).get(name) or None) != (value or None):
            text = with_value(text, where, name, value or None)
    files = {path: text.encode(), **with_words(package, language, said)} | _allowing(package, kit, written)
    return _tidied(kit, with_files(package, files))


def _items(
    section: Section | None,
    given: Sequence[Mapping[str, str]],
    group: str,
    said: dict[str, str],
    *,
    is_first: bool = True,
) -> list[dict[str, Any]]:
    """Return the points as the page's file writes them, and put their words into `said`."""
    there: list[dict[str, Any]] = [] if section is None else as_written(section)["items"]
    kept = []
    for number, row in enumerate(given):
        old = there[number] if number < len(there) else None
        words = {name: text.strip() for name, text in row.items() if name not in ITEM_FACTS}
        if is_first and any(words.values()):
            kept.append(_item(old, words, f"{group}.point-{number + 1}", said) | _facts_of_item(row))
        elif not is_first and old is not None:
            _item(old, words, "", said)
    return kept if is_first else there


def _item(old: Mapping[str, Any] | None, words: Mapping[str, str], base: str, said: dict[str, str]) -> dict[str, Any]:
    """Return one point with its words under the keys that they have, or under new ones."""
    item = {name: value for name, value in (old or {}).items() if name not in ITEM_FACTS}
    for name, text in words.items():
        if name not in item and text and base:
            item[name] = {"t": f"{base}-{name}"}
        if name in item:
            said[item[name]["t"]] = text
    return item


def _facts_of_item(row: Mapping[str, str]) -> dict[str, Any]:
    return {name: row[name] for name in ITEM_FACTS if row.get(name)}


def _section(kit: Kit, address: str) -> tuple[int, Section]:
    _path, page = page_of(kit)
    index = index_at(page, address)
    if index is None:
        raise SectionMoved
    return index, page.sections[index]


def _free_group(kit: Kit, kind: str) -> str:
    """Return where new words of a section go: a group of texts that no language has yet."""
    taken = {".".join(key.split(".")[:2]) for texts in kit.texts.by_language.values() for key in texts}
    names = (f"page.{kind}{f'-{n}' if n > 1 else ''}" for n in count(1))
    return next(name for name in names if name not in taken)


def _with_picture(package: KitPackage, written: Written, kind: str) -> tuple[KitPackage, Written]:
    """Return both with the picture clean, among the kit's files; it is decoded in a child process."""
    if written.picture is None:
        return package, written
    clean = in_format(intake.image(written.picture, purpose=intake.Purpose.PHOTO).bytes, "JPEG")
    path = next(one for n in count(1) if (one := f"artwork/page-{kind}-{n}.jpg") not in package.files)
    return with_files(package, {path: clean}), replace(written, facts={**written.facts, "image": path}, picture=None)


def _allowing(package: KitPackage, kit: Kit, written: Written) -> dict[str, bytes]:
    """Return `kit.yaml` with the host of the video among those that links may lead to, where that was asked for."""
    host = host_of(str(written.facts.get("url") or "")) if written.lets_link else ""
    if not host or host in kit.manifest.link_hosts:
        return {}
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    return {"kit.yaml": with_value(manifest, (), "link_hosts", [*kit.manifest.link_hosts, host]).encode()}


def _tidied(before: Kit, package: KitPackage) -> KitPackage:
    """Return it without the words and the pictures of the page that nothing names any more."""
    package = without_unsaid_words(before, package)
    page = before.package.files[page_of(before)[0]].decode("utf-8", "replace")
    sheets = [data.decode("utf-8", "replace") for name, data in package.files.items() if name.endswith(_SHEETS)]
    gone = [one for one in package.under("artwork") if one in page and not any(one in sheet for sheet in sheets)]
    return with_files(package, {}, gone)


def asked_fields(form: Form | None, names: Sequence[str], needed: Sequence[str]) -> list[dict[str, Any]]:
    """Return the fields of a form as its file writes them: those of the kit's own stay, `names` are the platform's.

    None is a form that is not there yet.
    """
    fields_there = form.fields if form is not None else ()
    there = {one.name: one for one in fields_there}
    order = [one.name for one in fields_there if not one.is_built_in or one.name in names]
    order += [name for name in names if name not in there]
    written = {name: as_written(one) for name, one in there.items()}
    fields = []
    for name in order:
        own = name in there and not there[name].is_built_in
        item = written[name] if own else {"name": name, **({"required": True} if name in needed else {})}
        fields.append(item)
    return fields
