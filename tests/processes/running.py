"""Real processes of the command line, as an operator starts them."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TCMA_", "COV"))}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "TCMA_SECRET_KEY": "a secret key for the processes of tests",
        "TCMA_INSTANCE": str(instance),
        **more,
    }


class Process:
    """One running command; its standard output is a list of JSON objects."""

    def __init__(self, arguments: tuple[str, ...], env: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as out:
            tcma = Path(sys.executable).with_name("tcma")
            self.process = subprocess.Popen([tcma, *arguments], env=env, stdout=out, stderr=subprocess.STDOUT)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE)


@contextmanager
def running(*arguments: str, env: dict[str, str], log: Path) -> Iterator[Process]:
    started = Process(arguments, env, log)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
            started.process.wait()


def until(true: Callable[[], Any], *, what: str, patience: float = PATIENCE) -> Any:
    """Ask again and again until the answer is true; how long a start takes is the machine's business."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if answer := true():
            return answer
        time.sleep(0.1)  # another process has no other way to tell
    raise AssertionError(f"waited {patience:g} s for {what}")


def get(address: str) -> tuple[int, dict[str, Any] | str]:
    """Return status and body; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - ours
            body, status = answer.read().decode(), answer.status
    except urllib.error.HTTPError as refused:
        body, status = refused.read().decode(), refused.code
    except OSError:
        return 0, ""
    try:
        return status, json.loads(body)
    except ValueError:
        return status, body
