"""Double opt-in: nobody is mailed before saying yes from the mailbox."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.contacts import operations, queries
from tcma.contacts.models import Basis, ConsentEvent
from tcma.core import clock
from tcma.core.db import session
from tcma.core.links import ForgedLink
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tests.people import People
from tests.signing_in import signed_in

SAID = operations.Statement(text="I agree to get news.")


def captured(people: People, now: datetime) -> tuple[int, str]:
    """Somebody agrees on a form of a partner that asks for confirmation; returns the contact and the link's token."""
    by = people.actor("alice")
    with acting(by):
        operations.ask_forms_to_be_confirmed(wanted=True, by=by, now=now)
        session.flush()
        person = operations.capture_person(
            email="eva@kunde.example", statement=SAID, consent_given=True, partner_id=people.partner.id,
            language="de", by=by, now=now,
        )  # fmt: skip
        session.flush()
        return person.id, token_of(sent()[-1])


def sent() -> list[Any]:
    return session.execute(
        sa.select(Message.to_address, Message.locale, Message.text)
        .where(Message.kind == "consent_confirm")
        .order_by(Message.id)
    ).all()


def token_of(message: Any) -> str:
    return re.search(r"/confirm/([^\s]+)", message.text)[1]  # type: ignore[index]


def reason(people: People, contact_id: int) -> str | None:
    with acting(people.actor("alice")):
        return queries.reason_for(contact_id)


def confirm(people: People, token: str, now: datetime) -> bool:
    with acting(people.actor("alice")):
        return operations.confirm_consent(token=token, by=people.actor("alice"), now=now)


def test_nobody_is_mailed_before_the_link_is_confirmed(people: People, now: datetime) -> None:
    person, token = captured(people, now)
    assert reason(people, person) == "no_consent"

    assert confirm(people, token, now)
    assert confirm(people, token, now)

    assert reason(people, person) is None
    with acting(people.actor("alice")):
        event = session.scalars(sa.select(ConsentEvent)).one()
        assert (event.method, event.basis, event.granted) == ("double_opt_in", Basis.CONSENT, True)
        assert event.collection_point_id is not None
        assert [(one.to_address, one.locale) for one in sent()] == [("eva@kunde.example", "de")]


def test_a_form_sent_again_the_same_day_asks_once(people: People, now: datetime) -> None:
    captured(people, now)
    captured(people, now)

    with acting(people.actor("alice")):
        assert len(sent()) == 1


def test_an_opt_out_after_the_mail_is_not_undone_by_its_link(people: People, now: datetime) -> None:
    person, token = captured(people, now)
    later = now + timedelta(hours=1)
    with acting(people.actor("alice")):
        operations.withdraw(contact_id=person, method="told_us", by=people.actor("alice"), now=later)

    assert not confirm(people, token, later)
    assert reason(people, person) == "suppressed"


def test_saying_yes_takes_back_an_opt_out_of_before_and_no_block_of_the_partner(people: People, now: datetime) -> None:
    person, _token = captured(people, now)
    by, later = people.actor("alice"), now + timedelta(days=2)
    with acting(by):
        operations.withdraw(contact_id=person, method="link", by=by, now=now + timedelta(hours=1))
    _person, token = captured(people, later)

    assert confirm(people, token, later)
    assert reason(people, person) is None

    with acting(by):
        operations.withdraw(contact_id=person, method="link", by=by, now=later + timedelta(days=1))
        operations.subscribe_again(
            partner_id=people.partner.id, contact_id=person, by=by, now=later + timedelta(days=2)
        )
        operations.block(entries=["eva@kunde.example"], by=by, now=later + timedelta(days=2))
        operations.withdraw(contact_id=person, method="told_us", by=by, now=later + timedelta(days=2))
    _person, token = captured(people, later + timedelta(days=4))

    assert confirm(people, token, later + timedelta(days=4))
    assert reason(people, person) == "suppressed"


def test_a_link_is_good_for_its_address_and_for_a_month(people: People, now: datetime) -> None:
    person, token = captured(people, now)
    with pytest.raises(ForgedLink):
        confirm(people, token, now + timedelta(days=31))
    with acting(people.actor("alice")):
        operations.update_contact(
            contact_id=person, email="other@kunde.example", fields={}, by=people.actor("alice"), now=now
        )

    assert not confirm(people, token, now)


def test_erasing_somebody_erases_the_mail_that_asked(people: People, now: datetime) -> None:
    person, _token = captured(people, now)

    with acting(people.actor("alice")):
        operations.erase_contact(contact_id=person, by=people.actor("alice"), now=now)

        assert [(one.to_address, one.text) for one in sent()] == [("", "")]


def test_the_page_asks_in_the_reader_s_language_and_only_a_post_counts(client: FlaskClient, people: People) -> None:
    now = clock.now()
    person, token = captured(people, now)
    session.commit()

    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert 'lang="de"' in page.text
    assert reason(people, person) == "no_consent"
    assert client.post(f"/confirm/{token}").status_code == 200
    assert reason(people, person) is None
    assert client.get("/confirm/forged").status_code == 404


def test_a_partner_chooses_on_its_page_whether_forms_are_confirmed(client: FlaskClient, people: People) -> None:
    alice = signed_in(client, people.alice)

    assert alice.post("/contacts/confirmation", data={"wanted": "1"}).status_code == 303

    with acting(people.actor("alice")):
        assert operations.forms_are_confirmed(people.partner.id)
    with acting(people.actor("charlie")):
        assert not operations.forms_are_confirmed(people.other_partner.id)
