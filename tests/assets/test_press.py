import io
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader
from pypdf.generic import ContentStream

import campaigns
from assets.artwork import load_artwork
from assets.colour import Rgba
from assets.design import load_design
from assets.layout import Values
from assets.logos import prepare_logo
from assets.renderers.pdf import press
from assets.rendering import render
from campaigns.manifest import load, read_kit
from tests.assets.material import FLYER, TEXTS, artwork, brand, design
from tests.assets.pressing import MM, codes, pixels, reasons_not_to_print

VALUES = Values(texts=TEXTS["en"], fields={"launch.page_url": "https://nordwind.example/drill"})
CODE, CHECK = "NW-4K2P-07", "https://vendor.example/f/NW-4K2P-07"
KITS = Path(campaigns.__file__).parent / "kits"
FLYERS = [
    (kit.name, language)
    for kit in sorted(KITS.iterdir())
    if (kit / "designs/flyer.yaml").exists()
    for language in sorted(path.stem for path in (kit / "texts").glob("*.yaml"))
]


def made(format_="print_pdf", text=FLYER, artwork_=None, brand_=None, **more):
    return render(design(text), brand_ or brand(), VALUES, "en", format_, artwork=artwork_ or artwork(), **more).data


def page_of(layer, ground="ground: {image: artwork/hero.jpg, fit: cover}"):
    return f"""
format: 1
key: sheet
unit: mm
pages:
  - size: [100, 80]
    bleed: 3
    {ground}
    layers:
      - {layer}
"""


def operators(data, page=0):
    reader = PdfReader(io.BytesIO(data))
    return [
        (tuple(map(float, operands)), operator.decode())
        for operands, operator in ContentStream(reader.pages[page]["/Contents"], reader).operations
        if operator in (b"k", b"K")
    ]


def test_a_print_pdf_holds_inks_only_and_nothing_transparent():
    assert reasons_not_to_print(made()) == []


def test_a_screen_pdf_would_not_pass_for_a_print_pdf():
    reasons = reasons_not_to_print(made("pdf"))

    assert {"a soft mask", "no GTS_PDFXVersion"} <= set(reasons)
    assert any("rg" in reason for reason in reasons)


@pytest.mark.parametrize(
    "layer",
    [
        '{kind: shape, box: [10, 10, 50, 30], fill: {colour: "#102040", opacity: 0.5}, radius: 4}',
        '{kind: shape, shape: ellipse, box: [10, 10, 50, 30], fill: "#102040", opacity: 0.3}',
        '{kind: shape, shape: line, box: [10, 10, 50, 30], stroke: "#102040", stroke_width: 2, opacity: 0.5}',
        '{kind: shape, box: [10, 10, 50, 30], fill: "#ffffff", stroke: {colour: "#ff0000", opacity: 0.4}, stroke_width: 2}',
        '{kind: gradient, box: [-3, -3, 106, 86], from: {colour: "#000000", opacity: 0}, to: {colour: "#000000", opacity: 0.8}, angle: 40}',
        '{kind: gradient, box: [10, 10, 50, 30], from: {colour: "#a04040", opacity: 0.2}, to: "#304060", radius: 6}',
        "{kind: logo, of: partner, box: [10, 10, 60, 20], plate: never, on: light}",
        "{kind: image, src: artwork/hero.jpg, box: [10, 10, 50, 30], opacity: 0.4, radius: 3}",
        '{kind: text, box: [10, 10, 80, 20], text: "Seen through", font: {size: 30}, colour: {colour: "#ffffff", opacity: 0.6}}',
        '{kind: qr, box: [10, 10, 40, 40], value: "https://nordwind.example/a", ground: {colour: "#ffffff", opacity: 0.7}}',
    ],
)  # fmt: skip
def test_whatever_shows_the_ground_through_is_printed_opaque_and_looks_the_same(layer):
    printed = made(text=page_of(layer))
    assert reasons_not_to_print(printed) == []

    bare = page_of("{kind: shape, box: [0, 0, 1, 1]}")
    # Inks never show like a screen, so what is compared is what the layer adds to its ground.
    shown = difference(pixels(made("pdf", text=page_of(layer))), pixels(made("pdf", text=bare)))
    added = difference(trimmed(printed), trimmed(made(text=bare)))
    assert added == pytest.approx(shown, rel=0.3, abs=9)


def difference(one, other):
    """How much the two differ, part by part of the page."""
    parts = ImageChops.difference(one, other).resize((4, 3), Image.Resampling.BOX)
    return np.asarray(parts, dtype=float).sum(axis=2)


