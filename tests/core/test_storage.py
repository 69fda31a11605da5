"""Blobs: one per tenant and content, never overwritten, never outside the store."""

import os
import threading
from pathlib import Path

import pytest

from tcma.core.storage import (
    BlobDamaged,
    BlobMissing,
    BlobRef,
    BlobStore,
    OddAddress,
    OddPath,
    open_store,
)


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return open_store(f"file://{tmp_path}/blobs" if request.param == "file" else "memory://")


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_was_put_can_be_got(store: BlobStore) -> None:
    ref = store.put("vendor-7", b"a logo")

    assert store.get(ref.path) == b"a logo"
    assert (ref.size, ref.path) == (6, f"vendor-7/{ref.sha256[:2]}/{ref.sha256}")
    assert store.exists(ref.path)


def test_the_same_bytes_are_one_blob_per_tenant(store: BlobStore) -> None:
    first = store.put("vendor-7", b"a logo")

    again, other = store.put("vendor-7", b"a logo"), store.put("partner-9", b"a logo")

    assert again == first
    assert other.path != first.path
    assert list(store.listed("vendor-7")) == [first]
    assert {ref.path for ref in store.listed()} == {first.path, other.path}


def test_the_empty_file_is_a_file(store: BlobStore) -> None:
    assert store.get(store.put("vendor-7", b"").path) == b""


def test_a_deleted_blob_is_missing_and_may_be_deleted_again(store: BlobStore) -> None:
    ref = store.put("vendor-7", b"a logo")

    store.delete(ref.path)
    store.delete(ref.path)

    assert not store.exists(ref.path)
    with pytest.raises(BlobMissing):
        store.get(ref.path)


HASH = "a" * 64
ODD_PATHS = [
    f"../aa/{HASH}",
    f"vendor-7/../../aa/{HASH}",
    f"/vendor-7/aa/{HASH}",
    f"vendor-7//aa/{HASH}",
    f"vendor-7/bb/{HASH}",
    f"vendor-7/aa/{HASH}/../../../etc/passwd",
    f"vendor-7/aa/{HASH}\n",
    f"vendor-7/aa/{HASH}\0.png",
    f"vendor-7/aa/{HASH.upper()}",
    f"vendor-7%2f..%2f/aa/{HASH}",
    f"vendor-7\\..\\/aa/{HASH}",
    "vendor-7",
    "",
]


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_path_that_was_not_given_out_is_refused(store: BlobStore, path: str) -> None:
    for ask in (store.get, store.exists, store.delete):
        with pytest.raises(OddPath):
            ask(path)


@pytest.mark.parametrize("prefix", ["..", "../vendor", "a/../b", "/abs", "a//b", "", ".hidden", "a b", "ä", "a\0", "A"])
def test_a_tenant_prefix_that_climbs_is_refused(tmp_path: Path, prefix: str) -> None:
    store = open_store(f"file://{tmp_path}/blobs")

    with pytest.raises(OddPath):
        store.put(prefix, b"x")

    assert files_below(tmp_path) == []


def test_a_blob_is_never_overwritten(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    ref = store.put("vendor-7", b"a logo")
    before = (tmp_path / "blobs" / ref.path).stat().st_mtime_ns

    store.put("vendor-7", b"a logo")

    assert (tmp_path / "blobs" / ref.path).stat().st_mtime_ns == before


def test_damage_on_the_disk_is_noticed(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    ref = store.put("vendor-7", b"a logo")
    (tmp_path / "blobs" / ref.path).write_bytes(b"another logo")

    with pytest.raises(BlobDamaged):
        store.get(ref.path)


def test_many_threads_that_put_the_same_bytes_leave_one_blob(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    refs: list[BlobRef] = []
    threads = [threading.Thread(target=lambda: refs.append(store.put("vendor-7", b"x" * 10**6))) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refs) == 16
    assert files_below(tmp_path / "blobs") == [refs[0].path]


def test_files_of_others_in_the_folder_are_not_listed(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    ref = store.put("vendor-7", b"a logo")
    (tmp_path / "blobs" / "README").write_text("mine")

    assert list(store.listed()) == [ref]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file://",
        "file:///",
        "file://host/x",
        "file:///a/../../etc",
        "/plain",
        "http://x/y",
        "s3://",
        "s3://b?odd=1",
    ],
)
def test_an_address_that_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(OddAddress):
        open_store(url)


def test_a_bucket_opens_without_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unused")

    opened = open_store("s3://key:se%2Fcret@tcma-files/blobs?endpoint=http://127.0.0.1:9000&region=eu-central-1")

    assert "cret" not in repr(opened)


def test_a_store_that_was_used_before_a_fork_says_so_instead_of_waiting(tmp_path: Path) -> None:
    store = open_store(f"file://{tmp_path}/blobs")
    store.put("vendor-7", b"a logo")

    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        try:
            store.put("vendor-7", b"another")
        except RuntimeError:
            os._exit(7)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
