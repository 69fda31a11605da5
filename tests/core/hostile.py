"""Hostile files through the real doors, many of them: `python -m tests.core.hostile 10000`.

Each file is given to every door that takes its kind. A door may answer with something clean or with a refusal that
has a name; anything else is a fault, and so is an answer that is late, or that still has a place or a serial number
in it.
"""

import io
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from PIL import Image

from campaigns.artwork import cleaned
from campaigns.artwork import forget as forget_artwork
from campaigns.manifest import KitRefused, read_kit
from tcma.core import intake
from tests.core.hostile_bases import PLACE, SERIAL
from tests.core.hostile_files import HostileFile, hostile_file

SEED = 20_261
SECONDS = 10.0
_AT_ONCE = 16
MEMORY = 512 * 1024 * 1024
_NOTES = ("exif", "comment", "xmp", "XML:com.adobe.xmp", "Serial", "icc_profile")


class NotClean(Exception):
    """What was accepted has notes in it."""


@dataclass(slots=True)
class Outcome:
    """What came of the files: how often each answer, and everything that must not be."""

    files: int = 0
    asked: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    grown: int = 0
    strays: list[str] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        """The figures, for JSON."""
        named = sum(count for answer, count in self.answers.items() if answer != "clean")
        return {
            "files": self.files,
            "doors tried": self.asked,
            "clean": self.answers["clean"],
            "refused by name": named,
            "refusals": dict(self.answers.most_common()),
            "unexpected": len(self.faults),
            "slowest answer in seconds": round(self.slowest, 2),
            "memory grown by MB": round(self.grown / 1024**2, 1),
            "files left lying": len(self.strays),
            "faults": self.faults[:20],
            "strays": self.strays[:20],
        }


def _picture(purpose: intake.Purpose) -> Callable[[bytes], None]:
    return lambda data: _judge_picture(intake.image(data, purpose=purpose))


def _material(data: bytes) -> None:
    clean = intake.material(data)
    if isinstance(clean, intake.CleanImage):
        _judge_picture(clean)
    else:
        _judge_document(clean)


def _document(data: bytes) -> None:
    _judge_document(intake.pdf(data))


def _page(data: bytes) -> None:
    _judge_picture(intake.pdf_page(data, page=1, width=300))


def _pixels(data: bytes) -> None:
    intake.pdf_frames(data)
    intake.pdf_pixels(data, page=1, width=64, height=64)


def _table(data: bytes) -> None:
    table = intake.read_table(data, max_rows=20_000)
    for _row in islice(table.rows, 20_000):
        pass


def _kit(data: bytes) -> None:
    package = read_kit(data)
    forget_artwork()
    clean, _findings = cleaned(package.under("artwork"))
    for one in clean.values():
        _refuse_notes(one.data)


DOORS: dict[str, Callable[[bytes], None]] = {
    "logo": _picture(intake.Purpose.LOGO),
    "photo": _picture(intake.Purpose.PHOTO),
    "material": _material,
    "document": _document,
    "page": _page,
    "pixels": _pixels,
    "table": _table,
    "kit": _kit,
}


def _doors(one: HostileFile) -> tuple[str, ...]:
    """The door that the file is made for, and now and then one that it is not."""
    odd = random.Random(one.number).choice(list(DOORS))  # noqa: S311 - the same each time
    if "pdf" in one.base or "PDF" in one.trick:
        return ("document", "page", "pixels", odd)
    if "csv" in one.base or "xlsx" in one.base or "table" in one.trick or "workbook" in one.trick:
        return ("table", odd)
    if "zip" in one.base or "zip" in one.trick:
        return ("kit", odd)
    return ("logo" if one.number % 2 else "photo", "material", odd)


def _judge_picture(clean: intake.CleanImage) -> None:
    _refuse_notes(clean.bytes)
    with Image.open(io.BytesIO(clean.bytes), formats=("PNG", "JPEG", "WEBP")) as picture:
        if picture.getexif() or set(picture.info) & set(_NOTES) or picture.size != (clean.width, clean.height):
            raise NotClean(str(picture.info)[:200])


