"""JPEG put together from pieces is, bit by bit, what encoding the whole picture gives."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.layout import Values
from assets.renderers import jpeg, raster
from assets.renderers.imprint import Imprint
from assets.renderers.jpeg import Grid, spliced, taken_apart, whole
from assets.rendering import lay_out, render
from tests.assets.material import artwork, brand, design, photo

# A photograph with a logo, a line of words and a code: most of it is the same for every partner.
POSTER = """
format: 1
key: poster
unit: px
pages:
  - size: {size}
    ground: {{image: artwork/hero.jpg, fit: cover}}
    layers:
      - {{kind: logo, of: partner, box: [20, 20, 100, 30], on: light, plate: never}}
      - {{kind: text, box: [30, 250, 200, 40], text: {{t: head}}, font: {{size: 24, min: 8}}, colour: "#ffffff"}}
      - {{kind: shape, shape: line, box: [30, 300, 150, 4], stroke: brand.primary, stroke_width: 3}}
"""


def picture(width, height):
    return Image.open(io.BytesIO(photo(width, height))).convert("RGB")


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(17, 420),
    height=st.integers(17, 300),
    boxes=st.lists(st.tuples(*[st.integers(-40, 430)] * 4), max_size=4),
)
def test_any_change_to_a_picture_is_spliced_bit_by_bit(width, height, boxes):
    before = picture(width, height)
    after = before.copy()
    for left, top, right, bottom in boxes:
        if left < right and top < bottom:
            after.paste((200, 30, 40), (left, top, right, bottom))
    grid = Grid.of(before.size)

    made = spliced(after, taken_apart(whole(before, 85, grid)), grid, grid.spans(boxes), 85)

    assert made == whole(after, 85, grid)


@pytest.mark.parametrize(
    ("width", "blocks"), [(1200, 15), (1080, 17), (1920, 15), (16 * 37, 37), (100, 7), (16 * 32, 16)]
)
def test_a_row_is_divided_evenly_and_never_too_finely(width, blocks):
    grid = Grid.of((width, 300))

    assert grid.blocks == blocks
    assert grid.blocks * grid.across == -(-width // 16)


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("size", ["[600, 600]", "[553, 617]"])
@pytest.mark.parametrize("words", ["Short", "Rather longer words that wrap 🎉", ""])
def test_a_rendition_shows_the_same_as_encoding_its_picture_at_once(size, words, scale):
    one = design(POSTER.format(size=size))
    values = Values(texts={"head": words})
    page = lay_out(one, brand(), values, "en", artwork=artwork())[0]

    made = render(one, brand(), values, "en", "jpeg", artwork=artwork(), scale=scale).data

    expected = whole(raster.paint(page, scale), 85)
    assert made != expected
    shown, wanted = (np.asarray(Image.open(io.BytesIO(data))) for data in (made, expected))
    assert np.array_equal(shown, wanted)
    assert len(made) <= 1.03 * len(expected)


def test_only_what_changes_is_encoded_again(monkeypatch):
    one = design(POSTER.format(size="[600, 600]"))
    encoded = []
    real = jpeg.whole

    def counted(image, quality, grid=None):
        encoded.append(image.width * image.height)
        return real(image, quality, grid)

    def made(number):
        values = Values(texts={"head": f"Partner {number}"})
        return render(one, brand(), values, "en", "jpeg", artwork=artwork()).data

    raster.forget()
    first = made(1)
    monkeypatch.setattr(jpeg, "whole", counted)
    second = made(2)

    assert first != second
    assert 0 < sum(encoded) < 0.4 * 600 * 600


def test_the_same_rendition_has_the_same_bytes_warm_and_cold():
    one = design(POSTER.format(size="[600, 600]"))

    def made(head):
        return render(one, brand(), Values(texts={"head": head}), "en", "jpeg", artwork=artwork()).data

    warm = [made("One"), made("Two"), made("One")]
    raster.forget()

    assert warm[0] == warm[2] == made("One")
    assert warm[1] == made("Two")


def test_a_picture_that_changes_nearly_everywhere_is_encoded_at_once():
    one = design(POSTER.format(size="[600, 320]").replace("[20, 20, 100, 30]", "[0, 0, 600, 320]"))
    values = Values(texts={"head": "Hello"})
    page = lay_out(one, brand(), values, "en", artwork=artwork())[0]

    made = render(one, brand(), values, "en", "jpeg", artwork=artwork()).data

    assert made == Imprint().into_jpeg(whole(raster.paint(page), 85), 96)
