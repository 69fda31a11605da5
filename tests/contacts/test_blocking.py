"""Lists of what must not be mailed: a partner's, and a vendor's."""

from datetime import datetime
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.contacts import operations, queries
from tcma.contacts.models import Suppression
from tcma.contacts.operations.blocking import NotListed
from tcma.core.db import session
from tcma.core.tenancy import acting
from tests.contacts.rows import a_list, contact
from tests.factories import NOW
from tests.people import People
from tests.signing_in import signed_in


def _mailable(people: People, list_id: int, vendor_id: int, who: str = "alice") -> int:
    with acting(people.actor(who)):
        return queries.audience(list_ids=[list_id], vendor_id=vendor_id, now=NOW).mailable


def test_a_partner_s_list_of_addresses_and_domains_holds_for_every_vendor(people: People, now: datetime) -> None:
    the_list = a_list(people.partner)
    for email in ("eva@kunde.example", "ben@rival.example", "jo@bücher.example", "left@kunde.example"):
        contact(people.partner, email=email, on=the_list)

    with acting(people.actor("alice")):
        told = operations.block(
            entries=["EVA@Kunde.example", "", "@rival.example", "xn--bcher-kva.example", "no such thing", "eva@kunde.example"],
            by=people.actor("alice"), now=now,
        )  # fmt: skip

    assert (told.added, told.known, told.odd, told.odd_lines) == (3, 0, 1, ["no such thing"])
    assert _mailable(people, the_list.id, people.vendor.id) == 1
    assert _mailable(people, the_list.id, people.other_vendor.id) == 1


def test_a_vendor_s_list_holds_for_its_campaigns_alone_and_at_every_partner(people: People, now: datetime) -> None:
    ours, theirs = a_list(people.partner), a_list(people.other_partner)
    contact(people.partner, email="eva@kunde.example", on=ours)
    contact(people.other_partner, email="eva@kunde.example", on=theirs)

    with acting(people.actor("vera")):
        operations.block(entries=["eva@kunde.example"], by=people.actor("vera"), now=now)

    assert _mailable(people, ours.id, people.vendor.id) == 0
    assert _mailable(people, theirs.id, people.vendor.id, "charlie") == 0
    assert _mailable(people, ours.id, people.other_vendor.id) == 1


def test_only_what_the_list_put_there_can_be_taken_off(people: People, now: datetime) -> None:
    by = people.actor("alice")
    person = contact(people.partner, email="gone@kunde.example")
    with acting(by):
        operations.unsubscribe(partner_id=people.partner.id, contact_id=person.id, by=by, now=now)
        operations.block(entries=["gone@kunde.example", "kunde.example"], by=by, now=now)

        operations.unblock(entry="kunde.example", by=by, now=now)
        with pytest.raises(NotListed):
            operations.unblock(entry="gone@kunde.example", by=by, now=now)

        assert queries.reason_for(person.id) == "suppressed"


def test_no_address_is_kept_in_the_open(people: People, now: datetime) -> None:
    with acting(people.actor("alice")):
        operations.block(entries=["eva@kunde.example"], by=people.actor("alice"), now=now)
        rows = session.execute(sa.select(Suppression.__table__)).all()

    assert "kunde" not in repr(rows)


@pytest.mark.parametrize(("who", "page"), [("alice", "/contacts/blocked"), ("vera", "/partners/do-not-mail")])
def test_both_lists_take_what_is_typed_and_what_a_file_holds(
    client: FlaskClient, people: People, who: str, page: str
) -> None:
    reader = signed_in(client, getattr(people, who))
    file = (BytesIO(b"name;mail\nEva;eva@kunde.example\nBen;nothing\n"), "list.csv")

    shown = reader.post(page, data={"entries": "rival.example", "file": file}, content_type="multipart/form-data")

    assert shown.status_code == 200
    assert "2 entries added" in shown.text
    assert "Ben nothing" in shown.text
    assert reader.post(f"{page}/remove", data={"entry": "rival.example"}).status_code == 303
    assert reader.post(f"{page}/remove", data={"entry": "rival.example"}).status_code == 422
    assert reader.post(page, data={"entries": " "}).status_code == 422


def test_the_partner_s_list_is_not_the_vendor_s_page(client: FlaskClient, people: People) -> None:
    assert signed_in(client, people.vera).get("/contacts/blocked").status_code in {403, 404}


def test_the_vendor_s_list_is_not_the_partner_s_page(client: FlaskClient, people: People) -> None:
    assert signed_in(client, people.alice).get("/partners/do-not-mail").status_code in {403, 404}
