import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uniseg.linebreak import line_break_units

from assets.brand import Brand
from assets.colour import Rgba
from assets.layout import Values, place
from assets.layout.breaks import finest_units
from assets.layout.operations import Fill, Glyphs, Paint, Qr
from assets.rendering import lay_out
from tests.assets.material import BANNER, FLYER, TEXTS, artwork, brand, design, logo, one_layer

WORDS = st.text(
    alphabet=st.sampled_from(
        "abcdefghijklmnopqrstuvwxyzÄÖÜßéñçABCDEFGHIJKLMNO ,.!?-’jgfТестλόγοςقلمחברשההעברที่นี่かな漢字क्षिỆ"
    ),
    min_size=1,
    max_size=120,
)


def placed(one, language="en", *, of=None, values=None):
    return lay_out(one, of or brand(), values or Values(texts=TEXTS.get(language, {})), language, artwork=artwork())


def texts_of(page):
    return [operation for operation in page.operations if isinstance(operation, Glyphs)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    text=WORDS,
    width=st.integers(60, 390),
    height=st.integers(20, 190),
    language=st.sampled_from(["en", "ar", "ja", "hi", "th"]),
    align=st.sampled_from(["start", "centre", "end"]),
    valign=st.sampled_from(["top", "middle", "bottom"]),
)
def test_no_glyph_ever_leaves_its_box(text, width, height, language, align, valign):
    one = one_layer(
        f"{{kind: text, box: [5, 5, {width}, {height}], text: {{t: x}}, align: {align}, valign: {valign}, font: {{size: 40, min: 8}}}}"
    )

    page = place(one, brand(), Values(texts={"x": text}), language, {})[0]

    box = one.pages[0].layers[0].box
    for block in texts_of(page):
        assert box.holds(block.ink, slack=0.01), (block.ink, box)
    assert texts_of(page) or page.refused or not text.strip()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=WORDS.filter(lambda text: text.strip()), width=st.integers(80, 390))
def test_text_is_never_cut(text, width):
    one = one_layer(f"{{kind: text, box: [5, 5, {width}, 190], text: {{t: x}}, font: {{size: 40, min: 6}}}}")

    page = place(one, brand(), Values(texts={"x": text}), "en", {})[0]

    for block in texts_of(page):
        shown = "".join("".join(line.split()) for line in block.lines)
        assert shown == "".join(text.split())


def test_text_shrinks_only_as_far_as_it_must():
    short, long = (
        texts_of(
            place(
                one_layer("{kind: text, box: [0, 0, 400, 60], text: {t: x}, font: {size: 40, min: 10}}"),
                brand(),
                Values(texts={"x": words}),
                "en",
                {},
            )[0]
        )[0]
        for words in ("Short", "A much longer headline that needs room to breathe")
    )

    assert short.size == 40
    assert 10 <= long.size < 40


def test_text_that_does_not_fit_is_refused_and_says_by_how_much():
    one = one_layer("{kind: text, id: words, box: [0, 0, 120, 40], text: {t: x}, font: {size: 20, min: 14}}")

    page = place(one, brand(), Values(texts={"x": "far too many words for such a little place on the page"}), "en", {})[
        0
    ]

    assert page.refused
    assert texts_of(page) == []
    assert "Shorten it by about" in page.complaints[0].text


def test_a_word_wider_than_its_box_is_named_and_not_broken():
    one = one_layer("{kind: text, box: [0, 0, 100, 100], text: {t: x}, font: {size: 30, min: 24}}")

    page = place(one, brand(), Values(texts={"x": "Datenschutzgrundverordnung"}), "de", {})[0]

    assert "Datenschutzgrundverordnung" in page.complaints[0].text


def test_a_soft_hyphen_lets_a_long_word_be_divided_and_shows_its_hyphen():
    one = one_layer("{kind: text, box: [0, 0, 250, 100], text: {t: x}, font: {size: 30, min: 24}}")

    page = place(one, brand(), Values(texts={"x": "Datenschutz\u00adgrund\u00adverordnung"}), "de", {})[0]

    assert texts_of(page)[0].lines == ("Datenschutz-", "grundverordnung")


