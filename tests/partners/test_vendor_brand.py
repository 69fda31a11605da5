"""How a vendor looks and speaks: its brand and its guideline for words, on pages of its own."""

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from assets.guideline import BannedWord, Guideline
from tcma.core.db import session
from tcma.core.models import AuditEntry
from tcma.core.tenancy import acting
from tcma.identity.models import Role
from tcma.partners.models import VendorBrand
from tcma.partners.queries import guideline_of
from tests import factories
from tests.partners.test_pages import picture, said
from tests.people import People
from tests.signing_in import signed_in

LOOK = {
    "name": "NordShield",
    "primary": "#0B1F3A",
    "secondary": "#123456",
    "accent": "#ff6a3d",
    "legal-de": "NordShield® ist eine Marke.",
}
WORDS = {
    "word": ["cheap", " guaranteed ", ""],
    "instead": ["affordable", "", "nothing"],
    "spellings": "NordShield\r\n\r\nWi-Fi 7\r\nNordShield",
    "required": "",
    "most_exclamations": "1",
    "longest_sentence": "",
    "no_capitals": "y",
}
EXPECTED = Guideline(
    banned=(BannedWord("cheap", "affordable"), BannedWord("guaranteed")),
    spellings=("NordShield", "Wi-Fi 7"),
    most_exclamations=1,
    no_capitals=True,
)


@pytest.fixture
def browsers(client: FlaskClient, people: People) -> dict[str, FlaskClient]:
    colleague = factories.member(people.vendor, Role.MARKETER, name="Vito", email="vito@example.com")
    reader = factories.member(people.vendor, Role.VIEWER, name="Vic", email="vic@example.com")
    session.commit()
    seats = {name: getattr(people, name) for name in ("alice", "vera", "viktor", "fiona")}
    return {
        name: signed_in(client.application.test_client(), seat)
        for name, seat in {**seats, "vito": colleague, "vic": reader}.items()
    }


def kept(people: People) -> Guideline:
    with acting(people.actor("vera")):
        return guideline_of(people.vendor.id)


