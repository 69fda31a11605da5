"""An XLSX from outside, row by row: a process of its own reads it and writes rows into a pipe, as they are wanted."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from tcma.core.intake.refusals import FileRefused, refusal

FIRST_ROW_SECONDS = 30.0
_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from tcma.core.intake_child.sheets import main; main()"


def sheet_rows(file: BinaryIO, *, max_rows: int, max_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of the first sheet that have something in them, each with its number there.

    A file that is refused is, as soon as that is known. Whoever stops asking ends the process.
    """
    with TemporaryFile() as spool, TemporaryFile() as copy:
        limits = {"spool": spool.fileno(), "max_rows": max_rows, "max_columns": max_columns}
        # A clean environment: nothing of ours, and no secret, is in reach of what reads the file.
        with subprocess.Popen(  # noqa: S603 - our own program, no input in the command
            [sys.executable, "-I", "-c", _PROGRAM, json.dumps(limits)],
            stdin=_on_disk(file, copy),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            cwd="/",
            pass_fds=(spool.fileno(),),
            start_new_session=True,
        ) as process:
            try:
                yield from _rows(process)
            finally:
                process.kill()


def _on_disk(file: BinaryIO, copy: IO[bytes]) -> int:
    """Return the descriptor of a file, or of a copy where it has none."""
    file.seek(0)
    try:
        found = file.fileno()
    except OSError:
        copyfileobj(file, copy, 1 << 20)
        copy.flush()
        file.seek(0)
        return copy.fileno()
    file.flush()
    return found


def _rows(process: subprocess.Popen[bytes]) -> Iterator[tuple[int, list[str]]]:
    alarm = threading.Timer(FIRST_ROW_SECONDS, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        for line in process.stdout or ():
            alarm.cancel()
            told = json.loads(line)
            if isinstance(told, dict):
                if "refused" in told:
                    figures = {name: value for name, value in told.items() if isinstance(value, int)}
                    raise refusal(str(told["refused"]), **figures)
                return
            number, *cells = told
            yield int(number), [str(cell).strip() for cell in cells]
    finally:
        alarm.cancel()
    raise _cut_short(process)


def _cut_short(process: subprocess.Popen[bytes]) -> FileRefused:
    """Say why the process ended before it said so: by a signal when it took too long."""
    return refusal("too_much_work" if process.wait() < 0 else "damaged")