def trimmed(data):
    """The trimmed page of a print PDF, as large as its screen PDF is shown."""
    margin, width, height = (round(length * MM) for length in (10, 100, 80))
    return pixels(data).crop((margin, margin, margin + width, margin + height))


def test_a_tint_on_a_plain_ground_stays_a_path():
    tint = '{kind: shape, box: [10, 10, 50, 30], fill: {colour: "#000000", opacity: 0.5}}'
    page = PdfReader(io.BytesIO(made(text=page_of(tint, 'ground: {colour: "#ffffff"}')))).pages[0]

    assert not page["/Resources"]["/XObject"]


def test_around_a_flattened_logo_the_photograph_stays_as_it_was():
    round_mark = prepare_logo(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4"/></svg>'
    )
    text = page_of("{kind: logo, of: partner, box: [10, 10, 60, 20], plate: never, on: light}")
    data = made(text=text, brand_=brand(logo=round_mark))

    images = [one.get_object() for one in PdfReader(io.BytesIO(data)).pages[0]["/Resources"]["/XObject"].values()]
    masks = [image["/Mask"].get_object() for image in images if "/Mask" in image]
    assert [mask["/ImageMask"].value for mask in masks] == [True]
    assert reasons_not_to_print(data) == []


def test_black_type_is_black_alone_and_a_large_black_area_is_rich():
    text = page_of(
        '{kind: text, box: [10, 10, 80, 20], text: "Black", font: {size: 30}}', 'ground: {colour: "#101010"}'
    )

    assert operators(made(text=text)) == [
        ((0.6, 0.4, 0.4, 1.0), "k"),
        ((0.0, 0.0, 0.0, 1.0), "k"),
        ((1.0, 1.0, 1.0, 1.0), "K"),
    ]


def test_a_grey_line_of_type_is_a_tone_of_black():
    assert press.line_inks(Rgba.parse("#6a6d73"))[:3] == (0, 0, 0)
    assert 0.6 < press.line_inks(Rgba.parse("#6a6d73"))[3] < 0.9


def test_paper_takes_no_ink_and_no_colour_more_than_the_sheet_can_bear():
    steps = range(0, 256, 17)
    image = Image.new("RGB", (16, 256))
    image.putdata([(r, g, b) for r in steps for g in steps for b in steps])

    inks = press.picture_inks(image)

    assert press.tone_inks(Rgba(255, 255, 255)) == (0, 0, 0, 0)
    assert max(map(sum, inks.getdata())) <= press.MOST_INK * 255 + 3


def test_a_grey_ramp_only_ever_gets_darker_and_never_jumps():
    ramp = Image.new("RGB", (256, 1))
    ramp.putdata([(tone, tone, tone) for tone in range(256)])

    inks = list(press.picture_inks(ramp).getdata())

    lightness = press._perceived(press._printed(np.array(inks) / 255))[:, 0]
    assert all(lighter > darker - 0.4 for darker, lighter in pairwise(lightness))
    assert max(abs(one - other) for pair in pairwise(inks) for one, other in zip(*pair, strict=True)) <= 6


def test_an_area_and_a_picture_of_the_same_colour_get_the_same_inks():
    colour = Rgba.parse("#0f5c4d")
    flat = press.picture_inks(Image.new("RGB", (2, 2), (colour.r, colour.g, colour.b)))

    assert [channel / 255 for channel in flat.getpixel((1, 1))] == pytest.approx(press.area_inks(colour), abs=1e-4)


def test_the_boxes_are_exact_also_with_the_imprint_below():
    for more in ({}, {"code": CODE, "check_url": CHECK}):
        page = PdfReader(io.BytesIO(made(**more))).pages[0]
        trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
        tolerance = 0.01 * MM
        assert float(trim.width) == pytest.approx(210 * MM, abs=tolerance)
        assert float(trim.height) == pytest.approx(297 * MM, abs=tolerance)
        for inner, outer in ((trim.left, bleed.left), (trim.bottom, bleed.bottom)):
            assert float(inner) - float(outer) == pytest.approx(3 * MM, abs=tolerance)
        for inner, outer in ((trim.right, bleed.right), (trim.top, bleed.top)):
            assert float(outer) - float(inner) == pytest.approx(3 * MM, abs=tolerance)
        assert float(media.right) - float(trim.right) == pytest.approx(10 * MM, abs=tolerance)


