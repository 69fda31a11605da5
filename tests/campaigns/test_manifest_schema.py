"""The published schema and the reader say the same, because they are made of one declaration."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from campaigns.manifest import SCHEMAS, load, make_package, schema_of, write_folder
from campaigns.manifest.document import ListNode, Node, ScalarNode, read_yaml
from campaigns.manifest.findings import Findings
from tcma.cli.kit import command
from tests.campaigns.example_kit import changed, checked, kit_files

JPEG = (
    b"\xff\xd8\xff\xc0\x00\x11\x08" + (700).to_bytes(2, "big") + (1400).to_bytes(2, "big") + b"\x00" * 12 + b"\xff\xd9"
)
FILES = {
    "kit": "kit.yaml",
    "page": "page/landing.yaml",
    "playbook": "playbook/call.yaml",
    "design": "designs/banner.yaml",
}


def plain(node: Node) -> Any:
    """What a document holds, as JSON would write it."""
    if isinstance(node, ScalarNode):
        return node.value.isoformat() if hasattr(node.value, "isoformat") else node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(child) for key, child in node.entries.items()}


def document(data: bytes) -> Any:
    """The JSON of a YAML file."""
    node = read_yaml(data, "x.yaml", Findings())
    assert node is not None
    return plain(node)


@pytest.mark.parametrize("kind", list(SCHEMAS))
def test_the_example_fits_the_published_schema(kind: str) -> None:
    jsonschema_rs.validator_for(schema_of(kind)).validate(document(kit_files()[FILES[kind]]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("theme: security", "thme: security"),
        ("minutes: 45", "minutes: long"),
        ("version: 1.0.0", "version: one"),
        ("kind: landing_page", "kind: landing"),
        ("share_percent: 50", "share_percent: 150"),
        ("languages: [en, de]", "languages: []"),
        ("format: 1", "format: 2"),
    ],
)
def test_what_the_reader_refuses_the_schema_refuses_too(old: str, new: str) -> None:
    package = changed("kit.yaml", old, new)

    kit, findings = load(package)

    assert any(finding.is_error for finding in findings)
    assert not jsonschema_rs.validator_for(schema_of()).is_valid(document(package.files["kit.yaml"]))
    assert kit is None or "thme" in new


def every_key(value: Any) -> Iterator[str]:
    """Every name that a schema declares."""
    if isinstance(value, dict):
        yield from value.get("properties", {})
        for child in value.values():
            yield from every_key(child)
    elif isinstance(value, list):
        for item in value:
            yield from every_key(item)


def test_the_reference_for_agencies_names_every_key_of_the_format() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "kit-format.md").read_text("utf-8")

    for kind in ("kit", "page", "playbook"):
        missing = {
            key for key in every_key(schema_of(kind)) if f"`{key}" not in reference and f"{key}:" not in reference
        }
        assert not missing, kind


def test_the_example_in_the_reference_can_be_published() -> None:
    reference = (Path(__file__).parents[2] / "docs" / "kit-format.md").read_text("utf-8")
    blocks = re.findall(r"```(?:yaml|xml)\n(?:# (\S+)|<!-- (\S+) -->)\n(.*?)```", reference, re.DOTALL)
    files = {yaml or mjml: words.encode() for yaml, mjml, words in blocks}

    report = checked(make_package(files | {"artwork/hero.jpg": JPEG}))

    assert [finding.as_dict() for finding in report.findings] == []
    assert report.publishable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(make_package(kit_files()), tmp_path / "kit")
    return tmp_path / "kit"


def test_the_command_ends_well_for_a_kit_that_can_be_published(folder: Path) -> None:
    result = CliRunner().invoke(command, ["check", str(folder), "--json"])

    assert (result.exit_code, [one for one in json.loads(result.output) if one["severity"] == "error"]) == (0, [])


def test_the_command_names_file_line_and_mend_and_ends_with_one(folder: Path) -> None:
    manifest = folder / "kit.yaml"
    manifest.write_text(manifest.read_text().replace("theme:", "thme:"))

    result = CliRunner().invoke(command, ["check", str(folder), "--json"])

    assert result.exit_code == 1
    assert json.loads(result.output)[0] == {
        "severity": "error",
        "code": "unknown-key",
        "file": "kit.yaml",
        "line": 6,
        "message": "“thme” is not known here.",
        "mend": "Write “theme” instead.",
    }
    assert "kit.yaml:6: error: “thme” is not known here." in CliRunner().invoke(command, ["check", str(folder)]).output


def test_the_command_tells_why_a_kit_is_not_taken_in(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["check", str(tmp_path / "nothing"), "--json"])

    assert (result.exit_code, json.loads(result.output)[0]["code"]) == (1, "no-folder")


def test_the_command_prints_the_schema() -> None:
    result = CliRunner().invoke(command, ["schema"])

    assert json.loads(result.output) == schema_of("kit")


def test_the_command_compares_two_kits(folder: Path, tmp_path: Path) -> None:
    write_folder(changed("texts/en.yaml", "Thank you", "Thanks"), tmp_path / "new")

    same = CliRunner().invoke(command, ["diff", str(folder), str(folder)])
    other = CliRunner().invoke(command, ["diff", str(folder), str(tmp_path / "new"), "--json"])

    assert (same.exit_code, same.output) == (0, "")
    assert (other.exit_code, json.loads(other.output)["texts"][0]["after"]) == (1, "Thanks")
