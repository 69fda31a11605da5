"""The child process: it reads one file after the other from a pipe, and opens each in a child of its own.

The decoders are loaded once, so that a fork costs milliseconds. The process that touches a file may
open no other file and no socket, and has little time and memory; when it dies, that is an answer.
"""

import io
import json
import os
import resource
import signal
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import BinaryIO

from PIL import Image
from pypdf import PdfWriter

from tcma.core.intake_child import documents, pictures, vectors
from tcma.core.intake_child.kinds import Refuse, kind_of

HEAD = struct.Struct("!II")
_CPU_SECONDS = 5
_MEMORY = 1536 * 1024 * 1024
_LARGEST_ANSWER = 256 * 1024 * 1024
_FILES_FOR_FONTS = 32


def main() -> None:
    """Serve until the parent closes the pipe."""
    incoming, outgoing = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    _load_what_is_late()
    while head := incoming.read(HEAD.size):
        job_size, data_size = HEAD.unpack(head)
        job, data = json.loads(incoming.read(job_size)), incoming.read(data_size)
        _send(outgoing, *_in_own_process(job, data))


_WITH_PDF: Mapping[str, Callable[..., tuple[dict[str, object], bytes]]] = {
    "pdf": documents.clean,
    "pdf_page": documents.draw_page,
    "pdf_pixels": documents.draw_pixels,
    "pdf_frames": documents.frames,
}


def _in_own_process(job: Mapping[str, object], data: bytes) -> tuple[bytes, bytes]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work_and_end(job, data, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read(_LARGEST_ANSWER + 1)
    if len(answer) > _LARGEST_ANSWER:
        os.kill(child, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended in {-signal.SIGXCPU, -signal.SIGKILL}:
        return _refused("too_much_work"), b""
    if ended or len(answer) < HEAD.size or sum(HEAD.unpack(answer[: HEAD.size])) != len(answer) - HEAD.size:
        return _refused("damaged"), b""
    facts_size, _ = HEAD.unpack(answer[: HEAD.size])
    return answer[HEAD.size : HEAD.size + facts_size], answer[HEAD.size + facts_size :]


def _work_and_end(job: Mapping[str, object], data: bytes, writing: int) -> None:
    """Do the work under limits, write the answer, and end without any clean-up that the file could reach."""
    try:
        os.close(0)
        os.close(1)
        _limit(files=_FILES_FOR_FONTS if job["job"] == "image" and vectors.needs_fonts(data) else 0)
        with os.fdopen(writing, "wb") as out:
            _send(out, *_answer(job, data))
    finally:
        os._exit(0)


def _answer(job: Mapping[str, object], data: bytes) -> tuple[bytes, bytes]:
    try:
        facts, result = _do(job, data)
        return json.dumps(facts).encode(), result
    except Refuse as refusal:
        return _refused(refusal.code, **refusal.details), b""
    except MemoryError:
        return _refused("too_much_work"), b""
    except BaseException:  # noqa: BLE001 - a panic of a decoder is not an Exception, and any fault is the file's
        return _refused("damaged"), b""


def _do(job: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    limits = job["limits"]
    if not isinstance(limits, dict):
        raise TypeError
    kind, name = kind_of(data), job["job"]
    if name == "image" and kind == "svg":
        return vectors.clean(data, pictures.Wanted(**limits))
    if name == "image" and kind in pictures.FORMATS:
        return pictures.clean(data, kind, pictures.Wanted(**limits))
    if kind == "pdf" and (work := _WITH_PDF.get(str(name))):
        return work(data, **limits)
    raise Refuse("not_allowed")


def _limit(*, files: int) -> None:
    """Take away what a decoder does not need. A system without one of these limits keeps the others."""
    for which, soft, hard in (
        (resource.RLIMIT_CPU, _CPU_SECONDS, _CPU_SECONDS + 1),
        (resource.RLIMIT_AS, _MEMORY, _MEMORY),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, files, files),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (soft, hard))


def _refused(code: str, **details: int) -> bytes:
    return json.dumps({"refused": code, **details}).encode()


def _send(out: BinaryIO, facts: bytes, data: bytes) -> None:
    out.write(HEAD.pack(len(facts), len(data)) + facts)
    out.write(data)
    out.flush()


def _load_what_is_late() -> None:
    """Import what decoders import on first use: later, no file can be opened."""
    Image.init()
    for encoding in (
        "ascii",
        "cp437",
        "cp1252",
        "latin-1",
        "utf-16",
        "utf-16-be",
        "utf-16-le",
        "utf-32",
        "mac-roman",
        "idna",
    ):
        "a".encode(encoding)
    wanted = pictures.Wanted(max_pixels=100, min_pixels=1, max_frames=1, keep_lossless=False)
    for kind, name in pictures.FORMATS.items():
        if kind != "avif":  # its encoder keeps threads, and threads do not survive a fork
            sample = io.BytesIO()
            Image.new("RGB", (2, 2)).save(sample, name)
            pictures.clean(sample.getvalue(), kind, wanted)
    vectors.clean(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0h1v1z"/></svg>',
        wanted_svg(),
    )
    with PdfWriter() as writer, io.BytesIO() as sample:
        writer.add_blank_page(10, 10)
        writer.write(sample)
        fresh = documents.clean(sample.getvalue(), max_pages=1)[1]
        documents.draw_page(fresh, page=1, width=5, max_pixels=100)


def wanted_svg() -> pictures.Wanted:
    """Return small limits for the first drawing."""
    return pictures.Wanted(max_pixels=100, min_pixels=1, max_frames=1, keep_lossless=True, svg_width=2)


if __name__ == "__main__":
    main()
