import io

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter

from assets.artwork import load_artwork
from assets.layout import Values
from assets.rendering import preview, render
from tests.assets.material import BANNER, FLYER, TEXTS, artwork, brand, design

VALUES = Values(texts=TEXTS["en"], fields={"launch.page_url": "https://nordwind.example/drill"})
MM = 72 / 25.4


def pdf(text, format_="pdf", language="en", values=VALUES, artwork_=None):
    return render(design(text), brand(), values, language, format_, artwork=artwork_ or artwork()).data


def test_the_words_are_found_in_the_pdf():
    reader = PdfReader(io.BytesIO(pdf(FLYER)))

    assert "Would your team" in reader.pages[0].extract_text()
    back = reader.pages[1].extract_text()
    assert "One harmless test mail" in back
    assert "hallo@nordwind.example" in back


@pytest.mark.parametrize("language", list(TEXTS))
def test_every_script_can_be_read_back_from_the_pdf(language):
    data = pdf(BANNER, language=language, values=Values(texts=TEXTS[language]))

    text = "".join(PdfReader(io.BytesIO(data)).pages[0].extract_text().split())
    first = TEXTS[language]["head"].split()[0]
    assert first in text


def test_all_typefaces_are_embedded():
    for page in PdfReader(io.BytesIO(pdf(FLYER))).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert "/FontFile2" in descriptor
            assert "+" in descriptor["/FontName"]


def test_a_screen_pdf_is_the_trimmed_page():
    page = PdfReader(io.BytesIO(pdf(FLYER))).pages[0]

    assert float(page.mediabox.width) == pytest.approx(210 * MM, abs=0.01)
    assert float(page.mediabox.height) == pytest.approx(297 * MM, abs=0.01)


def test_a_print_pdf_has_bleed_trim_and_room_for_marks():
    page = PdfReader(io.BytesIO(pdf(FLYER, "print_pdf"))).pages[0]

    trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
    assert float(trim.width) == pytest.approx(210 * MM, abs=0.01)
    assert float(trim.height) == pytest.approx(297 * MM, abs=0.01)
    assert float(trim.left) - float(bleed.left) == pytest.approx(3 * MM, abs=0.01)
    assert float(bleed.top) - float(trim.top) == pytest.approx(3 * MM, abs=0.01)
    assert float(media.width) == pytest.approx(230 * MM, abs=0.01)


def test_a_photograph_is_taken_over_byte_for_byte():
    hero = artwork()["artwork/hero.jpg"].data

    assert hero in pdf(FLYER)


def test_a_file_is_hardly_larger_than_its_photograph():
    assert len(pdf(FLYER)) <= len(artwork()["artwork/hero.jpg"].data) + 100_000


def test_the_same_rendition_has_the_same_bytes():
    assert pdf(FLYER) == pdf(FLYER)
    assert pdf(FLYER, "print_pdf") == pdf(FLYER, "print_pdf")


def test_preview_and_print_agree():
    page = pypdfium2.PdfDocument(pdf(FLYER))[0]
    printed = page.render(scale=300 / page.get_height()).to_pil().convert("L").resize((106, 150))

    shown = preview(design(FLYER), brand(), VALUES, "en", artwork=artwork(), most_pixels=300)

    from PIL import Image, ImageChops, ImageStat

    image = Image.open(io.BytesIO(shown.data)).convert("L").resize((106, 150))
    assert ImageStat.Stat(ImageChops.difference(image, printed)).mean[0] < 3


def test_a_vendors_pdf_lies_under_the_page_as_vectors():
    sheet = load_artwork("artwork/sheet.pdf", pdf(FLYER))
    ours = FLYER.replace("ground: {image: artwork/hero.jpg, fit: cover}", "ground: {pdf: artwork/sheet.pdf, page: 2}")

    data = pdf(ours, artwork_={**artwork(), "artwork/sheet.pdf": sheet})

    text = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert "One harmless test mail" in text
    assert "Would your team" in text


def test_a_vendors_pdf_shows_in_the_preview_too():
    writer = PdfWriter()
    writer.add_blank_page(210 * MM, 297 * MM)
    stream = io.BytesIO()
    writer.write(stream)
    ours = FLYER.replace("ground: {image: artwork/hero.jpg, fit: cover}", "ground: {pdf: artwork/sheet.pdf}")
    kept = {**artwork(), "artwork/sheet.pdf": load_artwork("artwork/sheet.pdf", stream.getvalue())}

    made = preview(design(ours), brand(), VALUES, "en", artwork=kept, most_pixels=300)

    assert made.height == 300


def test_a_gradient_that_fades_is_a_soft_mask():
    reader = PdfReader(io.BytesIO(pdf(FLYER)))

    states = reader.pages[0]["/Resources"]["/ExtGState"].values()
    assert any("/SMask" in state.get_object() for state in states)