def test_a_missing_glyph_is_found_before_rendering():
    one = one_layer("{kind: text, box: [0, 0, 300, 100], text: {t: x}, font: {size: 30}}")

    page = place(one, brand(), Values(texts={"x": "Hi \U00013080"}), "en", {})[0]

    assert page.complaints[0].kind == "glyph_missing"
    assert "\U00013080" in page.complaints[0].text


def test_a_long_headline_pushes_what_hangs_below_it():
    one = design(BANNER)

    short, long = (
        texts_of(placed(one, values=Values(texts=TEXTS["en"] | {"head": head}))[0])
        for head in ("Short", "A long headline over some lines of text")
    )

    assert long[1].box.y > short[1].box.y
    assert long[1].box.y == pytest.approx(long[0].box.bottom + 10)


def test_right_to_left_languages_mirror_alignment_and_boxes():
    english, arabic = (texts_of(placed(design(BANNER), language)[0])[0] for language in ("en", "ar"))

    assert english.ink.x == pytest.approx(30, abs=3)
    assert arabic.ink.right == pytest.approx(600 - 30, abs=3)


def test_phone_numbers_keep_their_order_inside_arabic():
    page = placed(design(BANNER), "ar")[0]

    contact = next(block for block in texts_of(page) if block.zone == "contact")
    phone = "".join(each.run.text for each in sorted(contact.runs, key=lambda each: each.x))
    assert "+49" in phone
    assert phone.index("+49") < phone.index("5678")


@pytest.mark.parametrize("language", list(TEXTS))
def test_every_script_is_set_from_faces_that_have_all_its_glyphs(language):
    page = placed(design(BANNER), language)[0]

    assert not page.refused
    assert all(glyph.number for block in texts_of(page) for each in block.runs for glyph in each.run.glyphs)


def test_japanese_lines_end_between_phrases():
    one = one_layer("{kind: text, box: [0, 0, 300, 190], text: {t: x}, font: {size: 30}}")

    page = place(one, brand(), Values(texts={"x": "そのメール、社内の何人が開きますか"}), "ja", {})[0]

    assert all(line.endswith(("、", "が", "の", "か")) for line in texts_of(page)[0].lines)


def test_korean_words_stay_whole():
    one = one_layer("{kind: text, box: [0, 0, 280, 190], text: {t: x}, font: {size: 30}}")

    page = place(one, brand(), Values(texts={"x": TEXTS["ko"]["head"]}), "ko", {})[0]

    assert " ".join(texts_of(page)[0].lines).split() == TEXTS["ko"]["head"].split()


@pytest.mark.parametrize(("ground", "expected"), [("#ffffff", "logo"), ("#0b1f3a", "logo_dark")])
def test_the_logo_is_chosen_by_what_lies_under_it(ground, expected):
    one = design(BANNER.replace('fill: "#0b1f3a"', f'fill: "{ground}"'))
    partner = brand()

    page = placed(one, of=partner)[0]

    mark = next(each for each in page.operations if isinstance(each, Paint) and each.role == "logo")
    assert mark.picture == getattr(partner, expected).picture


def test_a_dark_logo_without_a_light_one_gets_a_plate_on_dark_ground():
    page = placed(design(BANNER), of=brand(logo=logo("#10131a"), logo_dark=None))[0]

    place_of_logo = next(
        number for number, each in enumerate(page.operations) if isinstance(each, Paint) and each.role == "logo"
    )
    plate = page.operations[place_of_logo - 1]
    assert isinstance(plate, Fill)
    assert plate.fill == Rgba(255, 255, 255)
    assert plate.box.holds(page.operations[place_of_logo].box)


def test_a_logo_keeps_its_aspect_and_stays_in_its_box():
    page = placed(design(BANNER))[0]

    mark = next(each for each in page.operations if isinstance(each, Paint) and each.role == "logo")
    assert mark.box.w / mark.box.h == pytest.approx(logo().aspect, rel=0.01)
    assert design(BANNER).pages[0].layers[1].box.holds(mark.box)


def test_without_a_logo_the_name_is_set_and_a_complaint_tells_how_to_mend_it():
    page = placed(design(BANNER), of=brand(logo=None, logo_dark=None))[0]

    assert texts_of(page)[0].lines == ("Nordwind", "Systeme") or texts_of(page)[0].lines == ("Nordwind Systeme",)
    assert not page.refused
    assert "Add a logo" in page.complaints[0].text


