import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assets.artwork import UnreadablePicture, load_artwork, load_picture
from assets.brand import load_brand
from assets.colour import INK, PAPER, Rgba, Tone, contrast, nearest_passing_tone, nearest_tone_on, readable_on
from assets.layout import Values
from assets.logos import prepare_logo
from assets.quality import standing_out
from assets.rendering import complaints_about, lay_out
from assets.svg import UnsafeSvg, check_svg
from tests.assets.material import BANNER, FLYER, MARK, TEXTS, artwork, brand, design, logo, one_layer

COLOURS = st.builds(Rgba, st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


def kinds(one, **changes):
    return {
        each.kind
        for each in complaints_about(one, brand(**changes), Values(texts=TEXTS["en"]), "en", artwork=artwork())
    }


def test_contrast_is_counted_as_wcag_does():
    assert contrast(Rgba.parse("#777777"), PAPER) == pytest.approx(4.48, abs=0.01)
    assert contrast(Rgba(0, 0, 0), PAPER) == pytest.approx(21)


@given(COLOURS)
def test_readable_on_is_always_the_better_of_ink_and_paper(ground):
    assert contrast(readable_on(ground), ground) == max(contrast(INK, ground), contrast(PAPER, ground))


@given(COLOURS, COLOURS)
def test_the_nearest_passing_tone_passes(colour, ground):
    tone = nearest_passing_tone(colour, ground, 3.0)

    assert tone is None or contrast(tone, ground) >= 3.0


def test_a_colour_that_passes_is_its_own_nearest_tone():
    assert contrast(nearest_passing_tone(Rgba(0, 0, 120), PAPER), PAPER) == pytest.approx(
        contrast(Rgba(0, 0, 120), PAPER), rel=0.02
    )


def test_pale_words_on_white_are_complained_of_with_a_tone_that_passes():
    one = one_layer('{kind: text, box: [10, 10, 300, 60], text: Hello, font: {size: 20}, colour: "#dddddd"}')

    complaint = complaints_about(one, brand(), Values(), "en", artwork={})[0]

    assert complaint.kind == "contrast"
    assert contrast(Rgba.parse(str(complaint.data["better"])), PAPER) >= 4.5
    assert complaint.data["better"] in complaint.text


def test_a_clean_design_has_no_complaints():
    assert kinds(design(BANNER)) == set()


def test_a_picture_too_small_for_print_tells_its_dpi_and_the_pixels_it_needs():
    found = complaints_about(design(FLYER), brand(), Values(texts=TEXTS["en"]), "en", artwork=artwork())

    complaint = next(each for each in found if each.kind == "resolution")
    assert "only 37 dpi" in complaint.text
    assert "at least 2685 × 1790 pixels" in complaint.text
    assert not complaint.refuses


def only(found, kind):
    return next(each for each in found if each.kind == kind)


def about(layer, *, size="[400, 200]", more="", pictures=None, **changes):
    values = Values(texts={}, pictures=pictures or {})
    return complaints_about(one_layer(layer, size=size, more=more), brand(**changes), values, "en", artwork=artwork())


IMAGE = "{kind: image, zone: shot, src: artwork/hero.jpg, box: [0, 0, 400, 200]}"


@pytest.mark.parametrize(
    ("limit", "kind", "words"),
    [
        ("min_dpi: 300", "resolution", "at least 1250 × 834 pixels"),
        ("min_pixels: [1200, 800]", "pixels", "660 × 440 pixels; 1200 × 800 are needed"),
    ],
)
def test_a_picture_below_what_its_zone_declares_is_refused_with_the_pixels_it_needs(limit, kind, words):
    found = about(IMAGE, more=f"zones:\n  shot: {{kind: image, editable: true, {limit}}}\n")

    assert only(found, kind).refuses
    assert words in only(found, kind).text
    assert about(IMAGE, more="zones:\n  shot: {kind: image, editable: true}\n") == ()


def test_words_below_the_contrast_that_their_zone_declares_are_refused():
    layer = '{kind: text, zone: head, box: [10, 10, 300, 60], text: Hello, font: {size: 40}, colour: "#767676"}'

    found = about(layer, more="zones:\n  head: {kind: text, contrast: 7}\n")

    assert only(found, "contrast").refuses
    assert contrast(Rgba.parse(str(only(found, "contrast").data["better"])), PAPER) >= 7
    assert about(layer, more="zones:\n  head: {kind: text}\n") == ()


@pytest.mark.parametrize(
    ("size", "weight", "complains"), [(23, 400, True), (24, 400, False), (18, 700, True), (19, 700, False)]
)
def test_large_words_need_less_contrast_than_small_ones(size, weight, complains):
    layer = (
        f'{{kind: text, box: [10, 10, 300, 60], text: Hi, font: {{size: {size}, weight: {weight}}}, colour: "#8a8a8a"}}'
    )

    assert bool(about(layer)) == complains


LOGO_AND_WORDS = """
format: 1
key: one
unit: px
pages:
  - size: [400, 200]
    layers:
      - {kind: logo, zone: mark, of: partner, box: [20, 20, 180, 40]%s}
      - {kind: text, box: [20, %s, 300, 40], text: Hello, font: {size: 24}}
zones:
  mark: {kind: logo%s}
"""


@pytest.mark.parametrize(("on_layer", "in_zone"), [(", clear: 30", ""), ("", ", clear: 30")])
def test_words_in_the_clear_space_that_a_design_declares_are_refused_with_what_is_free(on_layer, in_zone):
    near, far = (design(LOGO_AND_WORDS % (on_layer, y, in_zone)) for y in (64, 90))

    complaint = only(complaints_about(near, brand(), Values(), "en", artwork={}), "clear_space")

    assert complaint.refuses
    assert (complaint.zone, complaint.data["clear"]) == ("mark", 30)
    assert 0 < float(complaint.data["free"]) < 30
    assert complaints_about(far, brand(), Values(), "en", artwork={}) == ()


def test_words_close_to_a_logo_are_only_remarked_on_where_nothing_is_declared():
    close = design(LOGO_AND_WORDS % ("", 56, ""))

    complaint = only(complaints_about(close, brand(), Values(), "en", artwork={}), "clear_space")

    assert not complaint.refuses
    assert "must be free" in complaint.text


@pytest.mark.parametrize("ground", ["#ffffff", "#000000", "#1d4ed8", "#ffe066", "#7f7f7f"])
@pytest.mark.parametrize("colour", ["#dddddd", "#1e3a8a", "#ff8800", "#00c853"])
def test_the_offered_tone_passes_on_every_ground_and_keeps_its_hue(colour, ground):
    layer = f'{{kind: text, box: [10, 10, 300, 60], text: Hello, font: {{size: 15}}, colour: "{colour}"}}'
    one = design(
        f'format: 1\nkey: one\nunit: px\npages:\n  - size: [400, 200]\n    ground: {{colour: "{ground}"}}\n    layers:\n      - {layer}\n'
    )

    found = complaints_about(one, brand(), Values(), "en", artwork={})

    if contrast(Rgba.parse(colour), Rgba.parse(ground)) >= 4.5:
        assert found == ()
        return
    better = Rgba.parse(str(found[0].data["better"]))
    assert contrast(better, Rgba.parse(ground)) >= 4.5
    assert found[0].data["ground"] == ground
    strong = {n for n, each in enumerate((better.r, better.g, better.b)) if each == max(better.r, better.g, better.b)}
    wanted = Rgba.parse(colour)
    channels = (wanted.r, wanted.g, wanted.b)
    assert channels.index(max(channels)) in strong


def test_on_a_ground_of_many_colours_the_tone_passes_on_all_of_them_or_none_is_offered():
    sky, night = Rgba.parse("#8ec5ff"), Rgba.parse("#101820")

    assert nearest_tone_on(Rgba.parse("#888888"), (PAPER, sky)) is not None
    assert nearest_tone_on(Rgba.parse("#888888"), (PAPER, sky, night)) is None
    layer = '{kind: gradient, box: [0, 0, 400, 200], from: "#ffffff", to: "#000000"}\n      - {kind: text, box: [10, 10, 380, 60], text: Hello and welcome to all, font: {size: 30}, colour: "#888888"}'
    complaint = only(about(layer), "contrast")
    assert "better" not in complaint.data
    assert "calmer picture" in complaint.text


def test_the_nearest_tone_looks_more_alike_than_any_other_grey_step_that_passes():
    wanted, ground = Rgba.parse("#f59e0b"), PAPER

    tone = nearest_passing_tone(wanted, ground)

    own = Tone.of(wanted)
    assert tone.hex != "#000000"
    greys = [Rgba(n, n, n) for n in range(256) if contrast(Rgba(n, n, n), ground) >= 4.5]
    assert all(own.away(Tone.of(tone)) < own.away(Tone.of(grey)) for grey in greys)


def test_a_pale_code_is_offered_a_tone_for_its_own_ground():
    layer = '{{kind: qr, box: [20, 20, 120, 120], value: "https://x.example", colour: "{}", ground: "{}"}}'

    on_white = only(about(layer.format("#cccccc", "#ffffff")), "qr_contrast")
    on_grey = only(about(layer.format("#999999", "#777777")), "qr_contrast")

    assert contrast(Rgba.parse(str(on_white.data["better"])), PAPER) >= 7
    assert on_grey.data["better"] == "#000000"


def painted_logo(ground, **changes):
    one = design(
        "format: 1\nkey: one\nunit: px\npages:\n  - size: [400, 100]\n    layers:\n"
        f"      - {ground}\n      - {{kind: logo, of: partner, box: [20, 20, 270, 60]}}\n"
    )
    page = lay_out(one, brand(**changes), Values(), "en", artwork=artwork())[0]
    return next(each for each in page.operations if getattr(each, "role", "") == "logo").picture


@pytest.mark.parametrize(
    ("ground", "chosen"),
    [
        ('{kind: gradient, box: [0, 0, 400, 100], from: "#000000", to: "#30343c"}', "dark"),
        ('{kind: gradient, box: [0, 0, 400, 100], from: "#ffffff", to: "#c9d4e4"}', "light"),
        ('{kind: shape, box: [0, 0, 400, 100], fill: "#0b1f3a"}', "dark"),
        ("{kind: image, src: artwork/night.png, box: [0, 0, 400, 100]}", "dark"),
        ("{kind: image, src: artwork/day.png, box: [0, 0, 400, 100]}", "light"),
        (
            '{kind: shape, box: [0, 0, 400, 100], fill: "#0b1f3a"}\n      - {kind: shape, box: [0, 0, 400, 100], fill: "#ffffff", opacity: 0.9}',
            "light",
        ),
    ],
)
def test_the_logo_is_chosen_by_what_really_lies_under_it(ground, chosen, monkeypatch):
    noise = np.random.default_rng(5)
    for name, level in (("night", 40), ("day", 215)):
        stream = io.BytesIO()
        Image.fromarray(noise.normal(level, 18, (100, 400, 3)).clip(0, 255).astype(np.uint8)).save(stream, "PNG")
        monkeypatch.setitem(artwork(), f"artwork/{name}.png", load_artwork(f"{name}.png", stream.getvalue()))

    found = painted_logo(ground)

    assert found == (logo("#ffffff") if chosen == "dark" else logo()).picture


def test_words_beyond_the_safe_area_are_complained_of():
    one = design(BANNER.replace("box: [30, 84, 320, 110]", "box: [2, 84, 320, 110]"))

    assert "safe_area" in kinds(one)


def test_words_in_a_logos_clear_space_are_complained_of():
    one = design(BANNER.replace("clear: 6", "clear: 60"))

    assert "clear_space" in kinds(one)


def test_a_logo_loses_its_empty_margin():
    prepared = prepare_logo(MARK.format("#0f5c4d").encode())

    assert prepared.aspect == pytest.approx(360 / 80, rel=0.02)
    assert prepared.ground is None


def test_an_opaque_logo_remembers_the_colour_of_its_box():
    image = Image.new("RGB", (200, 100), "#ffeedd")
    image.paste("#102030", (50, 30, 150, 70))
    stream = io.BytesIO()
    image.save(stream, "PNG")

    prepared = prepare_logo(stream.getvalue())

    assert prepared.ground == Rgba(0xFF, 0xEE, 0xDD)
    assert (prepared.picture.width, prepared.picture.height) == (100, 40)
    assert prepared.luminance < 0.1


def test_logos_know_on_which_ground_they_read():
    assert logo("#10131a").reads_on(1.0)
    assert not logo("#10131a").reads_on(0.0)
    assert logo("#ffffff").reads_on(0.0)


@pytest.mark.parametrize(
    "svg",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd"/></svg>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&a;</text></svg>',
        "<html/>",
        "<svg",
    ],
)
def test_svg_with_tricks_is_refused(svg):
    with pytest.raises(UnsafeSvg):
        check_svg(svg.encode())


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_not_a_picture_is_refused_with_a_reason(data):
    with pytest.raises(UnreadablePicture, match="picture"):
        load_picture("upload.png", data)


