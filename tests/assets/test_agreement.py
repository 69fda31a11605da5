"""The preview is the print: each operation, painted alone, covers the same box in an image and in a PDF."""

import io
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from reportlab.pdfgen import canvas

from assets.artwork import load_artwork
from assets.colour import Rgba
from assets.design.model import Box
from assets.layout import Values, place
from assets.layout.operations import Fill, Glyphs, Gradient, Paint, VendorPage
from assets.layout.qr import placed_qr
from assets.renderers.pdf import write_pdf
from assets.renderers.raster import paint
from tests.assets.material import TEXTS, artwork, brand, logo, one_layer

DPI = 300
# One pixel of the page at 1x, which has 96 dpi.
PIXEL = DPI / 96
RED, BLUE, FADED = Rgba(200, 20, 30), Rgba(20, 40, 160), Rgba(10, 90, 60, 0.6)


def empty(unit="px", size="[200, 140]"):
    one = one_layer("{kind: shape, box: [0, 0, 1, 1]}", size=size)
    return replace(place(replace(one, unit=unit), brand(), Values(), "en", {})[0], operations=())


def by_pillow(page):
    return np.asarray(paint(page, DPI / 96).convert("RGB"), dtype=int)


def by_reportlab(page):
    document = pypdfium2.PdfDocument(write_pdf([page], title="x", language=page.language))
    return np.asarray(document[0].render(scale=DPI / 72).to_pil().convert("RGB"), dtype=int)


def inked(pixels):
    """Left, top, right and bottom of what is clearly not paper."""
    rows, columns = np.nonzero(pixels.min(-1) < 190)
    assert rows.size, "nothing was painted"
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def assert_agreement(page, box=None):
    ours, theirs = by_pillow(page), by_reportlab(page)
    assert np.abs(np.subtract(ours.shape, theirs.shape)).max() <= 1
    assert np.abs(inked(ours) - inked(theirs)).max() <= PIXEL, (inked(ours), inked(theirs))
    if box is not None:
        factor = page.pixels * DPI / 96
        wanted = np.array([box.x, box.y, box.right, box.bottom]) * factor
        assert np.abs(inked(ours) - wanted).max() <= PIXEL, (inked(ours), wanted)
    return ours, theirs


FRACTIONAL = Box(20.3, 15.7, 101.4, 63.6)


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("box", [Box(20, 16, 100, 60), FRACTIONAL])
@pytest.mark.parametrize(
    "fill",
    [
        Fill("rect", FRACTIONAL, RED),
        Fill("rect", FRACTIONAL, FADED),
        Fill("rect", FRACTIONAL, RED, radius=14),
        Fill("rect", FRACTIONAL, None, BLUE, 5.0),
        Fill("rect", FRACTIONAL, RED, BLUE, 3.0, 12),
        Fill("ellipse", FRACTIONAL, RED),
        Fill("ellipse", FRACTIONAL, None, BLUE, 4.0),
        Gradient(FRACTIONAL, RED, BLUE, 0),
        Gradient(FRACTIONAL, RED, BLUE, 37, radius=10),
    ],
    ids=["rect", "faded", "rounded", "outline", "rounded-outline", "ellipse", "ring", "gradient", "rounded-gradient"],
)
def test_shapes_and_gradients_cover_the_same_box(fill, box, unit):
    assert_agreement(replace(empty(unit), operations=(replace(fill, box=box),)), box)


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("box", [Box(20, 30, 100, 0), Box(20, 30, 0, 70), Box(20.4, 30.6, 90.5, 50.2)])
@pytest.mark.parametrize("width", [0.5, 1, 6])
def test_lines_cover_the_same_box(box, width, unit):
    assert_agreement(replace(empty(unit), operations=(Fill("line", box, None, BLUE, width),)))


@pytest.mark.parametrize("angle", [0, 45, 90, 180, 250])
def test_gradients_have_the_same_colours_throughout(angle):
    page = replace(empty(), operations=(Gradient(Box(0, 0, 200, 140), RED, Rgba(20, 40, 160, 0.3), angle),))

    ours, theirs = assert_agreement(page)

    assert np.abs(ours[4:-4, 4:-4] - theirs[: ours.shape[0], : ours.shape[1]][4:-4, 4:-4]).max() <= 6


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("fit", ["whole", "cut", "rounded", "faded"])
def test_pictures_cover_the_same_box(fit, unit):
    hero, box = artwork()["artwork/hero.jpg"], FRACTIONAL
    whole = box if fit != "cut" else Box(box.x - 30, box.y - 9, box.w + 44, box.h + 21)
    picture = Paint(hero, whole, box, 12 if fit == "rounded" else 0, 0.7 if fit == "faded" else 1.0)

    assert_agreement(replace(empty(unit), operations=(picture,)), box)


