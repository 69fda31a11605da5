"""A partner's own topics: named in its words, chosen by its people, seen by nobody else."""

from datetime import datetime

import pytest
from flask.testing import FlaskClient

from tcma.contacts import operations, queries
from tcma.contacts.models import Topic
from tcma.contacts.operations import topics
from tcma.core import clock, runtime
from tcma.core.db import session
from tcma.core.links import Purpose
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.contacts.rows import a_list, contact
from tests.people import People
from tests.signing_in import signed_in


def named(people: People, name: str, now: datetime, *, theme: str = "", **names: str) -> Topic:
    by = people.actor("alice")
    with acting(by):
        found = operations.create_topic(name=name, names=names, theme=theme, by=by, now=now)
        session.flush()
        session.expunge(found)
        return found


def to_choose(people: People, language: str = "en") -> list[str]:
    with acting(people.actor("alice")):
        return list(queries.topics_to_choose(people.partner.id, language).values())


def test_people_choose_among_the_usual_themes_and_the_partners_own_topics(people: People, now: datetime) -> None:
    named(people, "Printing", now, de="Drucken")
    named(people, "Keeping burglars out", now, theme="security")

    assert to_choose(people) == ["Keeping burglars out", "Networks and Wi-Fi", "Cloud and backup", "Printing"]
    assert to_choose(people, "de")[-1] == "Drucken"


def test_who_declined_a_topic_is_left_out_of_what_is_about_it(people: People, now: datetime) -> None:
    topic = named(people, "Printing", now)
    the_list, by = a_list(people.partner), people.actor("alice")
    person, other = contact(people.partner, on=the_list), contact(people.partner, on=the_list)
    with acting(by):
        operations.choose_topics(
            partner_id=people.partner.id, contact_id=person.id, wanted={topic.key: False, "security": True},
            language=None, by=by, now=now,
        )  # fmt: skip
        session.flush()

        found = {
            about: queries.audience(list_ids=[the_list.id], vendor_id=people.vendor.id, now=now, topic=about)
            for about in (topic.key, "security")
        }
        claimed = queries.may_be_mailed([person.id, other.id], people.vendor.id, now, topic=topic.key)

    assert [(one.mailable, one.left_out) for one in found.values()] == [(1, {"topic": 1}), (2, {})]
    assert claimed == {person.id: "topic", other.id: None}


def test_who_wants_a_declined_topic_again_is_mailed_about_it_again(people: People, now: datetime) -> None:
    topic, person, by = named(people, "Printing", now), contact(people.partner), people.actor("alice")

    told = []
    for wanted in (False, True):
        with acting(by):
            operations.choose_topics(
                partner_id=people.partner.id, contact_id=person.id, wanted={topic.key: wanted}, language=None, by=by,
                now=now,
            )  # fmt: skip
            session.flush()
            told += queries.may_be_mailed([person.id], people.vendor.id, now, topic=topic.key).values()

    assert told == ["topic", None]


def test_a_topic_that_comes_back_for_a_theme_has_what_people_said_of_it(people: People, now: datetime) -> None:
    first = named(people, "Burglars", now, theme="security")
    by = people.actor("alice")
    with acting(by):
        operations.remove_topic(topic_id=first.id, by=by, now=now)
    again = named(people, "Locks", now, theme="security")

    assert (again.id, again.key) == (first.id, "security")
    assert to_choose(people)[0] == "Locks"


def test_a_topic_that_is_called_otherwise_keeps_what_people_said_of_it(people: People, now: datetime) -> None:
    topic, by = named(people, "Printing", now), people.actor("alice")

    with acting(by):
        renamed = operations.change_topic(topic_id=topic.id, name="Printers", names={}, by=by, now=now)

        assert (renamed.name, renamed.key) == ("Printers", topic.key)


def test_odd_topics_are_refused_with_the_field(people: People, now: datetime) -> None:
    named(people, "Printing", now, theme="backup")

    for name, theme, refusal in (
        ("  ", "", topics.OddTopic),
        ("x" * 61, "", topics.OddTopic),
        ("PRINTING", "", topics.KnownTopic),
        ("Other", "backup", topics.KnownTopic),
        ("Other", "t" * 31, topics.OddTopic),
    ):
        with pytest.raises(refusal):
            named(people, name, now, theme=theme)
    with pytest.raises(topics.OddTopic):
        named(people, "Other", now, de="x" * 61)


