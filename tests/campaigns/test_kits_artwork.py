"""Artwork of a kit: kept as it came for export, opened in a child process, and shown only as that wrote it."""

import io
from datetime import datetime
from zipfile import ZipFile

import pypdfium2
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assets.artwork import Picture, VendorPdf
from campaigns import checks
from campaigns.artwork import artwork_of, cleaned, forget
from campaigns.content import content_of, package_of
from campaigns.manifest import KitPackage, read_kit, write_zip
from campaigns.models import Kit, KitFile
from campaigns.operations.kits import KitHasFaults
from campaigns.operations.writing import with_files
from tcma.core import intake, runtime
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import imported, starter
from tests.people import People
from tests.signing_in import signed_in

HERO = "artwork/hero.jpg"
CANARY = b"canary-serial-4711"
SCRIPTED = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><set attributeName="onload" to="x"/><a><script/></a></svg>'


def photo(form: str = "JPEG", size: tuple[int, int] = (1600, 1000)) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, exif=exif, quality=80)
    return out.getvalue()


def with_hero(data: bytes) -> KitPackage:
    return with_files(starter(), {HERO: data})


def pdf(pages: int = 2) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 200), cropBox=(0, 0, 300, 200), trimBox=(10, 20, 290, 180))
    for number in range(pages):
        canvas.setFillColorRGB(0, 0.5, number)
        canvas.rect(0, 0, 300, 200, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_artwork_is_exported_as_it_came_and_shown_without_its_notes(people: People, now: datetime) -> None:
    data = photo()
    assert CANARY in data

    version = imported(people, now, with_hero(data))

    with acting(people.actor("vera")):
        shown = content_of(version).artwork[HERO]
        assert package_of(version).files[HERO] == data
        row = session.scalars(sa.select(KitFile).where(KitFile.path == HERO)).one()
        assert row.clean_type == "image/jpeg"
        assert runtime.store().get(str(row.clean_blob)) == shown.data
    assert isinstance(shown, Picture)
    assert (shown.width, shown.height, CANARY in shown.data) == (1600, 1000, False)
    assert len(shown.data) < len(data) * 1.1


@pytest.mark.parametrize("ending", ["webp", "avif"])
def test_webp_and_avif_are_artwork_too(ending: str) -> None:
    data = photo(ending.upper(), (900, 600))

    clean, refused = cleaned({f"artwork/photo.{ending}": data})

    assert not refused
    shown = artwork_of(clean)[f"artwork/photo.{ending}"]
    assert isinstance(shown, Picture)
    assert (shown.width, shown.height, shown.format) == (900, 600, "WEBP")
    package = with_files(starter(), {f"artwork/photo.{ending}": data})
    assert not [one for one in checks.check(package, today=datetime(2026, 1, 1).date()).errors if "artwork" in one.file]


def test_artwork_that_acts_is_refused_with_its_file_and_what_to_do_and_nothing_is_kept(
    people: People, now: datetime
) -> None:
    package = with_files(
        starter(), {"artwork/mark.svg": SCRIPTED, "artwork/other.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 99}
    )
    before = stored()

    with pytest.raises(KitHasFaults) as refusal:
        imported(people, now, package)

    assert {one.file for one in refusal.value.findings} >= {"artwork/mark.svg"}
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(Kit)).all() == []
    assert stored() == before


def stored() -> int:
    return len(list(runtime.store().listed()))


def poisoned() -> dict[str, bytes]:
    """Files that look right from outside, and must not reach a decoder of ours."""
    zipped = io.BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("x.txt", "x")
    bomb = bytearray(photo("PNG", (60, 40)))
    bomb[16:24] = (7_000).to_bytes(4, "big") * 2  # says 49 megapixels and has none
    return {
        "artwork/cut.png": photo("PNG")[:-400] + photo("PNG")[-12:],
        "artwork/two.jpg": photo() + zipped.getvalue(),
        "artwork/bomb.png": bytes(bomb),
        "artwork/set.svg": SCRIPTED,
    }


def test_every_file_that_cannot_be_opened_safely_is_named_at_once() -> None:
    found, findings = cleaned({**poisoned(), HERO: photo()})

    assert set(found) == {HERO}
    assert {one.file for one in findings} == set(poisoned())
    assert all(one.is_error and one.message and "give the kit once more" in one.mend for one in findings)


def test_a_zip_with_a_poisoned_picture_is_answered_with_a_list_and_not_taken_in(
    client: FlaskClient, people: People
) -> None:
    browser = signed_in(client, people.vera)
    data = write_zip(with_files(starter(), {"artwork/two.jpg": poisoned()["artwork/two.jpg"]}))

    answer = browser.post("/kits/import", data={"package": (io.BytesIO(data), "kit.zip")})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "artwork/two.jpg" in page
    assert "second file of another kind" in page
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(Kit)).all() == []


def test_a_pdf_of_a_kit_is_measured_and_drawn_outside_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()

    def never(*_args: object, **_more: object) -> None:
        pytest.fail("a PDF was opened in this process")

    monkeypatch.setattr(pypdfium2, "PdfDocument", never)
    clean, _refused = cleaned({"artwork/sheet.pdf": pdf()})
    found = artwork_of(clean)["artwork/sheet.pdf"]

    assert isinstance(found, VendorPdf)
    assert found.pages == 2
    frame = found.frame(2)
    assert (frame.width, frame.height, frame.left, frame.top) == (300, 200, 10, 20)
    assert found.raster(2, 150, 100).getpixel((75, 50)) == (0, 128, 255)
    assert found.colour_at(1, 0.5, 0.5).hex == "#008000"


def test_what_a_new_version_shares_with_an_older_one_is_not_opened_again(
    people: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(people, now, with_hero(photo()))
    forget()
    monkeypatch.setattr("campaigns.artwork.intake.material", lambda _data: pytest.fail("opened again"))
    texts = starter().files["texts/en.yaml"].decode().replace("Would your team click?", "Will they?")

    version = imported(people, now, with_files(with_hero(photo()), {"texts/en.yaml": texts.encode()}))

    with acting(people.actor("vera")):
        assert isinstance(content_of(version).artwork[HERO], Picture)


def test_the_starter_kits_pass_the_same_door(people: People, now: datetime) -> None:
    version = imported(people, now)

    with acting(people.actor("vera")):
        assert set(content_of(version).artwork) == set(starter().under("artwork"))
        assert read_kit(write_zip(package_of(version))).files == starter().files


def test_a_kit_full_of_slow_files_is_refused_after_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[bytes] = []

    def slow(data: bytes) -> None:
        opened.append(data)
        raise intake.TooComplex("Opening the file took too long.")

    monkeypatch.setattr("campaigns.artwork.intake.material", slow)

    found, findings = cleaned({f"artwork/{number}.png": b"%d" % number for number in range(100)})

    assert not found
    assert 1 <= len(findings) == len(opened) <= intake.PLACES
