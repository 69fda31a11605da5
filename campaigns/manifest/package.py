"""A kit as files in memory: read from a folder or a zip, whole or not at all.

Nothing is written to disk while reading. Every limit is checked against what the archive says before a byte is
unpacked, and again against what comes out.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from re import compile as compile_pattern
from types import MappingProxyType
from typing import Final

from campaigns.manifest.document import MapNode, ScalarNode, read_yaml
from campaigns.manifest.findings import Finding, Findings, Place, Severity
from tcma.core.errors import DomainError
from tcma.core.words import lazy_gettext as _

MAX_FILES: Final = 500
MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_BYTES: Final = 100 * 1024 * 1024
MAX_DEPTH: Final = 5

_PART = compile_pattern(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_LEFT_BY_SYSTEMS = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)
_TAR_AT: Final = 257
_SLUG = compile_pattern(r"[a-z0-9][a-z0-9_-]{0,59}")


class KitRefused(DomainError):
    """The folder or archive is not taken in at all; `finding` says which entry is the reason."""

    def __init__(self, code: str, file: str, message: object, mend: object) -> None:
        self.finding = Finding(Severity.ERROR, code, Place(_shown(file) or "."), message, mend)
        super().__init__(_("%(message)s %(mend)s", message=message, mend=mend))


@dataclass(frozen=True)
class KitPackage:
    """The files of a kit by their paths in it, in the order of their names."""

    files: Mapping[str, bytes]

    def __post_init__(self) -> None:
        """Hold the files in one order, so that the same kit is always the same."""
        object.__setattr__(self, "files", MappingProxyType(dict(sorted(self.files.items()))))

    @cached_property
    def digest(self) -> str:
        """A fingerprint of every name and every byte."""
        whole = sha256()
        for path, data in self.files.items():
            whole.update(f"{len(path)}:{path}:{len(data)}:".encode())
            whole.update(data)
        return whole.hexdigest()

    @cached_property
    def slug(self) -> str:
        """The kit's own name as its manifest gives it, or `kit` where that cannot be read."""
        node = read_yaml(self.files.get("kit.yaml", b""), "kit.yaml", Findings())
        slug = node.entries.get("slug") if isinstance(node, MapNode) else None
        value = slug.value if isinstance(slug, ScalarNode) else None
        return value if isinstance(value, str) and _SLUG.fullmatch(value) else "kit"

    def under(self, folder: str) -> Mapping[str, bytes]:
        """The files of one folder of the kit, such as `texts`."""
        return {path: data for path, data in self.files.items() if path.startswith(f"{folder}/")}


def read_folder(folder: Path) -> KitPackage:
    """The kit in a folder; links and anything that is not a plain file are refused."""
    found = sorted(_plain_files(folder))
    _refuse_too_many(len(found))
    sizes = {path: (folder / path).stat().st_size for path in found}
    for path in sizes:
        checked_path(path)
    refuse_too_large(sizes)
    refuse_collisions(sizes)
    return make_package({path: (folder / path).read_bytes() for path in found})