def test_layers_appear_only_when_the_profile_has_the_field():
    one = one_layer("{kind: text, box: [0, 0, 300, 100], text: Ring us, when: {profile: phone}, font: {size: 20}}")

    assert texts_of(place(one, brand(), Values(), "en", {})[0])
    assert not texts_of(place(one, brand(phone=""), Values(), "en", {})[0])


def test_contact_lines_that_are_missing_are_left_out():
    page = placed(design(FLYER), of=brand(email=""))[1]

    contact = texts_of(page)[-1]
    assert contact.lines == ("Nordwind Systeme", "+49\u00a030\u00a01234\u00a05678", "Kastanienallee 12, 10435 Berlin")


def test_only_editable_zones_take_the_partners_words():
    values = Values(texts=TEXTS["en"], zones={"headline": "My own words", "contact": "not mine"})

    page = placed(design(BANNER), values=values)[0]

    assert texts_of(page)[0].lines == ("My own words",)
    assert texts_of(page)[-1].lines[0].startswith("+49")


def test_a_zone_refuses_more_characters_than_it_allows():
    values = Values(texts=TEXTS["en"], zones={"headline": "x " * 40})

    page = placed(design(BANNER), values=values)[0]

    assert page.refused
    assert "Shorten it by 20" in page.complaints[0].text


def test_brand_tokens_give_readable_colours_on_any_primary():
    for colour in ("#ffd400", "#0b1f3a", "#7f7f7f", "#ff0000"):
        partner = Brand(name="x", primary=Rgba.parse(colour))
        page = placed(
            design(FLYER), of=partner, values=Values(texts=TEXTS["en"], fields={"launch.page_url": "https://a.example"})
        )[0]
        assert not [complaint for complaint in page.complaints if complaint.kind == "contrast"]


def test_a_qr_code_is_a_square_with_its_quiet_zone():
    page = placed(
        design(FLYER), values=Values(texts=TEXTS["en"], fields={"launch.page_url": "https://nordwind.example/d"})
    )[1]

    code = next(each for each in page.operations if isinstance(each, Qr))
    assert code.box.w == code.box.h == 40
    assert not any(any(row) for row in code.rows[:4])


def test_a_plate_hugs_its_words():
    one = one_layer(
        '{kind: text, box: [20, 20, 360, 60], text: Go, valign: middle, font: {size: 20}, plate: {fill: "#000000", radius: 8, pad: [16, 10]}, colour: "#ffffff"}'
    )

    page = place(one, brand(), Values(), "en", {})[0]

    plate = next(each for each in page.operations if isinstance(each, Fill) and each.radius)
    words = texts_of(page)[0]
    assert plate.box.x == 20
    assert plate.box.w < 80
    assert plate.box.holds(words.ink)


@pytest.mark.parametrize(
    "text",
    [
        "Hello big-world, see https://x.example/a-b/c now!",
        "Würde Ihr Team (auch „heute“) klicken ?",
        "+49 30 1234-567 · hansen-it.example",
        "Ένα ακίνδυνο μήνυμα; Чи натисне команда?",
        "هل سينقر فريقك على الرابط؟ (10 أيام)",
        "क्या आपकी टीम लिंक पर क्लिक करेगी?",
    ],
)
def test_the_quick_way_to_line_ends_agrees_with_the_rules_of_unicode(text):
    assert finest_units(text) == tuple(line_break_units(text))


@pytest.mark.parametrize("zones", [{}, {"headline": ""}, {"headline": f" {TEXTS['en']['head']}\n"}])
def test_words_that_must_be_changed_are_refused_as_they_came(zones):
    one = design(BANNER.replace("required: true, max", "change_required: true, max"))

    page = placed(one, values=Values(texts=TEXTS["en"], zones=zones))[0]

    assert page.refused
    assert [each.kind for each in page.complaints if each.zone == "headline" and each.refuses] == ["unchanged"]
    assert "own words" in next(each.text for each in page.complaints if each.kind == "unchanged")


def test_words_that_were_changed_as_they_must_be_are_set():
    one = design(BANNER.replace("required: true, max", "change_required: true, max"))

    page = placed(one, values=Values(texts=TEXTS["en"], zones={"headline": "Our own words"}))[0]

    assert not page.refused
    assert texts_of(page)[0].lines == ("Our own words",)


