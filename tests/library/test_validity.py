"""The code on a file: anybody may ask whether it is still valid, and learns nothing else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from assets.library.models import Rendition
from campaigns.models import KitState, KitVersion
from campaigns.operations.kits import recall_version
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.campaigns import rows
from tests.people import People


@pytest.fixture
def code(people: People) -> str:
    """The code of a file of Alice's company."""
    made = rows.rendition(people)
    with acting(people.actor("alice")):
        chosen = sa.select(Rendition.version_code).where(Rendition.public_id == made["public_id"])
        found = session.scalars(chosen).one()
    session.commit()
    return found


def version_of(people: People) -> KitVersion:
    with acting(people.actor("vera")):
        return session.scalars(sa.select(KitVersion).where(KitVersion.published_at.is_not(None))).one()


def test_a_file_of_the_current_version_is_valid(client: FlaskClient, code: str) -> None:
    page = client.get(f"/check/{code}")

    assert page.status_code == 200
    assert "Still valid" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_the_code_may_be_typed_as_people_type(client: FlaskClient, code: str) -> None:
    assert client.get(f"/check/{code.upper().replace('-', '')}").status_code == 200


def test_a_file_of_a_withdrawn_version_says_so_and_names_no_reason(
    client: FlaskClient, code: str, people: People
) -> None:
    by = people.actor("vera")
    with acting(by):
        recall_version(version_id=version_of(people).id, reason="A secret reason", by=by, now=clock.now())
    session.commit()

    page = client.get(f"/check/{code}").text

    assert "Withdrawn" in page
    assert "A secret reason" not in page


@pytest.mark.parametrize(
    ("state", "words"), [(KitState.ARCHIVED, "newer version"), (KitState.PUBLISHED, "time is over")]
)
def test_a_file_of_an_older_or_expired_version_says_so(
    client: FlaskClient, code: str, people: People, state: KitState, words: str
) -> None:
    with acting(people.actor("vera")):
        version = version_of(people)
        version.state = state
        if state is KitState.PUBLISHED:
            version.available_until = clock.now().date() - timedelta(days=1)
        session.commit()

    assert words in client.get(f"/check/{code}").text


def test_an_unknown_code_leads_nowhere(client: FlaskClient, code: str) -> None:
    del code

    assert client.get("/check/abcd-efgh-ijkl").status_code == 404
