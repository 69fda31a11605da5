"""Folders and zips: taken in whole or not at all, written always alike."""

import os
import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.manifest import KitRefused, diff, make_package, read_kit, write_folder, write_zip
from tests.campaigns.example_kit import changed, kit_files

MANIFEST = b"format: 1\nslug: spring-offer\n"


def zipped(entries: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of entries as given, whatever their names."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def refused(data: bytes | Path) -> str:
    """The code of the reason why a kit is not taken in."""
    with pytest.raises(KitRefused) as refusal:
        read_kit(data)
    assert refusal.value.message
    assert refusal.value.finding.mend
    return refusal.value.finding.code


def test_what_is_exported_is_imported_byte_for_byte_and_exported_alike() -> None:
    package = make_package(kit_files())

    archive = write_zip(package)

    assert dict(read_kit(archive).files) == kit_files()
    assert write_zip(read_kit(archive)) == archive


def test_a_folder_and_a_zip_of_it_are_the_same_kit(tmp_path: Path) -> None:
    package = make_package(kit_files())
    write_folder(package, tmp_path / "kit")
    zipped_by_hand = zipped([(f"some-name/{path}", data) for path, data in reversed(kit_files().items())])

    assert read_kit(tmp_path / "kit") == package
    assert read_kit(zipped_by_hand).digest == package.digest
    assert write_zip(read_kit(tmp_path / "kit")) == write_zip(read_kit(zipped_by_hand))


NAMES = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z]{1,4})?", fullmatch=True)
PATHS = st.builds("/".join, st.lists(NAMES, min_size=1, max_size=3))


@settings(deadline=None)
@given(st.dictionaries(PATHS, st.binary(max_size=200), max_size=12))
def test_every_kit_that_is_taken_in_has_one_zip(files: dict[str, bytes]) -> None:
    try:
        package = read_kit(zipped([("kit.yaml", MANIFEST), *files.items()]))
    except KitRefused:
        return

    archive = write_zip(package)

    assert write_zip(read_kit(archive)) == archive
    assert dict(read_kit(archive).files) == dict(package.files)
    assert dict(package.files) == {"kit.yaml": MANIFEST} | files


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_zip_is_refused_or_read_and_never_a_traceback(at: int, new: bytes) -> None:
    archive = write_zip(make_package(kit_files()))
    at %= len(archive)

    try:
        package = read_kit(archive[:at] + new + archive[at + len(new) :])
    except KitRefused:
        return

    assert package.files["kit.yaml"] is not None


@given(st.binary(max_size=200))
def test_bytes_that_are_no_zip_are_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "a/../../evil.txt",
        "/etc/passwd",
        "\\evil.txt",
        "a\\..\\..\\evil.txt",
        "C:/evil.txt",
        "C:evil.txt",
        "a//b.txt",
        "./kit.txt",
        "artwork/..",
        "artwork/con.png",
        "artwork/a\nb.png",
        "artwork/a b.png",
        "artwork/ä.png",
        "artwork/a.png.",
        "a/b/c/d/e/f.png",
        "artwork/" + "x" * 200,
        "artwork/\u202egnp.exe",
        "artwork/../",
        "/",
    ],
)
def test_an_entry_that_points_elsewhere_or_cannot_be_a_name_is_refused(name: str) -> None:
    assert refused(zipped([("kit.yaml", MANIFEST), (name, b"x")])) == "path"


def test_a_name_that_goes_on_after_a_null_is_refused() -> None:
    archive = zipped([("kit.yaml", MANIFEST), ("artwork/a.pngX", b"x")])

    assert refused(archive.replace(b"a.pngX", b"a.png\x00")) == "path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(kind: int) -> None:
    entry = zipfile.ZipInfo("artwork/link.png")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16

    assert refused(zipped([("kit.yaml", MANIFEST), (entry, b"/etc/passwd")])) == "link"


@pytest.mark.parametrize("second", ["kit.yaml", "KIT.yaml", "Kit.YAML"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused_whatever_their_capitals(second: str) -> None:
    assert refused(zipped([("kit.yaml", MANIFEST), (second, b"x")])) == "duplicate"


def test_a_file_that_is_also_a_folder_is_refused() -> None:
    assert refused(zipped([("kit.yaml", MANIFEST), ("artwork", b"x"), ("artwork/a.png", b"x")])) == "duplicate"


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04rest", b"\x1f\x8brest", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh9", b"\x00" * 257 + b"ustar"],
)
def test_an_archive_in_the_kit_is_refused(data: bytes) -> None:
    assert refused(zipped([("kit.yaml", MANIFEST), ("artwork/a.png", data)])) == "nested-archive"


