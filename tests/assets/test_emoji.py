"""Emoji in text: which parts become pictures, where these stand, and that both painters show the same."""

import numpy as np
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from assets import emoji
from assets.design.model import Box
from assets.emoji import picture_of, pictured
from assets.layout import Values
from assets.layout.operations import Glyphs, Paint
from assets.renderers.pdf import write_pdf
from assets.renderers.raster import paint
from assets.rendering import lay_out
from tests.assets.material import brand, one_layer

FAMILY = "👨‍👩‍👧‍👦"


def page_of(text, language="en", more="font: {size: 30, min: 10}"):
    one = one_layer(f"{{kind: text, box: [20, 20, 360, 160], text: {{t: x}}, {more}}}")
    return lay_out(one, brand(), Values(texts={"x": text}), language, artwork={})[0]


def pictures(page):
    return [each for each in page.operations if isinstance(each, Paint)]


def shown(text, language="en"):
    return [text[start:end] for start, end in pictured(text, language)]


@pytest.mark.parametrize(
    "cluster",
    ["😀", FAMILY, "👍🏽", "🇩🇪", "1️⃣", "#️⃣", "❤️", "👩🏽‍💻", "❤️‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "☎️"],
)
def test_what_people_see_as_one_emoji_is_one_picture(cluster):
    assert shown(f"a{cluster} b{cluster}{cluster}") == [cluster] * 3
    assert len(pictures(page_of(f"Go {cluster} now"))) == 1


@pytest.mark.parametrize(
    "text", ["☎ © ™ ✓ 10:30 #1", "☎\ufe0e ☀\ufe0e", "Ünï", "日本語、한국어 العربية", "क्षि", "1 2 3"]
)
def test_signs_that_a_typeface_has_stay_text_unless_a_picture_is_asked_for(text):
    assert shown(text) == []


def test_a_cluster_without_a_drawing_is_shown_by_its_parts():
    assert shown("👨🏽‍🐧!") == ["👨🏽‍", "🐧"]
    assert shown("🐧🏽") == ["🐧", "🏽"]


PIECES = [
    "😀",
    "👨",
    "\u200d",
    "👩",
    "\ufe0f",
    "\ufe0e",
    "🏽",
    "🇩",
    "🇪",
    "1",
    "\u20e3",
    "❤",
    "a",
    " ",
    "א",
    "م",
    "क",
    "・",
]
TAGS = ["🏴", "\U000e0067", "\U000e0062", "\U000e007f"]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.lists(st.sampled_from(PIECES + TAGS), min_size=1, max_size=24).map("".join),
    language=st.sampled_from(["en", "ar", "ja"]),
)
def test_no_muddle_of_emoji_crashes_overflows_or_loses_anything(text, language):
    page = page_of(text, language)

    for block in (each for each in page.operations if isinstance(each, Glyphs)):
        assert "".join(line.replace(" ", "") for line in block.lines) == text.replace(" ", "")
        assert Box(20, 20, 360, 160).holds(block.ink)
        assert all(Box(20, 20, 360, 160).holds(each.box) for each in pictures(page))
    assert pictures(page) or page.refused or not shown(text, language)


def test_what_has_neither_glyph_nor_drawing_is_still_missing():
    page = page_of("😀 \U00013080")

    assert [each.kind for each in page.complaints] == ["glyph_missing"]
    assert page.complaints[0].data["characters"] == "\U00013080"


def test_emoji_stand_in_their_line_where_the_text_says():
    page = page_of("ab 😀 cd")

    (face,) = pictures(page)
    words = next(each for each in page.operations if isinstance(each, Glyphs))
    before = next(each for each in words.runs if "b" in each.run.text)
    after = next(each for each in words.runs if "c" in each.run.text)
    assert before.x < face.box.x < face.box.right < after.x
    assert face.box.w == face.box.h == pytest.approx(emoji.SIDE * words.size)
    assert face.box.y < before.baseline < face.box.bottom
    assert words.ink.holds(face.box)
    assert words.lines == ("ab 😀 cd",)


def test_emoji_follow_the_direction_of_their_text():
    faces = {
        language: [each.picture for each in sorted(pictures(page_of(text, language)), key=lambda each: each.box.x)]
        for language, text in (("en", "one 😀🚀 two"), ("ar", "مرحبا 😀🚀 بكم"))
    }

    assert faces["ar"] == faces["en"][::-1]


def test_a_flag_at_its_start_does_not_turn_a_text_around():
    page = page_of("🇸🇦 مرحبا", "ar")

    words = next(each for each in page.operations if isinstance(each, Glyphs))
    assert pictures(page)[0].box.x > max(each.x for each in words.runs if not each.run.is_space)


def test_a_line_never_ends_inside_an_emoji_and_none_is_lost():
    text = f"{FAMILY}🇩🇪👍🏽1️⃣" * 6

    page = page_of(text)

    words = next(each for each in page.operations if isinstance(each, Glyphs))
    assert len(words.lines) > 1
    assert "".join(words.lines) == text
    assert len(pictures(page)) == 24
    assert all(page.operations[-1].box.y >= 20 and each.box.right <= 380.01 for each in pictures(page))


def test_emoji_only_text_pushes_what_follows_like_any_line():
    words = next(each for each in page_of("🎉🎉").operations if isinstance(each, Glyphs))

    assert words.runs == ()
    assert words.box.h == pytest.approx(30)


def test_faded_text_fades_its_emoji():
    page = page_of("Hi 😀", more='font: {size: 30}, colour: {colour: "#000000", opacity: 0.5}')

    assert pictures(page)[0].opacity == 0.5


@pytest.mark.parametrize(("points", "side"), [(6, 48), (11, 48), (12, 72), (40, 192), (5000, 1152)])
def test_drawings_are_sharp_enough_for_print(points, side):
    picture = picture_of("😀", points)

    assert picture.width == picture.height == side
    assert picture.width >= min(points / 72 * 300, 1152)


def test_drawings_have_the_same_bytes_each_time():
    first = picture_of(FAMILY, 20).data
    emoji._pictures.clear()

    assert picture_of(FAMILY, 20).data == first


def test_drawings_kept_in_memory_are_bounded_by_bytes():
    for number in range(0x1F400, 0x1F500):
        if emoji._drawing(chr(number)):
            picture_of(chr(number), 70)

    assert emoji._pictures.used <= 4_000_000


def test_both_painters_show_the_same_picture_in_the_same_place():
    page = page_of("Go 🚀🎉 now")
    ours = paint(page, 2)
    document = pypdfium2.PdfDocument(write_pdf([page], title="x", language="en"))

    theirs = document[0].render(scale=2 / 0.75).to_pil().convert("RGB")

    def coloured(image: Image.Image) -> tuple[int, int, int, int]:
        pixels = np.asarray(image, dtype=int)
        rows, columns = np.nonzero(pixels.max(-1) - pixels.min(-1) > 60)
        return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())

    assert np.abs(np.subtract(coloured(ours), coloured(theirs))).max() <= 2
