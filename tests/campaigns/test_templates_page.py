"""The vendor's page of one template: zones, locks, any partner's brand, and the looks that break it first."""

import re

import pytest
import sqlalchemy as sa

from campaigns.brands import LOOKS, SCRIPTS
from campaigns.queries.templates import hardest_partners
from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners.models import BrandProfile
from tests import factories
from tests.campaigns.kits import imported
from tests.campaigns.zoned import zoned
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def template(people: People) -> str:
    """The address of the page of a banner with every kind of zone."""
    version = imported(people, clock.now(), zoned())
    return f"/kits/versions/{version.public_id}/templates/banner"


def branded(partner_id: int, **values: str | None) -> None:
    with acting(Actor.system("test", partner_id=partner_id)):
        profile = session.scalars(sa.select(BrandProfile)).one()
        for name, value in values.items():
            setattr(profile, name, value)
        session.flush()


def test_every_zone_is_listed_with_its_locks_and_limits_and_marked_where_it_is(
    people: People, template: str, client: Browser
) -> None:
    page = signed_in(client, people.vera).get(template).text

    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    assert len(rows) == 6
    assert "60 characters" in page
    assert "3 lines" in page
    assert "540 × 400 pixels or more" in page
    assert "Locked: position and size, style" in page
    assert '<bdi lang="en">Would your team click?</bdi>' in page
    assert '<bdi lang="ja">' in page
    marks = re.findall(r'<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)" stroke', page)
    assert len(marks) == 4  # a colour has no place of its own
    assert all(float(width) > 0 and float(height) > 0 for _x, _y, width, height in marks)


def test_any_partner_can_be_found_and_tried_not_only_the_first_few(
    people: People, template: str, client: Browser
) -> None:
    for number in range(60):
        factories.partnership(people.vendor, factories.partner(f"Partner {number:02}"))
    wanted = factories.partnership(people.vendor, factories.partner("Zzz the last")).public_id
    signed_in(client, people.vera)

    found = client.get(f"{template}?q=the+last").text
    tried = client.get(f"{template}?as={wanted}").text

    assert f"as={wanted}" in found
    assert "In the brand of Zzz the last" in tried
    assert "No partner of yours is called that" in client.get(f"{template}?q=nobody").text


def test_each_language_shows_its_own_words(people: People, template: str, client: Browser) -> None:
    signed_in(client, people.vera)

    picture = template.replace("/kits/versions/", "/looks/version/").replace("/templates/", "/pieces/") + "/1.png"
    german, english = client.get(f"{picture}?language=de").data, client.get(picture).data

    assert german != english
    assert 'aria-current="page">German' in client.get(f"{template}?language=de").text


def test_the_gallery_has_the_hardest_of_the_vendor_s_partners_and_every_script(
    people: People, template: str, client: Browser
) -> None:
    long = factories.partner("The partner with by far the longest name of them all")
    pale, dark = factories.partner("Pale"), factories.partner("Dark")
    for partner in (long, pale, dark):
        factories.partnership(people.vendor, partner)
        branded(partner.id, logo_blob="org-1/aa/logo")
    branded(pale.id, primary="#fffff0")
    branded(dark.id, primary="#000010")
    strange = factories.partner("Not a partner of this vendor, whose name is longer than any other by a good deal")
    factories.partnership(people.other_vendor, strange)

    with acting(people.actor("vera")) as by:
        found = {one.why: one.name for one in hardest_partners(by=by)}
        assert session.scalars(sa.select(BrandProfile)).all() == []
    page = signed_in(client, people.vera).get(template).text

    assert found == {
        "longest": long.name, "no_logo": people.partner.name, "palest": "Pale", "darkest": "Dark",
    }  # fmt: skip
    assert all(values["name"] in page for values in SCRIPTS.values())
    assert strange.name not in page


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_that_comes_with_the_product_can_be_drawn(
    people: People, template: str, client: Browser, look: str
) -> None:
    picture = template.replace("/kits/versions/", "/looks/version/").replace("/templates/", "/pieces/")

    answer = signed_in(client, people.vera).get(f"{picture}/1.png?as={look}")

    assert answer.mimetype == "image/png"


def test_another_vendor_s_template_is_as_absent_as_one_that_never_was(
    people: People, template: str, client: Browser
) -> None:
    signed_in(client, people.viktor)

    assert client.get(template).status_code == 404
    assert client.get(template.replace("banner", "nothing")).status_code == 404