def test_a_locked_code_cannot_be_pointed_elsewhere():
    one = one_layer(
        '{kind: qr, zone: code, box: [0, 0, 100, 100], value: "https://kit.example"}',
        more="zones:\n  code: {kind: qr}\n",
    )

    ours, other = (
        place(one, brand(), Values(zones=zones), "en", {})[0].operations[-1]
        for zones in ({}, {"code": "https://elsewhere.example"})
    )

    assert ours == other


REQUIRED = "zones:\n  it: {{kind: {}, required: true}}\n"


@pytest.mark.parametrize(
    ("layer", "kind", "changes", "says"),
    [
        ("{kind: logo, zone: it, box: [0, 0, 90, 40]}", "logo", {"logo": None, "logo_dark": None}, "Add a logo"),
        ("{kind: logo, zone: it, of: vendor, box: [0, 0, 90, 40]}", "logo", {}, "Give the vendor a brand"),
        ("{kind: image, zone: it, box: [0, 0, 90, 40]}", "image", {}, "Choose one"),
        ('{kind: qr, zone: it, box: [0, 0, 90, 90], value: "{{ launch.page_url }}"}', "qr", {}, "Give it an address"),
        (
            "{kind: contact_block, zone: it, box: [0, 0, 90, 40], lines: [phone, email], font: {size: 9}}",
            "contact_block",
            {"phone": "", "email": ""},
            "none of phone, email. Fill one of them in",
        ),
    ],
)
def test_a_required_zone_of_any_kind_refuses_to_stay_empty(layer, kind, changes, says):
    one = one_layer(layer, more=REQUIRED.format(kind))

    page = place(one, brand(**changes), Values(), "en", {})[0]

    refusals = [each for each in page.complaints if each.refuses]
    assert [each.zone for each in refusals] == ["it"]
    assert says in refusals[0].text
    free = place(one_layer(layer, more=f"zones:\n  it: {{kind: {kind}}}\n"), brand(**changes), Values(), "en", {})[0]
    assert not free.refused


def test_a_required_zone_that_is_hidden_may_be_empty():
    layer = (
        "{kind: contact_block, zone: it, box: [0, 0, 90, 40], lines: [phone], font: {size: 9}, when: {profile: phone}}"
    )

    page = place(one_layer(layer, more=REQUIRED.format("contact_block")), brand(phone=""), Values(), "en", {})[0]

    assert page.complaints == ()


def test_a_picture_that_must_be_changed_is_refused_as_it_came():
    one = one_layer(
        "{kind: image, zone: it, src: artwork/hero.jpg, box: [0, 0, 90, 40]}",
        more="zones:\n  it: {kind: image, editable: true, change_required: true}\n",
    )

    usual, own = (
        place(one, brand(), Values(pictures=pictures), "en", artwork())[0] for pictures in ({}, {"it": logo().picture})
    )

    assert "Choose one of your own" in usual.complaints[0].text
    assert usual.refused
    assert not own.refused


STACK = """
format: 1
key: stack
unit: {unit}
pages:
  - size: [400, 400]
    layers:
      - {{kind: group, id: top, box: [20, 20, 300, 200], layers: [
          {{kind: text, id: head, box: [0, 0, 300, 160], text: {{t: head}}, font: {{size: {size}, min: {size}, weight: 700}}}},
          {{kind: text, id: sub, box: [0, auto, 300, 60], below: head, gap: 8, text: Sub, font: {{size: {size}}}}}]}}
      - {{kind: text, id: body, box: [20, auto, 300, 120], below: top, gap: 12, bottom: 390, text: Body, font: {{size: {size}}}}}
      - {{kind: group, box: [20, auto, 300, 60], below: body, gap: 6, layers: [
          {{kind: shape, box: [0, 0, 300, 2], fill: brand.primary}}]}}
"""


@pytest.mark.parametrize(("unit", "size"), [("px", 20), ("mm", 56)])
def test_a_long_headline_in_a_group_pushes_all_that_follows_in_pixels_and_millimetres(unit, size):
    one = design(STACK.format(unit=unit, size=size))

    short, long = (
        place(one, brand(), Values(texts={"head": head}), "en", {})[0]
        for head in ("Short", "A headline that surely needs more than one or two lines of its box")
    )

    for page in (short, long):
        head, sub, body = texts_of(page)
        bar = page.operations[-1]
        assert sub.box.y == pytest.approx(head.box.bottom + 8)
        assert body.box.y == pytest.approx(sub.box.bottom + 12)
        assert bar.box.y == pytest.approx(body.box.bottom + 6)
    lines = len(texts_of(long)[0].lines)
    assert lines >= 2
    pushed = texts_of(long)[2].box.y - texts_of(short)[2].box.y
    assert pushed == pytest.approx((lines - 1) * 1.2 * size * one.font_unit, rel=0.01)


