"""What a start does without: what is wanted later is imported later."""

import subprocess
import sys
from importlib import import_module

import pytest
from flask import Flask

from tcma.app import create_app
from tcma.cli import COMMANDS
from tcma.config import Settings

WANTED_LATER = frozenset(
    {"alembic", "celery", "holidays", "icalendar", "inscriptis", "mjml", "oauthlib", "psycopg", "uniseg", "xlsxwriter"}
)


def imported_by(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=120)
    return set(done.stdout.split())


def test_the_application_is_imported_without_what_the_first_page_does_not_want() -> None:
    assert not imported_by("import tcma.cli.serve") & WANTED_LATER


def test_templates_are_compiled_once_and_not_at_every_start(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.test_client().get("/sign-in")

    def compiled_again(*_args: object, **_options: object) -> str:
        raise AssertionError

    monkeypatch.setattr("jinja2.environment.Environment._generate", compiled_again)
    answer = create_app(settings).test_client().get("/sign-in")

    assert answer.status_code == 200


def test_help_is_given_without_the_application() -> None:
    told = "from click.testing import CliRunner; from tcma.cli import command; CliRunner().invoke(command, ['--help'])"

    assert not imported_by(told) & {"flask", "sqlalchemy", "tcma.app"}


def test_the_list_of_commands_says_of_each_what_it_says_itself() -> None:
    for module, words in COMMANDS.values():
        assert import_module(module).command.get_short_help_str(200) == words
