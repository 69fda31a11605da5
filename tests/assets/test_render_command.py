import json
from pathlib import Path
from zipfile import ZipFile

from click.testing import CliRunner
from PIL import Image

from tcma.cli.render import command
from tests.assets.material import BANNER, MARK, TEXTS, photo

KIT = """format: 1
slug: small
version: 1.0.0
title: {t: kit.title}
summary: {t: kit.summary}
theme: security
products: [security]
languages: [en]
default_language: en
partner_types: [msp]
tactics:
  - {key: banner, kind: collateral, design: designs/banner.yaml}
"""


def folder(root: Path) -> Path:
    kit = root / "small"
    for name, data in {
        "kit.yaml": KIT.encode(),
        "texts/en.yaml": json.dumps({"kit": {"title": "T", "summary": "S"}, **TEXTS["en"]}).encode(),
        "designs/banner.yaml": BANNER.encode(),
        "artwork/hero.jpg": photo(),
    }.items():
        (kit / name).parent.mkdir(parents=True, exist_ok=True)
        (kit / name).write_bytes(data)
    (root / "mark.svg").write_text(MARK.format("#102030"))
    (root / "brand.yaml").write_text(
        'name: Nordwind\nlogo: mark.svg\ncolours: {primary: "#0f5c4d"}\nphone: "+49 30 1"\nlanguage: en\n'
    )
    return kit


def run(root, *more):
    return CliRunner().invoke(
        command, ["--kit", str(root / "small"), "--brand", str(root / "brand.yaml"), "--out", str(root / "out"), *more]
    )


def test_a_kit_is_rendered_with_no_database(tmp_path):
    folder(tmp_path)

    done = run(tmp_path, "--json")

    assert done.exit_code == 0, done.output
    names = {one["file"] for one in json.loads(done.output)}
    assert names == {
        "banner-en.png",
        "banner-en@2x.png",
        "banner-en.jpg",
        "banner-en@2x.jpg",
        "banner-en.webp",
        "banner-en@2x.webp",
        "banner-en.pdf",
    }
    assert Image.open(tmp_path / "out" / "banner-en@2x.png").size == (1200, 628)


def test_a_refused_design_ends_with_1_and_says_what_to_change(tmp_path):
    kit = folder(tmp_path)
    (kit / "texts/en.yaml").write_text(
        json.dumps({"kit": {"title": "T", "summary": "S"}, "head": "word " * 99, "body": "b"})
    )

    done = run(tmp_path, "--format", "png")

    assert done.exit_code == 1
    assert "Shorten it" in done.output
    assert not (tmp_path / "out" / "banner-en.png").exists()


SHEET = """
format: 1
key: sheet
unit: mm
pages:
  - {size: [100, 80], bleed: 3, layers: [{kind: text, box: [10, 10, 80, 20], text: {t: head}, font: {size: 14, min: 8}}]}
  - {size: [100, 80], bleed: 3, layers: [{kind: rich_text, box: [10, 10, 80, 20], text: {t: body}, font: {size: 9}}]}
"""


def with_sheet(root):
    kit = folder(root)
    (kit / "designs/sheet.yaml").write_text(SHEET)
    (kit / "kit.yaml").write_text(KIT + "  - {key: sheet, kind: collateral, design: designs/sheet.yaml}\n")


def test_all_sizes_and_formats_of_a_kit_come_in_one_zip(tmp_path):
    with_sheet(tmp_path)

    done = run(
        tmp_path, "--zip", str(tmp_path / "all.zip"), "--code", "NW-1", "--check-url", "https://v.example/f/NW-1"
    )

    assert done.exit_code == 0, done.output
    with ZipFile(tmp_path / "all.zip") as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    assert set(files) == {path.name for path in (tmp_path / "out").iterdir()}
    assert {"banner-en.png", "banner-en@2x.webp", "sheet-en.pdf", "sheet-print-en.pdf", "sheet-2-en@2x.png"} <= set(
        files
    )
    assert all((tmp_path / "out" / name).read_bytes() == data for name, data in files.items())
    assert b"NW-1" in files["banner-en.png"]
    assert b"https://v.example/f/NW-1" in files["sheet-print-en.pdf"]


def test_a_zip_needs_no_folder_and_is_the_same_each_time(tmp_path):
    with_sheet(tmp_path)
    command_line = ["--kit", str(tmp_path / "small"), "--brand", str(tmp_path / "brand.yaml"), "--format", "print_pdf"]

    archives = []
    for name in ("one.zip", "two.zip"):
        assert CliRunner().invoke(command, [*command_line, "--zip", str(tmp_path / name)]).exit_code == 0
        archives.append((tmp_path / name).read_bytes())

    assert archives[0] == archives[1]
    assert not (tmp_path / "out").exists()


def test_a_rendition_that_breaks_off_leaves_no_zip_behind(tmp_path, monkeypatch):
    with_sheet(tmp_path)
    monkeypatch.setattr("tcma.cli.render.render", lambda *_args, **_more: 1 / 0)

    done = run(tmp_path, "--zip", str(tmp_path / "all.zip"))

    assert isinstance(done.exception, ZeroDivisionError)
    assert not list(tmp_path.glob("all.zip*"))


def test_it_asks_where_the_files_go(tmp_path):
    folder(tmp_path)

    done = CliRunner().invoke(command, ["--kit", str(tmp_path / "small"), "--brand", str(tmp_path / "brand.yaml")])

    assert done.exit_code == 2
    assert "--zip" in done.output


def test_a_language_that_the_kit_does_not_speak_is_named(tmp_path):
    folder(tmp_path)

    done = run(tmp_path, "--language", "xx")

    assert done.exit_code == 1
    assert "xx" in done.output
