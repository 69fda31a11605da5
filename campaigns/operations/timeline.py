"""What a kit does and when: steps, posts, events and activities, added, changed, moved and taken out in the browser."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from campaigns.manifest import KitPackage
from campaigns.manifest.editing import with_item, with_swapped, with_value, without_item
from campaigns.manifest.findings import Findings
from campaigns.manifest.kit import Kit
from campaigns.manifest.model import EmailSequence, SocialPosts
from campaigns.manifest.outline import Entry, outline
from campaigns.manifest.texts import read_texts
from campaigns.models import KitVersion
from campaigns.operations.drafting import draft_of, read_draft, rewritten, with_words, without_unsaid_words
from campaigns.operations.writing import with_files
from tcma.core.actor import Actor
from tcma.core.db import require
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

BLANK = Path(__file__).parent.parent / "blank"
STEPS = ("email", "wait", "condition", "social_post", "task")
NAMED = {
    "email": ("subject", "preheader", "subject_b"),
    "task": ("title",),
    "post": ("text", "alt"),
    "custom_activity": ("title", "summary"),
    "event": ("title", "summary"),
    "paid_activity": ("title", "summary", "expected"),
    "wait": (),
    "condition": (),
    "social_post": (),
}
"""The kinds of what can be added, and which of their words `kit.yaml` names."""
GROUPS = {"email": "mails", "task": "tasks", "post": "posts", "event": "events", "paid_activity": "paid"}
LEFT_OUT = frozenset({"subject_b", "alt"})
"""Words that a kit need not have: with nothing in their place, nothing names them any more."""
FIXED = frozenset({"key", "kind", "body"})
"""What an entry is, and not a fact about it."""
_SLUG = re.compile(r"[^a-z0-9]+")
_WHOLE = {"email": "mails", "post": "posts"}


class StaysPut(DomainError):
    """There is nowhere to move it to."""


def add_entry(
    *, version_id: int, kind: str, words: Mapping[str, str], facts: Mapping[str, Any], by: Actor, now: datetime,
    behind: str | None = None,
) -> KitVersion:  # fmt: skip
    """Let the kit have one more step, post, event or activity, with `words` in its default language.

    `facts` are what `kit.yaml` says of that kind (`after`, `when`, `networks`, …). A step stands after the step
    `behind`, or else where its day puts it. Refused with the findings (`KitHasFaults`) when it does not fit the kit.
    """
    version, package = draft_of(version_id)
    package, key = with_entry(package, kind=kind, words=words, facts=facts, behind=behind)
    return rewritten(version, package, "kit.timeline_added", {"kind": kind, "key": key}, by=by, now=now)


def with_entry(
    package: KitPackage, *, kind: str, words: Mapping[str, str], facts: Mapping[str, Any], behind: str | None = None,
    files: Callable[[str], Mapping[str, bytes]] | None = None,
) -> tuple[KitPackage, str]:  # fmt: skip
    """Return the files of a kit with one more thing on its timeline, and the key that it was given.

    `files` gives files of its own for that key, in place of a mail with a headline, a text and a button.
    """
    kit = read_draft(package)
    require(kind if kind in NAMED else None)
    key = _free_key(kit, next((words[name] for name in NAMED[kind] if words.get(name)), kind))
    language = kit.manifest.default_language
    item = {"key": key, **({} if kind == "post" else {"kind": kind}), **_refs(kind, key, words)}
    again = _repeated(kit, facts) if kind == "email" else None
    if kind == "email":
        item["body"] = again.item.body if again is not None else f"mail/{key}.mjml"
    item |= {name: value for name, value in facts.items() if name not in FIXED and value not in (None, "", [])}
    package = with_files(
        package, {"kit.yaml": _with_entry(package, kit, kind, item, behind=behind, again=again).encode()}
    )
    package = with_files(package, with_words(package, language, _named(kind, key, words)))
    own = {} if again is not None else files(key) if files is not None else _mail_of(kind, key)
    package = with_files(package, own)
    return with_files(package, _standing_words(package, kit, kind, key)), key


def _repeated(kit: Kit, facts: Mapping[str, Any]) -> Any:
    """Return the mail that a mail with these facts is again, as it stands on the timeline."""
    first = facts.get("resend_of")
    mails = (entry for entry in outline(kit.manifest) if entry.kind == "email")
    return next((entry for entry in mails if entry.key == first), None) if first else None


def _free_key(kit: Kit, words: str) -> str:
    base = _SLUG.sub("-", words.lower()).strip("-")[:30].strip("-") or "piece"
    taken = {entry.key for entry in outline(kit.manifest)} | {tactic.key for tactic in kit.tactics} | {"end"}
    return next(key for key in chain((base,), (f"{base}-{n}" for n in range(2, 10_000))) if key not in taken)


def _text_key(kind: str, key: str, name: str) -> str:
    return f"{GROUPS.get(kind, 'activities')}.{key}.{name}"


def _named(kind: str, key: str, words: Mapping[str, str]) -> dict[str, str]:
    return {_text_key(kind, key, name): text for name, text in words.items()}


def _refs(kind: str, key: str, words: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"t": _text_key(kind, key, name)} for name in NAMED[kind] if words.get(name, "").strip()}


def _mail_of(kind: str, key: str) -> dict[str, bytes]:
    if kind != "email":
        return {}
    return {f"mail/{key}.mjml": (BLANK / "mail.mjml").read_text().replace(".KEY.", f".{key}.").encode()}


def _standing_words(package: KitPackage, kit: Kit, kind: str, key: str) -> dict[str, bytes]:
    """Return the words that stand in every mail, as far as this one says them and the kit has none of its own yet."""
    if kind not in _WHOLE:
        return {}
    source = package.files.get(f"mail/{key}.mjml", b"").decode()
    files: dict[str, bytes] = {}
    for language in kit.languages:
        ready = blank_words(language) or (blank_words("en") if language == kit.manifest.default_language else {})
        own = kit.texts.by_language.get(language, {})
        wanted = {one for one in ready if one == f"tactics.{_WHOLE[kind]}" or f"text.{one} " in source}
        standing = {one: ready[one] for one in wanted - own.keys()}
        files |= with_words(package, language, dict(sorted(standing.items()))) if standing else {}
    return files


def blank_words(language: str) -> dict[str, str]:
    """Return the words that every kit begins with, by key; none in a language that they are not written in."""
    path = BLANK / "texts" / f"{language}.yaml"
    if path.parent != BLANK / "texts" or not path.is_file():
        return {}
    texts = read_texts({f"texts/{language}.yaml": path.read_bytes()}, language, Findings())
    return {key: text.words for key, text in texts.by_language.get(language, {}).items()}


def _with_entry(
    package: KitPackage, kit: Kit, kind: str, item: dict[str, Any], *, behind: str | None, again: Entry | None
) -> str:
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    wanted = EmailSequence if kind in STEPS else SocialPosts if kind == "post" else None
    if wanted is None:
        return with_item(manifest, ("tactics",), item)
    number = next((n for n, tactic in enumerate(kit.tactics) if isinstance(tactic, wanted)), None)
    if again is not None:
        number = int(again.within[1])  # a mail comes again where it came first
    name, whole = ("steps", "mails") if wanted is EmailSequence else ("posts", "posts")
    if number is None:
        taken = {tactic.key for tactic in kit.tactics}
        key = next(one for one in (whole, f"{whole}-2", f"{whole}-3") if one not in taken)
        kind_of = "email_sequence" if name == "steps" else "social_posts"
        tactic = {"key": key, "kind": kind_of, "title": {"t": f"tactics.{whole}"}, name: [item]}
        return with_item(manifest, ("tactics",), tactic)
    at = _place(kit, number, item, behind) if name == "steps" else None
    return with_item(manifest, ("tactics", number, name), item, at)


def _place(kit: Kit, number: int, item: Mapping[str, Any], behind: str | None) -> int:
    steps = [entry for entry in outline(kit.manifest) if entry.within == ("tactics", number, "steps")]
    if behind is not None:
        return 1 + require(next((entry.index for entry in steps if entry.address == behind), None))
    after = item.get("after") or {}
    if "after" not in item or after.get("from", "launch") != "launch":
        return len(steps)
    due = timedelta(days=after.get("days", 0), hours=after.get("hours", 0))
    later = (entry.index for entry in steps if entry.anchor == "launch" and entry.offset > due)
    return next(later, len(steps))


def change_entry(
    *, version_id: int, address: str, words: Mapping[str, str], facts: Mapping[str, Any], by: Actor, now: datetime
) -> KitVersion:
    """Let something on the timeline have other words in the default language, another day or other facts.

    Names that are not given stay as they are; none takes a fact out, and so does nothing written in place of words
    that can be left out. A mail that is now another one again says what that one says. Refused with the findings
    (`KitHasFaults`).
    """
    version, package = draft_of(version_id)
    kit = read_draft(package)
    entry = _entry(kit, address)
    manifest, path = package.files["kit.yaml"].decode("utf-8-sig"), (*entry.within, entry.index)
    texts = {name: entry.texts.get(name) or _text_key(entry.kind, entry.key, name) for name in words}
    for name in NAMED.get(entry.kind, ()):
        if words.get(name, "").strip() and name not in entry.texts:
            manifest = with_value(manifest, path, name, {"t": texts[name]})
    left_out = {name for name in LEFT_OUT & words.keys() if not words[name].strip()}
    for name in left_out & entry.texts.keys():
        manifest = with_value(manifest, path, name, None)
    for name in facts.keys() - FIXED:
        manifest = with_value(manifest, path, name, facts[name])
    again, gone = (_repeated(kit, facts) if entry.kind == "email" else None), list[str]()
    if again is not None and again.item.body != getattr(entry.item, "body", ""):
        manifest, gone = with_value(manifest, path, "body", again.item.body), _own_files(kit, entry)
    changed = {texts[name]: text for name, text in words.items() if name not in left_out}
    files = {"kit.yaml": manifest.encode(), **with_words(package, kit.manifest.default_language, changed)}
    after = with_files(package, files, gone)
    after = without_unsaid_words(kit, after) if left_out or gone else after
    return rewritten(version, after, "kit.timeline_changed", {"address": address}, by=by, now=now)


def _entry(kit: Kit, address: str) -> Entry:
    return require(next((one for one in outline(kit.manifest) if one.address == address), None))


def move_entry(*, version_id: int, address: str, earlier: bool, by: Actor, now: datetime) -> KitVersion:
    """Let a step change places with the one before or after it; each takes the other's day."""
    version, package = draft_of(version_id)
    kit = read_draft(package)
    entry = _entry(kit, address)
    first = entry.index - 1 if earlier else entry.index
    if not entry.is_step or first < 0 or first + 1 >= entry.count:
        raise StaysPut(_("It is the first or the last already."))
    manifest = package.files["kit.yaml"].decode("utf-8-sig")
    pair = [one for one in outline(kit.manifest) if one.within == entry.within][first : first + 2]
    times = [getattr(one.item, "after", None) for one in pair]
    if all(times):
        for one, other in zip(pair, reversed(times), strict=True):
            manifest = with_value(manifest, (*one.within, one.index), "after", _timing(other))
    manifest = with_swapped(manifest, entry.within, first)
    return rewritten(
        version, with_files(package, {"kit.yaml": manifest.encode()}), "kit.timeline_moved",
        {"address": address, "earlier": earlier}, by=by, now=now,
    )  # fmt: skip