def test_what_is_hidden_leaves_its_room_to_what_follows():
    one = design(STACK.format(unit="px", size=20).replace("id: sub,", "id: sub, when: {profile: phone},"))

    head, body = texts_of(place(one, brand(phone=""), Values(texts={"head": "Short"}), "en", {})[0])

    assert body.box.y == pytest.approx(head.box.bottom + 12)


def test_a_box_with_a_foot_shrinks_its_words_rather_than_pass_it():
    one = design(
        STACK.format(unit="px", size=20).replace("bottom: 390", "bottom: 240").replace("text: Body", "text: {t: body}")
    )
    values = Values(texts={"head": "Two lines of headline that take their room", "body": "Rather many words " * 12})

    page = place(one, brand(), values, "en", {})[0]

    assert page.refused or texts_of(page)[2].box.bottom <= 240 + 0.01
    shorter = place(one, brand(), Values(texts={"head": "Short", "body": "Rather many words " * 7}), "en", {})[0]
    assert texts_of(shorter)[2].size < 20
    assert texts_of(shorter)[2].box.bottom <= 240 + 0.01


@pytest.mark.parametrize(
    ("when", "profile", "language", "shown"),
    [
        ("{profile: [phone, email]}", {}, "en", True),
        ("{profile: [phone, email]}", {"email": ""}, "en", False),
        ("{not_profile: phone}", {}, "en", False),
        ("{not_profile: phone}", {"phone": ""}, "en", True),
        ("{profile: logo}", {"logo": None}, "en", True),
        ("{profile: logo}", {"logo": None, "logo_dark": None}, "en", False),
        ("{language: [ja, zh]}", {}, "zh-Hant", True),
        ("{language: [ja, zh]}", {}, "de", False),
        ("{profile: phone, language: de}", {}, "de-AT", True),
        ("{profile: phone, language: de}", {"phone": ""}, "de-AT", False),
    ],
)
def test_conditions_on_profile_and_language_decide_what_is_painted(when, profile, language, shown):
    one = one_layer(f"{{kind: shape, box: [0, 0, 9, 9], fill: brand.primary, when: {when}}}")

    page = place(one, brand(**profile), Values(), language, {})[0]

    assert (len(page.operations) == 2) is shown


@pytest.mark.parametrize("language", ["ar", "he"])
def test_contact_details_follow_each_other_from_the_right_in_right_to_left_languages(language):
    layer = '{kind: contact_block, box: [0, 0, 390, 40], lines: [phone, website], separator: " · ", font: {size: 14}}'

    words = texts_of(place(one_layer(layer), brand(), Values(), language, {})[0])[0]

    at = {part: next(each.x for each in words.runs if part in each.run.text) for part in ("+49", "nordwind")}
    assert at["nordwind"] < at["+49"]


def test_a_separator_between_western_words_is_narrow_in_chinese():
    layer = '{kind: contact_block, box: [0, 0, 390, 40], lines: [phone, website], separator: " · ", font: {size: 14}}'

    dots = [
        next(
            each.run
            for each in texts_of(place(one_layer(layer), brand(), Values(), language, {})[0])[0].runs
            if "·" in each.run.text
        )
        for language in ("en", "zh-Hans", "ja")
    ]

    assert {dot.face for dot in dots} == {"sans"}


def test_quotation_marks_around_chinese_stay_wide():
    layer = "{kind: text, box: [0, 0, 390, 40], text: 说“好”吧, font: {size: 14}}"

    words = texts_of(place(one_layer(layer), brand(), Values(), "zh-Hans", {})[0])[0]

    assert {each.run.face for each in words.runs} == {"chinese_simple"}


def test_a_dash_between_spaces_never_begins_a_line():
    assert finest_units("sicher – schnell — gut") == ("sicher – ", "schnell — ", "gut")
