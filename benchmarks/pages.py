"""Every kind of page that each person of the demo can reach, three times: the slowest by their fastest answer.

The demo's data of `TCMA_BENCH_INSTANCE` (an instance folder that `tcma demo` filled) is walked, or one of twelve
partners is made for the run. What is measured is the processor time of a whole request inside the server, as nothing
else runs in it; programs beside it disturb that less than the clock on the wall.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import Client

from benchmarks.measure import row
from tcma.app import create_app
from tcma.config import Settings
from tcma.wsgi import make_wsgi

MOST_MS = 200
VISITS = 3
SHOWN = 12
PICTURES = 12  # of each kind, for each person
BASE, FILES = "http://127.0.0.1:8000", "http://localhost:8000"
KEY = "a key of the measurement's own, for nobody"
LINK = re.compile(r"""(?:href|src|hx-get)="([^"#]+)""")
PASSED_OVER = frozenset({"static", "ops.figures", "ops.readyz", "ops.healthz", "identity_api.document"})


@dataclass(frozen=True)
class Page:
    """One address of a kind of page, for one person."""

    who: str
    endpoint: str
    address: str


Visits = list[float]


def run() -> list[dict[str, Any]]:
    """Walk the demo as each of its people, and return the slowest kinds of pages."""
    with _instance() as folder:
        settings = replace(_settings(folder), instance=folder)
        app = create_app(settings)
        found: dict[Page, Visits] = {}
        for email in _people(app):
            found.update(_walked(app, email))
        resident = _resident()
    slowest: dict[str, tuple[float, Page]] = {}
    for page, visits in found.items():
        milliseconds = min(visits)
        if milliseconds > slowest.get(page.endpoint, (-1.0, page))[0]:
            slowest[page.endpoint] = milliseconds, page
    order = sorted(slowest.values(), key=lambda one: -one[0])
    within = sum(milliseconds <= MOST_MS for milliseconds, _page in order)
    all_kinds = f"kinds of pages within {MOST_MS} ms, of {len(found)} pages of all people"
    return [
        row(all_kinds, "kinds", ours=within, floor=len(order), goal=1),
        *(
            row(f"{page.endpoint} as {page.who}", "ms", ours=milliseconds, floor=MOST_MS, goal=1, at_most=True)
            for milliseconds, page in order[:SHOWN]
        ),
        *(
            row(f"{page.endpoint} as {page.who}, first answer", "ms", ours=visits[0], floor=None, goal=1)
            for page, visits in sorted(found.items(), key=lambda one: -one[1][0])[:SHOWN]
        ),
        row(
            "the process after the walk, its share of what is resident (Pss)",
            "MB",
            ours=resident,
            floor=250,
            goal=1,
            at_most=True,
        ),
    ]


def _walked(app: Flask, email: str) -> dict[Page, Visits]:
    """Follow the links of one person's pages, to one of each kind and a dozen pictures, and say how long each took."""
    client = Client(make_wsgi(app))
    client.post("/demo/sign-in", base_url=BASE, data={"email": email, **_csrf(client)})
    waiting, known, found = ["/"], {"/"}, {}
    kinds: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        endpoint = _endpoint(app, address)
        if endpoint is None or kinds[endpoint] == _most(endpoint) or endpoint in PASSED_OVER:
            continue
        took, status, text = _asked(client, address)
        if status >= 400:
            continue
        kinds[endpoint] += 1
        found[Page(email, endpoint, address)] = [took, *(_asked(client, address)[0] for _again in range(VISITS - 1))]
        for link in (unescape(each) for each in LINK.findall(text)):
            if link not in known:
                known.add(link)
                waiting.append(link)
    return found


def _most(endpoint: str) -> int:
    return PICTURES if endpoint.endswith("picture") else 1


def _asked(client: Client, address: str) -> tuple[float, int, str]:
    parts = urlsplit(address)
    base = FILES if address.startswith(FILES) else BASE
    started = process_time()
    answer = client.get(parts.path + (f"?{parts.query}" if parts.query else ""), base_url=base)
    body = answer.get_data()
    took = (process_time() - started) * 1000
    is_page = answer.mimetype == "text/html"
    text = body.decode() if is_page else ""
    where = answer.headers.get("Location", "")
    return took, answer.status_code, f'{text} href="{where}"' if where else text


def _endpoint(app: Flask, address: str) -> str | None:
    parts = urlsplit(address)
    if parts.netloc and not address.startswith((BASE, FILES)):
        return None
    try:
        return str(app.url_map.bind("127.0.0.1:8000").match(parts.path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return None


def _csrf(client: Client) -> dict[str, str]:
    page = client.get("/sign-in", base_url=BASE).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return {"csrf_token": token[1]} if token else {}


def _people(app: Flask) -> list[str]:
    page = Client(make_wsgi(app)).get("/sign-in", base_url=BASE).get_data(as_text=True)
    return list(dict.fromkeys(re.findall(r'name="email"[^>]*value="([^"]+)"', page)))


def _resident() -> float | None:
    """The process's megabytes of memory, with what it shares counted in part; None where nobody tells."""
    told = Path("/proc/self/smaps_rollup")
    if not told.exists():
        return None
    return next(int(line.split()[1]) / 1024 for line in told.read_text().splitlines() if line.startswith("Pss:"))


def _settings(folder: Path) -> Settings:
    os.environ.update(
        TCMA_INSTANCE=str(folder), TCMA_SECRET_KEY=KEY, TCMA_DEMO="yes", TCMA_BASE_URL=BASE, TCMA_FILES_URL=FILES
    )
    return Settings.from_environment()


@contextmanager
def _instance() -> Iterator[Path]:
    there = os.environ.pop("TCMA_BENCH_INSTANCE", None)  # no setting of the product
    if there:
        yield Path(there).absolute()
        return
    with tempfile.TemporaryDirectory() as made:
        _settings(Path(made))
        for command in (["db", "upgrade"], ["demo-data", "--partners", "12"]):
            subprocess.run([sys.executable, "-m", "tcma.cli", *command], check=True, stdout=subprocess.DEVNULL)
        yield Path(made)
