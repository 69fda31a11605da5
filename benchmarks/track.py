"""The click endpoint: requests a second under gunicorn against nginx answering 302, and the callable by itself.

As a module it is also the application that gunicorn serves here: `benchmarks.track:application`.
"""

import os
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import which
from statistics import quantiles
from time import perf_counter
from typing import Any, cast

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from benchmarks.measure import interleaved, per_call, row
from benchmarks.smtp import wait_for
from syndication.tracking.redirect import ClickEndpoint
from tcma.core.journal import Hit, Journal, read_batches
from tcma.core.links import Keyring, LinkSigner, Purpose

SIGNER = LinkSigner(Keyring.from_secrets("a secret of forty characters for figures"))
TARGET = "https://brandt.example/offer?utm_source=tcma"
TOKENS = [f"{SIGNER.sign(Purpose.CLICK, 12, number)}.{number % 12 + 1}" for number in range(5000)]
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
FOLDER = "TCMA_TEST_BENCH_JOURNAL"
CONNECTIONS = 32
SECONDS = 3.0
CASE = "click: token checked, hit kept, 302, gunicorn gthread 2×4, against nginx `return 302` with one worker"


def endpoint(journal: Journal) -> ClickEndpoint:
    """The product's own endpoint in front of an application that is never reached here."""
    return ClickEndpoint(
        Flask("behind").wsgi_app,
        signer=SIGNER,
        journal=journal,
        lookup=lambda _link_set, _place: TARGET,
        base_url="https://tcma.example",
        network_key=b"a key for networks",
        now=lambda: datetime.now(UTC),
    )


def plain_route(journal: Journal) -> Flask:
    """What a first implementation does: a route of the application with the same sink."""
    app = Flask("plain")

    @app.get("/t/<token>")
    def click(token: str) -> Response:
        link = SIGNER.read_placed(token)
        agent, now = request.headers.get("User-Agent", ""), datetime.now(UTC)
        journal.append(Hit(now, link.purpose, link.ids[0], link.ids[1], link.place, request.method, agent, b"networks"))
        return redirect(TARGET)

    return app


if FOLDER in os.environ:
    application = endpoint(Journal(Path(os.environ[FOLDER])))


def run() -> list[dict[str, Any]]:
    """Measure what the tools of this machine allow."""
    return [_by_itself(), *_served()]


def _by_itself() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder)) as journal:
        figures = interleaved(
            {
                "ours": per_call(_asking(endpoint(journal)), 2000),
                "floor": per_call(_asking(plain_route(journal).wsgi_app), 500),
            },
            rounds=5,
        )
    return row(
        "click by itself, times faster than a plain Flask route with the same sink",
        "requests/s",
        ours=1e6 / figures["ours"],
        floor=1e6 / figures["floor"],
        goal=1.5,
        note=f"{figures['ours']:.1f} µs a click, kept in the journal",
    )


def _asking(application: Callable[..., Any]) -> Callable[[int], object]:
    def start_response(status: str, _headers: object, _problem: object = None) -> None:
        if not status.startswith("302"):
            raise AssertionError(status)

    def ask(number: int) -> object:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": f"/t/{TOKENS[number % len(TOKENS)]}",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "tcma.example",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "https",
            "wsgi.input": sys.stdin,
            "wsgi.errors": sys.stderr,
            "REMOTE_ADDR": "192.0.2.7",
            "HTTP_HOST": "tcma.example",
            "HTTP_USER_AGENT": AGENT,
        }
        return list(application(environ, start_response))

    return ask


def _served() -> list[dict[str, Any]]:
    """Load the served endpoint and nginx in turn with the same generator."""
    nginx = which("nginx")
    slowest: list[float] = []
    answered = [0]
    with tempfile.TemporaryDirectory() as folder, _gunicorn(Path(folder)) as port:

        def ours() -> float:
            count, waits = load(port)
            slowest.append(quantiles(waits, n=100)[98] * 1e3)
            answered[0] += count
            return count / SECONDS

        if nginx:
            with _nginx(nginx) as floor_port:
                figures = interleaved({"ours": ours, "floor": lambda: load(floor_port)[0] / SECONDS}, rounds=3)
        else:
            figures = interleaved({"ours": ours}, rounds=3)
        kept = sum(len(batch.records) for batch in read_batches(Path(folder), {}))
    note = "generator: ours, in Python, on the same cores" + ("" if nginx else "; nginx is not installed")
    return [
        row(CASE, "requests/s", ours=figures["ours"], floor=figures.get("floor"), goal=0.07, note=note),
        row("99th of 100 clicks, 32 connections", "ms", ours=max(slowest), floor=25.0, goal=1.0, at_most=True),
        row("hits kept of clicks answered", "hits", ours=float(kept), floor=float(answered[0]), goal=1.0),
    ]


def load(port: int) -> tuple[int, list[float]]:
    """Ask over 32 kept connections for a few seconds; return how many answers came and how long each took."""
    selector = selectors.DefaultSelector()
    waits: list[float] = []
    asked: dict[socket.socket, float] = {}
    for number in range(CONNECTIONS):
        peer = socket.create_connection(("127.0.0.1", port))
        selector.register(peer, selectors.EVENT_READ)
        _ask(peer, number, asked)
    end = perf_counter() + SECONDS
    number = CONNECTIONS
    while asked:
        for key, _events in selector.select():
            peer = cast("socket.socket", key.fileobj)
            if b" 302 " not in peer.recv(4096):
                raise AssertionError("an answer is not a redirect")
            moment = perf_counter()
            waits.append(moment - asked.pop(peer))
            if moment < end:
                _ask(peer, number, asked)
                number += 1
    for held in list(selector.get_map().values()):
        selector.unregister(held.fileobj)
        if isinstance(held.fileobj, socket.socket):
            held.fileobj.close()
    return len(waits), waits


def _ask(peer: socket.socket, number: int, asked: dict[socket.socket, float]) -> None:
    asked[peer] = perf_counter()
    path = f"/t/{TOKENS[number % len(TOKENS)]}"
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: tcma.example\r\nUser-Agent: {AGENT}\r\n\r\n".encode())


@contextmanager
def _gunicorn(folder: Path) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "benchmarks.track:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--worker-class", "gthread", "--log-level", "error"]
    with subprocess.Popen(command, env={**os.environ, FOLDER: str(folder)}) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


@contextmanager
def _nginx(program: str) -> Iterator[int]:
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "nginx.conf"
        configuration.write_text(
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log stderr error; events {{}}\n"
            f"http {{ access_log off; keepalive_requests 10000000;\n"
            f"server {{ listen 127.0.0.1:{port}; location / {{ return 302 {TARGET}; }} }} }}\n",
            encoding="utf-8",
        )
        with subprocess.Popen([program, "-c", str(configuration), "-p", folder]) as process:
            try:
                wait_for(port)
                yield port
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=1, ensure_ascii=False))
