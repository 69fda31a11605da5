"""What changed between two versions of a kit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from campaigns.manifest.findings import Findings
from campaigns.manifest.package import KitPackage
from campaigns.manifest.texts import read_texts

_OF_WORDS = (".yaml", ".mjml", ".md", ".txt")


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that came, went or changed; `lines` is a unified diff where the file is one of words."""

    path: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text that came, went or changed in one language; nothing stands for what is not there."""

    language: str
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PackageDiff:
    """Everything that differs between two packages."""

    files: tuple[FileChange, ...]
    texts: tuple[TextChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.files)

    def as_dict(self) -> dict[str, list[dict[str, object]]]:
        """The difference as plain values, for JSON."""
        return {
            "files": [{"path": one.path, "kind": one.kind, "lines": list(one.lines)} for one in self.files],
            "texts": [
                {"language": one.language, "key": one.key, "before": one.before, "after": one.after}
                for one in self.texts
            ],
        }


def diff(old: KitPackage, new: KitPackage) -> PackageDiff:
    """What one has to do to `old` to get `new`, file by file and text by text."""
    return PackageDiff(tuple(_files(old.files, new.files)), tuple(_texts(old, new)))


def _files(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[FileChange]:
    for path in sorted(old.keys() | new.keys()):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        lines = tuple(_lines(path, before or b"", after or b"")) if path.endswith(_OF_WORDS) else ()
        yield FileChange(path, "added" if before is None else "removed" if after is None else "changed", lines)


def _lines(path: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = (data.decode("utf-8", "replace").splitlines() for data in (before, after))
    return unified_diff(old, new, f"old/{path}", f"new/{path}", lineterm="")


def _texts(old: KitPackage, new: KitPackage) -> Iterator[TextChange]:
    before, after = words_of(old), words_of(new)
    for language, key in sorted(before.keys() | after.keys()):
        was, now = before.get((language, key)), after.get((language, key))
        if was != now:
            yield TextChange(language, key, was, now)


def words_of(package: KitPackage) -> dict[tuple[str, str], str]:
    """Every text of a package by language and key."""
    texts = read_texts(package.under("texts"), "", Findings())
    return {
        (language, key): text.words
        for language, of_language in texts.by_language.items()
        for key, text in of_language.items()
    }
