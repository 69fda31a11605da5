"""`tcma kit import`, `publish` and `export`: a kit goes in and comes out byte by byte."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaigns.manifest import read_kit, write_folder
from campaigns.operations.writing import with_files
from tcma.cli.kit import command
from tcma.config import Settings
from tcma.core.db import session
from tests.campaigns.kits import STARTER, starter
from tests.people import People


@pytest.fixture(autouse=True)
def _shell(settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell works on the same installation as the test."""
    session.commit()
    for name in ("secret_key", "instance", "database_url", "storage_url", "base_url", "files_url"):
        monkeypatch.setenv(f"TCMA_{name.upper()}", str(getattr(settings, name)))


def kit(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_a_kit_comes_out_byte_for_byte_as_it_went_in(people: People, tmp_path: Path) -> None:
    taken = kit("import", str(STARTER), "--vendor", people.vendor.public_id, "--json")
    folder, package = tmp_path / "out", tmp_path / "out.zip"

    written = [
        kit("export", "phishing-drill", str(target), "--vendor", "Vera's vendor") for target in (folder, package)
    ]

    assert taken.exit_code == 0, taken.output
    assert json.loads(taken.output)["state"] == "draft"
    assert [one.exit_code for one in written] == [0, 0]
    assert read_kit(folder).files == starter().files
    assert read_kit(package).files == starter().files
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(starter().files)


def test_a_kit_is_published_from_the_shell(people: People) -> None:
    taken = kit("import", str(STARTER), "--vendor", people.vendor.public_id, "--json")

    published = kit("publish", json.loads(taken.output)["version"], "--vendor", people.vendor.public_id, "--json")

    assert published.exit_code == 0, published.output
    assert json.loads(published.output)["state"] == "published"


def test_a_broken_kit_is_refused_with_its_findings(people: People, tmp_path: Path, now: datetime) -> None:
    manifest = starter().files["kit.yaml"].replace(b"theme: security", b"theem: security")
    write_folder(with_files(starter(), {"kit.yaml": manifest}), tmp_path / "broken")

    refused = kit("import", str(tmp_path / "broken"), "--vendor", people.vendor.public_id)

    assert refused.exit_code == 1
    assert "kit.yaml:" in refused.output


def test_the_kit_of_another_vendor_is_not_there(people: People, tmp_path: Path) -> None:
    kit("import", str(STARTER), "--vendor", people.vendor.public_id)

    refused = kit("export", "phishing-drill", str(tmp_path / "out.zip"), "--vendor", people.other_vendor.public_id)

    assert refused.exit_code != 0
    assert not (tmp_path / "out.zip").exists()