def test_an_entry_that_grows_a_hundredfold_is_refused() -> None:
    assert refused(zipped([("kit.yaml", MANIFEST), ("artwork/a.png", b"\x00" * 2_000_000)])) == "ratio"


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    data = os.urandom(1000)
    archive = zipped([("kit.yaml", MANIFEST), ("artwork/a.png", data)], zipfile.ZIP_DEFLATED)

    assert refused(archive.replace(struct.pack("<L", 1000), struct.pack("<L", 10))) == "damaged"


def test_a_huge_entry_is_refused_before_it_is_unpacked() -> None:
    data = b"a" * 1000
    archive = zipped([("kit.yaml", MANIFEST), ("artwork/a.png", data)], zipfile.ZIP_STORED)

    assert refused(archive.replace(struct.pack("<L", 1000), struct.pack("<L", 2**31))) == "file-size"


def test_too_many_entries_are_refused() -> None:
    many: list[tuple[str | zipfile.ZipInfo, bytes]] = [(f"artwork/{n}.png", b"") for n in range(600)]

    assert refused(zipped([("kit.yaml", MANIFEST), *many])) == "count"


def test_a_directory_of_a_million_entries_is_refused_at_once() -> None:
    archive = bytearray(zipped([("kit.yaml", MANIFEST)]))
    end = archive.rfind(b"PK\x05\x06")
    struct.pack_into("<L", archive, end + 12, 50_000_000)

    assert refused(bytes(archive)) == "count"


def test_entries_that_share_their_bytes_are_refused() -> None:
    archive = bytearray(zipped([("kit.yaml", MANIFEST), ("artwork/a.png", b"x"), ("artwork/b.png", b"x")]))
    second = archive.find(b"PK\x01\x02", archive.find(b"PK\x01\x02") + 4)
    third = archive.find(b"PK\x01\x02", second + 4)
    archive[third + 42 : third + 46] = archive[second + 42 : second + 46]

    assert refused(bytes(archive)) == "overlap"


def test_an_encrypted_entry_is_refused() -> None:
    archive = bytearray(zipped([("kit.yaml", MANIFEST)]))
    archive[archive.find(b"PK\x01\x02") + 8] |= 1

    assert refused(bytes(archive)) == "encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(method: int) -> None:
    assert refused(zipped([("kit.yaml", MANIFEST)], method)) == "packing"


def test_a_kit_without_a_manifest_is_refused() -> None:
    assert refused(zipped([("texts/en.yaml", b"a: b")])) == "no-manifest"


def test_what_operating_systems_leave_behind_is_passed_over() -> None:
    leftovers: list[tuple[str | zipfile.ZipInfo, bytes]] = [
        ("__MACOSX/._kit.yaml", b"x"),
        ("kit/.DS_Store", b"x"),
        ("kit/.git/config", b"x"),
        ("kit/Thumbs.db", b"x"),
        ("kit/artwork/", b""),
    ]

    assert set(read_kit(zipped([("kit/kit.yaml", MANIFEST), *leftovers])).files) == {"kit.yaml"}


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    write_folder(make_package(kit_files()), tmp_path / "kit")
    (tmp_path / "kit" / "artwork" / "link.png").symlink_to("/etc/passwd")

    assert refused(tmp_path / "kit") == "link"


def test_a_link_to_a_folder_in_a_folder_is_refused(tmp_path: Path) -> None:
    write_folder(make_package(kit_files()), tmp_path / "kit")
    (tmp_path / "kit" / "more").symlink_to("/etc")

    assert refused(tmp_path / "kit") == "link"


def test_a_pipe_in_a_folder_is_refused(tmp_path: Path) -> None:
    write_folder(make_package(kit_files()), tmp_path / "kit")
    os.mkfifo(tmp_path / "kit" / "artwork" / "pipe.png")

    assert refused(tmp_path / "kit") == "link"


def test_a_huge_file_in_a_folder_is_refused_unread(tmp_path: Path) -> None:
    write_folder(make_package(kit_files()), tmp_path / "kit")
    with (tmp_path / "kit" / "artwork" / "huge.png").open("wb") as file:
        file.truncate(10**12)

    assert refused(tmp_path / "kit") == "file-size"


def test_nothing_is_written_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(KitRefused):
        write_folder(make_package(kit_files()), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_difference_names_files_and_texts() -> None:
    old, new = make_package(kit_files()), changed("texts/en.yaml", "Thank you", "Thanks a lot")
    more = make_package({**new.files, "artwork/more.png": b"x"})

    difference = diff(old, more)

    assert [(one.path, one.kind) for one in difference.files] == [
        ("artwork/more.png", "added"),
        ("texts/en.yaml", "changed"),
    ]
    assert "+  thanks: Thanks a lot" in difference.files[1].lines
    assert [(one.language, one.key, one.before, one.after) for one in difference.texts] == [
        ("en", "form.thanks", "Thank you", "Thanks a lot")
    ]
    assert not diff(old, old)
