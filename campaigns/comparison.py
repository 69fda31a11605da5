"""Two versions of a kit beside one another: what came, went and changed, as a marketer would say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaigns.content import Content
from campaigns.manifest import PackageDiff, diff
from campaigns.manifest.outline import Entry, outline
from campaigns.manifest.uses import text_uses


@dataclass(frozen=True, slots=True)
class Pair:
    """Something in both versions; one of the two is missing where it came or went."""

    key: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs. `pieces` and `mails` are keys of what looks or reads differently in one language."""

    diff: PackageDiff
    timeline: tuple[Pair, ...]
    pieces: tuple[str, ...]
    mails: tuple[str, ...]
    page: bool

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.diff)


def compared(old: Content, new: Content, *, language: str) -> Comparison:
    """Return what differs between two versions, as a reader of `language` sees them."""
    found = diff(old.package, new.package)
    touched = _Touched(old, new, found, language)
    designs = {key: tactic.design for one in (old, new) for key, tactic in one.kit.manifest.collateral().items()}
    bodies = {step.key: (step.body, step.subject.t, step.preheader.t) for one in (old, new) for step in one.mails}
    pages = {tactic.source for one in (old, new) for tactic in one.kit.tactics if tactic.kind == "landing_page"}
    return Comparison(
        diff=found,
        timeline=tuple(_pairs(old, new)),
        pieces=tuple(key for key, path in designs.items() if touched.file(path)),
        mails=tuple(key for key, (path, *keys) in bodies.items() if touched.file(path) or touched.texts & {*keys}),
        page=any(touched.file(path) for path in pages),
    )


class _Touched:
    """Which files show something else: they changed themselves, or a word or a picture in them did."""

    def __init__(self, old: Content, new: Content, found: PackageDiff, language: str) -> None:
        before, after = old.texts(language), new.texts(language)
        self.texts = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        self.paths = {one.path for one in found.files}
        self.sources: Mapping[str, bytes] = {**old.package.files, **new.package.files}
        self.said: dict[str, set[str]] = {}
        for content in (old, new):
            for use in text_uses(content.kit):
                self.said.setdefault(use.place.file, set()).add(use.key)

    def file(self, path: str) -> bool:
        """Whether what a file makes looks different."""
        named = (one.encode() in self.sources.get(path, b"") for one in self.paths if one.startswith("artwork/"))
        return path in self.paths or bool(self.said.get(path, set()) & self.texts) or any(named)


def _pairs(old: Content, new: Content) -> Iterator[Pair]:
    before, after = (_entries(content) for content in (old, new))
    for key in dict.fromkeys((*after, *before)):
        one, other = before.get(key), after.get(key)
        if one is None or other is None or _facts(one) != _facts(other):
            yield Pair(key, one, other)


def _entries(content: Content) -> dict[str, Entry]:
    return {entry.address: entry for entry in outline(content.kit.manifest)}


def _facts(entry: Entry) -> tuple[object, ...]:
    """What is said of it beside its words; where it stands in the file does not count."""
    return (entry.anchor, entry.offset, entry.at, entry.item)


def shown_lines(found: PackageDiff) -> list[tuple[str, str, str]]:
    """Return the files that differ: path, what happened, and the lines of a unified diff."""
    return [(one.path, one.kind, "\n".join(one.lines)) for one in found.files]
