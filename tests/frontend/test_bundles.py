"""The built files: complete, light, and from nowhere in particular."""

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tcma.core.assets_manifest import DIST, AssetsNotBuilt, hashed_name, manifest
from tcma.core.presentation import static_url

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE = ("app.css", "app.js", "charts.js", "icons.svg", "schibsted-grotesk-latin-wght-normal.woff2")
MOST_BYTES = 150_000


def _compressed(name: str) -> int:
    return len(gzip.compress((DIST / hashed_name(name)).read_bytes(), 9))


def test_every_name_of_the_manifest_is_a_file_whose_name_holds_its_hash() -> None:
    for name, hashed in manifest().items():
        assert (DIST / hashed).is_file()
        assert re.fullmatch(rf"{re.escape(Path(name).stem)}-[0-9A-Z]{{8}}{Path(name).suffix}", hashed)


def test_an_asset_that_was_never_built_is_refused_by_name() -> None:
    with pytest.raises(AssetsNotBuilt, match=r"nothing\.css"):
        hashed_name("nothing.css")


def test_the_address_of_an_asset_changes_with_its_content(app: Flask) -> None:
    with app.test_request_context():
        assert static_url("app.css") == f"/static/dist/{hashed_name('app.css')}"


def test_the_first_page_with_charts_stays_below_its_weight(app: Flask) -> None:
    page = 12_000  # a long page of ours, compressed

    weight = page + sum(_compressed(name) for name in FIRST_PAGE)

    assert weight < MOST_BYTES


def test_a_public_page_needs_one_style_sheet_and_no_script() -> None:
    page = (ROOT / "templates/layouts/public.html").read_text("utf-8")

    assert "<script" not in page
    assert _compressed("public.css") < 12_000


def test_the_licences_of_all_that_is_bundled_travel_with_it() -> None:
    texts = (DIST / "licences.txt").read_text("utf-8")

    for name in ("htmx.org", "@alpinejs/csp", "uplot", "lucide-static", "schibsted-grotesk"):
        assert name in texts
    assert "ISC License" in texts


def test_the_lock_file_pins_by_hash_and_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert all("integrity" in entry for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_style_sheets_know_start_and_end_but_not_left_and_right() -> None:
    physical = re.compile(
        r"^\s*(?:margin|padding|border|inset)?-?(?:left|right)\s*:|text-align:\s*(?:left|right)|float:"
    )
    found = [
        f"{sheet.name}: {line.strip()}"
        for sheet in (ROOT / "frontend/src/css").glob("*.css")
        for line in sheet.read_text("utf-8").splitlines()
        if physical.search(line)
    ]

    assert found == []
