"""Whom a kit fits, and every reason for and against."""

from datetime import date

import pytest
from flask import Flask

from campaigns.fit import (
    Eligibility,
    PartnerFacts,
    Reason,
    against_in_words,
    best_language,
    fit_of,
    is_available,
    reason_in_words,
)

PARTNER = PartnerFacts(
    partner_id=1,
    partner_type="msp",
    tiers=frozenset({"gold", "cloud-silver"}),
    competencies=frozenset({"security", "cloud"}),
    industries=frozenset({"health"}),
    countries=frozenset({"DE", "AT"}),
    languages=("de-AT", "en"),
)


def test_a_kit_that_asks_for_nothing_fits_everybody() -> None:
    found = fit_of(Eligibility(), PARTNER)

    assert found.fits
    assert found.reasons == ()


def test_what_fits_says_each_reason() -> None:
    asked = Eligibility(
        partner_types=("msp", "reseller"), competencies=("security",), countries=("AT", "CH"), languages=("de",)
    )

    found = fit_of(asked, PARTNER)

    assert found.fits
    assert [(reason.code, reason.values) for reason in found.reasons] == [
        ("partner_type", ("msp",)),
        ("competency", ("security",)),
        ("country", ("AT",)),
        ("language", ("de-AT",)),
    ]


@pytest.mark.parametrize(
    ("asked", "against"),
    [
        (Eligibility(partner_types=("dealer",)), "it is for dealers"),
        (Eligibility(tiers=("platinum",)), "it asks for the tier platinum"),
        (Eligibility(competencies=("security", "voice")), "it asks for the competency voice"),
        (Eligibility(countries=("FR",)), "it is for FR"),
        (Eligibility(industries=("retail",)), "it is for the industry retail"),
        (Eligibility(languages=("ja",)), "it comes in ja only"),
    ],
)
def test_one_reason_against_is_enough_and_is_said(app: Flask, asked: Eligibility, against: str) -> None:
    found = fit_of(asked, PARTNER)

    assert not found.fits
    assert [against_in_words(reason) for reason in found.against] == [against]


def test_all_competencies_are_asked_for_and_any_country_will_do() -> None:
    assert not fit_of(Eligibility(competencies=("cloud", "voice")), PARTNER).fits
    assert fit_of(Eligibility(countries=("FR", "DE")), PARTNER).fits


def test_a_partner_that_named_no_language_is_not_left_out() -> None:
    silent = PartnerFacts(1, "msp", None, frozenset(), frozenset(), frozenset(), languages=())

    assert fit_of(Eligibility(languages=("ja",)), silent).fits


@pytest.mark.parametrize(
    ("offered", "wished", "best"),
    [
        (["en", "de"], ["de"], "de"),
        (["en", "de"], ["de-CH", "en"], "de"),
        (["en-GB", "de"], ["en"], "en-GB"),
        (["en", "de"], ["fr", "en"], "en"),
        (["en", "de"], ["fr"], None),
        (["en"], [], None),
    ],
)
def test_the_nearest_language_of_the_first_wish_is_taken(
    offered: list[str], wished: list[str], best: str | None
) -> None:
    assert best_language(offered, wished) == best


@pytest.mark.parametrize(
    ("start", "end", "open_today"),
    [
        (None, None, True),
        (date(2026, 9, 7), date(2026, 9, 7), True),
        (date(2026, 9, 8), None, False),
        (None, date(2026, 9, 6), False),
    ],
)
def test_a_kit_is_on_offer_from_its_first_to_its_last_day(
    start: date | None,
    end: date | None,
    open_today: bool,
) -> None:
    assert is_available(start, end, date(2026, 9, 7)) is open_today


def test_a_reason_is_stored_as_a_code_and_said_with_names(app: Flask) -> None:
    reason = Reason.from_dict(Reason("country", ("DE", "AT")).as_dict())

    assert reason_in_words(reason, {"DE": "Germany", "AT": "Austria"}) == "made for Germany, Austria"
