"""SVG and PDF from outside: what acts is refused, the rest comes back as pixels or written anew."""

import io
from pathlib import Path
from unittest.mock import patch

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen import canvas

from tcma.core import intake
from tcma.core.intake import Purpose
from tcma.core.intake_child.documents import without_notes

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 200 100">'
BOX = '<rect width="200" height="100" fill="#c00"/>'


def svg(inside: str, head: str = HEAD, before: str = "") -> bytes:
    return f"{before}{head}{inside}</svg>".encode()


def drawn(data: bytes, width: int = 400) -> Image.Image:
    clean = intake.svg(data, width=width)
    assert clean.media_type == "image/png"
    return Image.open(io.BytesIO(clean.bytes))


def test_a_drawing_becomes_pixels_of_the_wanted_width() -> None:
    found = drawn(svg(BOX))

    assert found.size == (400, 200)
    assert found.convert("RGB").getpixel((200, 100)) == (204, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        svg('<text x="10" y="60" font-size="40">Grüße</text>'),
        svg(BOX, before='<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'),
        svg(
            BOX,
            before='<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        ),
        svg(
            '<style>.a{fill:url(#g)}</style><linearGradient id="g"/><rect class="a" width="9" height="9" stroke="red"/>'
        ),
        svg('<a xlink:href="https://example.com/">' + BOX + "</a>"),
        svg(f'<defs><g id="x">{BOX}</g></defs><use xlink:href="#x"/>'),
        "\ufeff".encode() + svg(BOX),
        svg(BOX, head='<svg xmlns="http://www.w3.org/2000/svg" width="200mm" height="100mm">'),
    ],
)
def test_usual_drawings_are_taken(data: bytes) -> None:
    assert drawn(data).size == (400, 200)


ENTITY = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>" + BOX),
        svg('<svg:script xmlns:svg="http://www.w3.org/2000/svg"/>' + BOX),
        svg('<rect onload="alert(1)" width="1" height="1"/>'),
        svg('<rect oNcLiCk="alert(1)" width="1" height="1"/>'),
        svg("<foreignObject><body/></foreignObject>"),
        svg('<image href="http://127.0.0.1/x.png" width="9" height="9"/>'),
        svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>'),
        svg('<image href="/etc/passwd" width="9" height="9"/>'),
        svg('<image href="data:image/svg+xml;base64,AAAA" width="9" height="9"/>'),
        svg('<use href="http://127.0.0.1/x.svg#a"/>'),
        svg("<style>@import url(http://127.0.0.1/x.css);</style>" + BOX),
        svg('<rect style="fill:url(http://127.0.0.1/#a)" width="9" height="9"/>'),
        svg('<rect fill="url(//127.0.0.1/#a)" width="9" height="9"/>'),
        svg('<feImage href="http://127.0.0.1/x.png"/>'),
        svg(BOX, before='<?xml-stylesheet href="http://127.0.0.1/x.css"?>'),
        svg("<text>&x;</text>", before=ENTITY),
        svg("<text>&b;</text>", before=LAUGHS),
        svg("<iframe/>"),
    ],
)
def test_a_drawing_that_acts_or_loads_is_refused(data: bytes) -> None:
    with pytest.raises(intake.ActiveContent):
        intake.svg(data, width=400)


NESTED = "".join(f'<g id="n{n + 1}">' + f'<use href="#n{n}"/>' * 40 + "</g>" for n in range(8))


