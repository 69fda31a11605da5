"""Lists that ask: nobody on one is mailed before saying yes from the mailbox, however they came to it."""

import itertools
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from tcma.contacts import operations, queries
from tcma.contacts.models import Basis, CollectionPoint, Confirmation, ConsentEvent, Contact
from tcma.contacts.operations.lists import LiveList
from tcma.contacts.segments import Rule, checked
from tcma.core import clock, outbox
from tcma.core.db import session
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tcma.identity.operations.tokens import make_token, scopes_for
from tests.contacts.rows import contact
from tests.contacts.test_confirming import captured, confirm, reason, sent, token_of
from tests.contacts.test_imports import bring_in, row, table
from tests.people import People
from tests.signing_in import signed_in

NUMBERS = itertools.count(1)


def asking_list(people: People, now: datetime, name: str = "News", *, asks: bool = True) -> tuple[int, str]:
    """A list of Alice's that asks; returns its key and its address."""
    by = people.actor("alice")
    with acting(by):
        found = operations.create_list(name=name, asks=asks, by=by, now=now)
        session.flush()
        return found.id, found.public_id


def put_on(people: People, list_id: int, person: int, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        operations.add_to_list(list_id=list_id, contact_ids=[person], by=by, now=now)
    session.commit()
    outbox.drain(now=now)


def asked(people: People) -> list[str]:
    with acting(people.actor("alice")):
        return [one.to_address for one in sent()]


def test_who_is_imported_into_a_list_that_asks_gets_one_mail_and_waits(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)

    found = bring_in(people, table([[*row("eva@kunde.example")[:-1], "de"]]), now, list_id=list_id)
    again = bring_in(people, table([row("eva@kunde.example")]), now + timedelta(days=40), list_id=list_id)

    assert (found.waiting, again.waiting) == (1, 0)
    with acting(people.actor("alice")):
        person = session.scalars(sa.select(Contact.id)).one()
        (mail,) = session.scalars(sa.select(Message).where(Message.kind == "consent_confirm"))
        assert (mail.locale, mail.from_name) == ("de", "Alice's company")
        assert "TCMA" not in mail.html + mail.text + mail.subject
        counted = queries.audience(list_ids=[list_id], vendor_id=people.vendor.id, now=now)
        assert (counted.mailable, counted.left_out) == (0, {"waiting": 1})
        assert queries.may_be_mailed([person], people.vendor.id, now) == {person: "waiting"}


def test_saying_yes_is_kept_with_the_text_that_was_agreed_to(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    bring_in(people, table([row("eva@kunde.example")]), now, list_id=list_id)
    with acting(people.actor("alice")):
        token, person = token_of(sent()[-1]), session.scalars(sa.select(Contact.id)).one()

    assert confirm(people, token, now)

    assert reason(people, person) is None
    with acting(people.actor("alice")):
        event = session.scalars(sa.select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
        assert event is not None
        assert (event.method, event.basis, event.source) == ("double_opt_in", Basis.CONSENT, "News")
        point = session.get_one(CollectionPoint, event.collection_point_id)
        assert "Alice's company may write to me" in point.text
        assert session.scalars(sa.select(Confirmation.confirmed_at)).one() == now


def test_who_has_confirmed_before_is_not_asked_again(people: People, now: datetime) -> None:
    one, _address = asking_list(people, now)
    two, _address = asking_list(people, now, "Second")
    person = contact(people.partner)
    put_on(people, one, person.id, now)
    put_on(people, two, person.id, now)
    with acting(people.actor("alice")):
        token = token_of(sent()[-1])
    assert confirm(people, token, now)
    session.commit()

    three, _address = asking_list(people, now, "Third")
    put_on(people, three, person.id, now)

    assert len(asked(people)) == 1
    assert reason(people, person.id) is None


def test_who_confirmed_on_a_form_is_not_asked_by_a_list(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person, token = captured(people, now)
    assert confirm(people, token, now)
    session.commit()

    put_on(people, list_id, person, now + timedelta(days=2))

    assert asked(people) == ["eva@kunde.example"]  # by the form
    assert reason(people, person) is None


def test_who_opted_out_is_not_asked(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person = contact(people.partner, email="gone@kunde.example")
    by = people.actor("alice")
    with acting(by):
        operations.withdraw(contact_id=person.id, method="link", by=by, now=now)

    put_on(people, list_id, person.id, now)
    bring_in(people, table([row("gone@kunde.example")]), now, list_id=list_id)

    assert asked(people) == []
    assert reason(people, person.id) == "suppressed"


def test_who_is_unblocked_later_is_asked_then_and_not_mailed_before(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person = contact(people.partner, email="eva@kunde.example")
    by = people.actor("alice")
    with acting(by):
        operations.block(entries=["kunde.example"], by=by, now=now)
    put_on(people, list_id, person.id, now)
    assert asked(people) == []

    with acting(by):
        operations.unblock(entry="kunde.example", by=by, now=now)
    session.commit()
    outbox.drain(now=now)

    assert asked(people) == ["eva@kunde.example"]
    assert reason(people, person.id) == "waiting"


def test_a_permission_by_hand_does_not_stand_for_the_person_s_own_word(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person = contact(people.partner, basis=Basis.UNPROVEN)
    put_on(people, list_id, person.id, now)
    assert (asked(people), reason(people, person.id)) == ([], "unproven")
    by = people.actor("alice")

    with acting(by):
        operations.record_consent(
            contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="card", by=by, now=now
        )
    session.commit()
    outbox.drain(now=now)

    assert (len(asked(people)), reason(people, person.id)) == (1, "waiting")
    with acting(by):
        operations.take_off_list(list_id=list_id, contact_ids=[person.id], by=by, now=now)
    assert reason(people, person.id) == "waiting"
    with acting(by):
        operations.record_consent(
            contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="on paper", by=by, now=now
        )
    assert reason(people, person.id) is None


def test_a_permission_that_was_recorded_by_hand_before_has_to_be_confirmed_too(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person, by = contact(people.partner, basis=None), people.actor("alice")
    with acting(by):
        operations.record_consent(
            contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="card", by=by, now=now
        )

    put_on(people, list_id, person.id, now)

    assert (len(asked(people)), reason(people, person.id)) == (1, "waiting")


def test_a_new_address_is_asked_and_the_old_ones_yes_does_not_count(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person = contact(people.partner, email="old@kunde.example")
    put_on(people, list_id, person.id, now)
    with acting(people.actor("alice")):
        token = token_of(sent()[-1])
    by = people.actor("alice")
    with acting(by):
        operations.update_contact(contact_id=person.id, email="new@kunde.example", fields={}, by=by, now=now)
        operations.record_consent(
            contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="call", by=by, now=now
        )
    session.commit()
    outbox.drain(now=now)

    assert asked(people) == ["old@kunde.example", "new@kunde.example"]
    assert not confirm(people, token, now)
    assert reason(people, person.id) == "waiting"


def test_a_list_that_stops_asking_goes_on_waiting_for_whom_it_asked(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    before, after = contact(people.partner), contact(people.partner)
    put_on(people, list_id, before.id, now)
    by = people.actor("alice")
    with acting(by):
        operations.ask_on_list(list_id=list_id, wanted=False, by=by, now=now)
    put_on(people, list_id, after.id, now)

    assert (reason(people, before.id), reason(people, after.id)) == ("waiting", None)


def test_a_live_list_cannot_ask(people: People, now: datetime) -> None:
    by = people.actor("alice")
    with acting(by):
        rules = checked([Rule("city", "filled")], any_of_them=False)
        live = operations.create_live_list(name="Live", rules=rules, by=by, now=now)
        session.flush()

        with pytest.raises(LiveList):
            operations.ask_on_list(list_id=live.id, wanted=True, by=by, now=now)


def test_erasing_somebody_leaves_nothing_of_the_question(people: People, now: datetime) -> None:
    list_id, _address = asking_list(people, now)
    person = contact(people.partner)
    put_on(people, list_id, person.id, now)
    by = people.actor("alice")

    with acting(by):
        operations.erase_contact(contact_id=person.id, by=by, now=now)

        assert [(one.to_address, one.text) for one in sent()] == [("", "")]
        assert session.scalars(sa.select(Confirmation)).all() == []


def test_many_are_asked_batch_by_batch_and_each_once(
    people: People, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tcma.contacts.operations.asking.BATCH", 2)
    list_id, _address = asking_list(people, now)

    bring_in(people, table([row(f"p{number}@kunde.example") for number in range(5)]), now, list_id=list_id)

    assert sorted(asked(people)) == [f"p{number}@kunde.example" for number in range(5)]


@given(steps=st.lists(st.sampled_from(["put", "off", "import", "permit", "opt out", "yes", "stop", "ask"]), max_size=8))
@given_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_nobody_asked_is_mailable_without_a_yes_and_is_asked_once(
    people: People, now: datetime, steps: list[str]
) -> None:
    by, said_yes = people.actor("alice"), False
    name = f"List {next(NUMBERS)}"
    list_id, _address = asking_list(people, now, name)
    person = contact(people.partner)
    put_on(people, list_id, person.id, now)
    on, asks = True, True
    for number, step in enumerate(steps):
        moment = now + timedelta(days=number + 1)
        with acting(by):
            if step == "put":
                operations.add_to_list(list_id=list_id, contact_ids=[person.id], by=by, now=moment)
                on = True
            elif step == "off":
                operations.take_off_list(list_id=list_id, contact_ids=[person.id], by=by, now=moment)
                on = False
            elif step == "permit" and on and asks:
                operations.record_consent(
                    contact_id=person.id, basis=Basis.CONSENT, method="by_hand", source="x", by=by, now=moment
                )
            elif step == "opt out":
                operations.withdraw(contact_id=person.id, method="link", by=by, now=moment)
            elif step in {"stop", "ask"}:
                operations.ask_on_list(list_id=list_id, wanted=step == "ask", by=by, now=moment)
                asks = step == "ask"
            address = str(person.email)
        if step == "import":
            bring_in(people, table([row(address)]), moment, list_id=list_id)
            on = True
        session.commit()
        outbox.drain(now=moment)
        if step == "yes":
            with acting(by):
                mine = [one for one in sent() if one.to_address == address]
            if moment < now + timedelta(days=30) and confirm(people, token_of(mine[-1]), moment):
                said_yes = True
            session.commit()
        assert said_yes or reason(people, person.id) is not None
    with acting(by):
        assert len([one for one in sent() if one.to_address == str(session.get_one(Contact, person.id).email)]) == 1


def test_only_the_partner_sees_and_chooses_what_a_list_asks(client: FlaskClient, people: People) -> None:
    now = clock.now()
    _list_id, address = asking_list(people, now, asks=False)
    person = contact(people.partner, first_name="Eva")
    session.commit()
    alice = signed_in(client, people.alice)

    assert alice.post(f"/contacts/lists/{address}/confirmation", data={"wanted": "1"}).status_code == 303
    alice.post(f"/contacts/lists/{address}/people", data={"contact": person.public_id})
    outbox.drain(now=clock.now())

    assert "Waiting for confirmation" in alice.get(f"/contacts/lists/{address}").text
    assert "Waiting for confirmation" in alice.get(f"/contacts/{person.public_id}").text
    bob = signed_in(client, people.bob)
    assert "Ask no more" in bob.get(f"/contacts/lists/{address}").text
    for stranger in (people.charlie, people.vera, people.viktor):
        browser = signed_in(client, stranger)
        assert browser.post(f"/contacts/lists/{address}/confirmation", data={"wanted": "0"}).status_code in {403, 404}
        assert browser.get(f"/contacts/lists/{address}").status_code in {403, 404}
    assert reason(people, person.id) == "waiting"


def test_the_person_s_page_tells_what_was_asked_and_which_text_was_agreed_to(
    client: FlaskClient, people: People
) -> None:
    list_id, _address = asking_list(people, clock.now(), "Our paper")
    person = contact(people.partner)
    put_on(people, list_id, person.id, clock.now())
    with acting(people.actor("alice")):
        token = token_of(sent()[-1])
    text = "Alice&#39;s company may write to me by e-mail about its offers and news."

    asking = client.get(f"/confirm/{token}").text
    before = signed_in(client, people.alice).get(f"/contacts/{person.public_id}").text
    client.post(f"/confirm/{token}")
    after = signed_in(client, people.alice).get(f"/contacts/{person.public_id}").text

    assert text in asking
    assert "Asked to confirm by mail" in before
    assert text not in before
    assert "Asked to confirm by mail" not in after
    assert f"Confirmed by mail · Our paper · “{text}" in after


def test_an_import_says_beforehand_what_a_list_asks(client: FlaskClient, people: People) -> None:
    now = clock.now()
    asking_list(people, now)
    by = people.actor("alice")
    with acting(by):
        found = operations.upload(file_name="a.csv", data=table([row("e@kunde.example")]), by=by, now=now)
        session.flush()
        address = found.public_id
    session.commit()

    page = signed_in(client, people.alice).get(f"/contacts/imports/{address}").text

    assert "News (asks for confirmation)" in page
    assert "gets one mail with a link, and waits" in page


def test_the_api_makes_lists_that_ask_and_says_who_waits(client: FlaskClient, people: People) -> None:
    by = people.actor("alice")
    with acting(by):
        _row, secret = make_token(name="t", scopes=scopes_for(by), days=30, by=by, now=clock.now())
    person = contact(people.partner)
    session.commit()
    headers = {"Authorization": f"Bearer {secret}"}

    made = client.post("/api/v1/lists", json={"name": "News", "asks": True}, headers=headers).get_json()
    client.post(f"/api/v1/lists/{made['id']}/contacts", json={"contact_ids": [person.public_id]}, headers=headers)
    waiting = client.get("/api/v1/contacts?state=waiting", headers=headers).get_json()
    changed = client.patch(
        f"/api/v1/lists/{made['id']}", json={"name": "News", "asks": False}, headers=headers
    ).get_json()
    rules = [{"about": "city", "how": "filled"}]
    live = client.post("/api/v1/lists", json={"name": "Live", "rules": rules, "asks": True}, headers=headers)

    assert (made["asks"], changed["asks"]) == (True, False)
    assert [(one["id"], one["left_out"]) for one in waiting["items"]] == [(person.public_id, "waiting")]
    assert live.status_code == 409
