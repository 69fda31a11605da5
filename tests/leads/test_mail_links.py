"""Mails about leads and the links in them: they say enough, act once, and never by being opened."""

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.core import clock, outbox
from tcma.core.actor import Actor
from tcma.core.db import session
from tcma.core.models import AuditEntry, Message
from tcma.core.tenancy import acting
from tcma.identity.models import Membership, Role, User
from tcma.leads import operations, tasks
from tcma.leads.mail_links import call_link, offer_link
from tcma.leads.models import Assignment, AssignmentState, Lead, LeadNote, LeadState
from tests import factories
from tests.leads import rows
from tests.people import People


def path(address: str) -> str:
    return address.removeprefix("http://localhost")


def links(text: str) -> list[str]:
    return [path(found) for found in re.findall(r"http://localhost/lead/\S+", text)]


def mails(kind: str, *, org_id: int) -> list[Message]:
    with acting(Actor.system("test", vendor_id=org_id, partner_id=org_id)):
        return list(session.scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id)))


def offer_for(people: People) -> tuple[Assignment, str]:
    assignment = rows.offered(people)
    return assignment, path(offer_link(people.alice.id, assignment.id, now=clock.now()))


def state_of(assignment: Assignment, people: People) -> AssignmentState:
    with acting(people.actor("vera")):
        found = session.scalar(sa.select(Assignment.state).where(Assignment.id == assignment.id))
        assert found is not None
        return found


def work_for(people: People) -> Actor:
    return Actor.system("test", vendor_id=people.vendor.id, partner_id=people.partner.id)


def test_an_answer_is_mailed_to_sales_and_admins_with_who_what_and_one_button(people: People) -> None:
    factories.member(people.partner, Role.SALES, name="Sam", email="sam@example.com")
    lead = rows.own_lead(people)
    with acting(work_for(people)) as by:
        tasks.mail_answer(lead_id=lead.id, by=by, now=clock.now())

    found = mails("lead_answered", org_id=people.partner.id)

    assert [mail.to_address for mail in found] == ["alice@example.com", "sam@example.com"]  # Bob does marketing
    assert found[0].subject == "Call Dora Klein, Praxis Klein: Wi-Fi in six rooms"
    assert "tel:+49305550101" in found[0].html
    assert "What to say" in found[0].text
    assert [link.split("/")[2] for link in links(found[0].text)] == ["called"]


def test_an_answer_that_is_told_twice_is_mailed_once(people: People) -> None:
    lead = rows.own_lead(people)
    with acting(work_for(people)) as by:
        tasks.mail_answer(lead_id=lead.id, by=by, now=clock.now())
        tasks.mail_answer(lead_id=lead.id, by=by, now=clock.now())

    assert len(mails("lead_answered", org_id=people.partner.id)) == 1


def test_a_mail_is_written_in_its_readers_language_and_time(people: People) -> None:
    with acting(Actor.anonymous()):
        user = session.get_one(User, people.alice.user_id)
        user.locale, user.zone = "de", "Asia/Tokyo"
    rows.offered(people, now=factories.NOW)
    with acting(work_for(people)) as by:
        (assignment,) = session.scalars(sa.select(Assignment)).all()
        tasks.mail_offer(assignment_id=assignment.id, by=by, now=factories.NOW)

    (mail,) = mails("offer_made", org_id=people.partner.id)
    assert "JST" in mail.subject
    assert 'lang="de"' in mail.html


def test_an_offers_mail_tells_need_town_clock_and_reason_and_never_the_person(people: People) -> None:
    told = rows.replace(
        rows.DENTIST, need="Wi-Fi. Ring Dora Klein at +49 30 555 0101 or dora@praxis.example, Praxis Klein"
    )
    assignment = rows.offered(people, told)
    with acting(work_for(people)) as by:
        tasks.mail_offer(assignment_id=assignment.id, by=by, now=clock.now())

    (mail,) = mails("offer_made", org_id=people.partner.id)

    for part in (mail.subject, mail.html, mail.text):
        assert "Berlin" in part
        for secret in ("Dora", "Klein", "praxis.example", "555"):
            assert secret not in part
    assert assignment.why in mail.text
    assert [link.endswith("/refuse") for link in links(mail.text)] == [False, True]


