"""Tables from outside: CSV in whatever letters and separators, or XLSX. Every cell is text, formulas too."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from tcma.core.intake.refusals import refusal
from tcma.core.intake.sheets import sheet_rows

MAX_TABLE_BYTES = 256 * 1024 * 1024
MAX_SHEET_BYTES = 128 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_SHEET_ROWS = 1_000_000
MAX_COLUMNS = 500
_LONGEST_CELL = 32_768
_SAMPLE = 64 * 1024
_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXCEL_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, and the rows below: each as long as the header, blank ones left out.

    While the rows are read, `place` says where the latest one ended in the file.
    """

    header: list[str]
    rows: Iterator[list[str]]
    place: "Place"


@dataclass(slots=True)
class Place:
    """A line of a text file, or a row of a sheet; the first is 1."""

    line: int = 0


def read_table(source: bytes | BinaryIO, *, max_rows: int = MAX_ROWS) -> Table:
    """Read the first line as the header. A row that cannot be read is refused by its line when it is reached.

    A file is read piece by piece, from its beginning, while its rows are asked for.
    """
    place = Place()
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if file.read(4) in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return _table(_sheet(file, size, max_rows, place), place, max_rows)
    if size > MAX_TABLE_BYTES:
        raise refusal("too_many_bytes", most=MAX_TABLE_BYTES)
    return _table(_csv(file, place), place, max_rows)


def _table(rows: Iterator[list[str]], place: Place, max_rows: int) -> Table:
    header = next((row for row in rows if any(row)), None)
    if header is None:
        raise refusal("no_table")
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise refusal("too_many_columns", most=MAX_COLUMNS)
    return Table(header, _even(rows, len(header), max_rows), place)


def _even(rows: Iterator[list[str]], width: int, max_rows: int) -> Iterator[list[str]]:
    """Yield rows of one width; cells beyond the header have no meaning."""
    count = 0
    for row in rows:
        if not any(row):
            continue
        count += 1
        if count > max_rows:
            raise refusal("too_many_rows", most=max_rows)
        yield row[:width] + [""] * (width - len(row))


def _sheet(file: BinaryIO, size: int, max_rows: int, place: Place) -> Iterator[list[str]]:
    if size > MAX_SHEET_BYTES:
        raise refusal("too_many_bytes", most=MAX_SHEET_BYTES)
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise refusal("encrypted")  # as Excel does it, and its files of before 2007 look alike
    for place.line, row in sheet_rows(file, max_rows=min(MAX_SHEET_ROWS, max_rows) + 1, max_columns=MAX_COLUMNS):
        yield row


class _Lent(io.RawIOBase):
    """A file of somebody else: closing this leaves it open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        """Say that it is read."""
        return True

    def seekable(self) -> bool:
        """Say that it has places."""
        return True

    def readinto(self, room: Any) -> int:
        """Read on."""
        piece = self._file.read(len(room))
        room[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)


def _csv(file: BinaryIO, place: Place) -> Iterator[list[str]]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(io.BufferedReader(_Lent(file), _SAMPLE), encoding, errors="strict", newline="")
    sample = text.read(_SAMPLE)
    hint = _EXCEL_HINT.match(sample)
    text.seek(0)
    if hint:
        text.readline()
    return _lines(text, hint[1] if hint else _delimiter(sample), place, 1 if hint else 0)


def _lines(text: io.TextIOWrapper, delimiter: str, place: Place, before: int) -> Iterator[list[str]]:
    reader = csv.reader(_without_nul(text), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeError):
            raise refusal("broken_row", line=max(1, before + reader.line_num)) from None
        place.line = before + reader.line_num
        if any(len(cell) > _LONGEST_CELL for cell in row):
            raise refusal("broken_row", line=place.line)
        yield [cell.strip() for cell in row]


def _without_nul(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield lines of a bounded length: a file without line ends is not a table."""
    longest = _LONGEST_CELL * 32
    while line := text.readline(longest):
        if "\0" in line or len(line) >= longest:
            raise UnicodeError
        yield line


def _encoding(file: BinaryIO) -> str:
    """Find the letters: by the mark at the beginning, else UTF-8, else what old Excel writes in the West."""
    file.seek(0)
    start = file.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return _proven(file, encoding)
    if b"\0" in start:
        odd, even = start[1::2].count(0), start[0::2].count(0)
        return _proven(file, "utf-16-le" if odd > even else "utf-16-be")
    return "utf-8" if _decodes(file, "utf-8") else _proven(file, "cp1252")


def _proven(file: BinaryIO, encoding: str) -> str:
    if not _decodes(file, encoding):
        raise refusal("not_text")
    return encoding


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(_CHUNK):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """Choose the separator that parts the first lines most evenly; a comma if none does."""
    best, best_score = ",", (0, 0)
    for candidate in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=candidate) if row][:20]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows)
        width, agreeing = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and (agreeing, width) > best_score:
            best, best_score = candidate, (agreeing, width)
    return best
