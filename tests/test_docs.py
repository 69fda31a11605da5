"""The documents tell the truth about the program: its settings, its commands, its files, and nothing of where it was made."""

import ast
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from flask import Flask

from tcma.cli import command
from tcma.config import Settings

ROOT = Path(__file__).parent.parent
LARGEST_PICTURE = 250_000
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def settings_table() -> str:
    """Return the table of settings as docs/operations.md must have it, from the docstrings in config.py."""
    tree = ast.parse(text_of(ROOT / "tcma" / "config.py"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    meanings: dict[str, str] = {}
    waiting: list[str] = []
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            waiting.append(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            meaning = " ".join(str(node.value.value).split())
            if waiting:
                meanings |= dict.fromkeys(waiting, meaning)
            waiting = []
    rows = [
        f"| `TCMA_{item.name.upper()}` | {_default(item.name)} | {_cell(meanings[item.name])} |"
        for item in fields(Settings)
    ]
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(name: str) -> str:
    if name == "secret_key":
        return "none: must be given"
    value = next(item.default for item in fields(Settings) if item.name == name)
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    return f"`{value}`" if value not in {"", ()} else "empty"


def test_every_setting_is_in_the_operations_guide_with_its_meaning() -> None:
    assert settings_table() in text_of(ROOT / "docs" / "operations.md"), f"the table should be:\n{settings_table()}"


def test_every_make_command_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))

    named = set(re.findall(r"\bmake ([a-z-]+)", _code_of(ROOT / "README.md")))

    assert {"demo", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_tcma_command_in_a_document_exists(document: Path) -> None:
    missing = [words for words in _tcma_commands(document) if not _exists(words)]

    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_document_leads_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(FENCED.sub("", text_of(document))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        file = (document.parent / name).resolve() if name else document
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)

    assert not broken


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a package registry", r"pypi\.org|pythonhosted|npmjs|registry\.|artifactory|ghcr\.io|docker\.io"),
        ("a path of some machine", r"(?<![\w.>/])/(?:home|root|work|Users|tmp|mnt)/"),
        ("a number of an issue", r"(?i)\bissues?\s+#?\d|(?<![\w&;/(])#\d+\b"),
        ("work left over", r"\b(?:TODO|FIXME|TBD|XXX)\b"),
    ],
)
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_names(document: Path, what: str, pattern: str) -> None:
    found = re.search(pattern, text_of(document))

    assert not found, f"{document.name} names {what}: {found[0]!r}"


def test_pictures_are_small_and_shown_in_a_document() -> None:
    shown = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in LINK.findall(text_of(document))
        if target.endswith(".png")
    }
    pictures = sorted((ROOT / "docs" / "pictures").glob("*.png"))

    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_PICTURE] == []
    assert [picture.name for picture in pictures if picture.resolve() not in shown] == []


def test_the_sign_ins_that_documents_name_are_in_the_demo() -> None:
    written = text_of(ROOT / "tcma" / "demo" / "parties.py")
    named = {
        address
        for document in (ROOT / "README.md", ROOT / "docs" / "api.md")
        for address in re.findall(
            r"[a-z]+@(?:bergmann-it|penrose|whitaker|nordwall|vaultline)\.example", text_of(document)
        )
    }

    assert named
    assert sorted(address for address in named if address not in written) == []


def test_every_room_in_the_readmes_map_exists() -> None:
    blocks = FENCED.findall(text_of(ROOT / "README.md"))
    rooms = next(block for block in blocks if "campaigns/" in block)
    folders: dict[int, str] = {}
    missing = []
    for line in rooms.splitlines()[1:-1]:
        if not (found := re.match(r"( *)([\w.-]+/?)(?: |$)", line)):
            continue
        depth, name = len(found[1]), found[2]
        parent = "".join(folder for level, folder in sorted(folders.items()) if level < depth)
        folders = {level: folder for level, folder in folders.items() if level < depth} | {depth: name}
        if not (ROOT / parent / name).exists():
            missing.append(parent + name)

    assert not missing


def _code_of(document: Path) -> str:
    text = text_of(document)
    return "\n".join([*FENCED.findall(text), *re.findall(r"`([^`\n]+)`", FENCED.sub("", text))])


def _tcma_commands(document: Path) -> list[list[str]]:
    found = re.findall(r"(?:^|[\s`/(])tcma ([a-z][a-z-]*(?: [a-z][a-z|-]*)?)", _code_of(document))
    return [words.split() for words in found]


def _exists(words: list[str]) -> bool:
    context = click.Context(command)
    group: click.Command | None = command.get_command(context, words[0])
    if group is None:
        return False
    if len(words) == 1 or not isinstance(group, click.Group):
        return True
    return group.get_command(context, words[1].split("|")[0]) is not None


def _anchors(file: Path) -> set[str]:
    plain = (re.sub(r"[`*_]", "", heading) for heading in HEADING.findall(FENCED.sub("", text_of(file))))
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in plain}


def test_every_call_in_the_document_of_the_api_is_to_a_route_that_there_is(app: Flask) -> None:
    routes = app.url_map.bind("localhost")
    calls = re.findall(r"curl(.*?)(?=\ncurl|\nprintf|\n\(cd|\n```)", text_of(ROOT / "docs" / "api.md"), re.DOTALL)
    wrong = []
    for call in calls:
        (path,) = re.findall(r"(?:\$API|/api/v1)(/[^\s\"?]*)", call)
        stated = re.search(r"-X (\w+)", call)
        method = stated[1] if stated else "POST" if re.search(r" -d ", call) else "GET"
        if not routes.test(f"/api/v1{path}", method=method):
            wrong.append((method, path))

    assert wrong == []
    assert len(calls) > 40
