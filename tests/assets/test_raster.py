import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Lock

import numpy as np
import pytest
from PIL import Image

from assets.artwork import load_picture
from assets.layout import Values
from assets.renderers import cache, raster
from assets.renderers.cache import TOGETHER, BytesLru
from assets.renderers.png import png
from assets.rendering import Unfit, lay_out, preview, render
from tests.assets.material import BANNER, FLYER, TEXTS, artwork, brand, design, one_layer, photo

NOW = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
VALUES = Values(texts=TEXTS["en"], fields={"launch.page_url": "https://nordwind.example/drill"})


def opened(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize(("format_", "media"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")])
@pytest.mark.parametrize("scale", [1, 2])
def test_images_have_the_asked_size_and_type(format_, media, scale):
    made = render(design(BANNER), brand(), VALUES, "en", format_, artwork=artwork(), scale=scale)

    assert made.media_type == media
    assert opened(made.data).size == (made.width, made.height) == (600 * scale, 314 * scale)


def test_the_same_rendition_has_the_same_bytes_warm_and_cold():
    first = render(design(BANNER), brand(), VALUES, "en", "png", artwork=artwork())
    warm = render(design(BANNER), brand(), VALUES, "en", "png", artwork=artwork())
    raster.forget()
    cold = render(design(BANNER), brand(), VALUES, "en", "png", artwork=artwork())

    assert first.data == warm.data == cold.data


def test_colours_land_where_the_design_puts_them():
    image = opened(render(design(BANNER), brand(), VALUES, "en", "png", artwork=artwork()).data)

    assert image.getpixel((5, 300)) == (0x0B, 0x1F, 0x3A)
    assert image.getpixel((500, 150)) != (0x0B, 0x1F, 0x3A)


def test_words_leave_ink_inside_their_block_and_none_outside():
    one = one_layer("{kind: text, box: [40, 40, 300, 100], text: {t: head}, font: {size: 30, weight: 700}}")
    page = lay_out(one, brand(), VALUES, "en", artwork={})[0]

    inked = np.asarray(raster.paint(page).convert("L")) < 200

    ink = page.operations[-1].ink
    rows, columns = np.nonzero(inked)
    assert inked.sum() > 300
    assert columns.min() >= ink.x - 1.5
    assert columns.max() <= ink.right + 1.5
    assert rows.min() >= ink.y - 1.5
    assert rows.max() <= ink.bottom + 1.5


@pytest.mark.parametrize("language", list(TEXTS))
def test_every_script_leaves_ink(language):
    image = opened(
        render(design(BANNER), brand(), Values(texts=TEXTS[language]), language, "png", artwork=artwork()).data
    )

    assert (np.asarray(image.convert("L")) > 240).sum() > 800


def test_2x_shows_the_same_picture_finer():
    one, two = (
        opened(render(design(BANNER), brand(), VALUES, "en", "png", artwork=artwork(), scale=scale).data)
        for scale in (1, 2)
    )

    difference = np.abs(np.asarray(two.resize(one.size, Image.Resampling.BOX), dtype=int) - np.asarray(one, dtype=int))
    assert difference.mean() < 3


def test_qr_codes_are_made_of_whole_pixels():
    one = one_layer('{kind: qr, box: [20, 20, 150, 150], value: "https://nordwind.example/drill", colour: "#000000"}')

    part = opened(render(one, brand(), VALUES, "en", "png", artwork={}).data).crop((20, 20, 170, 170))

    assert {colour for _, colour in part.getcolors()} == {(0, 0, 0), (255, 255, 255)}


def test_a_refused_design_is_never_painted_as_a_file():
    values = Values(texts={"head": "word " * 200, "body": "x"})

    with pytest.raises(Unfit, match="Shorten it"):
        render(design(BANNER), brand(), values, "en", "png", artwork=artwork())


def test_a_preview_shows_the_rest_of_a_refused_design_with_its_complaints():
    values = Values(texts={"head": "word " * 200, "body": "x"})

    made = preview(design(BANNER), brand(), values, "en", artwork=artwork(), most_pixels=300)

    assert (made.width, made.height) == (300, 157)
    assert any(complaint.refuses for complaint in made.complaints)


def test_previews_of_a_pdf_show_any_page_at_the_asked_size():
    made = preview(design(FLYER), brand(), VALUES, "en", artwork=artwork(), page=2, most_pixels=500)

    assert made.height == 500


def test_png_is_exact_and_not_larger_than_pillows_quick_one():
    image = Image.open(io.BytesIO(photo(600, 400))).convert("RGB")

    ours = png(image)

    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=1)
    assert np.array_equal(np.asarray(opened(ours)), np.asarray(image))
    assert len(ours) <= 1.05 * len(stream.getvalue())


def test_turned_photographs_stand_upright():
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(io.BytesIO(photo())).save(stream, "JPEG", exif=exif)

    picture = load_picture("turned.jpg", stream.getvalue())

    assert (picture.width, picture.height) == (440, 660)
    assert picture.open().size == (440, 660)


def test_the_memory_of_prepared_things_is_bounded_by_bytes():
    kept: BytesLru[bytes] = BytesLru(1000, len)

    for number in range(50):
        kept.get(number, lambda: b"x" * 100)

    assert kept.used <= 1000


def test_what_nobody_asked_for_between_two_looks_is_forgotten_and_what_is_in_use_stays(monkeypatch):
    monkeypatch.setattr(cache, "_kinds", [])
    kept: BytesLru[str] = BytesLru(1000, len)
    for key in ("in use", "idle"):
        kept.get(key, lambda: "made once")

    cache.forget_idle(NOW)
    kept.get("in use", lambda: "made anew")
    cache.forget_idle(NOW)

    assert kept.get("in use", lambda: "made anew") == "made once"
    assert kept.used == len("made once")
    cache.forget_idle(NOW)
    cache.forget_idle(NOW)
    assert kept.used == 0


def test_what_takes_much_memory_to_make_is_made_once_and_never_two_of_it_at_a_time():
    kept: BytesLru[str] = BytesLru(1000, len, one_by_one=True)
    busy, made, together = Lock(), [], Barrier(4)

    def make(name):
        assert busy.acquire(blocking=False), "two were made at a time"
        threading.Event().wait(0.01)  # in which another thread could begin
        made.append(name)
        busy.release()
        return name

    def ask(name):
        together.wait()
        return kept.get(name, lambda: make(name))

    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(ask, ["one", "two", "one", "two"]))

    assert got == ["one", "two", "one", "two"]
    assert sorted(made) == ["one", "two"]


def test_all_kinds_of_prepared_things_share_one_bound_and_the_longest_unused_goes_first(monkeypatch):
    monkeypatch.setattr(cache, "_kinds", [])  # what other tests have left there counts, too
    piece = b"x" * (TOGETHER // 10)
    layers: BytesLru[bytes] = BytesLru(TOGETHER, len)
    pictures: BytesLru[bytes] = BytesLru(TOGETHER, len)
    for number in range(6):
        layers.get(number, lambda: piece)
    for number in range(6):
        pictures.get(number, lambda: piece)
        layers.get(5, lambda: b"made anew")

    assert layers.used + pictures.used <= TOGETHER
    assert pictures.used == 6 * len(piece)
    assert layers.get(5, lambda: b"made anew") is piece
    assert layers.get(0, lambda: b"made anew") == b"made anew"
    layers.clear()
    pictures.clear()
