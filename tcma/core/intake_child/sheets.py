"""XLSX, read as a stream: the zip is judged first, then the first sheet becomes a line of JSON per row.

It runs in a process of its own for each file, with little memory and no way to open another file. Rows and shared
strings are unpacked side by side, the strings only as far as cells ask for them, and wait in a spool on the disk: so a
million rows need no more memory than a thousand.
"""

import io
import json
import os
import resource
import sys
import zipfile
from contextlib import suppress
from typing import IO, Any

from tcma.core.intake_child.cells import Styles, as_text, column_of, rows_declared
from tcma.core.intake_child.kinds import Refuse
from tcma.core.intake_child.parsing import Strings, Tags, events, local, unescaped

MAX_UNPACKED = 1536 * 1024 * 1024
_MAX_ENTRIES = 2_000
_MAX_RATIO = 150
_RATIO_COUNTS_FROM = 5 * 1024 * 1024  # a small sheet of equal cells packs very well
_LONGEST_ROW = 2 * 1024 * 1024  # characters
_CPU_SECONDS = 900  # a million rows of many columns, on a slow machine
_MEMORY = 512 * 1024 * 1024
_AT_ONCE = 100  # rows that go out as they come, for whoever wants the first ones alone
_BROKEN = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, KeyError, IndexError, RuntimeError)


def main() -> None:
    """Read the sheet that is the standard input; `argv` says the limits, and which descriptor is the spool."""
    limits = json.loads(sys.argv[1])
    out = os.fdopen(1, "wb", buffering=1 << 18)
    _limit()
    told: dict[str, object]
    try:
        told = {"rows": stream(_Pread(0), limits["spool"], out, limits["max_rows"], limits["max_columns"])}
    except Refuse as refusal:
        told = {"refused": refusal.code, **refusal.details}
    except MemoryError:
        told = {"refused": "too_much_work"}
    except _BROKEN:
        told = {"refused": "damaged"}
    out.write(json.dumps(told).encode() + b"\n")
    out.flush()


class _Pread(io.RawIOBase):
    """A file that somebody else has open, too: it keeps a place of its own."""

    def __init__(self, fd: int) -> None:
        self._fd, self._at, self._size = fd, 0, os.fstat(fd).st_size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, room: Any) -> int:
        piece = os.pread(self._fd, len(room), self._at)
        room[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def _limit() -> None:
    """Take away what reading does not need. A system without one of these limits keeps the others."""
    "a".encode("cp437")  # the names in a zip; later, no file can be opened
    for which, most in (
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, MAX_UNPACKED),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


def stream(file: io.RawIOBase, spool: int, out: IO[bytes], max_rows: int, max_columns: int) -> int:
    """Write each row that has something in it as a JSON list, its number in the sheet first; returns how many."""
    source = io.BufferedReader(file, 1 << 16)
    size = source.seek(0, io.SEEK_END)
    with zipfile.ZipFile(source) as packed:
        names = _judged(packed, size)
        book = Tags(packed, "xl/workbook.xml")
        strings = Strings(packed, "xl/sharedStrings.xml" if "xl/sharedStrings.xml" in names else None, spool)
        styles = Styles(packed, names, since_1904=book.says("workbookPr", "date1904") in {"1", "true"})
        sheet = _first_sheet(packed, names, book)
        return _Rows(strings, styles, out, max_rows, max_columns).read(packed, sheet)


def _judged(packed: zipfile.ZipFile, size: int) -> set[str]:
    entries = packed.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > _MAX_ENTRIES or len(names) != len(entries):
        raise Refuse("too_complex")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refuse("not_allowed")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refuse("encrypted")
    _judge_size(packed, entries, size)
    return names


def _judge_size(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Unpack to nowhere and count: the sizes that a zip declares are only a claim."""
    unpacked = 0
    most = min(MAX_UNPACKED, max(_RATIO_COUNTS_FROM, size * _MAX_RATIO))
    if sum(entry.file_size for entry in entries) > most:
        raise Refuse("bomb")
    for entry in entries:
        with packed.open(entry) as stream_of:
            while chunk := stream_of.read(1 << 20):
                unpacked += len(chunk)
                if unpacked > most:
                    raise Refuse("bomb")


def _first_sheet(packed: zipfile.ZipFile, names: set[str], book: Tags) -> str:
    wanted = book.says("sheet", "id")
    if wanted is not None and "xl/_rels/workbook.xml.rels" in names:
        for attributes in Tags(packed, "xl/_rels/workbook.xml.rels").of("Relationship"):
            if attributes.get("Id") == wanted:
                target = attributes.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                if path in names:
                    return path
    if "xl/worksheets/sheet1.xml" in names:
        return "xl/worksheets/sheet1.xml"
    raise Refuse("damaged")


class _Rows:
    """Reads a sheet, cell by cell."""

    def __init__(self, strings: Strings, styles: Styles, out: IO[bytes], max_rows: int, max_columns: int) -> None:
        self._strings, self._styles, self._out = strings, styles, out
        self._max_rows, self._max_columns = max_rows, max_columns
        self._count = self._number = self._column = 0
        self._row: list[str] = []
        self._kind, self._style = "n", 0
        self._is_value, self._text = False, [""]

    def read(self, packed: zipfile.ZipFile, path: str) -> int:
        """Write the rows of the sheet and return how many there are."""
        events(packed, path, self._begin, self._end, self._said)
        return self._count

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = attributes.get("r")
            self._column = column_of(place) if place else self._column + 1
            if not 0 < self._column <= self._max_columns:
                raise Refuse("too_many_columns", most=self._max_columns)
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._text = []
        elif name in {"v", "t"}:
            self._is_value = True
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._column, self._row = 0, []
        elif name == "rPh":
            self._kind = "none"
        elif name == "dimension" and rows_declared(attributes.get("ref", "")) > self._max_rows:
            raise Refuse("too_many_rows", most=self._max_rows)
        elif ":" in name:
            self._begin(local(name), attributes)

    def _said(self, text: str) -> None:
        if self._is_value:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "c":
            self._take("".join(self._text))
        elif name == "row":
            self._write()
        elif ":" in name:
            self._end(local(name))

    def _take(self, text: str) -> None:
        if not text:
            return
        if self._kind == "s":
            text = self._strings[int(text)]
        elif self._kind in {"inlineStr", "str"}:
            text = unescaped(text)
        else:
            text = as_text(text, self._kind, self._styles.of(self._style), since_1904=self._styles.since_1904)
        if self._column > len(self._row):
            self._row.extend([""] * (self._column - len(self._row)))
        self._row[self._column - 1] = text

    def _write(self) -> None:
        if not any(self._row):
            return
        self._count += 1
        if self._count > self._max_rows:
            raise Refuse("too_many_rows", most=self._max_rows)
        line = json.dumps([self._number, *self._row], ensure_ascii=False).encode("utf-8", "replace")
        if len(line) > _LONGEST_ROW:
            raise Refuse("too_complex")
        self._out.write(line + b"\n")
        if self._count < _AT_ONCE:
            self._out.flush()


if __name__ == "__main__":
    main()
