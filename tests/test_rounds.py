"""A promise is held by a test that runs: one that was passed over in every round is told, and fails the run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import _judged, _round, failed_in, nowhere


def told(folder: Path, name: str, ran: list[str], skipped: dict[str, str]) -> Path:
    file = folder / name
    file.write_text(json.dumps({"ran": ran, "skipped": skipped}), encoding="utf-8")
    return file


def test_a_test_that_is_skipped_in_both_rounds_is_named_with_its_reason(tmp_path: Path) -> None:
    first = told(tmp_path, "1", ["a"], {"b": "needs PostgreSQL", "c": "not today"})
    second = told(tmp_path, "2", ["b"], {"a": "ran before", "c": "not today"})

    assert nowhere([first, second]) == {"c": "not today"}


def test_what_ran_nowhere_fails_a_run_in_which_all_parts_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert _judged({"c": "not today"}, all_there=True) == 1
    assert _judged({"c": "not on this machine: chromium"}, all_there=False) == 0
    assert _judged({}, all_there=True) == 0

    assert "Ran in no round: c (not today)" in capsys.readouterr().out


TELLING = """
import json, os, pathlib

failed = []


def pytest_runtest_logreport(report):
    if report.failed:
        failed.append(report.nodeid)


def pytest_sessionfinish():
    told = {"ran": [], "skipped": {}, "failed": failed}
    pathlib.Path(os.environ["TCMA_TEST_TOLD"]).write_text(json.dumps(told))
"""
ROUND = """
import pathlib, pytest


@pytest.mark.parametrize("size", ["png@2"])
def test_late(size):
    seen = pathlib.Path("seen")
    first = not seen.exists()
    seen.touch()
    assert not first


def test_other():
    assert {holds}
"""


@pytest.mark.parametrize("holds", [True, False])
def test_what_failed_beside_others_is_looked_at_alone_and_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], holds: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_round.py").write_text(ROUND.format(holds=holds), encoding="utf-8")
    (tmp_path / "conftest.py").write_text(TELLING, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    pytest_alone = [sys.executable, "-m", "pytest", "-q"]

    assert _round(pytest_alone, ["."], dict(os.environ), tmp_path / "told.json") == (0 if holds else 1)

    assert ("Held alone, not beside others" in capfd.readouterr().out) == holds
    assert "test_round.py::test_late[png@2]" in failed_in(tmp_path / "told.json")


def test_a_round_in_which_much_failed_is_not_looked_at_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "told.json"
    told.write_text(json.dumps({"ran": [], "skipped": {}, "failed": [f"t.py::t{number}@group" for number in range(4)]}))

    assert _round([sys.executable, "-c", "raise SystemExit(1)"], [], dict(os.environ), told) == 1

    assert "alone" not in capfd.readouterr().out
    assert failed_in(told)[0] == "t.py::t0"


GROUPED = """
import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_grouped(number, request):
    assert request.node.nodeid.endswith("@one")
"""


def test_tests_of_a_group_share_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_grouped.py").write_text(GROUPED, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

    beside_others = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]

    assert subprocess.run(beside_others, env=outside, check=False).returncode == 0
