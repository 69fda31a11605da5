"""The demo as somebody finds it: every card signs in, every page of the menus answers, and nothing is in disorder."""

import json
import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest

from tests.processes.running import environment, free_port, get, running, until

pytestmark = pytest.mark.real("processes", "smtp")

CARDS = 7
EVIDENCE = ("reported", "registered", "confirmed")


@pytest.fixture(autouse=True)
def _once() -> None:
    if os.environ.get("TCMA_TEST_DATABASE_URL"):
        pytest.skip("runs in the round on SQLite, with a database of its own")


def tcma(env: dict[str, str], *arguments: str) -> str:
    command = [Path(sys.executable).with_name("tcma"), *arguments]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=120).stdout


class Visitor:
    """A browser without scripts: cookies, and forms with their token."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def page(self, path: str, data: dict[str, str] | None = None) -> str:
        body = urlencode(data).encode() if data else None
        with self.opener.open(f"{self.base}{path}", body, timeout=30) as answer:
            assert answer.status == 200, (path, answer.status)
            return str(answer.read().decode())

    def sign_in(self, email: str) -> str:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.page("/sign-in"))
        assert token is not None
        return self.page("/demo/sign-in", {"csrf_token": token[1], "email": email})


def menu_of(page: str) -> set[str]:
    """The addresses in the page's navigation."""
    navigations = re.findall(r"<nav\b.*?</nav>", page, re.DOTALL)
    return {path for nav in navigations for path in re.findall(r'href="(/[^"#]*)"', nav)}


def test_the_demo_stands_with_every_card_every_menu_and_every_check(tmp_path: Path) -> None:
    port, relay = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    env = environment(tmp_path, PORT=str(port), TCMA_SMTP_URL=f"smtp://127.0.0.1:{relay}", TCMA_DEMO="yes")

    with running("demo", "--partners", "12", env=env, log=tmp_path / "log") as demo:
        until(lambda: get(f"{base}/healthz")[0] == 200, what="the server", patience=300)
        until(lambda: "The history is filled in" in demo.log.read_text(), what="the history", patience=900)
        cards = re.findall(r'name="email"[^>]*value="([^"@]+@[^"]+)"', Visitor(base).page("/sign-in"))
        assert len(set(cards)) == CARDS
        for email in cards:
            visitor = Visitor(base)
            menu = menu_of(visitor.sign_in(email))
            assert len(menu) >= 3, (email, menu)
            for path in sorted(menu):
                visitor.page(path)
        found = json.loads(tcma(env, "verify", "all", "--json"))
        assert not any(found.values()), found
        results = Visitor(base)
        results.sign_in("vera@nordwall.example")
        table = results.page("/results.csv?by=partner")
        assert all(f"won_{kind}" in table.splitlines()[0] for kind in EVIDENCE)
        assert demo.stop() == 0
