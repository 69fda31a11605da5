"""The journal keeps what was appended, through kills and torn writes, and hands it over exactly once."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcma.core.journal import (
    Hit,
    Journal,
    Outcome,
    Queue,
    Record,
    SendBegin,
    SendEnd,
    read_batches,
    remove_segment,
    segments,
)
from tcma.core.journal.records import packed
from tcma.core.journal.segments import _framed, _parse

NOON = datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC)
NUMBERS = st.integers(0, 2**63 - 1)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone given
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=160)
BEGINS = st.builds(SendBegin, MOMENTS, st.sampled_from(Queue), NUMBERS, NUMBERS, NUMBERS, NUMBERS, KEYS)
ENDS = st.builds(
    SendEnd, MOMENTS, st.sampled_from(Queue), NUMBERS, NUMBERS, st.sampled_from(Outcome), st.integers(0, 999), WORDS
)
HITS = st.builds(
    Hit,
    MOMENTS,
    st.integers(1, 20),
    NUMBERS,
    NUMBERS,
    st.integers(0, 9999),
    st.sampled_from(["GET", "HEAD"]),
    WORDS,
    st.binary(min_size=8, max_size=8),
)
RECORDS = st.lists(BEGINS | ENDS | HITS, max_size=30)


def begin(number: int) -> SendBegin:
    return SendBegin(NOON, Queue.DELIVERY, number, 1)


def take_all(folder: Path, positions: dict[str, int], limit: int = 1000) -> list[Record]:
    """Take batches as an ingesting caller does: move each position from `start` to `end`."""
    taken: list[Record] = []
    for batch in read_batches(folder, positions, limit=limit):
        assert positions.get(batch.segment, 0) == batch.start
        positions[batch.segment] = batch.end
        taken.extend(batch.records)
    return taken


@given(RECORDS, st.integers(1, 7))
def test_what_is_appended_is_read_back_in_order_and_once(records: list[Record], limit: int) -> None:
    data = b"".join(_framed(packed(record)) for record in records)

    taken: list[Record] = []
    offset = 0
    while offset < len(data):
        batch, offset, damage = _parse(data, offset, limit, has_ended=True)
        taken.extend(batch)
        assert damage == 0

    assert taken == records


@given(RECORDS, st.data())
def test_a_torn_tail_hides_only_the_record_that_was_torn(records: list[Record], data: st.DataObject) -> None:
    frames = [_framed(packed(record)) for record in records]
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole)))
    lengths = [sum(len(frame) for frame in frames[: n + 1]) for n in range(len(frames))]

    taken, _, damage = _parse(whole[:cut], 0, 1000, has_ended=True)

    assert taken == records[: sum(1 for length in lengths if length <= cut)]
    assert damage == 0


@given(RECORDS.filter(lambda records: len(records) > 1), st.data())
def test_a_flipped_byte_costs_one_record_and_is_reported(records: list[Record], data: st.DataObject) -> None:
    frames = [_framed(packed(record)) for record in records]
    victim = data.draw(st.integers(0, len(frames) - 2))
    position = data.draw(st.integers(0, len(frames[victim]) - 1))
    broken = bytearray(frames[victim])
    broken[position] ^= data.draw(st.integers(1, 255))

    taken, _, damage = _parse(
        b"".join([*frames[:victim], bytes(broken), *frames[victim + 1 :]]), 0, 1000, has_ended=True
    )

    assert taken == records[:victim] + records[victim + 1 :]
    assert damage == len(broken)


@settings(max_examples=200)
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    taken, end, _ = _parse(data, 0, 1000, has_ended=True)

    assert taken == []
    assert end == len(data)


def test_an_open_segment_is_read_while_it_grows(tmp_path: Path) -> None:
    positions: dict[str, int] = {}
    with Journal(tmp_path) as journal:
        journal.append(begin(1), begin(2))
        assert take_all(tmp_path, positions) == [begin(1), begin(2)]
        assert take_all(tmp_path, positions) == []
        journal.append(begin(3))

    assert take_all(tmp_path, positions) == [begin(3)]


def test_a_batch_that_was_not_taken_comes_again(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(begin(1))

    first = next(read_batches(tmp_path, {}))
    again = next(read_batches(tmp_path, {}))

    assert first == again


def test_positions_from_an_older_backup_bring_the_outcomes_back(tmp_path: Path) -> None:
    positions: dict[str, int] = {}
    with Journal(tmp_path) as journal:
        journal.append(begin(1))
        take_all(tmp_path, positions)
        backup = dict(positions)
        journal.append(begin(2))
        take_all(tmp_path, positions)

    assert take_all(tmp_path, backup) == [begin(2)]


def test_a_segment_is_complete_only_when_its_writer_has_ended(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(begin(1))
    assert [batch.is_last for batch in read_batches(tmp_path, {})] == [False]

    journal.close()

    assert [batch.is_last for batch in read_batches(tmp_path, {})] == [True]
    (name,) = segments(tmp_path)
    assert [batch.is_last for batch in read_batches(tmp_path, {name: (tmp_path / name).stat().st_size})] == [True]


def test_a_full_segment_is_followed_by_another(tmp_path: Path) -> None:
    with Journal(tmp_path, segment_bytes=100) as journal:
        for number in range(20):
            journal.append(begin(number))

    assert len(segments(tmp_path)) > 3
    assert take_all(tmp_path, {}) == [begin(number) for number in range(20)]


def test_a_cut_write_is_repeated_whole_in_a_new_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.append(begin(1))
    real_write = os.write
    cuts = [5]
    monkeypatch.setattr(
        os, "write", lambda to, data: real_write(to, data[: cuts.pop()]) if cuts else real_write(to, data)
    )

    journal.append(begin(2), begin(3))
    journal.append(begin(4))
    journal.close()

    assert take_all(tmp_path, {}) == [begin(1), begin(2), begin(3), begin(4)]


def test_threads_share_a_segment_without_mixing_records(tmp_path: Path) -> None:
    with Journal(tmp_path, segment_bytes=2000) as journal:

        def write_pairs(base: int) -> None:
            for number in range(base, base + 100):
                journal.append(begin(number), begin(number))

        threads = [Thread(target=write_pairs, args=(base,)) for base in (0, 1000, 2000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    taken = [record.row_id for record in take_all(tmp_path, {}) if isinstance(record, SendBegin)]
    assert len(taken) == 600
    assert all(first == second for first, second in zip(taken[::2], taken[1::2], strict=True))


def test_a_forked_child_writes_a_segment_of_its_own(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(begin(1))
    child = os.fork()
    if child == 0:
        journal.append(begin(2))
        os._exit(0)
    os.waitpid(child, 0)
    journal.append(begin(3))

    assert len(segments(tmp_path)) == 2
    assert sorted(record.row_id for record in take_all(tmp_path, {}) if isinstance(record, SendBegin)) == [1, 2, 3]
    assert sorted(batch.is_last for batch in read_batches(tmp_path, {})) == [False, True]
    journal.close()


def test_a_too_long_text_is_cut_and_a_time_keeps_its_microseconds(tmp_path: Path) -> None:
    end = SendEnd(NOON + timedelta(microseconds=7), Queue.MESSAGE, 1, 2, Outcome.REFUSED, 550, "n" * 5000)
    with Journal(tmp_path) as journal:
        journal.append(end, sync=True)

    (read,) = take_all(tmp_path, {})

    assert isinstance(read, SendEnd)
    assert read.text == "n" * 2000
    assert read.at == end.at


def test_only_segments_are_removed(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.append(begin(1))
    (name,) = segments(tmp_path)

    remove_segment(tmp_path, name)

    assert segments(tmp_path) == []
    for odd in ("../x.journal", "passwd", "/etc/x.journal"):
        with pytest.raises(ValueError, match="segment"):
            remove_segment(tmp_path, odd)


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tcma.core.journal import Journal, Queue, SendBegin
journal = Journal(Path(sys.argv[1]), segment_bytes=20_000)
number = 0
while True:
    number += 1
    journal.append(SendBegin(datetime(2026, 3, 2, tzinfo=UTC), Queue.DELIVERY, number, 1))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.real("processes")
def test_a_killed_writer_loses_nothing_that_it_had_appended(tmp_path: Path) -> None:
    random = Random(5)  # noqa: S311 - a repeatable choice of instants
    for kill in range(20):
        folder = tmp_path / str(kill)
        with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            told = 0
            for _ in range(random.randrange(1, 1500)):
                told = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().splitlines()
        told = max(told, int(rest[-1] or 0) if rest and rest[-1].isdigit() else told)

        numbers = [record.row_id for record in take_all(folder, {}, limit=100) if isinstance(record, SendBegin)]

        assert numbers == list(range(1, len(numbers) + 1))
        assert told <= len(numbers) <= told + 1
        assert all(batch.is_last for batch in read_batches(folder, positions_at_end(folder)))


def positions_at_end(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_size for name in segments(folder)}