@pytest.mark.parametrize(
    "data",
    [
        svg("<g>" * 5000 + "</g>" * 5000),
        svg(f'<defs><g id="n0">{BOX}</g>{NESTED}</defs><use href="#n8"/>'),
        svg("<rect/>" * 60_000),
        svg(BOX)[:-9],
        svg(BOX, head='<svg xmlns="http://www.w3.org/2000/svg">'),
        svg(BOX, head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 100000">'),
        svg(BOX, head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 nan inf">'),
        svg(BOX, head='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0">'),
        svg(
            '<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter><rect filter="url(#f)" width="1e9" height="1e9"/>'
        ),
        svg(""),
    ],
)
def test_a_drawing_that_is_broken_or_a_burden_is_refused_or_drawn_in_time(data: bytes) -> None:
    try:
        intake.svg(data, width=400)
    except intake.FileRefused:
        return


def document(*, pages: int = 1, size: tuple[float, float] = (300, 200), photo: Path | None = None) -> bytes:
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=size)
    paper.setAuthor("canary-author")
    for _ in range(pages):
        paper.drawString(50, 100, "Flyer")
        if photo:
            paper.drawImage(str(photo), 10, 10, 50, 50)
        paper.showPage()
    paper.save()
    return out.getvalue()


def changed(**root: object) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(document()))
    for key, value in root.items():
        writer.root_object[NameObject(f"/{key}")] = value
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def names(**entries: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def test_a_document_comes_back_without_metadata_and_with_its_pages() -> None:
    clean = intake.pdf(document(pages=3))

    assert (clean.pages, clean.sizes[0]) == (3, (300.0, 200.0))
    assert b"canary" not in clean.bytes
    assert "Flyer" in PdfReader(io.BytesIO(clean.bytes)).pages[2].extract_text()


def noted_photo() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "canary-serial"
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG", exif=exif, comment=b"canary-comment")
    return out.getvalue()


def test_a_photo_loses_its_notes_and_keeps_its_pixels() -> None:
    plain = without_notes(noted_photo())

    assert b"canary" not in plain
    assert Image.open(io.BytesIO(plain)).tobytes() == Image.open(io.BytesIO(noted_photo())).tobytes()


@pytest.mark.parametrize("wrapped", [0, 1])
def test_photos_inside_a_document_lose_their_notes(tmp_path: Path, wrapped: int) -> None:
    (tmp_path / "photo.jpg").write_bytes(noted_photo())
    with patch("reportlab.rl_config.useA85", wrapped):
        data = document(photo=tmp_path / "photo.jpg")
    assert (b"canary-serial" in data) is not bool(wrapped)

    clean = intake.pdf(data)

    (found,) = PdfReader(io.BytesIO(clean.bytes)).pages[0].images
    assert b"canary" not in found.data
    assert b"canary" not in clean.bytes
    assert found.image is not None
    assert found.image.size == (256, 256)


def test_a_page_can_be_drawn() -> None:
    clean = intake.pdf(document(pages=2))

    page = intake.pdf_page(clean.bytes, page=2, width=600)

    assert (page.width, page.height) == (600, 400)
    with pytest.raises(intake.TooManyPages):
        intake.pdf_page(clean.bytes, page=3, width=600)
    with pytest.raises(intake.TooManyPixels):
        intake.pdf_page(clean.bytes, page=1, width=100_000)


ACTION = {"S": NameObject("/JavaScript"), "JS": TextStringObject("app.alert(1)")}


@pytest.mark.parametrize(
    "data",
    [
        changed(OpenAction=names(**ACTION)),
        changed(OpenAction=names(S=NameObject("/Launch"), F=TextStringObject("cmd.exe"))),
        changed(AA=names(WC=names(**ACTION))),
        changed(Names=names(JavaScript=names(Names=ArrayObject([TextStringObject("a"), names(**ACTION)])))),
        changed(AcroForm=names(XFA=TextStringObject("<xdp/>"), Fields=ArrayObject())),
        changed(Anything=ArrayObject([names(S=NameObject("/SubmitForm"))])),
        changed(Anything=names(Subtype=NameObject("/RichMedia"))),
    ],
)
def test_a_document_that_acts_is_refused(data: bytes) -> None:
    with pytest.raises(intake.ActiveContent):
        intake.pdf(data)


def test_a_document_with_a_file_attached_is_refused() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(document()))
    writer.add_attachment("evil.exe", b"MZ")
    out = io.BytesIO()
    writer.write(out)

    with pytest.raises(intake.ActiveContent):
        intake.pdf(out.getvalue())


def test_a_document_with_a_password_is_refused() -> None:
    for password in ("secret", ""):
        writer = PdfWriter(clone_from=io.BytesIO(document()))
        writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)

        with pytest.raises(intake.EncryptedFile):
            intake.pdf(out.getvalue())


def test_limits_of_pages_and_size_hold() -> None:
    with pytest.raises(intake.TooManyPages):
        intake.pdf(document(pages=4), max_pages=3)
    with pytest.raises(intake.TooManyBytes):
        intake.pdf(document(), max_bytes=100)
    with pytest.raises(intake.DamagedFile):
        intake.pdf(document(size=(20_000, 20_000)))


@pytest.mark.parametrize("tail", [b"PK\x03\x04rest", b"MZ\x90\0", b"<script>x</script>", b"\x89PNG\r\n"])
def test_a_document_with_another_format_behind_it_is_refused(tail: bytes) -> None:
    with pytest.raises(intake.PolyglotFile):
        intake.pdf(document() + tail)


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7\n" + b"\0" * 500, document()[:300], b"<html>", b""])
def test_a_broken_document_is_refused(data: bytes) -> None:
    with pytest.raises(intake.FileRefused):
        intake.pdf(data)


def test_a_logo_may_be_a_drawing_without_saying_so() -> None:
    assert intake.image(svg(BOX), purpose=Purpose.LOGO).width == 1600