def test_a_brand_file_tells_its_faults_by_line():
    found, findings = load_brand('name: X\ncolours: {primary: "red"}\n', "brand.yaml", lambda _: b"")

    assert found is None
    assert findings[0].line == 2


def test_a_brand_file_becomes_a_brand():
    text = 'name: X\nlogo: mark.svg\ncolours: {primary: "#102030"}\nwebsite: https://x.example/\ncountry: US\nstreet: 1 Road\ncity: Boulder\npostcode: "80302"\n'

    found, _ = load_brand(text, "brand.yaml", lambda _: MARK.format("#102030").encode())

    assert found.logo is not None
    assert found.field("website") == "x.example"
    assert found.address == "1 Road, Boulder 80302"
    assert found.token("on_primary") == PAPER


BESIDE = """
format: 1
key: one
unit: px
pages:
  - size: [800, 100]
    layers:
      - {kind: gradient, box: [0, 0, 800, 100], from: "#000000", to: "#ffffff"}
      - {kind: logo, of: partner, box: [10, 20, %s, 60], plate: never}
"""


def test_a_logo_that_fades_into_a_part_of_its_ground_is_remarked_on():
    dark = {"logo": glyph("#05070a"), "logo_dark": None}

    complaint = only(complaints_about(design(BESIDE % 780), brand(**dark), Values(), "en", artwork={}), "logo_faint")

    assert not complaint.refuses
    assert "calmer ground" in complaint.text


