"""What every partner is asked to fill in itself is its own part: told to the vendor, and no fault of the kit."""

import io
from datetime import datetime

import pytest
import sqlalchemy as sa

from campaigns.models import KitState, KitVersion, PreflightFinding
from campaigns.operations.writing import with_files
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, starter, with_logo
from tests.campaigns.zoned import picture, zoned
from tests.people import People
from tests.signing_in import Browser, signed_in


@pytest.fixture
def kit(people: People, now: datetime) -> dict[str, str]:
    """A kit that asks each partner for a headline and a picture of its own, after its dry run."""
    del now
    with_logo(people)
    banner = zoned().files["designs/banner.yaml"].decode()
    asked = banner.replace("change_required: false, max_characters: 60", "change_required: true, max_characters: 60")
    asked = asked.replace("photo: {kind: image,", "photo: {kind: image, change_required: true,")
    assert asked.count("change_required: true") == 2
    version = published(people, clock.now(), with_files(starter(), {"designs/banner.yaml": asked.encode()}))
    with acting(people.actor("vera")):
        return {"kit": version.kit.public_id, "version": version.public_id}


def test_it_breaks_nothing_in_the_dry_run_and_is_told(people: People, kit: dict[str, str], client: Browser) -> None:
    signed_in(client, people.vera)

    page = client.get(f"/kits/{kit['kit']}").text
    template = client.get(f"/kits/versions/{kit['version']}/templates/banner").text

    with acting(people.actor("vera")):
        assert session.scalars(sa.select(PreflightFinding)).all() == []
        assert session.scalars(sa.select(KitVersion.state)).all() == [KitState.PUBLISHED]
    assert "Left to the partner" in page
    assert "Left to the partner" in template
    assert "It cannot be made like this" not in template


def test_a_partner_is_told_what_is_left_to_it_and_makes_no_file_before(
    people: People, kit: dict[str, str], client: Browser
) -> None:
    signed_in(client, people.alice)
    banner = f"/looks/kit/{kit['kit']}/pieces/banner"

    page = client.get(banner).text
    refused = client.post(f"{banner}/files", data={"what": "png"}, follow_redirects=True).text
    client.post(banner, data={"headline": "Ask Alice"})
    client.post(f"{banner}/places/photo", data={"picture": (io.BytesIO(picture((1200, 900))), "own.png")})

    assert "still says what the kit says" in page
    assert "still says what the kit says" in refused
    assert client.post(f"{banner}/files", data={"what": "png"}).headers["Location"].endswith(".png")