def test_a_guideline_is_kept_as_it_was_entered_and_read_by_colleagues(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    answer = browsers["vera"].post("/our-guideline", data=WORDS)

    assert answer.status_code == 303
    assert kept(people) == EXPECTED
    page = said(browsers["vito"], "/our-guideline")
    assert 'value="guaranteed"' in page
    assert 'value="affordable"' in page
    assert "NordShield" in page


def test_changing_the_guideline_is_on_the_record_with_what_was_before(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    browsers["vera"].post("/our-guideline", data=WORDS)
    browsers["vito"].post("/our-guideline", data={**WORDS, "word": ["cheap"], "instead": ["modest"]})

    with acting(people.actor("vera")):
        chosen = sa.select(AuditEntry).where(AuditEntry.action == "guideline.updated").order_by(AuditEntry.id)
        first, second = session.scalars(chosen).all()
    assert first.after["banned"][0] == {"word": "cheap", "instead": "affordable"}
    assert second.before == first.after
    assert second.after["banned"] == [{"word": "cheap", "instead": "modest"}]


def test_only_those_who_write_for_the_vendor_see_and_change_it(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    browsers["vera"].post("/our-guideline", data=WORDS)

    for name in ("alice", "fiona", "vic"):
        for path in ("/our-brand", "/our-guideline"):
            assert browsers[name].get(path).status_code == 403
            assert browsers[name].post(path, data=WORDS | LOOK).status_code == 403
    assert kept(people) == EXPECTED
    assert 'href="/our-brand"' not in said(browsers["alice"], "/home")
    assert 'href="/our-brand"' in said(browsers["vera"], "/home")


def test_another_vendor_has_a_guideline_of_its_own(people: People, browsers: dict[str, FlaskClient]) -> None:
    browsers["vera"].post("/our-guideline", data=WORDS)

    assert "guaranteed" not in said(browsers["viktor"], "/our-guideline")
    assert (
        browsers["viktor"].post("/our-guideline", data={**WORDS, "word": ["best"], "instead": [""]}).status_code == 303
    )
    assert kept(people) == EXPECTED


def test_a_text_can_be_tried_on_the_guideline(browsers: dict[str, FlaskClient]) -> None:
    browsers["vera"].post("/our-guideline", data=WORDS)

    page = said(browsers["vera"], "/our-guideline?text=CHEAP+and+Nordshield!!")

    assert "Say “affordable” instead." in page
    assert "Write it “NordShield”." in page
    assert "2 exclamation marks" in page
    assert "CHEAP and Nordshield!!" in page
    assert "nothing against this text" in said(browsers["vera"], "/our-guideline?text=A+calm+text.")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"most_exclamations": "many"}, "Not a valid integer value."),
        ({"longest_sentence": "1"}, "Number must be between 3 and 200."),
        ({"word": ["x" * 81], "instead": [""]}, "80 letters at most"),
        ({"word": ["x"] * 600, "instead": [""] * 600}, "500 words at most"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field_and_the_rest_stays_typed(
    wrong: dict[str, object], words: str, people: People, browsers: dict[str, FlaskClient]
) -> None:
    answer = browsers["vera"].post("/our-guideline", data={**WORDS, "required": "Stay typed", **wrong})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "Stay typed" in page
    assert not kept(people)


def test_a_vendors_look_is_kept_with_its_logos_and_legal_block(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    files = {"logo": (io.BytesIO(picture()), "logo.png"), "logo_dark": (io.BytesIO(picture()), "dark.png")}

    answer = browsers["vera"].post("/our-brand", data=LOOK | files)

    assert answer.status_code == 303
    page = said(browsers["vito"], "/our-brand")
    assert "NordShield® ist eine Marke." in page
    assert "/our-brand/logo/dark.png" in page
    shown = browsers["vito"].get("/our-brand/logo/light.png")
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    assert browsers["viktor"].get("/our-brand/logo/light.png").status_code == 404
    assert browsers["vera"].get("/our-brand/logo/blue.png").status_code == 404
    with acting(people.actor("vera")):
        brand = session.scalars(sa.select(VendorBrand)).one()
        assert (brand.colours["primary"], brand.legal) == ("#0b1f3a", {"de": "NordShield® ist eine Marke."})
        actions = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [one for one in actions if one.startswith("vendor_brand")] == [
        "vendor_brand.logo_set",
        "vendor_brand.logo_set",
        "vendor_brand.updated",
    ]


def test_what_the_look_does_not_ask_for_stays(people: People, browsers: dict[str, FlaskClient]) -> None:
    with acting(people.actor("vera")):
        session.add(
            VendorBrand(
                vendor_id=people.vendor.id,
                name="V",
                colours={"ink": "#111111"},
                legal={"en": "A", "fr": "F"},
                guideline=EXPECTED.as_dict(),
            )
        )
        session.commit()

    browsers["vera"].post("/our-brand", data=LOOK | {"legal-en": ""})

    with acting(people.actor("vera")):
        brand = session.scalars(sa.select(VendorBrand)).one()
        assert brand.colours["ink"] == "#111111"
        assert brand.legal == {"fr": "F", "de": "NordShield® ist eine Marke."}
    assert kept(people) == EXPECTED


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"primary": "blue"}, "Write the colour as #"),
        ({"name": ""}, "This field is required."),
        ({"logo": (io.BytesIO(b"<svg/>"), "x.svg")}, "field__error"),
    ],
)
def test_a_look_that_cannot_be_used_is_said_at_its_field(
    wrong: dict[str, object], words: str, browsers: dict[str, FlaskClient]
) -> None:
    answer = browsers["vera"].post("/our-brand", data=LOOK | wrong)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "NordShield® ist eine Marke." in answer.get_data(as_text=True)
