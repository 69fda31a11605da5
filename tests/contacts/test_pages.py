"""The pages, the links in mails, and the API; and what everybody else sees of them: nothing."""

import csv
import io
import re
import zipfile
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tcma.contacts import queries
from tcma.contacts.models import ConsentEvent, Contact, ContactImport, Suppression
from tcma.core import clock, outbox, runtime
from tcma.core.db import session
from tcma.core.links import Purpose
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import signed_in

SECRET = "canary@kunde.example"
FILE = "Email;First name;Note\nCanary@kunde.example;Eva;=1+1\nnot one;=cmd;x\n"


@pytest.fixture
def alice(client: FlaskClient, people: People) -> FlaskClient:
    return signed_in(client, people.alice)


def token(people: People, person: Contact) -> str:
    return runtime.links().sign(Purpose.UNSUBSCRIBE, people.partner.id, person.id, 345)


def reason(people: People, person: Contact) -> str | None:
    with acting(people.actor("alice")):
        return queries.reason_for(person.id)


def test_the_home_says_who_may_be_mailed_and_who_not(alice: FlaskClient, people: People) -> None:
    contact(people.partner, first_name="Eva", last_name="Müller")
    contact(people.partner, first_name="Ben", basis=None)

    page = alice.get("/contacts").text

    assert "1 person you may mail" in page
    assert "No permission" in page
    assert "counts only" in page
    assert "Müller" in page


def test_people_are_found_by_parts_of_their_words(alice: FlaskClient, people: People) -> None:
    contact(people.partner, first_name="Eva", last_name="Müller", company="Zahn & Co")
    contact(people.partner, first_name="Ben", last_name="Huber")

    rows = alice.get("/contacts?q=zahn+eva", headers={"HX-Request": "true"}).text

    assert "Müller" in rows
    assert "Huber" not in rows
    assert "<html" not in rows


def test_a_file_is_brought_in_page_by_page(alice: FlaskClient, people: People, now: datetime) -> None:
    uploaded = alice.post("/contacts/imports/new", data={"file": (io.BytesIO(FILE.encode()), "fair.csv")})
    columns = alice.get(uploaded.location)
    assert columns.status_code == 200
    assert 'value="email" selected' in columns.text
    assert 'value="fair"' in columns.text

    refused = alice.post(
        uploaded.location, data={"field": ["email", "first_name", "custom"], "into": "new", "new_list": "Fair"}
    )
    assert refused.status_code == 422
    assert "Say on which ground" in refused.text

    started = alice.post(
        uploaded.location,
        data={
            "field": ["email", "first_name", "custom"],
            "into": "new",
            "new_list": "Fair",
            "basis": "consent",
            "source": "Fair in Ulm",
        },
    )
    assert started.status_code == 303, started.text
    assert "hx-get" in alice.get(uploaded.location).text
    outbox.drain(now=clock.now())

    ended = alice.get(f"{uploaded.location}/progress", headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"].endswith(uploaded.location)
    result = alice.get(uploaded.location).text
    assert "The e-mail address is missing or not complete." in result
    assert "See the list" in result
    rows = list(csv.reader(io.StringIO(alice.get(f"{uploaded.location}/rows.csv").get_data().decode("utf-8-sig"))))
    assert rows[1][:4] == ["not one", "'=cmd", "x", "3"]


def test_a_broken_file_is_refused_with_the_reason(alice: FlaskClient, people: People) -> None:
    answer = alice.post("/contacts/imports/new", data={"file": (io.BytesIO(b""), "empty.csv")})

    assert answer.status_code == 422
    assert "No rows were found" in answer.text


def test_an_export_holds_no_formula_and_can_be_brought_in_again(
    alice: FlaskClient, people: People, now: datetime
) -> None:
    contact(people.partner, email="a@kunde.example", first_name="=1+1", phone="+49 30 1")

    answer = alice.post("/contacts/export", data={"kind": "csv"})

    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert (rows[0]["email"], rows[0]["first_name"], rows[0]["phone"]) == ("a@kunde.example", "'=1+1", "'+49 30 1")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert alice.post("/contacts/export", data={"kind": "xlsx"}).get_data()[:2] == b"PK"
    back = alice.post("/contacts/imports/new", data={"file": (io.BytesIO(answer.get_data()), "back.csv")})
    with acting(people.actor("alice")):
        found = session.scalars(sa.select(ContactImport)).one()
        fields = found.mapping["fields"]
    alice.post(back.location, data={"field": fields, "into": "none", "basis": "consent", "source": "x"})
    outbox.drain(now=clock.now())
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(Contact.first_name)).one() == "=1+1"
        assert session.scalars(sa.select(ContactImport.updated)).one() == 0