def test_an_offer_that_is_over_is_not_mailed(people: People) -> None:
    assignment = rows.offered(people)
    with acting(work_for(people)) as by:
        tasks.mail_offer(assignment_id=assignment.id, by=by, now=assignment.expires_at)

    assert mails("offer_made", org_id=people.partner.id) == []


def test_the_account_manager_hears_of_an_acceptance_and_of_a_lead_that_nobody_takes(people: People) -> None:
    factories.member(people.vendor, Role.CAM, name="Carla", email="carla@example.com")
    assignment = rows.offered(people)
    now = clock.now()
    with acting(people.actor("alice")) as alice:
        operations.accept_offer(assignment=session.get_one(Assignment, assignment.id), by=alice, now=now)
    lonely = rows.vendor_lead(people, rows.somebody())
    with acting(work_for(people)) as by:
        tasks.mail_accepted(assignment_id=assignment.id, by=by, now=now)
    with acting(Actor.system("test", vendor_id=people.vendor.id)) as by:
        tasks.mail_unassigned(lead_id=lonely.id, by=by, now=now)

    accepted, unassigned = (mails(kind, org_id=people.vendor.id) for kind in ("offer_accepted", "lead_unassigned"))

    assert [mail.to_address for mail in (*accepted, *unassigned)] == ["carla@example.com"] * 2
    assert accepted[0].subject.startswith("Alice's company accepted the lead Dora Klein")


def test_a_lead_runs_from_entry_to_acceptance_by_the_outbox_alone(client: FlaskClient, people: People) -> None:
    rows.serve(people)
    rows.vendor_lead(people)
    session.commit()
    outbox.drain(now=clock.now() + timedelta(seconds=1))
    (mail,) = mails("offer_made", org_id=people.partner.id)
    accept = links(mail.text)[0]

    answer = client.post(accept)

    assert answer.status_code == 303
    assert "dora@praxis.example" in client.get(answer.location).get_data(as_text=True)
    with acting(people.actor("alice")):
        assert session.scalar(sa.select(Lead.state)) is LeadState.ACCEPTED


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_a_link_changes_nothing(method: str, client: FlaskClient, people: People) -> None:
    assignment, link = offer_for(people)
    lead = rows.own_lead(people, rows.somebody())
    called = path(call_link(people.alice.id, lead.id, now=clock.now()))

    for address in (link, f"{link}/refuse", called):
        assert getattr(client, method)(address).status_code == 200

    assert state_of(assignment, people) is AssignmentState.OFFERED
    with acting(people.actor("alice")):
        assert session.scalar(sa.select(Lead.contacted_at).where(Lead.id == lead.id)) is None


def test_the_page_of_an_offer_says_nothing_of_the_person_before_it_is_accepted(
    client: FlaskClient, people: People
) -> None:
    _assignment, link = offer_for(people)

    page = client.get(link).get_data(as_text=True)

    assert "Berlin" in page
    assert "Klein" not in page
    assert "dora@" not in page


@pytest.mark.parametrize("change", ["x", "shorter", "other purpose"])
def test_a_forged_link_answers_like_nothing_at_all(change: str, client: FlaskClient, people: People) -> None:
    assignment, link = offer_for(people)
    token = link.rsplit("/", 1)[1]
    forged = {
        "x": token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
        "shorter": token[:-4],
        "other purpose": path(call_link(people.alice.id, assignment.id, now=clock.now())).rsplit("/", 1)[1],
    }[change]

    for answer in (
        client.get(f"/lead/offer/{forged}"),
        client.post(f"/lead/offer/{forged}"),
        client.post(f"/lead/offer/{forged}/refuse", data={"reason": "too_far"}),
    ):
        assert answer.status_code == 404
    assert state_of(assignment, people) is AssignmentState.OFFERED


