"""A partner's own fields: kept by hand, asked for by live lists, taken along, and nobody else's."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcma.contacts import exporting, operations, queries
from tcma.contacts.columns import MOST_CUSTOM
from tcma.contacts.models import Contact
from tcma.contacts.operations import OddFields
from tcma.contacts.people import OddField
from tcma.contacts.segments import Rule
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.contacts.rows import contact
from tests.contacts.test_segments import live, names
from tests.people import People
from tests.signing_in import signed_in


def keep(people: People, found: Contact, now: datetime, *fields: tuple[str, str]) -> dict[str, str]:
    by = people.actor("alice")
    with acting(by):
        kept = operations.keep_fields(contact_id=found.id, fields=fields, by=by, now=now)
        session.flush()
        return dict(kept.custom)


def test_what_is_kept_by_hand_is_asked_for_by_live_lists_and_taken_along(people: People, now: datetime) -> None:
    found = contact(people.partner, first_name="Eva")

    keep(people, found, now, ("Plan", " Gold "), ("", ""), ("Ends", "2027"))

    assert names(people, live(people, now, Rule("custom:Plan", "is", "gold")), now) == ["Eva"]
    with acting(people.actor("alice")):
        assert queries.custom_names() == ["Ends", "Plan"]
        assert exporting.header_of()[-2:] == ["Ends", "Plan"]
    with acting(people.actor("charlie")):
        assert queries.custom_names() == []


def test_an_empty_text_takes_the_field_away_and_its_name_stays_known(people: People, now: datetime) -> None:
    found = contact(people.partner)
    keep(people, found, now, ("Plan", "Gold"))

    assert keep(people, found, now, ("Plan", "")) == {}
    with acting(people.actor("alice")):
        assert queries.custom_names() == ["Plan"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ([("Plan", "Gold"), ("Plan", "Silver")], OddFields),
        ([("", "Gold")], OddFields),
        ([(f"Field {number}", "x") for number in range(MOST_CUSTOM + 1)], OddFields),
        ([("n" * 61, "Gold")], OddField),
        ([("Plan", "g" * 301)], OddField),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(
    people: People, now: datetime, fields: list[tuple[str, str]], error: type[Exception]
) -> None:
    found = contact(people.partner, custom={"Plan": "Bronze"})

    with pytest.raises(error):
        keep(people, found, now, *fields)

    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Contact.custom)).one() == {"Plan": "Bronze"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=60).map(str.strip), st.text(min_size=1, max_size=300).map(str.strip), max_size=20
    )
)
def test_whatever_was_kept_is_one_line_each_and_kept_again_the_same(
    people: People, now: datetime, fields: dict[str, str]
) -> None:
    found = contact(people.partner)
    try:
        kept = keep(people, found, now, *fields.items())
    except OddFields:
        return

    assert all(text.splitlines() == [text] for text in (*kept, *kept.values()))
    assert keep(people, found, now, *kept.items()) == kept


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(client: FlaskClient, people: People) -> None:
    found = contact(people.partner)
    session.commit()
    with acting(people.actor("alice")):
        address = f"/contacts/{found.public_id}"
    signed_in(client, people.alice)

    refused = client.post(f"{address}/fields", data={"name": ["Plan", "Plan"], "text": ["Gold", "Silver"]})
    kept = client.post(f"{address}/fields", data={"name": ["Plan", ""], "text": ["Gold", ""]})

    assert refused.status_code in {400, 409, 422}
    assert "Two fields are called" in refused.text
    assert "Silver" in refused.text
    assert kept.status_code == 303
    assert 'value="Gold"' in client.get(address).text
