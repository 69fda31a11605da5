"""Pages and background work read through loaders that know who acts, never by a bare key."""

import ast
from collections.abc import Iterator

from tcma.core.tenancy import Scope, models_of
from tests.test_architecture import trees

# What may read by itself, and why.
BY_THEMSELVES = {
    "syndication/sandbox/mailbox_views.py": "the demo's mailbox: a table of the platform, and absent without the demo",
    "tcma/identity/views/sign_in_cards.py": "the demo's sign-in cards: people and switches, before anybody is known",
}
RAW = frozenset({"session.get", "session.get_one", "session.query", "sa.select", "sa.text"})


def edges() -> Iterator[tuple[str, ast.Module]]:
    for name, tree in trees():
        if "/views/" in name or name.endswith(("/views.py", "_views.py", "/tasks.py")):
            yield name, tree


def raw_reads(tree: ast.Module) -> list[str]:
    """Return the reads by a bare key or a statement of one's own. A browser's session is another thing."""
    of_database = any(
        isinstance(line, ast.ImportFrom) and line.module == "tcma.core.db" and "session" in {n.name for n in line.names}
        for line in ast.walk(tree)
    )
    called = [ast.unparse(call.func) for call in ast.walk(tree) if isinstance(call, ast.Call)]
    return [name for name in called if name in RAW and (of_database or not name.startswith("session"))]


def test_views_and_tasks_hold_no_raw_read() -> None:
    found = {name: raw for name, tree in edges() if name not in BY_THEMSELVES and (raw := raw_reads(tree))}

    assert found == {}


def test_an_exception_is_named_only_while_it_reads_by_itself() -> None:
    assert {name for name, tree in edges() if raw_reads(tree)} == set(BY_THEMSELVES)


def test_a_read_by_a_bare_key_is_seen() -> None:
    written = ast.parse("from tcma.core.db import session\nlaunch = session.get(Launch, 1)\nrows = sa.select(Launch)")
    of_a_browser = ast.parse("from flask import session\nsession.get('sid')")

    assert (raw_reads(written), raw_reads(of_a_browser)) == (["session.get", "sa.select"], [])


def test_the_exceptions_read_tables_of_the_platform_only() -> None:
    walled = {m.__name__ for s in Scope if s is not Scope.PLATFORM for m in models_of(s)}
    named = {
        f"{name}: {word.id}"
        for name, tree in edges()
        if name in BY_THEMSELVES
        for word in ast.walk(tree)
        if isinstance(word, ast.Name) and word.id in walled
    }

    assert named == set()
