"""How much an organisation may bring along."""

from io import BytesIO

import pytest

from tcma.core import uploads
from tcma.core.storage import open_store
from tcma.core.uploads import KITS, MB, NoRoomLeft, Uploads


def test_an_organisation_keeps_what_its_quota_holds_and_is_told_the_figures_when_it_is_full() -> None:
    kept = Uploads(open_store("memory://"), quota=3 * MB)
    kept.keep(1, b"a" * MB)
    kept.keep(1, b"b" * MB, folder=KITS)

    with pytest.raises(NoRoomLeft, match=r"keeps 2\.0 MB, this is 1\.5 MB, and 3\.0 MB are allowed"):
        kept.keep(1, b"c" * (MB + MB // 2))

    assert sum(ref.size for ref in kept.store.listed()) == 2 * MB


def test_an_open_file_counts_too() -> None:
    kept = Uploads(open_store("memory://"), quota=MB)

    assert kept.keep_file(1, BytesIO(b"a" * 600_000)).size == 600_000
    with pytest.raises(NoRoomLeft):
        kept.keep_file(1, BytesIO(b"b" * 600_000))


def test_one_organisations_files_take_no_room_from_another() -> None:
    kept = Uploads(open_store("memory://"), quota=MB)
    kept.keep(1, b"a" * MB)

    assert kept.keep(11, b"b" * MB).path.startswith("org-11/")


def test_the_same_bytes_count_once_and_what_is_drawn_from_them_not_at_all() -> None:
    kept = Uploads(open_store("memory://"), quota=MB)
    kept.store.put("org-1/renditions", b"drawn" * MB)

    assert kept.keep(1, b"a" * MB) == kept.keep(1, b"a" * MB)


def test_what_was_let_go_is_room_again() -> None:
    kept = Uploads(open_store("memory://"), quota=MB)
    kept.store.delete(kept.keep(1, b"a" * MB).path)

    assert kept.keep(1, b"b" * MB).size == MB


def test_what_another_process_took_in_is_seen_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "COUNTED_AGAIN_AFTER", MB)
    mine, theirs = (Uploads(store, quota=10 * MB) for store in [open_store("memory://")] * 2)
    mine.keep(1, b"a")
    theirs.keep(1, b"b" * 8 * MB)

    mine.keep(1, b"c" * (MB + 1))
    with pytest.raises(NoRoomLeft):
        mine.keep(1, b"d" * MB)


def test_an_operator_may_set_no_bound() -> None:
    assert Uploads(open_store("memory://"), quota=0).keep(1, b"a" * MB).size == MB
