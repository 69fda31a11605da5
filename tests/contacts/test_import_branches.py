"""A file that says which branch its people belong to: taken by name, refused where there is none, written out again."""

import io
import re
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.contacts import exporting, operations
from tcma.contacts.columns import BRANCH, LEFT_OUT
from tcma.contacts.models import Contact, ImportFinding, Merge
from tcma.contacts.operations.imports import OddMapping
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.partners import branches
from tests.contacts.test_imports import bring_in, table
from tests.people import People
from tests.signing_in import signed_in

HEADER = ["Email", "Filiale"]
ANN, BEN, CEM = "ann@example.com", "ben@example.com", "cem@example.com"


def branch(people: People, name: str, now: datetime, *, who: str = "alice") -> int:
    with acting(people.actor(who)) as by:
        words = {"street": "Quay 1", "city": name, "postcode": "20095", "phone": ""}
        return branches.save_site(name=name, country="DE", zone="Europe/Berlin", by=by, now=now, **words).id


@pytest.fixture
def hamburg(people: People, now: datetime) -> int:
    return branch(people, "Hamburg", now)


@pytest.fixture
def lisbon(people: People, now: datetime) -> int:
    return branch(people, "Lisbon", now)


def rows(*rows: tuple[str, str]) -> bytes:
    return table([list(row) for row in rows], HEADER)


def whose(people: People) -> dict[str, int | None]:
    """The branch of each of Alice's contacts."""
    with acting(people.actor("alice")):
        found = session.execute(sa.select(Contact.email, Contact.site_id))
        return {row.email: row.site_id for row in found}


def test_people_go_to_the_branch_that_their_row_names_in_whatever_case(
    people: People, now: datetime, hamburg: int, lisbon: int
) -> None:
    found = bring_in(people, rows((ANN, "hamburg"), (BEN, " LISBON "), (CEM, "")), now)

    assert (found.added, found.bad) == (3, 0)
    assert whose(people) == {ANN: hamburg, BEN: lisbon, CEM: None}


def test_a_row_with_a_branch_that_is_not_there_is_listed_and_the_others_go_in(
    people: People, now: datetime, hamburg: int
) -> None:
    branch(people, "Lisbon", now, who="charlie")  # another partner's

    found = bring_in(people, rows((ANN, "Hamburg"), (BEN, "Lisbon")), now)

    assert (found.added, found.bad) == (1, 1)
    assert whose(people) == {ANN: hamburg}
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(ImportFinding.reason)).all() == ["unknown:branch"]


@pytest.mark.parametrize(
    ("merge", "moved", "filled"), [(Merge.FILE, True, True), (Merge.FILL, False, True), (Merge.KEEP, False, False)]
)
def test_who_is_known_already_is_moved_by_the_rule_that_was_chosen(
    merge: Merge, moved: bool, filled: bool, people: People, now: datetime, hamburg: int, lisbon: int
) -> None:
    bring_in(people, rows((ANN, "Hamburg"), (BEN, "")), now)

    found = bring_in(people, rows((ANN, "Lisbon"), (BEN, "Lisbon"), (CEM, "Lisbon")), now.replace(hour=11), merge=merge)

    assert (found.added, found.updated) == (1, moved + filled)
    assert whose(people) == {ANN: lisbon if moved else hamburg, BEN: lisbon if filled else None, CEM: lisbon}


def test_what_is_written_out_is_taken_in_again_and_changes_nobody(
    people: People, now: datetime, hamburg: int, lisbon: int
) -> None:
    bring_in(people, rows((ANN, "Hamburg"), (BEN, "Lisbon"), (CEM, "")), now)
    before = whose(people)
    with acting(people.actor("alice")):
        written = exporting.as_csv(exporting.header_of(), list(exporting.people_rows(now=now)))

    found = bring_in(people, written, now.replace(hour=11))

    assert BRANCH in written.decode("utf-8-sig").splitlines()[0]
    assert (found.added, found.updated, found.bad) == (0, 0, 0)
    assert whose(people) == before


def test_a_partner_without_branches_is_not_offered_the_column(people: People, now: datetime) -> None:
    with acting(people.actor("alice")) as by:
        found = operations.upload(file_name="people.csv", data=rows((ANN, "Hamburg")), by=by, now=now)

        assert found.mapping["fields"] == ["email", LEFT_OUT]
        assert BRANCH not in exporting.header_of()

    with pytest.raises(OddMapping, match="no branches yet"):
        bring_in(people, rows((ANN, "Hamburg")), now, fields=["email", BRANCH])


MEANS = re.compile(r'<select class="select" name="field" id="field-1">(.*?)</select>', re.DOTALL)

CHOSEN = {"field": ["email", BRANCH], "basis": "consent", "source": "Fair", "into": "none", "merge": "file"}


def uploaded(client: FlaskClient, people: People, data: bytes) -> str:
    """Hand a file in as Alice; returns where its columns are asked."""
    answer = signed_in(client, people.alice).post("/contacts/imports/new", data={"file": (io.BytesIO(data), "p.csv")})
    assert answer.status_code == 303
    return answer.location


def test_the_page_of_columns_offers_the_branch_says_which_there_are_and_takes_people_there(
    client: FlaskClient, people: People, now: datetime, hamburg: int, lisbon: int
) -> None:
    branch(people, "Paris", now, who="charlie")
    where = uploaded(client, people, rows((ANN, "Hamburg"), (BEN, "Paris")))

    page = client.get(where).text
    answer = client.post(where, data=CHOSEN)
    outbox.drain(now=clock.now())

    assert '<option value="branch" selected>Branch</option>' in MEANS.search(page)[1]  # type: ignore[index]
    assert "has to name one of yours: Hamburg, Lisbon." in page
    assert "Paris." not in page
    assert answer.status_code == 303
    assert whose(people) == {ANN: hamburg}
    assert "You have no branch of this name." in client.get(where).text


def test_the_page_of_columns_says_nothing_of_branches_where_there_are_none(client: FlaskClient, people: People) -> None:
    where = uploaded(client, people, rows((ANN, "Hamburg")))

    page = client.get(where).text
    answer = client.post(where, data=CHOSEN)

    offered = MEANS.search(page)[1]  # type: ignore[index]
    assert 'value="branch"' not in offered
    assert "selected" not in offered  # it is left out
    assert "has to name one of yours" not in page
    assert answer.status_code == 422
    assert "no branches yet" in answer.text
