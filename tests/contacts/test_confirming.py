"""Double opt-in: nobody is mailed before saying yes from the mailbox."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from tcma.contacts import operations, queries
from tcma.contacts.models import Basis, ConsentEvent
from tcma.core import clock
from tcma.core.db import require, session
from tcma.core.models import Message
from tcma.core.tenancy import acting
from tcma.partners.queries import profile_of
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


def again(people: People, token: str, now: datetime) -> bool:
    with acting(people.actor("alice")):
        return operations.ask_again(token=token, by=people.actor("alice"), now=now)


def test_nobody_is_mailed_before_the_link_is_confirmed(people: People, now: datetime) -> None:
    person, token = captured(people, now)
    assert reason(people, person) == "no_consent"

    assert confirm(people, token, now)
    assert not confirm(people, token, now)

    assert reason(people, person) is None
    with acting(people.actor("alice")):
        event = session.scalars(sa.select(ConsentEvent)).one()
        assert (event.method, event.basis, event.granted) == ("double_opt_in", Basis.CONSENT, True)
        assert event.collection_point_id is not None
        assert [(one.to_address, one.locale) for one in sent()] == [("eva@kunde.example", "de")]


def test_the_mail_that_asks_names_the_partner_s_address_as_its_country_writes_it(people: People, now: datetime) -> None:
    with acting(people.actor("alice")):
        profile = require(profile_of(people.partner.id))
        profile.street, profile.postcode, profile.city, profile.country = "63 Main Street", "02108", "Boston, MA", "US"
    captured(people, now)

    with acting(people.actor("alice")):
        mail = session.scalars(sa.select(Message).where(Message.kind == "consent_confirm")).one()
        assert "63 Main Street\nBoston, MA 02108" in mail.text
        assert "63 Main Street · Boston, MA 02108" in mail.html


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
    assert not confirm(people, token, now + timedelta(days=31))
    with acting(people.actor("alice")):
        operations.update_contact(
            contact_id=person, email="other@kunde.example", fields={}, by=people.actor("alice"), now=now
        )

    assert not confirm(people, token, now)
    assert reason(people, person) == "no_consent"


def test_an_old_link_confirms_nothing_again_after_an_opt_out(people: People, now: datetime) -> None:
    person, token = captured(people, now)
    assert confirm(people, token, now)
    with acting(people.actor("alice")):
        operations.withdraw(contact_id=person, method="link", by=people.actor("alice"), now=now)

    assert not confirm(people, token, now)
    assert reason(people, person) == "suppressed"


def test_an_expired_question_is_mailed_again_once_a_day_and_never_after_an_opt_out(
    people: People, now: datetime
) -> None:
    person, token = captured(people, now)
    assert not again(people, token, now + timedelta(days=30))
    late = now + timedelta(days=31)

    assert again(people, token, late)
    assert again(people, token, late + timedelta(hours=1))

    with acting(people.actor("alice")):
        assert [one.to_address for one in sent()] == ["eva@kunde.example"] * 2
        fresh = token_of(sent()[-1])
    assert reason(people, person) == "no_consent"
    assert confirm(people, fresh, late)
    with acting(people.actor("alice")):
        operations.withdraw(contact_id=person, method="link", by=people.actor("alice"), now=late)
    assert not again(people, token, late + timedelta(days=1))


def test_whom_the_partner_has_blocked_is_not_asked_again(people: People, now: datetime) -> None:
    _person, token = captured(people, now)
    with acting(people.actor("alice")):
        operations.block(entries=["eva@kunde.example"], by=people.actor("alice"), now=now)

    assert not again(people, token, now + timedelta(days=31))


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


def test_an_expired_link_says_so_and_asks_again_at_one_press(client: FlaskClient, people: People) -> None:
    person, token = captured(people, clock.now() - timedelta(days=31))
    session.commit()

    page = client.get(f"/confirm/{token}")
    assert page.status_code == 200
    assert 'lang="de"' in page.text
    assert "Alice&#39;s company" in page.text
    assert "kunde.example" not in page.text
    assert f'action="/confirm/{token}/again"' in page.text

    client.post(f"/confirm/{token}")
    assert reason(people, person) == "no_consent"
    answered = client.post(f"/confirm/{token}/again")
    assert answered.status_code == 200
    assert "kunde.example" not in answered.text
    with acting(people.actor("alice")):
        assert len(sent()) == 2
    assert client.post("/confirm/forged/again").status_code == 404


def test_a_link_that_was_used_says_on_which_day_and_leads_to_the_choices(client: FlaskClient, people: People) -> None:
    _person, token = captured(people, datetime(2025, 3, 5, 12, 0, tzinfo=UTC))
    assert confirm(people, token, datetime(2025, 3, 7, 12, 0, tzinfo=UTC))
    session.commit()

    for page in (client.get(f"/confirm/{token}"), client.post(f"/confirm/{token}")):
        assert "07.03.2025" in page.text
        assert 'action="/confirm/' not in page.text
        choices = re.search(r'href="(/u/[^"]+/preferences)"', page.text)
        assert choices is not None
        assert client.get(choices[1]).status_code == 200


def test_a_used_link_tells_who_left_since_how_to_join_again(client: FlaskClient, people: People) -> None:
    person, token = captured(people, datetime(2025, 3, 5, 12, 0, tzinfo=UTC))
    assert confirm(people, token, datetime(2025, 3, 7, 12, 0, tzinfo=UTC))
    with acting(people.actor("alice")):
        operations.withdraw(
            contact_id=person, method="link", by=people.actor("alice"), now=datetime(2025, 4, 9, 12, 0, tzinfo=UTC)
        )
    session.commit()

    page = client.post(f"/confirm/{token}")

    assert "09.04.2025" in page.text
    assert reason(people, person) == "suppressed"
    choices = re.search(r'href="(/u/[^"]+/preferences)"', page.text)
    assert choices is not None
    client.post(choices[1], data={"do": "subscribe"})
    assert reason(people, person) is None


def test_a_partner_chooses_on_its_page_whether_forms_are_confirmed(client: FlaskClient, people: People) -> None:
    alice = signed_in(client, people.alice)

    assert alice.post("/contacts/confirmation", data={"wanted": "1"}).status_code == 303

    with acting(people.actor("alice")):
        assert operations.forms_are_confirmed(people.partner.id)
    with acting(people.actor("charlie")):
        assert not operations.forms_are_confirmed(people.other_partner.id)
