"""What a partner may change in the look of a zone, and what the locks refuse."""

import pytest

from assets.design import load_design
from assets.layout import Values, place
from assets.layout.operations import Glyphs
from tests.assets.material import BANNER, brand, one_layer

LAYER = "{kind: text, zone: words, box: [20, 20, 300, 60], text: Hello there, font: {size: 20, min: 12, max: 30}}"


def page_of(style, zone="editable: true, nudge: 10", layer=LAYER, language="en", more=""):
    one = one_layer(layer + more, more=f"zones:\n  words: {{kind: text, {zone}}}\n")
    return place(one, brand(), Values(styles={"words": style}), language, {})[0]


def words(page):
    return next(each for each in page.operations if isinstance(each, Glyphs))


def told(page):
    return [(each.kind, each.zone, each.refuses) for each in page.complaints]


@pytest.mark.parametrize(("align", "left"), [("start", 20), ("center", 115), ("centre", 115), ("end", 217)])
def test_an_open_zone_is_aligned_as_the_partner_likes(align, left):
    page = page_of({"align": align})

    assert words(page).ink.x == pytest.approx(left, abs=8)
    assert page.complaints == ()


@pytest.mark.parametrize(("step", "size"), [("-2", 12), ("-1", 16), ("0", 20), ("1", 25), ("+2", 30)])
def test_size_goes_in_steps_between_the_smallest_and_the_largest(step, size):
    assert words(page_of({"size": step})).size == size


@pytest.mark.parametrize(("colour", "shown"), [("brand.primary", "#0f5c4d"), ("#123456", "#123456")])
def test_colours_come_from_the_brand_or_the_designs_own_palette(colour, shown):
    page = page_of({"colour": colour}, more='\n      - {kind: shape, box: [0, 180, 9, 9], fill: "#123456"}')

    assert words(page).colour.hex == shown


def test_a_zone_moves_within_its_limit_and_takes_along_what_hangs_below():
    below = "\n      - {kind: shape, box: [0, auto, 9, 9], below: head, gap: 4, fill: brand.primary}"
    layer = LAYER.replace("kind: text,", "kind: text, id: head,")

    still, moved = (page_of(style, layer=layer, more=below) for style in ({}, {"x": "6", "y": "-10"}))

    assert words(moved).ink.x - words(still).ink.x == pytest.approx(6)
    assert words(moved).ink.y - words(still).ink.y == pytest.approx(-10)
    assert moved.operations[-1].box.y - still.operations[-1].box.y == pytest.approx(-10)


def test_a_zone_that_hangs_below_another_moves_too():
    layer = "{kind: shape, id: bar, box: [0, 0, 9, 9], fill: brand.primary}\n      - " + LAYER.replace(
        "[20, 20,", "[20, auto,"
    ).replace("kind: text,", "kind: text, below: bar, gap: 3,")

    still, moved = (page_of(style, layer=layer) for style in ({}, {"y": "5"}))

    assert words(moved).ink.y - words(still).ink.y == pytest.approx(5)


@pytest.mark.parametrize(
    ("style", "locks"),
    [
        ({"align": "end"}, "[style]"),
        ({"size": "1"}, "[style, position_size]"),
        ({"colour": "brand.primary"}, "[style]"),
        ({"x": "3"}, "[position_size]"),
        ({"y": "3"}, "[position_size]"),
    ],
)
def test_a_locked_axis_is_refused_by_the_zones_name(style, locks):
    usual = page_of({}, f"editable: true, locks: {locks}")

    page = page_of(style, f"editable: true, locks: {locks}")

    assert told(page) == [("style_locked", "words", True)]
    assert "“words” is locked" in page.complaints[0].text
    assert words(page).ink == words(usual).ink


def test_the_lock_of_one_axis_leaves_the_other_open():
    page = page_of({"align": "end"}, "editable: true, locks: [position_size]")

    assert page.complaints == ()


def test_a_zone_that_is_not_editable_has_no_open_axis():
    assert told(page_of({"align": "end"}, "editable: false")) == [("style_locked", "words", True)]


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ({"align": "left"}, "start, centre, end"),
        ({"size": "3"}, "-2 … +2"),
        ({"size": "big"}, "-2 … +2"),
        ({"colour": "#ff00ff"}, "brand.primary"),
        ({"x": "11"}, "-10 … +10"),
        ({"x": "nan"}, "-10 … +10"),
        ({"font": "Comic"}, "align, size, colour, x, y"),
    ],
)
def test_what_does_not_fit_is_refused_and_says_what_would(style, says):
    page = page_of(style)

    assert told(page) == [("style_unfit", "words", True)]
    assert says in page.complaints[0].text


def test_a_style_for_no_zone_is_refused_once():
    one = one_layer(LAYER, more="zones:\n  words: {kind: text, editable: true}\n")

    page = place(one, brand(), Values(styles={"wrods": {"align": "end"}}), "en", {})[0]

    assert [each.kind for each in page.complaints] == ["style_unknown"]
    assert "wrods" in page.complaints[0].text


def test_text_set_larger_still_never_leaves_its_box():
    page = page_of({"size": "2"}, layer=LAYER.replace("Hello there", "A good deal more than fits on one line here"))

    assert words(page).size < 30
    assert words(page).ink.y >= 20 - 1e-6
    assert words(page).ink.bottom <= 80


def test_a_nudge_on_a_locked_place_is_a_finding():
    _, findings = load_design(
        BANNER.replace("editable: true,", "editable: true, nudge: 4, locks: [position_size],"), "x.yaml"
    )

    assert [(each.line, "nudge" in each.message) for each in findings] == [(18, True)]


def test_a_zone_that_must_be_changed_has_to_be_editable():
    _, findings = load_design(
        BANNER.replace("contact: {kind: contact_block}", "contact: {kind: contact_block, change_required: true}"),
        "x.yaml",
    )

    assert [(each.line, each.instead) for each in findings] == [(19, "Add “editable: true”.")]


def test_conditions_keep_hidden_zones_out_of_it():
    page = page_of({"align": "nowhere"}, layer=LAYER.replace("kind: text,", "kind: text, when: {not_profile: name},"))

    assert page.complaints == ()
    assert not [each for each in page.operations if isinstance(each, Glyphs)]
