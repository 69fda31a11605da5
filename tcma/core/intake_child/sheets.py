"""XLSX: the zip is judged before it is opened, then the first sheet becomes lines of JSON."""

import datetime as dt
import io
import json
import zipfile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tcma.core.intake_child.kinds import Refuse

_MAX_ENTRIES = 2_000
_MAX_UNPACKED = 400 * 1024 * 1024
_MAX_RATIO = 150
_RATIO_COUNTS_FROM = 5 * 1024 * 1024  # a small sheet of equal cells packs very well


def rows(data: bytes, max_rows: int, max_columns: int) -> tuple[dict[str, object], bytes]:
    """Return the number of rows, and each as a JSON list of strings on its own line."""
    _judge_zip(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheet = book.get_sheet_by_index(0)
            if sheet.total_height > max_rows:
                raise Refuse("too_many_rows", most=max_rows)
            if sheet.total_width > max_columns:
                raise Refuse("too_many_columns", most=max_columns)
            lines = [json.dumps([_as_text(cell) for cell in row], ensure_ascii=False) for row in sheet.to_python()]
    except PasswordError as locked:
        raise Refuse("encrypted") from locked
    except CalamineError as broken:
        raise Refuse("damaged") from broken
    return {"rows": len(lines)}, "\n".join(lines).encode("utf-8", "replace")


def _judge_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > _MAX_ENTRIES or len(set(names)) != len(names):
                raise Refuse("too_complex")
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise Refuse("not_allowed")
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refuse("encrypted")
            _judge_size(packed, entries, len(data))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as broken:
        raise Refuse("damaged") from broken


def _judge_size(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Unpack to nowhere and count: the sizes that a zip declares are only a claim."""
    unpacked = 0
    most = min(_MAX_UNPACKED, max(_RATIO_COUNTS_FROM, size * _MAX_RATIO))
    if sum(entry.file_size for entry in entries) > most:
        raise Refuse("bomb")
    for entry in entries:
        with packed.open(entry) as stream:
            while chunk := stream.read(1 << 20):
                unpacked += len(chunk)
                if unpacked > most:
                    raise Refuse("bomb")


def _as_text(cell: object) -> str:
    """Write a cell as a person reads it: whole numbers without a point, dates as 2026-11-22."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)