def test_the_imprint_stands_outside_of_the_bleed_and_its_code_can_be_read():
    data = made(code=CODE, check_url=CHECK)
    reader = PdfReader(io.BytesIO(data))
    places = []
    reader.pages[0].extract_text(visitor_text=lambda text, _cm, tm, _font, _size: places.append((text, tm[5])))

    foot = float(reader.pages[0].bleedbox.bottom)
    assert [place for text, place in places if CODE in text]
    assert all(place < foot for text, place in places if CODE in text)
    assert CHECK in codes(data)
    assert CODE not in PdfReader(io.BytesIO(made("pdf", code=CODE, check_url=CHECK))).pages[0].extract_text()


def test_the_same_print_has_the_same_bytes():
    assert made(code=CODE, check_url=CHECK) == made(code=CODE, check_url=CHECK)
    assert made(code=CODE, check_url=CHECK) != made(code="NW-4K2P-08", check_url=CHECK)


def test_a_photograph_that_comes_in_inks_is_printed_as_it_came():
    stream = io.BytesIO()
    press.picture_inks(Image.open(io.BytesIO(artwork()["artwork/hero.jpg"].data))).save(stream, "JPEG", quality=80)
    hero = load_artwork("hero.jpg", stream.getvalue())

    data = made(artwork_={"artwork/hero.jpg": hero})

    assert hero.data in data
    assert reasons_not_to_print(data) == []
    ours = pixels(made(), dpi=20)
    # It looks as if we had turned it into inks ourselves.
    assert difference(pixels(data, dpi=20), ours).max() < 30


VENDOR_PAGE = FLYER.replace(
    "ground: {image: artwork/hero.jpg, fit: cover}", "ground: {pdf: artwork/sheet.pdf, page: 2}", 1
)


def test_over_a_vendors_page_print_keeps_its_vectors_and_claims_nothing_about_it():
    sheet = load_artwork("artwork/sheet.pdf", made("pdf"))
    logo = prepare_logo(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4"/></svg>'
    )

    data = made(text=VENDOR_PAGE, artwork_={**artwork(), "artwork/sheet.pdf": sheet}, brand_=brand(logo=logo))

    reader = PdfReader(io.BytesIO(data))
    assert "One harmless test mail" in reader.pages[0].extract_text()
    assert "/GTS_PDFXVersion" not in reader.metadata
    assert [intent["/S"] for intent in reader.trailer["/Root"]["/OutputIntents"]] == ["/GTS_PDFX"]
    assert float(reader.pages[0].trimbox.width) == pytest.approx(210 * MM, abs=0.01 * MM)
    assert reader.pdf_header == "%PDF-1.4"


def test_a_tint_over_a_vendors_page_shows_the_page_through():
    sheet = load_artwork(
        "artwork/sheet.pdf",
        made("pdf", text=page_of('{kind: shape, box: [0, 0, 50, 80], fill: "#206040"}', 'ground: {colour: "#ffffff"}')),
    )
    layer = '{kind: shape, box: [20, 20, 60, 40], fill: {colour: "#000000", opacity: 0.5}}'
    data = made(text=page_of(layer, "ground: {pdf: artwork/sheet.pdf}"), artwork_={"artwork/sheet.pdf": sheet})

    image = trimmed(data)
    (left, right), (bare, paper) = (
        [image.getpixel((round(x * MM), round(y * MM))) for x in (35, 65)] for y in (40, 10)
    )
    assert max(left) < max(bare)
    assert max(right) < max(paper)
    assert left[1] > left[0] + 10
    assert max(right) - min(right) < 20  # grey by three inks and black, as a viewer without a profile shows it


@cache
def kit_material(name):
    kit, _ = load(read_kit(KITS / name))
    flyer, _ = load_design(kit.package.under("designs")["designs/flyer.yaml"].decode(), "designs/flyer.yaml")
    pictures = {path: load_artwork(path, data) for path, data in kit.package.under("artwork").items()}
    return kit, flyer, pictures


@pytest.mark.real("processes")
@pytest.mark.parametrize("format_", ["pdf", "print_pdf"])
@pytest.mark.parametrize(("name", "language"), FLYERS)
def test_every_flyer_of_the_starter_kits_passes_the_checks_of_others(name, language, format_, tmp_path):
    kit, flyer, pictures = kit_material(name)
    values = Values(texts=kit.texts.resolved(language), fields=dict(VALUES.fields), vendor=brand(name="Vendor"))
    file = tmp_path / "flyer.pdf"
    file.write_bytes(
        render(flyer, brand(), values, language, format_, artwork=pictures, code=CODE, check_url=CHECK).data
    )

    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), fonts
    assert VALUES.fields["launch.page_url"] in codes(file.read_bytes(), page=2)
    if format_ == "print_pdf":
        assert reasons_not_to_print(file.read_bytes()) == []
        assert CHECK in codes(file.read_bytes(), page=1)
