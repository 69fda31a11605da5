"""Both logos side by side: who leads, how large each is, and what happens where one is missing."""

import pytest

from assets.design import load_design
from assets.layout import Values, place
from assets.layout.operations import Fill, Glyphs, Paint
from assets.logos import prepare_logo
from assets.rendering import lay_out
from tests.assets.material import BANNER, brand, logo, one_layer

ROUND = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><circle cx="50" cy="50" r="50" fill="{}"/></svg>'
WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 100"><rect width="800" height="100" fill="{}"/></svg>'


def mark(shape=ROUND, colour="#a01010"):
    return prepare_logo(shape.format(colour).encode())


def vendor(**changes):
    return brand(**{"name": "Vendora", "logo": mark(), "logo_dark": mark(colour="#ffffff")} | changes)


def arranged(more="", *, of=None, by=None, language="en", ground="#ffffff"):
    layer = f"{{kind: logo, id: both, of: both, box: [20, 20, 360, 60]{more}}}"
    one = one_layer(layer, size=f'[400, 200]\n    ground: {{colour: "{ground}"}}')
    values = Values(vendor=vendor() if by is None else by or None)
    return lay_out(one, of or brand(), values, language, artwork={})[0]


def marks(page):
    return [each for each in page.operations if isinstance(each, Paint)]


def rule(page):
    return next(each for each in page.operations if isinstance(each, Fill) and each.fill.a < 1)


def area(paint):
    return paint.box.w * paint.box.h


@pytest.mark.parametrize(
    ("lead", "language", "partner_is_left"),
    [("partner", "en", True), ("vendor", "en", False), ("partner", "ar", False), ("vendor", "ar", True)],
)
def test_the_lead_stands_where_reading_begins_and_is_the_larger(lead, language, partner_is_left):
    page = arranged(f", lead: {lead}", of=brand(logo=mark(colour="#0f5c4d"), logo_dark=None), language=language)

    left, right = marks(page)
    assert left.box.right < rule(page).box.x < right.box.x
    partner, other = (left, right) if partner_is_left else (right, left)
    assert partner.picture == mark(colour="#0f5c4d").picture
    larger, smaller = (partner, other) if lead == "partner" else (other, partner)
    assert area(larger) == pytest.approx(1.4 * area(smaller), rel=0.01)


def test_a_round_and_a_wide_logo_weigh_the_same():
    page = arranged(of=brand(logo=mark(WIDE), logo_dark=None))

    wide, round_one = marks(page)
    # The round one covers less of its box, so that its box may be a little larger.
    assert area(wide) / 1.4 == pytest.approx(area(round_one) * (3.1416 / 4) ** 0.5, rel=0.05)
    assert wide.box.h < round_one.box.h
    assert wide.box.y + wide.box.h / 2 == pytest.approx(round_one.box.y + round_one.box.h / 2)


@pytest.mark.parametrize("shape", [ROUND, WIDE])
@pytest.mark.parametrize("clear", [0, 25])
def test_both_keep_the_clear_space_and_stay_in_their_box(shape, clear):
    page = arranged(f", clear: {clear}", of=brand(logo=mark(shape), logo_dark=None))

    left, right = marks(page)
    tallest = max(left.box.h, right.box.h)
    least = max(clear, 0.4 * tallest)
    assert rule(page).box.x - left.box.right >= least - 0.01
    assert right.box.x - rule(page).box.right >= least - 0.01
    assert left.box.x >= 20
    assert right.box.right <= 380 + 0.01
    assert tallest <= 60 + 0.01
    assert page.complaints == ()


def test_without_a_divider_only_the_logos_are_painted():
    page = arranged(", divider: false")

    assert not [each for each in page.operations if isinstance(each, Fill) and each.fill.a < 1]
    assert len(marks(page)) == 2


def test_a_vendor_without_a_logo_is_named_and_told():
    page = arranged(by=vendor(logo=None, logo_dark=None))

    assert len(marks(page)) == 1
    assert [each.lines for each in page.operations if isinstance(each, Glyphs)] == [("Vendora",)]
    assert "Vendora has no logo yet" in page.complaints[0].text
    assert not page.refused


def test_without_a_vendor_the_partners_logo_stands_alone():
    page = arranged(by=False)

    assert [each.picture for each in marks(page)] == [logo().picture]
    assert len(page.operations) == 2


def test_a_long_name_beside_a_logo_takes_two_lines_and_is_never_cut():
    name = "Müller und Söhne Netzwerktechnik"

    page = arranged(of=brand(name=name, logo=None, logo_dark=None))

    words = next(each for each in page.operations if isinstance(each, Glyphs))
    assert " ".join(line.strip() for line in words.lines) == name
    assert len(words.lines) == 2
    assert not page.refused


def test_on_dark_ground_both_light_logos_are_taken():
    page = arranged(ground="#0b1f3a")

    assert [each.picture for each in marks(page)] == [logo("#ffffff").picture, mark(colour="#ffffff").picture]


def test_one_plate_lies_behind_both_where_either_needs_one():
    page = arranged(of=brand(logo=logo("#10131a"), logo_dark=None), ground="#0b1f3a")

    plates = [each for each in page.operations if isinstance(each, Fill) and each.radius]
    assert len(plates) == 1
    assert plates[0].fill.hex == "#ffffff"
    assert all(plates[0].box.holds(each.box) for each in marks(page))
    assert marks(page)[1].picture == mark().picture


def test_a_lead_without_a_second_logo_is_a_finding_with_its_line():
    _, findings = load_design(BANNER.replace("of: partner", "of: partner, lead: vendor"), "x.yaml")

    assert [(each.line, each.instead) for each in findings] == [(12, "Write “of: both”.")]


def test_what_hangs_below_starts_where_the_logos_end():
    layers = "{kind: logo, id: both, of: both, box: [0, 0, 120, 90], valign: top}\n      - {kind: shape, box: [0, auto, 9, 9], below: both, gap: 5, fill: brand.primary}"

    page = place(one_layer(layers), brand(), Values(vendor=vendor()), "en", {})[0]

    tallest = max(each.box.h for each in marks(page))
    assert tallest < 60
    assert page.operations[-1].box.y == pytest.approx(tallest + 5)
