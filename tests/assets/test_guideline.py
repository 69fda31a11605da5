"""What a vendor's guideline finds in words, and how it says to mend them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.guideline import BannedWord, Guideline, complaints_about_words
from assets.superlatives import SUPERLATIVES


def found(text: str, language: str = "en", **rules: object) -> list[str]:
    complaints = complaints_about_words({"headline": text}, Guideline(**rules), language=language)  # type: ignore[arg-type]
    return [each.text for each in complaints]


def banned(word: str, text: str, instead: str = "") -> list[str]:
    return found(text, banned=(BannedWord(word, instead),))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("guaranteed", "Guaranteed uptime."),
        ("guaranteed", "It is GUARANTEED!"),
        ("money back", "Your money\n back"),
        ("100 %", "Safe to 100% and 100\u00a0%."),
        ("Garantie", "Das Garantie-Paket"),
        ("günstig", "GÜNSTIG"),
        ("günstig", "g\u0075\u0308nstig"),
        ("保証", "品質を保証します"),
        ("보장", "품질을 보장합니다"),
        ("รับประกัน", "เรารับประกันคุณภาพ"),
        ("गारंटी", "पूरी गारंटी है"),
        ("مضمون", "جودة مضمون لك"),
        ("C++", "Now in c++"),
        ("best", "the **best** choice"),
    ],
)
def test_a_banned_word_is_found_however_it_is_written(word: str, text: str) -> None:
    assert len(banned(word, text)) == 1


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Garantie", "Das Garantiepaket"),
        ("best", "bestow, asbestos and Budapest"),
        ("free", "{{ partner.free }} and https://free.example/free"),
        ("गार", "गारंटी"),
        ("money back", "money for your back"),
        ("100 %", "1100 %"),
    ],
)
def test_a_word_inside_of_another_a_field_or_an_address_is_not_found(word: str, text: str) -> None:
    assert banned(word, text) == []


def test_a_banned_word_refuses_and_says_what_to_say_instead() -> None:
    rules = Guideline(banned=(BannedWord("cheap", "affordable"), BannedWord("guaranteed")))

    one, other = complaints_about_words({"claim": "Cheap, and guaranteed"}, rules)

    assert (one.kind, one.zone, one.refuses) == ("banned_word", "claim", True)
    assert one.text == "“claim” says “Cheap”, which the guideline rules out. Say “affordable” instead."
    assert "Leave it out" in other.text


def test_a_name_is_written_in_its_one_way() -> None:
    rules = {"spellings": ("NordShield", "Wi-Fi 7")}

    assert found("NordShield with Wi-Fi 7", **rules) == []
    assert found("Get Nordshield or NORDSHIELD", **rules) == [
        "“headline” writes “Nordshield”. Write it “NordShield”.",
        "“headline” writes “NORDSHIELD”. Write it “NordShield”.",
    ]
    assert "Wi-Fi 7" in found("with wi-fi 7", **rules)[0]


def test_what_must_be_named_is_asked_for_once_over_all_texts() -> None:
    rules = Guideline(required=("NordShield",))

    assert complaints_about_words({"a": "Nothing", "b": "By NordShield."}, rules) == []
    [missing] = complaints_about_words({"a": "Nothing", "b": "at all"}, rules)
    assert (missing.kind, missing.zone, missing.refuses) == ("not_named", None, False)
    assert "NordShield" in missing.text


def test_the_tone_is_remarked_on() -> None:
    assert "3 exclamation marks" in found("Now! Really！ Yes!", most_exclamations=1)[0]
    assert found("Now! Really.", most_exclamations=1) == []
    assert "“AMAZING” in capitals" in found("An AMAZING offer", no_capitals=True)[0]
    assert found("NASA and GDPR, DATEV", no_capitals=True, spellings=("DATEV",)) == []
    assert "has 12 words" in found("Short one. " + "word " * 12 + ".", longest_sentence=11)[0]
    assert found("Eleven words " * 5 + ".", longest_sentence=11) == []
    assert not any(
        each.refuses
        for each in complaints_about_words({"a": "NOISY!!"}, Guideline(no_capitals=True, most_exclamations=0))
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The best firewall"), ("de", "Der beste Schutz"), ("de-AT", "Unschlagbar im Preis"), ("fr", "Le meilleur choix"),
        ("es", "Los mejores precios"), ("ja", "業界No.1の安全性"), ("ar", "الخيار الأفضل"),
    ],
)  # fmt: skip
def test_boasts_are_known_in_several_languages(language: str, text: str) -> None:
    assert "boasts" in found(text, language, no_superlatives=True)[0]
    assert found(text, language) == []
    assert found(text, "fi", no_superlatives=True) == []


def test_the_sign_in_languages_have_boasts() -> None:
    assert {"en", "de", "fr", "es", "ja", "ar"} <= set(SUPERLATIVES)


def test_a_guideline_is_kept_and_read_back_and_odd_values_are_passed_over() -> None:
    rules = Guideline((BannedWord("a", "b"),), ("Ab",), ("c",), 2, 30, no_capitals=True, no_superlatives=True)

    assert Guideline.parse(rules.as_dict()) == rules
    assert not Guideline.parse({})
    odd = {
        "banned": ["x", {"word": ""}, {"instead": "y"}],
        "spellings": "x",
        "most_exclamations": True,
        "no_capitals": 1,
    }
    assert Guideline.parse(odd) == Guideline()


@given(st.text(max_size=300), st.text(max_size=12))
def test_no_text_and_no_word_is_too_odd(text: str, word: str) -> None:
    rules = Guideline(
        (BannedWord(word),) if word else (), (word,) if word else (), (), 0, 3, no_capitals=True, no_superlatives=True
    )

    for each in complaints_about_words({"t": text}, rules, language="en"):
        assert each.text


def test_a_long_text_is_read_in_no_time() -> None:
    rules = Guideline(tuple(BannedWord(f"word{n} never") for n in range(50)), (), (), 1, 30, no_superlatives=True)
    begun = time.perf_counter()

    complaints_about_words({"t": "{{ " * 7_000, "u": "word1 " * 3_000}, rules, language="en")

    assert time.perf_counter() - begun < 2
