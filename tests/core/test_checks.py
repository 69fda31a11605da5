"""Questions of lower parts: every one has a row in the table, and one without is refused instead of passing."""

import ast
from pathlib import Path

import pytest
from flask import Flask

from tcma.app import CHECKS
from tcma.core import checks

ROOT = Path(__file__).parents[2]


def asked() -> set[str]:
    """Every question that the product asks, as its code spells it."""
    found: set[str] = set()
    for room in ("tcma", "campaigns", "syndication", "assets"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                is_question = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reasons_against"
                if is_question and isinstance(node.args[0], ast.Constant):
                    found.add(str(node.args[0].value))
    return found


def test_every_question_that_is_asked_has_somebody_who_answers(app: Flask) -> None:
    assert asked() == {question for question, answers in CHECKS.items() if answers}


def test_a_question_that_no_table_names_is_refused(app: Flask) -> None:
    with pytest.raises(checks.UnknownQuestion):
        checks.reasons_against("launch.strat")