def write_folder(package: KitPackage, folder: Path) -> None:
    """Put the kit's files into `folder`, which must be new or empty."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise KitRefused(
            "folder",
            folder.name,
            _("“%(name)s” is already there and not empty.", name=folder.name),
            _("Name a new folder."),
        )
    for path, data in package.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def make_package(files: Mapping[str, bytes]) -> KitPackage:
    """A package of `files` whose names were checked; a single folder around the kit is taken off."""
    inner = dict(files)
    tops = {path.partition("/")[0] for path in inner}
    if "kit.yaml" not in inner and len(tops) == 1:
        inner = {path.partition("/")[2]: data for path, data in inner.items() if "/" in path}
    if "kit.yaml" not in inner:
        raise KitRefused(
            "no-manifest",
            "kit.yaml",
            _("There is no kit.yaml."),
            _("Give the folder that holds kit.yaml, or a zip of it."),
        )
    for path, data in inner.items():
        _refuse_archive(path, data)
    return KitPackage(inner)


def is_left_by_system(path: str) -> bool:
    """Whether a file is what operating systems and git leave behind; such files are passed over."""
    parts = path.rstrip("/").split("/")
    return any(part.casefold() in _LEFT_BY_SYSTEMS or (part.startswith(".") and part.strip(".")) for part in parts)


def checked_path(path: str) -> str:
    """The path of an entry, if it is a plain one inside the kit."""
    if "\\" in path or path.startswith("/") or ":" in path or ".." in path.split("/"):
        raise KitRefused(
            "path",
            path,
            _("“%(path)s” points outside of the kit.", path=_shown(path)),
            _("Zip the folder itself, with paths relative to it."),
        )
    parts = path.split("/")
    if len(parts) > MAX_DEPTH:
        raise KitRefused(
            "path",
            path,
            _("“%(path)s” lies too deep.", path=_shown(path)),
            _("Use the folders of the kit format only."),
        )
    for part in parts:
        if not _PART.fullmatch(part) or part.endswith(".") or part.partition(".")[0].casefold() in _RESERVED:
            raise KitRefused(
                "path",
                path,
                _("“%(path)s” is not a name that every system can hold.", path=_shown(path)),
                _("Use the letters a to z, digits, hyphens, underscores and dots."),
            )
    return path


def refuse_collisions(paths: Iterable[str]) -> None:
    """Refuse two entries that would be one file on some system, and a file that is also a folder."""
    files: dict[str, str] = {}
    folders: set[str] = set()
    for path in paths:
        folded = path.casefold()
        if folded in files:
            raise KitRefused(
                "duplicate",
                path,
                _("“%(path)s” is there twice (as “%(other)s” too).", path=_shown(path), other=_shown(files[folded])),
                _("Keep one of them; names that differ only in capitals count as the same."),
            )
        files[folded] = path
        parts = folded.split("/")
        folders.update("/".join(parts[:n]) for n in range(1, len(parts)))
    for both in folders & files.keys():
        raise KitRefused(
            "duplicate",
            files[both],
            _("“%(path)s” is a file and a folder.", path=_shown(files[both])),
            _("Rename one of them."),
        )


def refuse_too_large(sizes: Mapping[str, int]) -> None:
    """Refuse files that are too many, too large, or too large together."""
    _refuse_too_many(len(sizes))
    for path, size in sizes.items():
        if size > MAX_FILE_BYTES:
            raise KitRefused(
                "file-size",
                path,
                _("“%(path)s” is larger than %(n)s MB.", path=_shown(path), n=MAX_FILE_BYTES // 1024**2),
                _("Make it smaller."),
            )
    if sum(sizes.values()) > MAX_BYTES:
        raise KitRefused(
            "kit-size",
            "",
            _("The kit is larger than %(n)s MB.", n=MAX_BYTES // 1024**2),
            _("Leave out artwork that is not used, or make it smaller."),
        )


def _refuse_too_many(count: int) -> None:
    if count > MAX_FILES:
        raise KitRefused(
            "count", "", _("The kit holds more than %(n)s files.", n=MAX_FILES), _("Leave out what is not used.")
        )


def _refuse_archive(path: str, data: bytes) -> None:
    if data.startswith(_ARCHIVES) or data[_TAR_AT : _TAR_AT + 5] == b"ustar":
        raise KitRefused(
            "nested-archive",
            path,
            _("“%(path)s” is an archive inside the kit.", path=_shown(path)),
            _("Unpack it, or leave it out."),
        )


def _plain_files(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        raise KitRefused(
            "no-folder",
            folder.name,
            _("There is no folder “%(name)s”.", name=folder.name),
            _("Give a kit's folder, or a zip of it."),
        )
    seen = 0
    for here, folders, names in os.walk(folder):
        relative = Path(here).relative_to(folder)
        folders[:] = [name for name in folders if not is_left_by_system(name)]
        for name in (*folders, *(one for one in names if not is_left_by_system(one))):
            path = (relative / name).as_posix()
            mode = (folder / path).lstat().st_mode
            if stat.S_ISREG(mode):
                yield path
            elif not stat.S_ISDIR(mode):
                raise KitRefused(
                    "link",
                    path,
                    _("“%(path)s” is a link or a device, not a file.", path=_shown(path)),
                    _("Put the file itself there."),
                )
            seen += 1
            _refuse_too_many(seen // 2)


def _shown(path: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in path[:120])