def test_a_logo_that_stands_out_or_brings_its_own_ground_is_not():
    bright = {"logo": glyph("#ffffff"), "logo_dark": None}

    assert "logo_faint" not in {
        each.kind for each in complaints_about(design(BESIDE % 300), brand(**bright), Values(), "en", artwork={})
    }
    assert standing_out(solid().picture, 1.0) == 1.0
    assert standing_out(glyph("#ffffff").picture, 1.0) == 0.0


def glyph(colour):
    return prepare_logo(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 60"><circle cx="30" cy="30" r="28" fill="{colour}"/><path d="M80 10h300v12H80zM80 38h200v12H80z" fill="{colour}"/></svg>'.encode()
    )


def solid():
    stream = io.BytesIO()
    image = Image.new("RGB", (200, 100), "#ffffff")
    image.paste("#102030", (50, 30, 150, 70))
    image.save(stream, "PNG")
    return prepare_logo(stream.getvalue())


@pytest.mark.parametrize(("align", "colour"), [("start", "#ffffff"), ("end", "#05070a")])
def test_only_the_ground_where_the_logo_stands_counts_in_a_wide_box(align, colour):
    marks = {"logo": glyph("#05070a"), "logo_dark": glyph("#ffffff")}
    one = design(BESIDE.replace("plate: never", f"align: {align}") % 780)

    page = lay_out(one, brand(**marks), Values(), "en", artwork={})[0]

    assert (
        next(each for each in page.operations if getattr(each, "role", "") == "logo").picture == glyph(colour).picture
    )
