"""Kits as zip files: read without trusting a byte of them, written always alike."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from campaigns.manifest.package import (
    MAX_BYTES,
    MAX_FILES,
    KitPackage,
    KitRefused,
    checked_path,
    is_left_by_system,
    make_package,
    read_folder,
    refuse_collisions,
    refuse_too_large,
)
from tcma.core.words import lazy_gettext as _

MAX_RATIO: Final = 100
_RATIO_COUNTS_FROM: Final = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT: Final = 65_535
_LOCAL_HEADER_BYTES: Final = 30
_MAX_DIRECTORY_BYTES: Final = 4 * MAX_FILES * 512
_ENCRYPTED: Final = 0x1
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)


def read_kit(source: Path | str | bytes) -> KitPackage:
    """The kit in a folder, in a zip file, or in the bytes of a zip; refused whole with the reason otherwise."""
    if isinstance(source, bytes):
        return read_zip(source)
    path = Path(source)
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise KitRefused(
            "no-folder",
            path.name,
            _("There is no kit “%(name)s”.", name=path.name),
            _("Give a kit's folder, or a zip of it."),
        )
    if path.stat().st_size > MAX_BYTES:
        raise _too_large()
    return read_zip(path.read_bytes())


def read_zip(data: bytes) -> KitPackage:
    """The kit in the bytes of a zip."""
    _refuse_large_directory(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            _refuse_hostile(entries)
            return make_package({entry.filename: _unpacked(archive, entry) for entry in entries})
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
        RuntimeError,
        struct.error,
    ) as error:
        raise _damaged() from error


def write_zip(package: KitPackage) -> bytes:
    """The one zip that this kit has: same files, same bytes.

    Entries are stored, not packed: packed bytes differ from one version of zlib to the next.
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in package.files.items():
            entry = zipfile.ZipInfo(f"{package.slug}/{path}", _FIRST_DAY)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _refuse_large_directory(data: bytes) -> None:
    """Refuse what the zip reader would have to list for minutes before it could be looked at."""
    if len(data) > MAX_BYTES:
        raise _too_large()
    at = _end_of_directory(data)
    if at < 0:
        raise KitRefused("not-zip", "", _("This is not a zip file."), _("Give a kit's folder, or a zip of it."))
    size_of_directory = _END.unpack_from(data, at)[5]
    if data[max(at - 20, 0) : at].startswith(b"PK\x06\x07") or size_of_directory > _MAX_DIRECTORY_BYTES:
        raise KitRefused(
            "count", "", _("The zip lists more than %(n)s files.", n=MAX_FILES), _("Zip the kit's folder alone.")
        )


def _end_of_directory(data: bytes) -> int:
    """Where the end record stands, looked for exactly as the zip reader does."""
    last = len(data) - _END.size
    if last < 0 or (data[last : last + 4] == b"PK\x05\x06" and data.endswith(b"\x00\x00")):
        return last
    at = data.rfind(b"PK\x05\x06", max(last - _LONGEST_COMMENT, 0))
    return at if at <= last else -1


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file of the kit; names are checked for folders and leftovers too."""
    name = entry.orig_filename
    if "\x00" in name or entry.filename != name or (name.rstrip("/") and ".." in name.split("/")):
        raise KitRefused(
            "path",
            name,
            _("The zip holds an entry with a name that points elsewhere."),
            _("Zip the kit's folder anew."),
        )
    if is_left_by_system(name):
        return False
    if not name.endswith("/"):
        return True
    checked_path(name.rstrip("/"))
    return False


def _refuse_hostile(entries: Sequence[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES:
        raise KitRefused(
            "count", "", _("The kit holds more than %(n)s files.", n=MAX_FILES), _("Leave out what is not used.")
        )
    for entry in entries:
        checked_path(entry.filename)
        _refuse_odd_kind(entry)
    refuse_collisions(entry.filename for entry in entries)
    refuse_too_large({entry.filename: entry.file_size for entry in entries})
    _refuse_overlap(entries)


def _refuse_odd_kind(entry: zipfile.ZipInfo) -> None:
    mode = entry.external_attr >> 16
    name = entry.filename
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise KitRefused(
            "link", name, _("“%(path)s” is a link or a device, not a file.", path=name), _("Put the file itself there.")
        )
    if entry.flag_bits & _ENCRYPTED:
        raise KitRefused(
            "encrypted", name, _("“%(path)s” is encrypted.", path=name), _("Zip the kit without a password.")
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise KitRefused(
            "packing",
            name,
            _("“%(path)s” is packed in an unusual way.", path=name),
            _("Zip the kit with the usual method (deflate)."),
        )
    if entry.file_size > _RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise KitRefused(
            "ratio",
            name,
            _("“%(path)s” grows more than %(n)s times when unpacked.", path=name, n=MAX_RATIO),
            _("Leave it out."),
        )


def _refuse_overlap(entries: Sequence[zipfile.ZipInfo]) -> None:
    end = -1
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise KitRefused(
                "overlap",
                entry.filename,
                _("Entries of the zip share the same bytes."),
                _("Zip the kit's folder anew."),
            )
        end = entry.header_offset + _LOCAL_HEADER_BYTES + len(entry.filename) + entry.compress_size


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        data = stream.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise _damaged()
    return data


def _damaged() -> KitRefused:
    return KitRefused("damaged", "", _("The zip is damaged."), _("Zip the kit's folder anew."))


def _too_large() -> KitRefused:
    return KitRefused(
        "kit-size",
        "",
        _("The kit is larger than %(n)s MB.", n=MAX_BYTES // 1024**2),
        _("Leave out artwork that is not used, or make it smaller."),
    )
