"""The picture that a reader of each script approved, and that both painters keep to.

The pictures stand in `golden/`. After a change that is meant to be seen, make them anew and look at each:

    python -m tests.assets.test_golden
"""

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from assets.layout import Values
from assets.renderers.pdf import write_pdf
from assets.renderers.raster import paint
from assets.rendering import lay_out
from tests.assets.material import brand, design
from tests.assets.scripts import DESIGN, TEXTS

GOLDEN = Path(__file__).parent / "golden"
SCALE = 2
MOST_BYTES = 60_000
# What is compared are squares of so many pixels, smaller than a letter; how far the darkness of one may be
# off, out of 255, and how far all may be together, in shares of the ink. PDF is smoothed by another's rules.
SQUARE = {"image": 4, "pdf": 6}
MOST_OFF = {"image": 40, "pdf": 55}
MOST_OFF_IN_ALL = {"image": 0.01, "pdf": 0.06}


def placed(language, texts=None):
    pages = lay_out(design(DESIGN), brand(), Values(texts=texts or TEXTS[language]), language, artwork={})
    assert pages[0].complaints == ()
    return pages[0]


def painted(page, painter):
    if painter == "image":
        return paint(page, SCALE)
    document = pypdfium2.PdfDocument(write_pdf([page], title="x", language=page.language))
    return document[0].render(scale=SCALE / 0.75).to_pil().convert("RGB")


def approved(language):
    with Image.open(GOLDEN / f"{language}.png") as image:
        return image.convert("RGB")


def squares(image, side):
    """How dark each square is, colour by colour."""
    pixels = 255 - np.asarray(image, dtype=float)
    height, width = (length // side for length in pixels.shape[:2])
    cut = pixels[: height * side, : width * side]
    return cut.reshape(height, side, width, side, 3).mean((1, 3))


def differences(image, golden, painter):
    """The largest difference of a square, and all of them as a share of the ink."""
    ours, theirs = squares(image, SQUARE[painter]), squares(golden, SQUARE[painter])
    off = np.abs(ours - theirs)
    return float(off.max()), float(off.sum() / theirs.sum())


def looks_approved(page, painter):
    image, golden = painted(page, painter), approved(page.language)
    largest, together = differences(image, golden, painter)
    return image.size == golden.size and largest <= MOST_OFF[painter] and together <= MOST_OFF_IN_ALL[painter]


@pytest.mark.parametrize("painter", ["image", "pdf"])
@pytest.mark.parametrize("language", list(TEXTS))
def test_every_script_looks_as_its_reader_approved_it(language, painter):
    assert looks_approved(placed(language), painter)


GROSSLY_WRONG = [
    ("ar", "سينقر", "سي\u200cنقر"),
    ("ar", "فريقك", "كقيرف"),
    ("ar", "لا مخاطر", "ل\u200cا مخاطر"),
    ("ar", "يُجِيبُ", "يجيب"),
    ("he", "הודעת", "תעדוה"),
    ("he", "49.90", "09.94"),
    ("hi", "क्षेत्र", "क्\u200cषेत्र"),
    ("hi", "कर्मि", "कर्\u200cमि"),
    ("th", "ที่นี่", "ที่นี"),
    ("el", "ΰ", "υ"),
    ("uk", "ґ", "г"),
    ("de", "👨‍👩‍👧‍👦", "👨👩👧👦"),
]
SLIGHTLY_WRONG = [
    ("ar", "[الآن]", "]الآن["),
    ("ar", "(خلال 10 أيام)", "(خلال 01 أيام)"),
    ("he", "שָׁלוֹם", "שׁלוֹם"),
    ("th", "ปี่", "ปี้"),
    ("vi", "Ế", "Ê"),
    ("en", "fjord", "fiord"),
    ("ja", "ガイド", "カイド"),
    ("ko", "닭", "닥"),
    ("zh-Hans", "骨", "肯"),
    ("de", "👍🏽", "👍"),
]


@pytest.mark.parametrize(
    ("language", "right", "wrong", "painter"),
    [(*wrong, "image") for wrong in GROSSLY_WRONG + SLIGHTLY_WRONG] + [(*wrong, "pdf") for wrong in GROSSLY_WRONG],
)
def test_a_wrong_join_order_or_mark_is_told_from_what_was_approved(language, right, wrong, painter):
    texts = {key: text.replace(right, wrong) for key, text in TEXTS[language].items()}
    assert texts != TEXTS[language]

    assert not looks_approved(placed(language, texts), painter)


def test_the_language_decides_how_shared_characters_look():
    japanese = painted(placed("ja", TEXTS["zh-Hant"]), "image")

    assert differences(japanese, approved("zh-Hant"), "image")[0] > 2 * MOST_OFF["image"]


def test_the_approved_pictures_are_small_and_none_is_left_over():
    found = {path.stem: path.stat().st_size for path in GOLDEN.glob("*.png")}

    assert set(found) == set(TEXTS)
    assert max(found.values()) <= MOST_BYTES


def renew():
    """Make every approved picture anew."""
    GOLDEN.mkdir(exist_ok=True)
    for language in TEXTS:
        stream = io.BytesIO()
        painted(placed(language), "image").quantize(192).save(stream, "PNG", optimize=True)
        (GOLDEN / f"{language}.png").write_bytes(stream.getvalue())


if __name__ == "__main__":
    renew()
