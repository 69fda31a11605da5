"""The door of an event: by code, by name, by a colleague's camera; guests; what becomes leads, touches and proof."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from campaigns.models import Registrant
from syndication.events import door, reporting
from syndication.events.forgetting import forget_registrant
from syndication.events.seat_links import door_address, door_token, seat_token
from syndication.evidence import assemble_proof
from syndication.models import Touch, Verdict
from syndication.pages.answers import Filled
from tcma.core import clock
from tcma.core.db import session
from tcma.core.tenancy import acting
from tcma.leads.models import Lead, LeadKind
from tcma.mdf.models import Proof
from tests.api.calling import caller
from tests.mdf.money import activities, approved, fund
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.event_rows import Planned, come, planned, post

FORM = {"first_name": "Ann", "last_name": "Miller", "email": "ann@kunde.example", "company": "Miller"}
GUEST = {"first_name": "Gus", "last_name": "Guest", "email": "gus@kunde.example", "company": "Guests"}


@pytest.fixture
def event(people: People) -> Planned:
    found = planned(people, capacity=50, ahead=timedelta(hours=1), place="Hauptstr. 1")
    come(found, "Ann", "Ben")
    return found


@pytest.fixture
def bob(people: People, app: Flask) -> FlaskClient:
    return signed_in(app.test_client(), people.bob)


def codes(event: Planned, name: str) -> dict[str, str]:
    """What somebody can show at the door."""
    with acting(event.by):
        row = session.scalars(sa.select(Registrant).where(Registrant.name == name)).one()
        return {
            "letters": row.code, "typed": f" {row.code[:3].lower()}-{row.code[3:].lower()} ", "id": row.public_id,
            "address": door_address(row), "token": door_token(row), "seat": seat_token(row),
        }  # fmt: skip


@pytest.mark.parametrize("way", ["letters", "typed", "address"])
def test_a_colleague_checks_in_by_code(event: Planned, bob: FlaskClient, way: str) -> None:
    answer = bob.post(f"{event.host}/door", data={"code": codes(event, "Ann")[way]}, follow_redirects=True)

    assert "Ann is in." in answer.get_data(as_text=True)
    assert event.states() == {"Ann": "attended", "Ben": "confirmed"}


def test_a_code_that_nobody_has_is_refused_at_its_field(event: Planned, bob: FlaskClient) -> None:
    for code in ("AAAAAA", "nonsense", codes(event, "Ann")["seat"]):
        answer = bob.post(f"{event.host}/door", data={"code": code})
        assert answer.status_code == 422
        assert "Nobody on this list has that code" in answer.get_data(as_text=True)
    assert "attended" not in event.states().values()


def test_a_hosts_own_camera_opens_a_page_with_one_button_and_opening_it_changes_nothing(
    event: Planned, bob: FlaskClient
) -> None:
    page = f"/events/door/{codes(event, 'Ann')['token']}"

    assert "Ann" in bob.get(page).get_data(as_text=True)
    assert event.states()["Ann"] == "confirmed"
    bob.post(page)

    assert event.states()["Ann"] == "attended"


def test_only_colleagues_of_the_partner_can_use_a_code(
    event: Planned, people: People, app: Flask, client: FlaskClient
) -> None:
    shown = codes(event, "Ann")
    for name in ("charlie", "vera", "viktor"):
        other = signed_in(app.test_client(), getattr(people, name))
        for path in (
            f"/events/door/{shown['token']}",
            f"{event.host}/registrants/{shown['id']}/check-in",
            f"{event.host}/door",
        ):
            assert other.post(path, data={"code": shown["letters"]}).status_code in {403, 404}
    assert client.get(f"/events/door/{shown['token']}").status_code == 303  # to the sign-in
    assert event.states()["Ann"] == "confirmed"


def test_the_code_at_the_door_does_not_open_the_registrants_own_page(event: Planned, client: FlaskClient) -> None:
    shown = codes(event, "Ann")

    assert client.get(f"{event.page}/seat/{shown['token']}").status_code == 404
    picture = client.get(f"{event.page}/seat/{shown['seat']}/code.png")
    assert (picture.mimetype, picture.data[:4]) == ("image/png", b"\x89PNG")


def test_pressing_the_name_twice_is_one_check_in_and_taking_it_back_undoes_it(event: Planned, bob: FlaskClient) -> None:
    ann = codes(event, "Ann")["id"]

    bob.post(f"{event.host}/registrants/{ann}/check-in")
    again = bob.post(f"{event.host}/registrants/{ann}/check-in", follow_redirects=True)
    with acting(event.by):
        touches = session.scalars(sa.select(Touch).where(Touch.kind == "attended")).all()
        assert [touch.verdict for touch in touches] == [Verdict.HUMAN]
    bob.post(f"{event.host}/registrants/{ann}/take-back")

    assert "was checked in already" in again.get_data(as_text=True)
    assert event.states()["Ann"] == "confirmed"
    with acting(event.by):
        assert session.scalars(sa.select(Touch.verdict).where(Touch.kind == "attended")).all() == [Verdict.SUSPECT]


def test_the_door_opens_twelve_hours_before_and_the_page_says_so(people: People, app: Flask) -> None:
    event = planned(people, ahead=timedelta(hours=13))
    come(event, "Ann")
    alice = signed_in(app.test_client(), people.alice)

    assert "The door is closed" in alice.get(f"{event.host}/door").get_data(as_text=True)
    with acting(event.by), pytest.raises(door.DoorIsClosed):
        door.check_in(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())


def test_the_page_may_use_the_camera_and_no_other_page_may(event: Planned, bob: FlaskClient) -> None:
    assert "camera=(self)" in bob.get(f"{event.host}/door").headers["Permissions-Policy"]
    assert "camera=()" in bob.get(event.host).headers["Permissions-Policy"]


def test_a_guest_is_let_in_once_and_becomes_the_partners_lead_without_consent_to_advertising(
    event: Planned, bob: FlaskClient
) -> None:
    for _time in range(2):
        bob.post(f"{event.host}/walk-ins", data=GUEST)

    assert event.states()["Gus Guest"] == "attended"
    with acting(event.by):
        guest = session.scalars(sa.select(Registrant).where(Registrant.walk_in.is_(True))).one()
        lead = session.get_one(Lead, guest.lead_id)
        assert (lead.kind, lead.email, lead.launch_id) == (LeadKind.PARTNER_GENERATED, GUEST["email"], event.launch_id)
        kinds = session.execute(sa.select(Touch.kind, Touch.channel).where(Touch.lead_id == lead.id)).all()
        assert ("attended", "event") in [tuple(row) for row in kinds]


def test_a_guest_without_an_address_is_written_down_and_one_who_had_registered_is_only_checked_in(
    event: Planned, bob: FlaskClient
) -> None:
    bob.post(f"{event.host}/walk-ins", data={"last_name": "Nobody"})
    bob.post(f"{event.host}/walk-ins", data={"first_name": "Ann", "last_name": "X", "email": "ann@kunde.example"})

    states = event.states()
    assert states == {"Ann": "attended", "Ben": "confirmed", "Nobody": "attended"}


def test_a_guest_with_an_odd_address_is_refused_at_its_field_and_what_was_typed_stays(
    event: Planned, bob: FlaskClient
) -> None:
    answer = bob.post(f"{event.host}/walk-ins", data={**GUEST, "email": "not an address"})

    assert answer.status_code == 422
    assert 'value="Guest"' in answer.get_data(as_text=True)


def test_who_registered_and_came_is_one_lead_with_both_as_touches(people: People, client: FlaskClient) -> None:
    event = planned(people, ahead=timedelta(hours=1))
    client.post(event.page, data=FORM)
    with acting(event.by):
        door.check_in(registrant_id=event.registrant("Ann Miller"), by=event.by, now=clock.now())
    session.commit()

    with acting(event.by):
        lead = session.scalars(sa.select(Lead)).one()
        kinds = set(session.scalars(sa.select(Touch.kind).where(Touch.lead_id == lead.id)))
    assert kinds == {"registration", "attended"}
    assert (lead.kind, lead.tactic) == (LeadKind.PARTNER_GENERATED, "webinar")


def test_the_list_as_a_file_has_everybody_and_no_cell_that_a_spreadsheet_would_run(
    event: Planned, bob: FlaskClient
) -> None:
    bob.post(f"{event.host}/walk-ins", data={"last_name": "=1+1"})

    answer = bob.post(f"{event.host}/attendance.csv")

    text = answer.data.decode("utf-8-sig")
    assert answer.mimetype == "text/csv"
    assert text.splitlines()[0].startswith("name,company,email")
    assert len(text.splitlines()) == 4
    assert "\n=1+1" not in text


def test_a_closed_list_is_the_proof_that_was_asked_for_with_counts_and_no_person(people: People) -> None:
    event = planned(people, capacity=50, ahead=timedelta(hours=1))
    come(event, "Ann", "Ben")
    asked = approved(people, fund(people), 60_000, proof=("attendance", "invoice"), launch_id=event.launch_id)
    activity_id = activities(people, asked)[0].id
    with acting(event.by):
        door.check_in(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())
        reporting.report_attendance(event_id=event.id, by=event.by, now=clock.now() + timedelta(hours=2))
    session.commit()

    with acting(event.by):
        assemble_proof(activity_id=activity_id, by=event.by, now=clock.now())
        facts: dict[str, Any] = {row.kind: row.facts for row in session.scalars(sa.select(Proof))}

    (listed,) = facts["attendance"]["events"]
    assert (listed["registered"], listed["attended"], listed["no_shows"]) == (2, 1, 1)
    assert facts["platform"]["events"] == [listed]
    assert "Ann" not in str(facts)


def test_the_hosts_page_counts_registered_waiting_attended_and_absent(people: People, app: Flask) -> None:
    event = planned(people, capacity=2, ahead=timedelta(hours=1))
    come(event, "Ann", "Ben", "Cem")
    with acting(event.by):
        door.check_in(registrant_id=event.registrant("Ann"), by=event.by, now=clock.now())
        reporting.report_attendance(event_id=event.id, by=event.by, now=clock.now() + timedelta(hours=2))
    session.commit()

    figures = caller(app, people, "alice")("GET", f"/events/{event.public_id}")["figures"]

    assert figures == {
        "registered": 2, "pending": 0, "waiting": 1, "attended": 1, "walk_ins": 0, "no_shows": 1, "free": 1,
    }  # fmt: skip


def test_who_asked_to_be_forgotten_goes_out_of_the_list_and_the_count_stays(
    people: People, client: FlaskClient
) -> None:
    event = planned(people)
    client.post(event.page, data=FORM)

    with acting(event.by):
        row = session.scalars(sa.select(Registrant)).one()
        forget_registrant(contact_id=row.contact_id or 0, by=event.by)
        assert (row.name, row.email, row.state.value) == ("", None, "confirmed")
    session.commit()
    post()
    assert event.letters() == []


def test_a_walk_in_comes_over_the_api_as_filled_in(event: Planned) -> None:
    with acting(event.by):
        guest = door.add_walk_in(event_id=event.id, filled=Filled(GUEST, {}), by=event.by, now=clock.now())
        assert guest.company == "Guests"
