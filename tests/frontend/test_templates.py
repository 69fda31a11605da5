"""What every template keeps to, so that the strict content security policy never has to refuse anything."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if "mail" not in path.parent.name]
REFUSED = {
    "a style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style", re.IGNORECASE),
    "a script without a source": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "an event handler in an attribute": re.compile(r"<[a-z][^>]*\son[a-z]+=[\"']", re.IGNORECASE),
    "a handler of htmx": re.compile(r"\bhx-on\b|hx-vals\s*=\s*[\"']js:"),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_that_the_policy_refuses(page: Path) -> None:
    text = page.read_text("utf-8")

    assert [name for name, pattern in REFUSED.items() if pattern.search(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_loads_nothing_from_another_host(page: Path) -> None:
    text = page.read_text("utf-8")

    assert re.findall(r"(?:src|srcset|data)\s*=\s*[\"']https?:", text) == []
    assert re.findall(r"<link[^>]*href\s*=\s*[\"']https?:", text) == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    bundled = set((TEMPLATES.parent / "frontend/icons.txt").read_text("utf-8").split())
    named = re.compile(r"\b(?:icon|draw|_draw|_draw_small)\(\s*\"([a-z0-9-]+)\"|\bicon=\"([a-z0-9-]+)\"")

    missing = {
        f"{page.relative_to(TEMPLATES)}: {first or second}"
        for page in PAGES
        for first, second in named.findall(page.read_text("utf-8"))
        if (first or second) not in bundled
    }

    assert missing == set()
