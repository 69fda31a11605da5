"""The landing page of a launch: it shows, it takes answers, and it changes nothing by being looked at."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.models import KitState, KitVersion, Launch, LaunchState
from campaigns.operations.kits import recall_version
from syndication.models import EnrolmentState, Touch, Verdict
from tcma.contacts.models import CollectionPoint, ConsentEvent, Contact
from tcma.core import clock, outbox
from tcma.core.db import Base, session
from tcma.core.tenancy import acting
from tcma.leads.models import Lead, LeadKind
from tests.people import People
from tests.signing_in import signed_in
from tests.syndication.launches import Running, frozen, running

ANSWER = {
    "first_name": "Jan",
    "last_name": "Petersen",
    "email": "jan@petersen.example",
    "company": "Petersen Logistics",
    "phone": "+49 421 5550100",
    "mailboxes": "11-50",
    "consent": "yes",
}


@pytest.fixture
def launch(people: People, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setattr(clock, "now", lambda: now)
    return running(people, now)


def opened(client: FlaskClient, launch: Running, query: str = "") -> str:
    page = client.get(f"/p/{launch.slug}{query}")
    assert page.status_code == 200
    return page.get_data(as_text=True)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def answered(client: FlaskClient, launch: Running, **changes: str) -> object:
    page = opened(client, launch)
    return client.post(f"/p/{launch.slug}", data={**ANSWER, "k": hidden(page, "k"), **changes})


def test_the_page_stands_in_the_partners_name_and_needs_no_script(client: FlaskClient, launch: Running) -> None:
    page = opened(client, launch)

    assert "Would your team click?" in page
    assert "Alice&#39;s company" in page
    assert "<script" not in page
    assert 'style="' not in page
    assert "brand.css" in page


def test_the_brands_colours_are_served_for_good_and_its_pictures_for_an_hour(
    client: FlaskClient, launch: Running
) -> None:
    page = opened(client, launch)
    sheet = re.search(r'href="(/m/[^"]+brand\.css)"', page)
    picture = re.search(r'src="http://files\.localhost(/m/[^"]+hero\.jpg)"', page)
    assert sheet
    assert picture

    styles, hero = client.get(sheet[1]), client.get(picture[1])

    assert "--brand-primary: #1d4ed8" in styles.get_data(as_text=True)
    assert hero.mimetype == "image/jpeg"
    assert "immutable" in styles.headers["Cache-Control"]
    assert hero.headers["Cache-Control"] == "public, max-age=3600"


def test_pictures_of_a_withdrawn_kit_go_dark_wherever_they_are_shown(
    client: FlaskClient, launch: Running, people: People
) -> None:
    page = opened(client, launch)
    picture = re.search(r'src="http://files\.localhost(/m/[^"]+hero\.jpg)"', page)
    assert picture
    before = client.get(picture[1])

    with acting(people.actor("vera")):
        version = session.scalars(sa.select(KitVersion).where(KitVersion.state == KitState.PUBLISHED)).one()
        recall_version(version_id=version.id, reason="Wrong", by=people.actor("vera"), now=clock.now())
    session.commit()
    after = client.get(picture[1])

    assert after.status_code == 200
    assert (after.mimetype, len(after.data) < 200) == ("image/png", True)
    assert before.data != after.data


def test_a_forged_picture_address_leads_nowhere(client: FlaskClient, launch: Running) -> None:
    assert client.get("/m/abcdef/1/artwork/hero.jpg").status_code == 404


def test_an_answer_is_a_lead_of_the_partner_credited_to_kit_tactic_and_launch(
    client: FlaskClient, launch: Running
) -> None:
    answer = answered(client, launch)

    assert answer.status_code == 303  # type: ignore[attr-defined]
    with acting(launch.by):
        lead = session.scalars(sa.select(Lead)).one()
        assert (lead.kind, lead.owner_id, lead.launch_id, lead.tactic) == (
            LeadKind.PARTNER_GENERATED, launch.partner_id, launch.id, "page",
        )  # fmt: skip
        assert lead.kit_id == session.get_one(Launch, launch.id).kit_id
        assert "11 to 50" in lead.need


def test_an_answer_is_a_touch_of_a_person(client: FlaskClient, launch: Running, now: datetime) -> None:
    answered(client, launch, k="")

    with acting(launch.by):
        touch = session.scalars(sa.select(Touch)).one()
        assert (touch.kind, touch.verdict, touch.tactic, touch.channel) == ("form", Verdict.HUMAN, "page", "page")


def test_consent_is_kept_with_the_very_words_that_stood_there(client: FlaskClient, launch: Running) -> None:
    answered(client, launch)

    with acting(launch.by):
        contact = session.scalars(sa.select(Contact).where(Contact.email == "jan@petersen.example")).one()
        event = session.scalars(sa.select(ConsentEvent).where(ConsentEvent.contact_id == contact.id)).one()
        statement = session.get_one(CollectionPoint, event.collection_point_id)
        assert event.granted
        assert "I agree that Alice's company may write to me" in statement.text
        assert any("Alice's company" in party for party in statement.parties)


def test_without_the_tick_the_answer_is_taken_and_no_consent_is_written(client: FlaskClient, launch: Running) -> None:
    answered(client, launch, consent="")

    with acting(launch.by):
        contact = session.scalars(sa.select(Contact).where(Contact.email == "jan@petersen.example")).one()
        assert session.scalars(sa.select(ConsentEvent).where(ConsentEvent.contact_id == contact.id)).all() == []


def test_sending_the_same_form_twice_is_one_answer(client: FlaskClient, launch: Running) -> None:
    key = hidden(opened(client, launch), "k")

    for _ in range(2):
        client.post(f"/p/{launch.slug}", data={**ANSWER, "k": key})

    with acting(launch.by):
        assert len(session.scalars(sa.select(Lead)).all()) == 1
        assert len(session.scalars(sa.select(Touch)).all()) == 1


def test_whoever_fills_in_what_nobody_can_see_is_suspect_and_not_refused(client: FlaskClient, launch: Running) -> None:
    answered(client, launch, company_fax="123")

    with acting(launch.by):
        touch = session.scalars(sa.select(Touch)).one()
        assert touch.verdict is Verdict.SUSPECT
        assert touch.lead_id is not None


def test_a_form_that_is_filled_in_at_once_is_suspect(client: FlaskClient, launch: Running) -> None:
    answered(client, launch)

    with acting(launch.by):
        assert session.scalars(sa.select(Touch.reasons)).one() == ["filled in the form within two seconds"]


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(client: FlaskClient, launch: Running) -> None:
    answer = answered(client, launch, email="not an address", last_name="")

    page = answer.get_data(as_text=True)  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert 'value="not an address"' in page
    assert 'value="Jan"' in page
    assert page.count("field--wrong") == 2


def test_an_answer_after_the_stop_is_taken_all_the_same(client: FlaskClient, launch: Running) -> None:
    key = hidden(opened(client, launch), "k")
    with acting(launch.by):
        session.get_one(Launch, launch.id).state = LaunchState.STOPPED
    session.commit()

    assert client.post(f"/p/{launch.slug}", data={**ANSWER, "k": key}).status_code == 303

    with acting(launch.by):
        assert len(session.scalars(sa.select(Lead)).all()) == 1


@pytest.mark.parametrize("state", [LaunchState.STOPPED, LaunchState.RECALLED])
def test_a_campaign_that_is_over_still_leads_to_the_partner(
    client: FlaskClient, launch: Running, state: LaunchState
) -> None:
    with acting(launch.by):
        session.get_one(Launch, launch.id).state = state
    session.commit()

    page = opened(client, launch)

    assert "This offer is over" in page
    assert "+49 30 1234567" in page
    assert 'id="answer"' not in page


def test_after_the_answer_the_flyer_can_be_had(client: FlaskClient, launch: Running) -> None:
    answer = answered(client, launch)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)  # type: ignore[attr-defined]

    found = re.search(r'href="http://files\.localhost(/m/[^"]+flyer\.pdf)"', page)
    assert found
    assert client.get(found[1]).data.startswith(b"%PDF-")


def test_looking_changes_nothing(client: FlaskClient, launch: Running) -> None:
    before = rows()

    for address in (f"/p/{launch.slug}", f"/p/{launch.slug}?c=abc.1", f"/p/{launch.slug}/thanks"):
        assert client.get(address).status_code == 200
        client.head(address)

    assert rows() == before


def rows() -> dict[str, int]:
    """How many rows each table has, whoever's they are."""
    from tcma.core.actor import Actor

    session.rollback()
    with acting(Actor.reader("test")):
        counts = {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
    session.rollback()
    return counts


def test_everybody_sees_the_same_page_and_only_the_partner_gets_the_lead(
    client: FlaskClient, launch: Running, people: People
) -> None:
    answered(client, launch)

    for name in ("alice", "charlie", "vera"):
        assert signed_in(client, getattr(people, name)).get(f"/p/{launch.slug}").status_code == 200
    with acting(people.actor("charlie")):
        assert session.scalars(sa.select(Lead)).all() == []
        assert session.scalars(sa.select(Touch)).all() == []
    with acting(people.actor("vera")):
        assert session.scalars(sa.select(Lead)).all() == []
    with acting(people.actor("alice")):
        assert len(session.scalars(sa.select(Lead)).all()) == 1


def test_a_slug_of_nobody_leads_nowhere(client: FlaskClient, launch: Running) -> None:
    assert client.get("/p/no-such-page").status_code == 404
    assert client.post("/p/no-such-page", data=ANSWER).status_code == 404


def test_a_recipient_who_answers_leaves_the_sequence(
    people: People, client: FlaskClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    launch = frozen(people, now)

    answered(client, launch, email="person1@customer.example", k="")

    states = [(one.state, one.exit_reason) for one in launch.enrolments()]
    assert states.count((EnrolmentState.EXITED, "converted")) == 1


def test_too_many_answers_in_a_short_time_wait(client: FlaskClient, launch: Running) -> None:
    statuses = [client.post(f"/p/{launch.slug}", data={}).status_code for _ in range(32)]

    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_a_page_in_another_language_of_the_kit(client: FlaskClient, launch: Running) -> None:
    page = opened(client, launch, "?lang=ja")

    assert '<html lang="ja"' in page


def test_the_lead_is_told_to_the_partner(client: FlaskClient, launch: Running, now: datetime) -> None:
    answered(client, launch)

    outbox.drain(now=now + timedelta(seconds=1))
    with acting(launch.by):
        assert session.scalars(sa.select(Lead)).one().captured_at == now
