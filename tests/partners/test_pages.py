"""The brand that a partner enters once, and what a vendor keeps about its partners."""

import io

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from tcma.core import clock, outbox, runtime
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tcma.identity.models import Organisation
from tcma.partners.models import BrandProfile, Partnership, PartnershipState, Territory
from tests.people import People
from tests.signing_in import signed_in, with_csrf

BRAND = {
    "name": "Brandt IT",
    "primary": "#0A5C36",
    "secondary": "#0f172a",
    "accent": "#f59e0b",
    "street": "Hauptstrasse 1",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "phone": "+49 30 1",
    "email": "hello@brandt.example",
    "website": "https://brandt.example",
    "sender_name": "Mia Brandt",
    "languages": ["de", "en"],
}


def picture(width: int = 600, height: int = 200) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (width, height), (10, 92, 54, 255)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def browsers(client: FlaskClient, people: People) -> dict[str, FlaskClient]:
    return {
        name: signed_in(client.application.test_client(), getattr(people, name))
        for name in ("alice", "bob", "charlie", "vera", "viktor")
    }


def said(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_the_brand_page_says_what_a_first_campaign_still_needs(browsers: dict[str, FlaskClient]) -> None:
    page = said(browsers["alice"], "/brand")

    assert "Still missing for your first campaign" in page
    assert "logo" in page


def test_a_saved_brand_keeps_words_colours_and_logo(people: People, browsers: dict[str, FlaskClient]) -> None:
    form = {**BRAND, "logo": (io.BytesIO(picture()), "logo.png")}

    answer = browsers["alice"].post("/brand", data=form)

    assert answer.status_code == 303
    page = said(browsers["bob"], "/brand")
    assert "Brandt IT" in page
    assert "Still missing" not in page
    logo = browsers["alice"].get("/brand/logo/light.png")
    assert (logo.status_code, logo.content_type) == (200, "image/png")
    with acting(people.actor("alice")):
        profile = session.scalars(sa.select(BrandProfile)).one()
        assert (profile.primary, profile.languages) == ("#0a5c36", ["de", "en"])


def test_a_saved_brand_leads_back_to_where_it_was_asked_for_and_nowhere_else(browsers: dict[str, FlaskClient]) -> None:
    assert browsers["alice"].post("/brand?back=/leads", data=BRAND).location == "/leads"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert browsers["alice"].post("/brand", query_string={"back": elsewhere}, data=BRAND).location == "/brand"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"primary": "green"}, "Write the colour as #"),
        ({"email": "nobody"}, "Invalid email address."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_stays_typed(
    wrong: dict[str, str], words: str, browsers: dict[str, FlaskClient]
) -> None:
    answer = browsers["alice"].post("/brand", data={**BRAND, "claim": "Nearer than you think", **wrong})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "Nearer than you think" in page


@pytest.mark.parametrize("data", [b"not a picture", picture(20, 20), b""])
def test_a_broken_logo_is_refused_with_the_reason_and_the_former_one_stays(
    data: bytes, people: People, browsers: dict[str, FlaskClient]
) -> None:
    browsers["alice"].post("/brand", data={**BRAND, "logo": (io.BytesIO(picture()), "logo.png")})
    before = browsers["alice"].get("/brand/logo/light.png").data

    answer = browsers["alice"].post("/brand", data={**BRAND, "logo": (io.BytesIO(data), "logo.png")})

    assert answer.status_code == 422
    assert "field__error" in answer.get_data(as_text=True)
    assert browsers["alice"].get("/brand/logo/light.png").data == before


def test_another_partner_sees_its_own_brand_and_a_vendor_none(people: People, browsers: dict[str, FlaskClient]) -> None:
    browsers["alice"].post("/brand", data={**BRAND, "logo": (io.BytesIO(picture()), "logo.png")})

    assert "Brandt IT" not in said(browsers["charlie"], "/brand")
    assert browsers["charlie"].get("/brand/logo/light.png").status_code == 404
    assert browsers["vera"].get("/brand").status_code == 403


def test_a_vendor_lists_and_searches_its_own_partners(people: People, browsers: dict[str, FlaskClient]) -> None:
    page = said(browsers["vera"], "/partners")

    assert "Alice&#39;s company" in page
    assert "Charlie&#39;s company" in page
    assert "Charlie" not in said(browsers["vera"], "/partners?q=Alice&state=active")
    assert "No partner fits" in said(browsers["vera"], "/partners?q=nobody")
    assert "Alice" not in said(browsers["viktor"], "/partners")
    assert browsers["alice"].get("/partners").status_code == 403


@pytest.mark.parametrize("sort", ["name", "country", "tier", "leads", "joined", "nonsense"])
def test_partners_are_sorted_in_the_database(sort: str, browsers: dict[str, FlaskClient]) -> None:
    said(browsers["vera"], f"/partners?sort={sort}&direction=desc&page=99")


def test_what_was_agreed_with_a_partner_is_kept_and_read_by_name(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    path = f"/partners/{people.partnership.public_id}"
    form = {"cam": 0, "lead_capacity": 7, "competencies": ["security"], "territories": "de 10\nAT\n\n"}

    assert browsers["vera"].post(path, data=form).status_code == 303

    page = said(browsers["vera"], path)
    assert "Germany" in page
    assert "0 / 7" in page
    with acting(people.actor("vera")):
        found = session.scalars(sa.select(Territory).order_by(Territory.country)).all()
        assert [(row.country, row.postcode_prefix) for row in found] == [("AT", ""), ("DE", "10")]
    said(browsers["viktor"], path, 404)
    assert browsers["viktor"].post(path, data=form).status_code == 404


def test_a_territory_without_a_country_is_refused_at_its_field(
    people: People, browsers: dict[str, FlaskClient]
) -> None:
    form = {"cam": 0, "lead_capacity": 7, "territories": "Germany"}

    answer = browsers["vera"].post(f"/partners/{people.partnership.public_id}", data=form)

    assert answer.status_code == 422
    assert "Name a country for each territory" in answer.get_data(as_text=True)


def test_an_invited_partner_joins_by_its_mail_and_is_active(
    client: FlaskClient, people: People, browsers: dict[str, FlaskClient]
) -> None:
    form = {
        "name": "Elbtal Systemhaus",
        "email": "mia@elbtal.example",
        "country": "AT",
        "language": "de",
        "partner_type": "msp",
    }
    invited = browsers["vera"].post("/partners/invite", data=form)
    outbox.drain(now=clock.now())
    org_id = session.scalar(sa.select(Organisation.id).where(Organisation.name == "Elbtal Systemhaus"))
    with acting(Actor.system("test", partner_id=org_id)):
        mail = session.scalars(sa.select(Message).where(Message.kind == "invitation")).one()
        locale = mail.locale
        link = next(word for word in mail.text.split() if "/invitation/" in word)

    joining = {"name": "Mia", "password": "correct horse battery staple"}
    joined = with_csrf(client).post(link.removeprefix(runtime.settings().base_url), data=joining)
    outbox.drain(now=clock.now())

    assert (invited.status_code, joined.status_code) == (303, 303)
    assert locale == "de"
    with acting(Actor.system("test", partner_id=org_id)):
        partnership = session.scalars(sa.select(Partnership)).one()
        assert partnership.state is PartnershipState.ACTIVE
        assert partnership.joined_at is not None
    assert "Elbtal Systemhaus" in said(browsers["vera"], "/partners?state=active")


def test_an_invitation_without_an_address_is_refused_at_its_field(browsers: dict[str, FlaskClient]) -> None:
    answer = browsers["vera"].post("/partners/invite", data={"name": "Elbtal", "country": "DE", "language": "de"})

    assert answer.status_code == 422
    assert browsers["alice"].get("/partners/invite").status_code == 403