def test_logos_with_transparency_cover_the_same_box():
    box = Box(31.2, 22.9, 90, 90 / logo().aspect)

    assert_agreement(replace(empty(), operations=(Paint(logo().picture, box, box, role="logo"),)), box)


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("side", [66, 71.3, 109.8])
def test_qr_codes_have_their_modules_in_the_same_place(side, unit):
    code = placed_qr("https://nordwind.example/drill", Box(10.4, 8.2, side, side), RED, Rgba(255, 255, 255), "qr")

    ours, theirs = assert_agreement(replace(empty(unit), operations=(code,)))

    count = len(code.rows)
    factor = page_factor(unit)
    module = code.box.w / count * factor
    for row in range(0, count, 3):
        for column in range(0, count, 3):
            at = (
                int(code.box.y * factor + (row + 0.5) * module),
                int(code.box.x * factor + (column + 0.5) * module),
            )
            shown = [bool(pixels[at].min() < 128) for pixels in (ours, theirs)]
            assert shown == [code.rows[row][column]] * 2


def page_factor(unit):
    return (96 / 25.4 if unit == "mm" else 1.0) * DPI / 96


@pytest.mark.parametrize("unit", ["px", "mm"])
def test_a_vendors_page_covers_the_same_box(unit):
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(300, 210), invariant=1)
    sheet.setFillColorRGB(0.7, 0.1, 0.1)
    sheet.rect(30, 40, 200, 120, stroke=0, fill=1)
    sheet.save()
    page = replace(
        empty(unit), operations=(VendorPage(load_artwork("v.pdf", stream.getvalue()), 1, Box(0, 0, 200, 140)),)
    )

    assert_agreement(page, Box(20, 140 - 160 / 1.5, 200 / 1.5, 80))


TEXTS_BY_SCRIPT = {
    language: f"{texts['head']} (10 + 3) {texts['body'].replace('**', '')}" for language, texts in TEXTS.items()
}


@pytest.mark.parametrize("unit", ["px", "mm"])
@pytest.mark.parametrize("language", [*TEXTS_BY_SCRIPT])
def test_words_of_every_script_cover_the_same_box(language, unit):
    one = one_layer(
        '{kind: text, box: [10, 8, 180, 126], text: {t: x}, font: {size: 19, min: 6, weight: 600}, colour: "#101010"}',
        size="[200, 140]",
    )
    one = replace(one, unit=unit)
    placed = place(one, brand(), Values(texts={"x": TEXTS_BY_SCRIPT[language]}), language, {})[0]
    words = next(each for each in placed.operations if isinstance(each, Glyphs))

    ours, theirs = assert_agreement(replace(placed, operations=(words,)), words.ink)

    height, width = (min(sides) // 6 * 6 for sides in zip(ours.shape[:2], theirs.shape[:2], strict=True))
    dark = [
        (255 - pixels[:height, :width].min(-1)).reshape(height // 6, 6, width // 6, 6).mean((1, 3))
        for pixels in (ours, theirs)
    ]
    assert np.abs(dark[0] - dark[1]).max() < 90
    assert np.abs(dark[0] - dark[1]).sum() < 0.12 * dark[0].sum()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_run_of_a_text_stands_in_the_same_place(language):
    one = one_layer(
        '{kind: rich_text, box: [10, 8, 180, 126], text: {t: x}, font: {size: 12}, colour: "#101010"}',
        size="[200, 140]",
    )
    text = {"en": "One **two** three\n- four\n\n- five", "ar": "واحد **اثنان** ثلاثة\n- أربعة 44\n\n- خمسة"}[language]
    placed = place(one, brand(), Values(texts={"x": text}), language, {})[0]
    words = next(each for each in placed.operations if isinstance(each, Glyphs))

    for run in words.runs:
        if not run.run.is_space:
            assert_agreement(replace(placed, operations=(replace(words, runs=(run,)),)))


@pytest.mark.parametrize("unit", ["px", "mm"])
def test_emoji_cover_the_same_box(unit):
    one = replace(
        one_layer("{kind: text, box: [10, 8, 180, 126], text: 🟥, font: {size: 40}}", size="[200, 140]"), unit=unit
    )
    placed = place(one, brand(), Values(), "en", {})[0]
    square = next(each for each in placed.operations if isinstance(each, Paint))

    assert_agreement(replace(placed, operations=(square,)), square.box)
