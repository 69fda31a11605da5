"""Addresses of built style sheets, scripts and icons, by the plain name that templates use."""

import json
from functools import cache
from pathlib import Path

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


class AssetsNotBuilt(RuntimeError):
    """The front end has not been built, or is older than the template that asks for a file."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"{wanted} is not in {DIST}: run `make setup` or `node frontend/build.mjs`")


@cache
def _read(_written_at: int) -> dict[str, str]:
    names: dict[str, str] = json.loads((DIST / "manifest.json").read_text("utf-8"))
    return names


def manifest() -> dict[str, str]:
    """Return the hashed file name of every built asset, read again only after a new build."""
    try:
        return _read((DIST / "manifest.json").stat().st_mtime_ns)
    except FileNotFoundError as missing:
        raise AssetsNotBuilt("manifest.json") from missing


def hashed_name(name: str) -> str:
    """Return the file in `static/dist` that holds the asset called `name`."""
    try:
        return manifest()[name]
    except KeyError as unknown:
        raise AssetsNotBuilt(name) from unknown