def _judge_document(clean: intake.CleanPdf) -> None:
    _refuse_notes(clean.bytes)
    for active in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/XFA"):
        if active in clean.bytes:
            raise NotClean(active.decode())


def _refuse_notes(data: bytes) -> None:
    if SERIAL in data or PLACE in data or b"Exif\0\0" in data:
        raise NotClean("a place or a serial number is left")


def run(numbers: range, *, seed: int = SEED, told: Callable[[int], None] = lambda _done: None) -> Outcome:
    """Give the files of these numbers to their doors, several at once, and tell what came of it."""
    outcome = Outcome()
    with _alone() as folders, ThreadPoolExecutor(intake.PLACES) as hands:
        for number in range(5):  # what every process holds once: decoders, tables, children
            _tried(number, seed)
        before = _memory()
        for start in range(0, len(numbers), _AT_ONCE):
            for answers in hands.map(_tried, numbers[start : start + _AT_ONCE], [seed] * _AT_ONCE):
                _count(outcome, answers)
            outcome.grown = max(outcome.grown, _memory() - before)
            told(outcome.files)
        outcome.strays = [str(path) for folder in folders for path in folder.rglob("*")]
    return outcome


def _count(outcome: Outcome, answers: list[tuple[str, float, str]]) -> None:
    outcome.files += 1
    for answer, seconds, fault in answers:
        outcome.asked += 1
        outcome.answers[answer] += 1
        outcome.slowest = max(outcome.slowest, seconds)
        if fault:
            outcome.faults.append(fault)


def _tried(number: int, seed: int) -> list[tuple[str, float, str]]:
    one = hostile_file(number, seed)
    return [_asked(one, door) for door in _doors(one)]


def _asked(one: HostileFile, door: str) -> tuple[str, float, str]:
    """The door's answer, how long it took, and the fault if it is one."""
    begun, fault = time.monotonic(), ""
    try:
        DOORS[door](one.data)
        answer = "clean"
    except (intake.FileRefused, KitRefused) as refusal:
        answer = type(refusal).__name__
    except Exception as unexpected:  # noqa: BLE001 - what must not happen is what is looked for
        answer, fault = "unexpected", f"{type(unexpected).__name__}: {unexpected}"[:300]
    seconds = time.monotonic() - begun
    if seconds > SECONDS:
        fault = fault or f"late: {seconds:.1f} s"
    return (
        answer,
        seconds,
        f"file {one.number} ({one.base}, {one.trick}) at the door “{door}”: {fault}" if fault else "",
    )


def _memory() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _alone() -> Iterator[tuple[Path, ...]]:
    """Work in empty folders of one's own, so that whatever is left lying is seen."""
    here, places = Path.cwd(), ("TMPDIR", "HOME")
    kept = {name: os.environ.get(name) for name in places}
    with tempfile.TemporaryDirectory() as around:
        folders = tuple(Path(around, name) for name in ("work", "temporary", "home"))
        for folder in folders:
            folder.mkdir()
        os.chdir(folders[0])
        os.environ.update(TMPDIR=str(folders[1]), HOME=str(folders[2]))
        tempfile.tempdir = None
        try:
            yield folders
        finally:
            os.chdir(here)
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
            tempfile.tempdir = None


def main() -> None:
    """Run as many files as asked for, and print the figures; ends with 1 where one of them does not hold."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    begun = time.monotonic()

    def told(done: int) -> None:
        if done % 500 < _AT_ONCE:
            sys.stderr.write(f"{done} of {many}, {time.monotonic() - begun:.0f} s\n")

    outcome = run(range(many), told=told)
    sys.stdout.write(json.dumps(outcome.told(), indent=2, ensure_ascii=False) + "\n")
    sys.exit(1 if outcome.faults or outcome.strays or outcome.grown > MEMORY else 0)


if __name__ == "__main__":
    main()
