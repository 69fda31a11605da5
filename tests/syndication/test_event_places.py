"""The places of an event: given once, kept for who waits for a yes, passed on to who waits longest."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from campaigns.models import EventState, Registrant
from campaigns.operations import seats
from campaigns.operations.seats import Person, take_place
from tcma.core import clock
from tcma.core.db import session
from tcma.core.errors import Conflict
from tcma.core.tenancy import acting
from tcma.leads.models import Lead
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.event_rows import Planned, come, planned, post

FORM = {"first_name": "Ann", "last_name": "Miller", "email": "ann@kunde.example", "company": "Miller"}


def give_back(event: Planned, name: str) -> None:
    with acting(event.by):
        seats.give_back(registrant_id=event.registrant(name), by=event.by, now=clock.now())
    session.commit()


def test_who_comes_when_all_places_are_taken_waits_and_is_told(people: People) -> None:
    event = planned(people, capacity=1)

    come(event, "Ann", "Ben")
    post()

    assert event.states() == {"Ann": "confirmed", "Ben": "waitlisted"}
    with acting(event.by):
        assert event.row().state is EventState.FULL
    assert [subject.partition(":")[0] for _to, subject, _calendar, _text in event.letters()] == [
        "Your place", "Waiting list",
    ]  # fmt: skip


def test_a_place_that_falls_free_goes_to_who_waits_longest_with_a_mail(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben", "Cem")

    give_back(event, "Ann")
    post()

    assert event.states() == {"Ann": "cancelled", "Ben": "confirmed", "Cem": "waitlisted"}
    subjects = {to: subject for to, subject, _calendar, _text in event.letters()}
    assert subjects["ben@kunde.example"].startswith("A place is free for you")
    assert subjects["ann@kunde.example"].startswith("Cancelled")


def test_nobody_new_overtakes_those_who_wait(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben")
    with acting(event.by):
        event.row().capacity = 2  # as if the place had just fallen free and nobody had been moved up yet
    session.commit()

    come(event, "Cem")

    assert event.states()["Cem"] == "waitlisted"


def test_more_places_are_given_to_those_who_wait_in_their_order(people: People) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben", "Cem", "Dan")

    with acting(event.by):
        seats.set_room(event_id=event.id, capacity=3, approval=False, waiting_list=True, by=event.by, now=clock.now())
    session.commit()

    assert event.states() == {"Ann": "confirmed", "Ben": "confirmed", "Cem": "confirmed", "Dan": "waitlisted"}


def test_a_place_is_kept_for_who_waits_for_the_partners_word_and_passed_on_after_a_no(people: People) -> None:
    event = planned(people, capacity=1, approval=True)
    come(event, "Ann", "Ben")
    assert event.states() == {"Ann": "pending_approval", "Ben": "waitlisted"}

    with acting(event.by):
        seats.turn_away(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())
        seats.approve(registrant_id=event.registrant("Ben"), by=event.by, now=clock.now())
    session.commit()

    assert event.states() == {"Ann": "rejected", "Ben": "confirmed"}


def test_without_a_waiting_list_who_comes_too_late_is_turned_away_and_stays_a_lead(
    people: People, client: FlaskClient
) -> None:
    event = planned(people, capacity=1, waiting_list=False)
    come(event, "Ben")

    answer = client.post(event.page, data=FORM)

    assert event.states()["Ann Miller"] == "rejected"
    assert "we have no place for you" in client.get(answer.headers["Location"]).get_data(as_text=True)
    with acting(event.by):
        assert session.scalars(sa.select(Lead.email)).one() == "ann@kunde.example"


def test_the_same_address_has_one_place_and_one_that_was_given_back_can_be_asked_for_again(people: People) -> None:
    event = planned(people)
    come(event, "Ann", "Ann")
    give_back(event, "Ann")
    come(event, "Ann")

    with acting(event.by):
        assert session.scalars(sa.select(Registrant.state)).one().value == "confirmed"


def test_a_decision_that_came_too_late_is_refused(people: People) -> None:
    event = planned(people)
    come(event, "Ann")

    with acting(event.by), pytest.raises(Conflict):
        seats.approve(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())


def test_the_last_place_is_given_once_to_those_who_ask_at_the_same_moment(people: People, app: Flask) -> None:
    event, everybody = planned(people, capacity=3), [f"Person{number}" for number in range(8)]
    start = Barrier(len(everybody))

    def ask(name: str) -> None:
        with app.app_context():
            start.wait()
            with acting(event.by):
                person = Person(name=name, email=f"{name}@kunde.example")
                take_place(event_id=event.id, person=person, now=clock.now())
                session.commit()
            session.remove()

    session.commit()
    threads = [Thread(target=ask, args=(name,)) for name in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    states = list(event.states().values())
    assert (states.count("confirmed"), states.count("waitlisted")) == (3, 5)


def test_a_registrant_gives_the_place_back_by_the_signed_link_and_a_get_changes_nothing(
    people: People, client: FlaskClient
) -> None:
    event = planned(people, capacity=1)
    seat = client.post(event.page, data=FORM).headers["Location"]
    come(event, "Ben")

    page = client.get(seat).get_data(as_text=True)
    assert "You have a place" in page
    assert "<script" not in page
    assert event.states()["Ann Miller"] == "confirmed"

    client.post(seat)

    assert event.states() == {"Ann Miller": "cancelled", "Ben": "confirmed"}
    assert "Your registration is cancelled" in client.get(seat).get_data(as_text=True)
    assert client.post(f"{seat[:-4]}AAAA").status_code == 404


def test_registration_is_in_the_visitors_language(people: People, client: FlaskClient) -> None:
    event = planned(people)

    seat = client.post(event.page, data={**FORM, "language": "de"}).headers["Location"]
    post()

    assert 'lang="de"' in client.get(seat).get_data(as_text=True)
    with acting(event.by):
        assert session.scalars(sa.select(Registrant.language)).one() == "de"


def test_the_host_sees_and_decides_a_colleague_too_and_nobody_else(people: People, app: Flask) -> None:
    event = planned(people, capacity=5, approval=True)
    come(event, "Ann")
    with acting(event.by):
        ann = session.scalars(sa.select(Registrant.public_id)).one()
    alice, bob = (signed_in(app.test_client(), one) for one in (people.alice, people.bob))
    others = [signed_in(app.test_client(), one) for one in (people.charlie, people.vera, people.viktor)]

    assert "Ann" in alice.get(event.host).get_data(as_text=True)
    for other in others:
        assert other.get(event.host).status_code in {403, 404}
        assert other.post(f"{event.host}/registrants/{ann}/approve").status_code in {403, 404}
    assert event.states() == {"Ann": "pending_approval"}

    bob.post(f"{event.host}/registrants/{ann}/approve")

    assert event.states() == {"Ann": "confirmed"}


def test_the_room_is_set_on_the_page_and_an_odd_number_is_refused_at_its_field(people: People, app: Flask) -> None:
    event = planned(people, capacity=1)
    come(event, "Ann", "Ben")
    alice = signed_in(app.test_client(), people.alice)

    odd = alice.post(f"{event.host}/room", data={"capacity": "0"})
    alice.post(f"{event.host}/room", data={"capacity": "10", "waiting_list": "y"})

    assert odd.status_code == 422
    assert event.states() == {"Ann": "confirmed", "Ben": "confirmed"}


def test_registration_ends_when_the_event_begins(people: People, client: FlaskClient) -> None:
    event = planned(people, ahead=-timedelta(minutes=1))

    assert "Registration is closed" in client.get(event.page).get_data(as_text=True)
