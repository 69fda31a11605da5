"""The house holds its own rules: directions, hidden imports, facts and listeners, names, sizes."""

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import DeclarativeBase

from tcma.app import LISTENERS, TICKS
from tcma.core.db import Base

ROOT = Path(__file__).parent.parent
OURS = ("tcma", "assets", "campaigns", "syndication")
LONGEST_FILE = 400


def sources() -> list[Path]:
    files = (file for part in OURS for file in sorted((ROOT / part).rglob("*.py")))
    return [file for file in files if "migrations/versions" not in file.as_posix()]


def trees() -> Iterator[tuple[str, ast.Module]]:
    for file in sources():
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def test_imports_go_down_the_stack_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)}
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_no_import_of_ours_is_hidden_in_a_function() -> None:
    hidden = [
        f"{name}:{line.lineno}"
        for name, tree in trees()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in ast.walk(function)
        if isinstance(line, ast.Import | ast.ImportFrom) and _imported(line).split(".")[0] in OURS
    ]

    assert hidden == []


def _imported(line: ast.Import | ast.ImportFrom) -> str:
    return (line.module or "") if isinstance(line, ast.ImportFrom) else line.names[0].name


# Facts that are told and that nobody has to do anything about, each with the reason.
WITHOUT_LISTENER = {
    "brand.updated": "pieces are rendered when they are looked at, so nothing has to be made anew",
    "launch.paused": "senders read the state before each mail and post; nothing has to be tidied up to go on later",
    "post.published": "the page of posts and the proof read the row",
    "lead.contacted": "the clock of the assignment reads the row",
    "deal.won": "the results read the deals",
    "settlement.reversed": "the ledger holds the entries, and the partner's page reads the settlement",
}


def told() -> Iterator[tuple[str, str]]:
    """Every fact that is told somewhere, with the place; a computed one is typed with all that it can be."""
    for name, tree in trees():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for call in _calls_of(function):
                    if _is_tell(call.func) and call.args:
                        yield from ((fact, f"{name}:{call.lineno}") for fact in _facts(call.args[0], function, tree))


def _calls_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    yield from (one for one in ast.walk(function) if isinstance(one, ast.Call))


def _facts(fact: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef, tree: ast.Module) -> list[str]:
    if isinstance(fact, ast.Constant):
        return [str(fact.value)]
    kinds = {one.arg: one.annotation for one in (*function.args.args, *function.args.kwonlyargs)}
    kind = kinds.get(fact.id) if isinstance(fact, ast.Name) else None
    if isinstance(kind, ast.Name):  # a name for the type, given at the top of the file
        named = {one.targets[0].id: one.value for one in tree.body if _names_a_type(one)}
        kind = named.get(kind.id)
    words = kind.slice if isinstance(kind, ast.Subscript) and ast.unparse(kind.value) == "Literal" else None
    if words is None:
        return [f"computed: {ast.unparse(fact)}"]
    return [one.value for one in (words.elts if isinstance(words, ast.Tuple) else [words])]


def _names_a_type(line: ast.stmt) -> bool:
    return isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)


def _is_tell(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "tell" and isinstance(function.value, ast.Name) and function.value.id == "outbox"
    return isinstance(function, ast.Name) and function.id == "tell"


def test_every_fact_that_is_told_has_a_line_in_the_table_of_listeners_and_no_line_is_dead() -> None:
    facts = dict(told())

    assert {fact: place for fact, place in facts.items() if fact not in LISTENERS} == {}
    assert set(LISTENERS) - set(facts) == set()


def test_every_fact_has_a_listener_or_a_reason_to_have_none() -> None:
    assert {fact for fact, works in LISTENERS.items() if not works} == set(WITHOUT_LISTENER)
    assert all(WITHOUT_LISTENER.values())


def test_every_listener_takes_who_acts_and_when() -> None:
    for fact, works in LISTENERS.items():
        assert len({work.name for work in works}) == len(works), f"two listeners of {fact} have one name"
        for work in works:
            takes = inspect.signature(work.run).parameters
            assert {"by", "now"} <= set(takes), f"{work.name} takes {sorted(takes)}"


def test_every_tick_has_a_pace() -> None:
    assert all(tick.every > 0 for tick in TICKS.values())


def test_operations_never_commit() -> None:
    guilty = [
        f"{name}:{call.lineno}"
        for name, tree in trees()
        if re.search(r"/(operations|queries)(/|\.py)", name)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"commit", "rollback"}
    ]

    assert guilty == []


def test_the_clock_is_read_at_the_edge_only() -> None:
    guilty = [
        f"{name}:{call.lineno}"
        for name, tree in trees()
        if re.search(r"/(operations|queries|models)(/|\.py)", name)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr) in {("clock", "now"), ("datetime", "now"), ("datetime", "utcnow")}
    ]

    assert guilty == []


def test_files_are_small_and_named_after_something() -> None:
    long = [str(f.relative_to(ROOT)) for f in sources() if len(f.read_text("utf-8").splitlines()) > LONGEST_FILE]
    vague = [
        str(f.relative_to(ROOT))
        for f in sources()
        if f.stem in {"utils", "util", "helpers", "services", "common", "misc"}
    ]

    assert long == []
    assert vague == []


def test_every_model_has_a_name_of_its_own_for_its_table() -> None:
    assert issubclass(Base, DeclarativeBase)
    assert all("__tablename__" in mapper.class_.__dict__ for mapper in Base.registry.mappers)


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
def test_nothing_is_left_for_later_in_a_comment(word: str) -> None:
    left = [str(f.relative_to(ROOT)) for f in sources() if re.search(rf"#.*\b{word}\b", f.read_text("utf-8"))]

    assert left == []


def test_no_answer_depends_on_being_tested() -> None:
    assert [
        str(f.relative_to(ROOT))
        for f in sources()
        if re.search(r"\bTESTING\b|PYTEST_CURRENT_TEST", f.read_text("utf-8"))
    ] == []
