"""The child processes that open files: a few, started when they are first needed, and replaced when they die."""

import atexit
import json
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from tcma.core.intake.refusals import refusal

DEADLINE_SECONDS = 9.0  # from the call to the answer, waiting included
_HEAD = struct.Struct("!II")
# How many files are opened at once.
PLACES = min(4, max(2, os.cpu_count() or 2))
_FILES_PER_PROCESS = 500
_ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from tcma.core.intake_child.server import main; main()"


class _Child:
    """One child process. It is used by one thread at a time."""

    def __init__(self) -> None:
        self.files_left = _FILES_PER_PROCESS
        # A clean environment: nothing of ours, and no secret, is in reach of a decoder.
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no input in the command
            [sys.executable, "-I", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )

    def ask(self, job: Mapping[str, object], data: bytes, seconds: float) -> tuple[dict[str, object], bytes]:
        """Send one file, and return the answer; a child that takes too long or dies is ended."""
        incoming, outgoing = self._process.stdout, self._process.stdin
        if incoming is None or outgoing is None:  # both are pipes
            raise BrokenPipeError
        alarm = threading.Timer(seconds, self.end)
        alarm.daemon = True
        alarm.start()
        try:
            described = json.dumps(job).encode()
            outgoing.write(_HEAD.pack(len(described), len(data)) + described)
            outgoing.write(data)
            outgoing.flush()
            facts_size, result_size = _HEAD.unpack(_exactly(incoming, _HEAD.size))
            facts = json.loads(_exactly(incoming, facts_size))
            result = _exactly(incoming, result_size)
        finally:
            alarm.cancel()
        self.files_left -= 1
        if not isinstance(facts, dict):
            raise BrokenPipeError
        return facts, result

    @property
    def fit(self) -> bool:
        """Whether another file may be given to it."""
        return self.files_left > 0 and self._process.poll() is None

    def end(self) -> None:
        """End the process and whatever it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def bury(self) -> None:
        """End it and take back its pipes."""
        self.end()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of the pipes, and leave the process to whom it belongs."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class _Pool:
    """Places for children: an empty place is filled by whoever takes it."""

    def __init__(self) -> None:
        self._places: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _number in range(PLACES):
            self._places.put(None)

    def ask(self, job: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
        """Have a file opened. Too long a wait is a refusal, and so is the end of the child."""
        until = time.monotonic() + DEADLINE_SECONDS
        try:
            child = self._places.get(timeout=DEADLINE_SECONDS / 2)
        except queue.Empty:
            raise refusal("busy") from None
        try:
            if child is None or not child.fit:
                if child is not None:
                    child.bury()
                child = _Child()
            return child.ask(job, data, max(0.1, until - time.monotonic()))
        except (OSError, EOFError, ValueError):
            if child is not None:
                child.bury()
            child = None
            late = time.monotonic() >= until - 0.05
            raise refusal("too_much_work" if late else "damaged") from None
        finally:
            self._places.put(child)

    def fill(self) -> None:
        """Start one child ahead of the first file."""
        child = self._places.get()
        self._places.put(child if child is not None and child.fit else _Child())

    def leave(self) -> None:
        """End the processes of all places that are free now, and keep the places."""
        taken: list[_Child | None] = []
        with suppress(queue.Empty):
            while True:
                taken.append(self._places.get_nowait())
        for child in taken:
            if child is not None:
                child.bury()
            self._places.put(None)

    def forget(self) -> None:
        """Close the pipes to children that belong to the process we were forked from."""
        for child in list(self._places.queue):  # no lock: a thread that was not forked may hold it
            if child is not None:
                child.forget()


_pool = _Pool()


def _after_fork() -> None:
    global _pool
    inherited, _pool = _pool, _Pool()
    inherited.forget()


os.register_at_fork(after_in_child=_after_fork)


def ask(job: str, data: bytes, **limits: object) -> tuple[dict[str, object], bytes]:
    """Have `data` opened by a child process under `limits`; raise the refusal that it answers with."""
    facts, result = _pool.ask({"job": job, "limits": limits}, data)
    if "refused" in facts:
        figures = {name: value for name, value in facts.items() if isinstance(value, int)}
        raise refusal(str(facts["refused"]), **figures)
    return facts, result


def start() -> None:
    """Start a child now, so that the first file does not wait for it."""
    _pool.fill()


def stop() -> None:
    """End the child processes of this process. The next file starts new ones."""
    _pool.leave()


atexit.register(stop)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data