def test_a_person_has_a_page_with_every_word(alice: FlaskClient, people: People) -> None:
    person = contact(people.partner, first_name="Eva")

    alice.post(f"/contacts/{person.public_id}/opt-out")
    page = alice.get(f"/contacts/{person.public_id}").text

    assert "Permission taken back" in page
    assert "They agreed" in page
    assert alice.post(f"/contacts/{person.public_id}/erase").status_code == 303
    assert alice.get(f"/contacts/{person.public_id}").status_code == 404


@pytest.mark.parametrize("who", ["vera", "viktor", "amir", "charlie"])
def test_nobody_else_sees_a_person_in_a_page_a_file_or_the_api(app: Flask, people: People, who: str) -> None:
    the_list = a_list(people.partner)
    person = contact(people.partner, email=SECRET, on=the_list)
    actor = people.actor(who)
    with acting(actor):
        _row, secret = make_token(name="x", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    stranger = signed_in(app.test_client(), getattr(people, who))

    for path in (
        "/contacts",
        f"/contacts/{person.public_id}",
        f"/contacts/lists/{the_list.public_id}",
        "/contacts/imports/new",
    ):
        answer = stranger.get(path)
        assert SECRET not in answer.text
        assert answer.status_code in {403, 404} or who == "charlie"
    export = stranger.post("/contacts/export", data={"kind": "csv", "list": the_list.public_id})
    assert export.status_code in {403, 404}
    for path in ("contacts", f"contacts/{person.public_id}", "lists", "imports"):
        answer = stranger.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})
        assert SECRET not in answer.text
        assert answer.status_code in {403, 404} or who == "charlie"


def test_a_get_of_a_mail_s_link_changes_nothing(client: FlaskClient, people: People) -> None:
    person = contact(people.partner, email=SECRET)
    link = token(people, person)

    for path in (f"/u/{link}", f"/u/{link}/preferences"):
        for method in ("GET", "HEAD"):
            assert client.open(path, method=method).status_code == 200

    assert reason(people, person) is None
    with acting(people.actor("alice")):
        assert session.scalars(sa.select(ConsentEvent)).all()[1:] == []
    assert SECRET not in client.get(f"/u/{link}").text