def _timing(after: Any) -> dict[str, Any]:
    values = {"days": after.days, "hours": after.hours, "at": after.at, "from": after.from_}
    left_out = {"hours": 0, "at": "", "from": "launch"}
    return {name: value for name, value in values.items() if left_out.get(name) != value}


def remove_entry(*, version_id: int, address: str, by: Actor, now: datetime) -> KitVersion:
    """Take something out of the kit, with its file and the words that nothing else says.

    Refused with the findings (`KitHasFaults`) while something else in the kit leads to it.
    """
    version, package = draft_of(version_id)
    kit = read_draft(package)
    entry = _entry(kit, address)
    within, index = (entry.within[:1], int(entry.within[1])) if _is_alone(entry) else (entry.within, entry.index)
    manifest = without_item(package.files["kit.yaml"].decode("utf-8-sig"), within, index)
    after = with_files(package, {"kit.yaml": manifest.encode()}, _own_files(kit, entry))
    after = without_unsaid_words(kit, after)
    return rewritten(version, after, "kit.timeline_removed", {"address": address}, by=by, now=now)


def _is_alone(entry: Entry) -> bool:
    """Whether the sequence or the group of posts would be left empty."""
    return len(entry.within) > 1 and entry.count == 1


def _own_files(kit: Kit, entry: Entry) -> list[str]:
    """Return the files that only this entry names."""
    names = {name for name in ("body", "design", "source") if hasattr(entry.item, name)}
    mine = {getattr(entry.item, name) for name in names}
    items = [*(step for _sequence, step in kit.manifest.steps()), *kit.tactics]
    others = {
        getattr(one, name, None)
        for one in items
        for name in ("body", "design", "source", "playbook")
        if one is not entry.item
    }
    return sorted(mine - others)
