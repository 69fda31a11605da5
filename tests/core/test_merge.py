"""Merge fields: a closed grammar in which nothing is evaluated."""

from html import unescape
from time import perf_counter
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcma.core.merge import (
    FIELDS,
    PUBLIC_FIELDS,
    LineBreakInHeader,
    MergeError,
    Slot,
    Template,
    parse,
    scan,
)

NAMES = st.sampled_from(sorted(FIELDS))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}|"))
SLOTS = st.builds(Slot, NAMES, WORDS.map(str.strip))


def test_a_value_stands_where_its_field_stood() -> None:
    template = parse("Hello {{ contact.first_name }}, {{partner.name}} is here.")

    filled = template.fill({"contact.first_name": "Ana", "partner.name": "Nord IT"})

    assert filled == "Hello Ana, Nord IT is here."


@pytest.mark.parametrize("values", [{}, {"contact.first_name": ""}, {"contact.first_name": "  "}])
def test_the_fallback_words_stand_in_for_a_missing_or_blank_value(values: dict[str, str]) -> None:
    assert parse("Hello {{ contact.first_name | there & welcome }}!").fill(values) == "Hello there & welcome!"


def test_a_missing_value_without_fallback_leaves_nothing() -> None:
    assert parse("[{{ contact.city }}]").fill({}) == "[]"


def test_an_unknown_field_is_refused_with_its_position_and_the_nearest_name() -> None:
    with pytest.raises(MergeError) as refusal:
        parse("Hello {{ contact.firstname }}")

    assert refusal.value.position == 6
    assert refusal.value.instead == "contact.first_name"
    assert "contact.first_name" in refusal.value.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ 7 * 7 }}",
        "{{ config }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ contact.first_name.__class__ }}",
        "{{ contact.first_name | upper | lower }}{{",
        "{{{ contact.first_name }}}",
        "{{ contact.first_name|{{ partner.name }} }}",
        "{{ }}",
        "{{",
        "{{ contact.first_name | }}",
        "{{ contact.first_name() }}",
    ],
)
def test_anything_but_a_known_name_in_braces_is_refused(text: str) -> None:
    with pytest.raises(MergeError):
        parse(text)


@pytest.mark.parametrize(
    "text", ["{% for x in y %}", "${7*7}", "#{7*7}", "{0.__class__}", "%(name)s", "<%= 1 %>", "a }} b"]
)
def test_other_template_languages_are_words(text: str) -> None:
    assert parse(text).fill({}) == text


def test_every_fault_of_a_text_is_told_at_once() -> None:
    _template, errors = scan("{{ nobody }} {{ contact.city }} {{ nothing }} {{")

    assert [error.position for error in errors] == [0, 32, 46]


def test_a_field_of_a_person_is_unknown_where_nobody_is_addressed() -> None:
    with pytest.raises(MergeError):
        parse("{{ contact.first_name | you }}", PUBLIC_FIELDS)


@given(st.dictionaries(NAMES, st.text()))
def test_a_value_is_never_expanded_again(values: dict[str, str]) -> None:
    hostile = {name: f"{{{{ partner.name }}}}{value}" for name, value in values.items()}
    template = parse("{{ contact.first_name }}|{{ partner.name }}")

    first, second = (hostile.get(name, "") for name in ("contact.first_name", "partner.name"))

    assert template.fill(hostile) == f"{first}|{second}"


@given(st.lists(st.one_of(WORDS, SLOTS)))
def test_what_is_written_out_parses_to_the_same_template(pieces: list[str | Slot]) -> None:
    template, errors = scan("".join(Template((piece,)).source for piece in pieces))

    assert errors == []
    assert parse(template.source) == template


@given(st.text())
def test_any_text_is_parsed_or_refused_and_nothing_of_it_is_lost(text: str) -> None:
    template, errors = scan(text)

    if not template.slots:
        assert template.fill({}) == text
    if not errors:
        assert parse(text) == template


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_html_escaping_comes_back_and_opens_no_tag(value: str) -> None:
    filled = parse("{{ partner.name }}").fill({"partner.name": value}, escape="html")

    assert not set(filled) & set("<>\"'")
    assert unescape(filled) == value or not value.strip() or "&" in value


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_part_of_an_address_comes_back_and_ends_nothing(value: str) -> None:
    filled = parse("https://example.com/?q={{ partner.city }}").fill({"partner.city": value}, escape="url")

    tail = filled.removeprefix("https://example.com/?q=")
    assert not set(tail) & set("&?#/=:<>\"' ")
    assert unquote(tail) == value


@given(st.text())
def test_an_address_that_is_not_of_the_web_is_left_out(tail: str) -> None:
    template = parse("{{ partner.website }}")

    for scheme in ("javascript:", "JaVaScRiPt:", " data:", "vbscript:", "file:"):
        assert template.fill({"partner.website": scheme + tail}, escape="href") == ""


def test_a_whole_address_stays_an_address() -> None:
    url = "https://partner.example/a%20b?x=1&y=2#top"

    assert parse("{{ partner.website }}").fill({"partner.website": url}, escape="url") == url
    assert parse("{{ partner.website }}").fill({"partner.website": url}, escape="href") == url.replace("&", "&amp;")


def test_a_phone_number_keeps_its_plus_in_a_link() -> None:
    assert parse("tel:{{ partner.phone }}").fill({"partner.phone": "+49 30 1"}, escape="href") == "tel:+49%2030%201"


@given(
    st.text(),
    st.sampled_from(["\r", "\n", "\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]),
    st.text(),
)
def test_a_line_break_never_enters_a_header(before: str, line_break: str, after: str) -> None:
    template = parse("For {{ contact.company }}")

    with pytest.raises(LineBreakInHeader):
        template.fill({"contact.company": f"x{before}{line_break}{after}x"}, escape="header")


def test_a_line_break_of_the_author_never_enters_a_header_either() -> None:
    with pytest.raises(LineBreakInHeader):
        parse("Hello\r\nBcc: x@example.com {{ partner.name }}").fill({}, escape="header")


def test_words_for_html_are_escaped_with_their_fields_left_whole() -> None:
    template = parse("R&D <b> {{ partner.name | A&B }}").with_words_escaped("html")

    assert template.fill({}, escape="html") == "R&amp;D &lt;b&gt; A&amp;B"


def test_a_slot_keeps_the_escaping_of_its_own_place() -> None:
    template = Template(("<a title='", Slot("partner.name", escape="attribute"), "'>", Slot("partner.name"), "</a>"))

    assert template.fill({"partner.name": "A'B"}, escape="text") == "<a title='A&#x27;B'>A'B</a>"


def test_a_text_of_open_braces_is_refused_at_once() -> None:
    started = perf_counter()

    scan("{{" * 500_000)

    assert perf_counter() - started < 1