def test_one_click_needs_no_cookie_no_token_and_no_redirect(client: FlaskClient, people: People, app: Flask) -> None:
    person = contact(people.partner)

    answer = app.test_client(use_cookies=False).post(
        f"/u/{token(people, person)}", data={"List-Unsubscribe": "One-Click"}
    )

    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, [])
    assert reason(people, person) == "suppressed"


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_one_click_works_in_any_state_of_the_company(client: FlaskClient, people: People, state: str) -> None:
    person = contact(people.partner)
    session.execute(sa.text("UPDATE organisation SET state = :state"), {"state": state})

    assert client.post(f"/u/{token(people, person)}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reason(people, person) == "suppressed"


def test_one_click_for_somebody_who_is_gone_is_answered_all_the_same(client: FlaskClient, people: People) -> None:
    link = runtime.links().sign(Purpose.UNSUBSCRIBE, people.partner.id, 999_999)

    assert client.post(f"/u/{link}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.get(f"/u/{link}").status_code == 200
    nowhere = runtime.links().sign(Purpose.UNSUBSCRIBE, 999_999, 999_999)
    assert client.post(f"/u/{nowhere}", data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_a_link_of_another_kind_or_a_changed_one_is_none(client: FlaskClient, people: People) -> None:
    person = contact(people.partner)
    good = token(people, person)
    other = runtime.links().sign(Purpose.CONFIRM, people.partner.id, person.id)

    for link in (other, good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), "x", "%00"):
        assert client.post(f"/u/{link}", data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert session.scalars(sa.select(Suppression)).all() == []


def test_a_link_of_one_partner_reaches_nobody_of_another(client: FlaskClient, people: People) -> None:
    theirs = contact(people.other_partner)
    link = runtime.links().sign(Purpose.UNSUBSCRIBE, people.partner.id, theirs.id)

    assert client.post(f"/u/{link}").status_code == 200
    assert session.scalars(sa.select(Suppression)).all() == []


def test_the_pages_speak_the_reader_s_language_in_the_partner_s_brand(client: FlaskClient, people: People) -> None:
    person = contact(people.partner, language="ar")

    page = client.get(f"/u/{token(people, person)}").text

    assert 'dir="rtl"' in page
    sheet = re.search(r'href="(/b/[^"]+\.css)"', page)
    assert sheet is not None
    assert "--brand-on-primary: #" in client.get(sheet[1]).text


def test_topics_and_language_are_chosen_by_the_person(client: FlaskClient, people: People) -> None:
    person = contact(people.partner)
    path = f"/u/{token(people, person)}/preferences"

    client.post(path, data={"topic": ["security"], "language": "de"})

    with acting(people.actor("alice")):
        assert queries.topics_declined(person.id, ["security", "networking", "backup"]) == {"networking", "backup"}
        assert session.get_one(Contact, person.id).language == "de"
    client.post(f"/u/{token(people, person)}")
    client.post(path, data={"do": "subscribe"})
    assert reason(people, person) is None


def test_the_preference_page_shows_again_what_was_chosen(client: FlaskClient, people: People) -> None:
    path = f"/u/{token(people, contact(people.partner))}/preferences"
    ticked = re.compile(r'name="topic" value="(\w+)" checked')

    assert set(ticked.findall(client.get(path).text)) == {"security", "networking", "backup"}
    said = client.post(path, data={"topic": ["backup"], "language": "en"})

    assert "Your choice is kept." in said.text
    assert ticked.findall(said.text) == ticked.findall(client.get(path).text) == ["backup"]


def test_the_api_does_what_the_pages_do(app: Flask, people: People) -> None:
    actor = people.actor("alice")
    with acting(actor):
        _row, secret = make_token(name="x", scopes=scopes_for(actor), days=1, by=actor, now=clock.now())
    client = app.test_client()
    key = {"Authorization": f"Bearer {secret}"}

    made = client.post(
        "/api/v1/contacts", json={"email": "eva@kunde.example", "basis": "consent", "source": "card"}, headers=key
    )
    assert made.status_code == 201, made.text
    the_list = client.post("/api/v1/lists", json={"name": "Fair"}, headers=key).json
    put = client.post(f"/api/v1/lists/{the_list['id']}/contacts", json={"contact_ids": [made.json["id"]]}, headers=key)
    assert put.json == {"changed": 1}
    started = client.post(
        "/api/v1/imports",
        json={
            "csv": "Mail,Company\nben@kunde.example,Zahn\n",
            "basis": "existing_customer",
            "source": "ERP",
            "list_id": the_list["id"],
        },
        headers=key,
    )
    assert started.status_code == 202, started.text
    outbox.drain(now=clock.now())
    assert client.get(f"/api/v1/imports/{started.json['id']}", headers=key).json["added"] == 1
    client.post(f"/api/v1/contacts/{made.json['id']}/opt-out", headers=key)
    listed = client.get(f"/api/v1/contacts?list_id={the_list['id']}", headers=key).json
    assert {(one["email"], one["left_out"]) for one in listed["items"]} == {
        ("eva@kunde.example", "suppressed"),
        ("ben@kunde.example", None),
    }
    assert (
        client.patch(
            f"/api/v1/contacts/{made.json['id']}", json={"company": "Zahn", "partner_id": 2}, headers=key
        ).status_code
        == 422
    )
    assert client.delete(f"/api/v1/contacts/{made.json['id']}", headers=key).status_code == 200
    assert client.get(f"/api/v1/contacts/{made.json['id']}", headers=key).status_code == 404


def test_a_partner_takes_everything_along_in_one_zip(alice: FlaskClient, people: People) -> None:
    the_list = a_list(people.partner, "Customers")
    gone = contact(people.partner, email="gone@kunde.example")
    contact(people.partner, email="eva@kunde.example", first_name="=1+1", on=the_list)
    contact(people.other_partner, email="theirs@kunde.example")
    alice.post(f"/u/{token(people, gone)}")

    answer = alice.post("/contacts/takeaway")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        tables = {
            name: list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig")))) for name in packed.namelist()
        }
    assert [(row["email"], row["first_name"]) for row in tables["contacts.csv"]] == [
        ("gone@kunde.example", ""),
        ("eva@kunde.example", "'=1+1"),
    ]
    assert [(row["list"], row["email"]) for row in tables["lists.csv"]] == [("Customers", "eva@kunde.example")]
    assert [(row["email"], row["granted"]) for row in tables["consent.csv"]][-1] == ("gone@kunde.example", "no")
    assert [row["reason"] for row in tables["do-not-mail.csv"]] == ["unsubscribed"]
    assert b"theirs@" not in answer.data