def test_there_are_few_topics(people: People, now: datetime) -> None:
    for number in range(topics.MOST_TOPICS):
        named(people, f"Topic {number}", now)

    with pytest.raises(topics.TooManyTopics):
        named(people, "One more", now)


def test_the_preference_page_offers_them_in_the_readers_language(client: FlaskClient, people: People) -> None:
    topic = named(people, "Printing", clock.now(), de="Drucken")
    person = contact(people.partner, language="de")
    session.commit()
    path = f"/u/{runtime.links().sign(Purpose.UNSUBSCRIBE, people.partner.id, person.id)}/preferences"

    page = client.get(path).text
    client.post(path, data={"topic": ["security", "networking", "backup"], "language": "de"})

    assert "Drucken" in page
    assert "Printing" not in page
    with acting(people.actor("alice")):
        assert queries.topics_declined(person.id, [topic.key, "security"]) == {topic.key}


def test_the_person_s_page_tells_a_declined_topic_from_a_permission_that_was_taken_back(
    client: FlaskClient, people: People
) -> None:
    topic = named(people, "Printing", clock.now())
    person = contact(people.partner)
    by = people.actor("alice")
    for wanted in ({topic.key: False, "security": False}, {topic.key: False, "security": True}):
        with acting(by):
            operations.choose_topics(
                partner_id=people.partner.id, contact_id=person.id, wanted=wanted, language=None, by=by, now=clock.now()
            )
        session.commit()

    page = signed_in(client, people.alice).get(f"/contacts/{person.public_id}").text

    assert "Wants nothing about: Printing" in page
    assert "Wants to read about: Security" in page
    assert "Permission taken back" not in page


def test_the_partner_names_renames_and_removes_and_nobody_else_sees(client: FlaskClient, people: People) -> None:
    alice = signed_in(client, people.alice)
    assert alice.post("/contacts/topics", data={"name": "Printing", "name_de": "Drucken"}).status_code == 303
    assert alice.post("/contacts/topics", data={"name": "printing"}).status_code == 422
    with acting(people.actor("alice")):
        (topic,) = queries.topics_of(people.partner.id)
        address = topic.public_id

    alice.post(f"/contacts/topics/{address}", data={"name": "Printers", "name_de": "Drucker"})

    assert "Printers" in signed_in(client, people.bob).get("/contacts/topics").text
    for stranger in (people.charlie, people.vera, people.viktor):
        browser = signed_in(client, stranger)
        assert "Printers" not in browser.get("/contacts/topics").text
        assert browser.get(f"/contacts/topics/{address}").status_code in {403, 404}
        assert browser.post(f"/contacts/topics/{address}/remove").status_code in {403, 404}
    alice = signed_in(client, people.alice)
    assert alice.post(f"/contacts/topics/{address}/remove").status_code == 303
    assert "Printers" not in alice.get("/contacts/topics").text


def test_the_api_does_what_the_pages_do(client: FlaskClient, people: People) -> None:
    by = people.actor("alice")
    with acting(by):
        _row, secret = make_token(name="t", scopes=scopes_for(by), days=30, by=by, now=clock.now())
    session.commit()
    key = {"Authorization": f"Bearer {secret}"}

    made = client.post("/api/v1/topics", json={"name": "Printing", "names": {"de": "Drucken"}}, headers=key).get_json()
    themed = client.post("/api/v1/topics", json={"name": "Locks", "theme": "security"}, headers=key).get_json()
    client.delete(f"/api/v1/topics/{themed['id']}", headers=key)
    changed = client.put(f"/api/v1/topics/{made['id']}", json={"name": "Printers"}, headers=key).get_json()
    listed = client.get("/api/v1/topics", headers=key).get_json()["items"]
    gone = client.delete(f"/api/v1/topics/{made['id']}", headers=key)

    assert themed["key"] == "security"
    assert (made["key"], made["names"]) == (made["id"], {"de": "Drucken"})
    assert (changed["name"], changed["names"]) == ("Printers", {})
    assert [one["id"] for one in listed] == [made["id"]]
    assert gone.status_code in {200, 204}
    assert client.get("/api/v1/topics", headers=key).get_json()["items"] == []