def test_accepting_needs_no_password_and_pressing_twice_takes_the_lead_once(
    client: FlaskClient, people: People
) -> None:
    assignment, link = offer_for(people)

    first, second = client.post(link), client.post(link)

    assert (first.status_code, second.status_code) == (303, 303)
    page = client.get(first.location).get_data(as_text=True)
    assert "dora@praxis.example" in page
    assert "I called" in page
    with acting(people.actor("alice")):
        (entry,) = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "assignment.accepted")).all()
        assert (entry.actor_kind, entry.user_id) == ("mail_link", people.alice.user_id)
    assert state_of(assignment, people) is AssignmentState.ACCEPTED


def test_refusing_from_the_mail_asks_for_a_reason_and_a_second_press_is_harmless(
    client: FlaskClient, people: People
) -> None:
    assignment, link = offer_for(people)

    without = client.post(f"{link}/refuse")
    first = client.post(f"{link}/refuse", data={"reason": "too_far"})
    second = client.post(f"{link}/refuse", data={"reason": "poor_quality"})

    assert (without.status_code, first.status_code, second.status_code) == (422, 303, 303)
    assert "You refused this lead" in client.get(first.location).get_data(as_text=True)
    with acting(people.actor("alice")):
        assert session.scalar(sa.select(Assignment.reason)) == "too_far"
    assert client.post(link).status_code == 303  # accepting afterwards changes nothing
    assert state_of(assignment, people) is AssignmentState.REJECTED


def test_an_offer_whose_time_ran_out_says_so_kindly(
    client: FlaskClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment, link = offer_for(people)
    late: datetime = assignment.expires_at + timedelta(minutes=1)
    clock.use_offset(lambda: late - datetime.now(late.tzinfo))

    pages = [client.get(link), client.get(f"{link}/refuse")]
    pressed = client.post(link)

    for page in pages:
        assert page.status_code == 200
        assert "This offer is over" in page.get_data(as_text=True)
    assert pressed.status_code == 303
    assert state_of(assignment, people) is AssignmentState.OFFERED


def test_a_link_of_more_than_thirty_days_says_so_kindly(client: FlaskClient, people: People) -> None:
    lead = rows.own_lead(people)
    old = path(call_link(people.alice.id, lead.id, now=clock.now() - timedelta(days=31)))

    for answer in (client.get(old), client.post(old)):
        assert answer.status_code == 410
        assert "30 days old" in answer.get_data(as_text=True)


def test_a_call_is_recorded_once_with_one_tap(client: FlaskClient, people: People) -> None:
    lead = rows.own_lead(people)
    link = path(call_link(people.alice.id, lead.id, now=clock.now()))

    answers = [client.post(link) for _press in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert "First called" in client.get(link).get_data(as_text=True)
    with acting(people.actor("alice")):
        assert session.scalar(sa.select(sa.func.count()).where(LeadNote.kind == "called")) == 1


def test_a_link_stops_working_when_its_person_leaves_the_company(client: FlaskClient, people: People) -> None:
    assignment, link = offer_for(people)
    with acting(Actor.anonymous()):
        session.get_one(Membership, people.alice.id).active = False

    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
    assert state_of(assignment, people) is AssignmentState.OFFERED


def test_a_link_of_a_colleague_in_marketing_does_nothing(client: FlaskClient, people: People) -> None:
    assignment = rows.offered(people)

    assert client.post(path(offer_link(people.bob.id, assignment.id, now=clock.now()))).status_code == 410


def test_a_link_of_another_partner_finds_no_offer(client: FlaskClient, people: People) -> None:
    assignment = rows.offered(people)

    assert client.post(path(offer_link(people.charlie.id, assignment.id, now=clock.now()))).status_code == 404
    assert state_of(assignment, people) is AssignmentState.OFFERED
